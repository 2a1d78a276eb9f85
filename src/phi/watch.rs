//! How long a call may read.
//!
//! What a byte takes depends on what it is: a cue with a value after it takes a hundred times as long as a letter of a
//! sentence. No input holds up its thread for all that: when the time of a call is over, what is not read is withheld.
//! It is the processor's time of the thread, so that a busy machine takes nothing from it.

use std::time::Duration;

/// How long a call may read a mebibyte, and what is shorter. The rest of fifty milliseconds is for what is done at once:
/// to undo spellings before a text is read, and to write it.
const PER_MEBIBYTE: Duration = if cfg!(any(debug_assertions, fuzzing)) {
    Duration::from_secs(4)
} else {
    Duration::from_millis(40)
};
/// What the first reading takes of it, in percent: what was written is read again.
const FIRST: u32 = 64;
/// What a long text leaves to the short ones around it, in percent.
const LEFT_BY_LONG: u32 = 10;
/// No text that is longer is short.
const SHORT: usize = 512;
/// The time is looked at after so many steps. A step is a word, a number, a mark or a value.
pub(super) const STEPS: usize = 512;

/// What a call has taken, and may take.
#[derive(Debug, Default)]
pub(super) struct Watch {
    steps: usize,
    /// When the time was looked at first. It is not counted before.
    start: Option<Duration>,
    taken: Duration,
    limit: Duration,
    /// What the reading that goes on may take.
    now: Duration,
    kept_back: Duration,
    is_over: bool,
    /// Whether it was over for some of what is read now.
    was_over: bool,
}

impl Watch {
    /// For a call with so many bytes.
    pub fn for_bytes(length: usize) -> Self {
        let kibibytes = u32::try_from(length / 1024).unwrap_or(u32::MAX);
        let mut watch = Self::of(PER_MEBIBYTE * kibibytes.max(1024) / 1024);
        // What is shorter is read before it matters, and is not worth a look at the time.
        if kibibytes > 16 {
            watch.start = Some(processor_time());
        }
        watch
    }

    pub fn of(limit: Duration) -> Self {
        Self {
            limit,
            now: limit * FIRST / 100,
            ..Self::default()
        }
    }

    /// What was written is to be read again. Whether there is time for it.
    pub fn again(&mut self) -> bool {
        // The last reading was cut short, and one more would be earlier.
        if self.was_over && self.now == self.limit {
            return false;
        }
        self.now = self.limit;
        self.was_over = false;
        self.compare();
        !self.is_over
    }

    /// So many steps of the reading. Whether there is time for them.
    #[inline]
    pub fn go_on(&mut self, steps: usize) -> bool {
        self.steps += steps;
        if self.steps >= STEPS {
            self.look();
        }
        !self.is_over
    }

    #[inline]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Keeps back what a text of `length` leaves to those around it. Returns what was kept back before.
    pub fn keep_back(&mut self, length: usize) -> Duration {
        let before = self.kept_back;
        if length > SHORT {
            self.kept_back = self.limit * LEFT_BY_LONG / 100;
            self.compare();
        }
        before
    }

    /// The text is read that something was kept back for.
    pub fn give_back(&mut self, kept_back: Duration) {
        if self.kept_back != kept_back {
            self.kept_back = kept_back;
            self.compare();
        }
    }

    #[cold]
    fn look(&mut self) {
        self.steps = 0;
        let time = processor_time();
        self.taken = time.saturating_sub(*self.start.get_or_insert(time));
        self.compare();
    }

    fn compare(&mut self) {
        self.is_over = self.start.is_some() && self.taken + self.kept_back >= self.now;
        self.was_over |= self.is_over;
    }
}

/// What the thread has taken of the processor.
#[cfg(unix)]
pub(super) fn processor_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is valid for writes.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) } != 0;
    if failed {
        return Duration::MAX / 2;
    }
    let seconds = u64::try_from(time.tv_sec).unwrap_or(u64::MAX);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// How long the process runs: this system counts the processor's time in steps that are too long.
#[cfg(not(unix))]
pub(super) fn processor_time() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_and_the_first_reading_leave_time_to_others() {
        let mut watch = Watch::of(Duration::from_secs(100));
        assert!(watch.go_on(STEPS));
        watch.taken = Duration::from_secs(u64::from(FIRST) - 1);
        let before = watch.keep_back(SHORT + 1);
        assert!(watch.is_over());
        watch.give_back(before);
        assert!(!watch.is_over());
        watch.keep_back(SHORT);
        assert!(!watch.is_over());
        watch.taken = Duration::from_secs(FIRST.into());
        watch.compare();
        assert!(watch.is_over());
        assert!(watch.again());
        watch.taken = Duration::from_secs(95);
        let before = watch.keep_back(SHORT + 1);
        assert!(watch.is_over());
        watch.give_back(before);
        assert!(!watch.is_over() && !watch.again());
    }

    #[test]
    fn more_bytes_have_more_time_from_a_mebibyte_on() {
        for (length, mebibytes) in [(0, 1), (1 << 20, 1), (3 << 20, 3)] {
            assert_eq!(Watch::for_bytes(length).limit, PER_MEBIBYTE * mebibytes);
        }
    }
}
