//! How long the callers wait: for room, and for what they handed over to be written.

use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::state::{State, Writer};
use super::{Level, Sink, Stream, clock};

/// How often a flush looks whether anything was written meanwhile: pieces of a batch are not told.
const GLANCE: Duration = Duration::from_millis(50);

/// A reader that has taken nothing for so long is not waited for.
const STANDSTILL: Duration = Duration::from_millis(30);

/// Whether a caller waits for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: it has something better to do.
    None,
    /// A little, as said above.
    Some,
}

impl Sink {
    /// Waits until all that has come before is written or given up, as long as that gets on: for
    /// `standstill` without anything being written, and for `limit` in all. Whether it was in time.
    pub(in crate::log) fn flush(&self, standstill: Duration, limit: Duration) -> bool {
        let mut now = Instant::now();
        let end = now + limit;
        let mut deadline = now + standstill;
        let mut state = self.lock();
        for stream in Stream::ALL {
            if state.announce(stream, clock::now()) {
                self.records.fetch_add(1, Ordering::Relaxed);
            }
        }
        let came = state.queues.each_ref().map(|queue| {
            if queue.is_abandoned {
                queue.went
            } else {
                queue.came
            }
        });
        let mut went = state.went();
        let mut pieces = self.pieces.load(Ordering::Relaxed);
        loop {
            if went[0] >= came[0] && went[1] >= came[1] {
                return true;
            }
            let left = deadline.min(end).saturating_duration_since(now);
            if left.is_zero() || state.writer == Writer::Missing {
                return false;
            }
            self.arrived.notify_one();
            state = self.wait_for_move(state, left.min(GLANCE));
            now = Instant::now();
            let before = (went, pieces);
            went = state.went();
            pieces = self.pieces.load(Ordering::Relaxed);
            if (went, pieces) != before {
                deadline = now + standstill;
            }
        }
    }

    /// Waits for a burst to be written, within the bounds that are said above.
    pub(super) fn wait_for_room<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        stream: Stream,
        size: usize,
        level: Level,
    ) -> (MutexGuard<'a, State>, bool) {
        let mut now = Instant::now();
        let mut moved_at = now;
        state.recover(now);
        loop {
            let queue = &state.queues[stream as usize];
            if !queue.lacks_room(size, level) {
                return (state, true);
            }
            let stands = queue
                .full_since
                .is_some_and(|since| now.duration_since(since) > STANDSTILL);
            if stands || state.patience.is_zero() || state.writer == Writer::Missing {
                return (state, false);
            }
            let is_slow = queue.full_since.is_some();
            let went = queue.went;
            self.arrived.notify_one();
            state = self.wait_for_move(state, Duration::from_millis(2));
            let waited = now.elapsed();
            now += waited;
            if state.queues[stream as usize].went != went {
                moved_at = now;
            }
            // A writer that is busy with redacting gets on; one that the system holds does not.
            if is_slow || now.duration_since(moved_at) > STANDSTILL {
                state.patience = state.patience.saturating_sub(waited);
            }
        }
    }

    fn wait_for_move<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        limit: Duration,
    ) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let (mut state, _) = self
            .moved
            .wait_timeout(state, limit)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }
}
