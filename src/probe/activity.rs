//! What a connection does, and since when it has done nothing.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What a connection does. It is looked at from outside, so that no request sets a timer.
pub(super) struct Activity {
    answering: AtomicBool,
    /// Whether the client has to take something before more can be written.
    waits: AtomicBool,
    /// When it was opened, last answered, or last written to after it had to wait, in nanoseconds.
    since: AtomicU64,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            answering: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            since: AtomicU64::new(now()),
        }
    }

    /// The head of a request is read.
    pub(super) fn begin(&self) {
        self.answering.store(true, Ordering::Relaxed);
    }

    /// The answer is made.
    pub(super) fn rest(&self) {
        // A client that takes no answer has no more time for asking again.
        if !self.waits.load(Ordering::Relaxed) {
            self.since.store(now(), Ordering::Relaxed);
        }
        self.answering.store(false, Ordering::Relaxed);
    }

    /// Something was to be written, and was or has to wait.
    pub(super) fn wrote(&self, waits: bool) {
        if self.waits.load(Ordering::Relaxed) && !waits {
            self.since.store(now(), Ordering::Relaxed);
        }
        self.waits.store(waits, Ordering::Relaxed);
    }

    pub(super) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    /// How long it has neither asked nor taken anything.
    pub(super) fn idle_for(&self) -> Duration {
        if self.is_answering() {
            return Duration::ZERO;
        }
        Duration::from_nanos(now().saturating_sub(self.since.load(Ordering::Relaxed)))
    }

    /// The lowest of all is the one to go.
    pub(super) fn rank(&self) -> (bool, u64) {
        (self.is_answering(), self.since.load(Ordering::Relaxed))
    }
}

fn now() -> u64 {
    u64::try_from(BEGAN.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
