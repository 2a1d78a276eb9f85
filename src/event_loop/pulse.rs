//! One question to an event loop at a time, and how long it waits for its answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a loop may leave a question unanswered before nobody waits for it any more. A loop in
/// good health answers in less than a millisecond.
pub const PATIENCE: Duration = Duration::from_millis(30);

/// How often a loop is asked by those who wait for something that it does.
const CLOSE: Duration = Duration::from_millis(10);

/// Whether a loop turns. Any thread may ask, at any time.
#[derive(Debug)]
pub struct Pulse {
    base: Instant,
    /// When the open question was put, in nanoseconds after `base`; nought when there is none.
    asked: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            base: Instant::now(),
            asked: AtomicU64::new(0),
        }
    }
}

impl Pulse {
    /// Puts a question with `send` unless one is open. `send` says whether it went out.
    pub fn ask(&self, send: impl FnOnce() -> bool) {
        let free = self
            .asked
            .compare_exchange(0, self.now(), Ordering::AcqRel, Ordering::Relaxed);
        if free.is_ok() && !send() {
            self.asked.store(0, Ordering::Release);
        }
    }

    /// The loop has answered. Gives how long the question was open.
    pub fn answered(&self) -> Option<Duration> {
        match self.asked.swap(0, Ordering::AcqRel) {
            0 => None,
            asked => Some(self.since(asked)),
        }
    }

    /// How long the open question has waited by now; nought when there is none.
    pub fn unanswered(&self) -> Duration {
        match self.asked.load(Ordering::Acquire) {
            0 => Duration::ZERO,
            asked => self.since(asked),
        }
    }

    /// Returns when the loop has left a question unanswered for [`PATIENCE`]; it is asked with
    /// `send` meanwhile.
    pub async fn stuck(&self, send: impl Fn() -> bool) {
        while self.unanswered() < PATIENCE {
            self.ask(&send);
            tokio::time::sleep(CLOSE).await;
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_nanos())
            .unwrap_or(u64::MAX)
            .max(1)
    }

    fn since(&self, asked: u64) -> Duration {
        Duration::from_nanos(self.now().saturating_sub(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_one_question_at_a_time() {
        let pulse = Pulse::default();
        let mut sent = 0;
        for _ in 0..3 {
            pulse.ask(|| {
                sent += 1;
                true
            });
        }
        assert_eq!(sent, 1);
        std::thread::sleep(Duration::from_millis(2));
        assert!(pulse.unanswered() >= Duration::from_millis(2));
        assert!(pulse.answered() >= Some(Duration::from_millis(2)));
        assert_eq!(
            (pulse.unanswered(), pulse.answered()),
            (Duration::ZERO, None)
        );
    }

    #[test]
    fn a_question_that_did_not_go_out_is_not_waited_for() {
        let pulse = Pulse::default();
        pulse.ask(|| false);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(pulse.unanswered(), Duration::ZERO);
    }
}
