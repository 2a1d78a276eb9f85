//! What the writer does with the queues.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::state::{BLOCK, Writer};
use super::{Sink, Stream, clock, counts};
use crate::log::dropped::Dropped;

/// Blocks that are kept for use again.
const SPARE_BLOCKS: usize = 16;

impl Sink {
    /// The oldest block of a stream. After the last, where lines are missing, comes one that says so.
    pub(in crate::log) fn take(&self, stream: Stream) -> Option<Vec<u8>> {
        let mut state = self.lock();
        if state.queues[stream as usize].blocks.is_empty() && state.announce(stream, clock::now()) {
            self.records.fetch_add(1, Ordering::Relaxed);
        }
        state.queues[stream as usize].blocks.pop_front()
    }

    /// Gives a block back, to be used again.
    pub(in crate::log) fn give_back(&self, mut block: Vec<u8>) {
        let mut state = self.lock();
        if state.spare.len() < SPARE_BLOCKS && block.capacity() <= 2 * BLOCK {
            block.clear();
            state.spare.push(block);
        }
    }

    /// A piece is written.
    pub(in crate::log) fn wrote(&self) {
        self.pieces.fetch_add(1, Ordering::Relaxed);
    }

    /// A stream that took nothing any more takes something again: what is missing can be told.
    pub(in crate::log) fn is_back(&self, stream: Stream) {
        self.lock().queues[stream as usize].is_broken = false;
    }

    /// Records of so many bytes are written, or given up.
    pub(in crate::log) fn done(&self, stream: Stream, records: u64, bytes: usize) {
        self.records.fetch_sub(records, Ordering::Relaxed);
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        queue.went += records;
        queue.bytes -= bytes;
        queue.settled = 0;
        queue.full_since = None;
        while queue.own.front().is_some_and(|own| *own <= queue.went) {
            queue.own.pop_front();
        }
        if queue.went >= queue.announced_at {
            queue.announced = Dropped::default();
        }
        if state.waiting > 0 {
            drop(state);
            self.moved.notify_all();
        }
    }

    /// Nothing can be written to the stream: what waits for it is given up, all but the records that
    /// are settled already, and the first time the other stream is told.
    pub(in crate::log) fn give_up(
        &self,
        stream: Stream,
        settled: u64,
        cause: Option<&'static str>,
    ) {
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        let waiting = queue.came - queue.went;
        let lost = queue.missing(settled);
        queue.went = queue.came;
        queue.own.clear();
        queue.bytes = 0;
        queue.blocks.clear();
        queue.settled = 0;
        queue.full_since = None;
        queue.is_broken = true;
        queue.cause = cause;
        // What was told in a line that is lost was not told.
        queue.dropped.add(std::mem::take(&mut queue.announced));
        queue.dropped.unwritten += lost;
        // Before they are taken off the count, for a signal that comes in between.
        self.lost.fetch_or(lost > 0, Ordering::SeqCst);
        self.records.fetch_sub(waiting, Ordering::SeqCst);
        if !queue.is_told && state.tell_other(stream, clock::now()) {
            self.records.fetch_add(1, Ordering::Relaxed);
        }
        drop(state);
        counts::drop_lines(lost);
        self.moved.notify_all();
    }

    /// A record could not be redacted.
    pub(in crate::log) fn unredactable(&self, stream: Stream) {
        self.lock().queues[stream as usize].dropped.unredactable += 1;
        counts::drop_lines(1);
    }

    /// The stream takes nothing at the moment; so many of the records that the writer has taken are
    /// settled.
    pub(in crate::log) fn is_full(&self, stream: Stream, settled: u64) {
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        queue.full_since.get_or_insert_with(Instant::now);
        queue.settled = settled;
    }

    /// The stream takes something again.
    pub(in crate::log) fn has_room(&self, stream: Stream) {
        self.lock().queues[stream as usize].full_since = None;
    }

    /// The process does not wait any longer: what waits is as good as lost, all but the records that
    /// are settled already, and with it what had no room, which can be told nowhere else. A stream that
    /// has nothing waiting stays as it is.
    pub(in crate::log) fn abandon(&self) {
        for queue in &mut self.lock().queues {
            let missing = queue.missing(queue.settled);
            if missing > 0 && !queue.is_abandoned {
                queue.is_abandoned = true;
                let dropped = queue.dropped.lines() + queue.announced.lines();
                queue.abandoned = missing + dropped.saturating_sub(queue.told_of);
            }
        }
    }

    /// The process goes on after all, as the first one of a container does after a signal.
    pub(in crate::log) fn take_up(&self) {
        for queue in &mut self.lock().queues {
            queue.is_abandoned = false;
            queue.abandoned = 0;
        }
    }

    /// Waits a moment for records, and longer where none have come within it.
    pub(in crate::log) fn rest(&self, moment: Duration) {
        let state = self.lock();
        if state.has_records() {
            return;
        }
        let (mut state, _) = self
            .arrived
            .wait_timeout(state, moment)
            .unwrap_or_else(PoisonError::into_inner);
        if state.has_records() {
            return;
        }
        state.writer = Writer::Asleep;
        while !state.has_records() && state.writer == Writer::Asleep {
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.writer = Writer::Working;
    }
}
