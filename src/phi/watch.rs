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
/// What the first reading takes of it at most, in percent, while nothing was found: such a text is read once.
const FIRST: u32 = 95;
/// What it takes at most where something was found: what was written is read again, and takes less.
const FIRST_OF_TWO: u32 = 58;
/// What a long text leaves to the short ones around it, in percent.
const LEFT_BY_LONG: u32 = 10;
/// No text that is longer is short.
const SHORT: usize = 512;
/// The time is looked at after so many steps. A step is a word, a number, a mark or a value.
const STEPS: usize = 512;

/// What a call has taken, and may take.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// After how many steps the time is looked at.
    every: usize,
    /// How many there were since.
    steps: usize,
    /// From when on it is counted.
    start: Option<Duration>,
    taken: Duration,
    limit: Duration,
    /// What the reading that goes on may take.
    now: Duration,
    has_found: bool,
    kept_back: Duration,
    /// What was taken when a long text began.
    taken_before_long: Duration,
    is_over: bool,
    /// Whether it was over for some of what is read now.
    was_over: bool,
    /// What the readings before it took.
    before: Duration,
}

impl Watch {
    /// For a call with so many bytes.
    pub fn for_bytes(length: usize) -> Self {
        let kibibytes = u32::try_from(length / 1024).unwrap_or(u32::MAX);
        let limit = PER_MEBIBYTE * kibibytes.max(1024) / 1024;
        Self {
            every: STEPS,
            limit,
            now: limit * FIRST / 100,
            // What is shorter is read before it matters, and is not worth a look at the time.
            start: (kibibytes > 16).then(processor_time).flatten(),
            ..Self::default()
        }
    }

    /// For a first reading of so many steps.
    #[cfg(test)]
    pub fn cut_after(steps: usize) -> Self {
        Self {
            every: steps,
            limit: Duration::from_secs(1000),
            ..Self::default()
        }
    }

    /// What was written is to be read again. Whether there is time for it; a second time it is read all the same, since
    /// what was read once is not known to have nothing left in it.
    pub fn again(&mut self) -> bool {
        let last = self.taken.saturating_sub(self.before);
        let has_time = !self.was_over && self.taken + last + self.left_by_long() < self.limit;
        let is_second = self.now < self.limit;
        self.now = self.limit;
        self.before = self.taken;
        self.was_over = false;
        // To write does not count.
        let time = processor_time();
        self.start = self
            .start
            .and(time)
            .map(|time| time.saturating_sub(self.taken));
        self.compare();
        is_second || has_time
    }

    fn left_by_long(&self) -> Duration {
        self.limit * LEFT_BY_LONG / 100
    }

    /// Something was found, and what comes of it will be read again.
    #[inline]
    pub fn find(&mut self) {
        if !self.has_found {
            self.has_found = true;
            // A long text before may have taken more, and the short ones after it have their time all the same.
            let most = self.taken + self.left_by_long();
            self.now = self.now.min(most.max(self.limit * FIRST_OF_TWO / 100));
            self.compare();
        }
    }

    /// So many steps of the reading. Whether there is time for them.
    #[inline]
    pub fn go_on(&mut self, steps: usize) -> bool {
        self.steps += steps;
        if self.steps >= self.every {
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
        if length > SHORT && before.is_zero() {
            self.taken_before_long = self.taken;
            self.kept_back = self.left_by_long();
            self.compare();
        }
        before
    }

    /// The text is read that something was kept back for. What it took beyond its time is not that of others.
    pub fn give_back(&mut self, kept_back: Duration) {
        if self.kept_back == kept_back {
            return;
        }
        if let Some(start) = &mut self.start {
            let time = processor_time().unwrap_or(self.limit);
            let most = self
                .now
                .saturating_sub(self.kept_back)
                .max(self.taken_before_long);
            self.taken = time.saturating_sub(*start).min(most);
            *start = time.saturating_sub(self.taken);
        }
        self.kept_back = kept_back;
        self.compare();
    }

    #[cold]
    fn look(&mut self) {
        self.steps = 0;
        // Without a clock there is no time.
        let time = processor_time().unwrap_or(self.limit);
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
pub(super) fn processor_time() -> Option<Duration> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is valid for writes.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) } != 0;
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let rest = u32::try_from(time.tv_nsec).ok()?;
    (!failed).then(|| Duration::new(seconds, rest))
}

/// How long the process runs: this system counts the processor's time in steps that are too long.
#[cfg(not(unix))]
pub(super) fn processor_time() -> Option<Duration> {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Some(START.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a reading that took so many seconds of a hundred.
    fn after(watch: Watch, seconds: u64) -> Watch {
        let mut watch = Watch {
            taken: watch.before + Duration::from_secs(seconds),
            start: Some(Duration::ZERO),
            ..watch
        };
        watch.compare();
        watch
    }

    fn of_a_hundred_seconds() -> Watch {
        Watch {
            limit: Duration::from_secs(100),
            now: Duration::from_secs(FIRST.into()),
            ..Watch::default()
        }
    }

    #[test]
    fn a_long_text_leaves_time_to_those_around_it() {
        let mut watch = after(of_a_hundred_seconds(), u64::from(FIRST_OF_TWO) - 1);
        let before = watch.keep_back(SHORT + 1);
        assert!(!watch.is_over());
        watch.find();
        assert!(watch.is_over());
        watch.give_back(before);
        assert!(!watch.is_over());
        watch.keep_back(SHORT);
        assert!(!watch.is_over());
        let mut watch = after(of_a_hundred_seconds(), 80);
        watch.find();
        assert!(!watch.is_over());
    }

    #[test]
    fn what_is_read_is_read_a_second_time_and_again_where_there_is_time() {
        for (readings, is_read_again) in [
            (&[FIRST_OF_TWO][..], true),
            (&[1, 10], true),
            (&[20, 30], true),
            (&[20, 40], false),
            (&[1, 2, 3, 50], false),
            (&[1, 99], false),
        ] {
            let mut due = Vec::new();
            readings
                .iter()
                .fold(of_a_hundred_seconds(), |watch, &seconds| {
                    let mut watch = after(watch, seconds.into());
                    due.push(watch.again());
                    watch
                });
            let (last, others) = due.split_last().expect("a text is read");
            assert_eq!(*last, is_read_again, "{readings:?}");
            assert!(others.iter().all(|&due| due));
        }
    }

    #[test]
    fn more_bytes_have_more_time_from_a_mebibyte_on() {
        for (length, mebibytes) in [(0, 1), (1 << 20, 1), (3 << 20, 3)] {
            assert_eq!(Watch::for_bytes(length).limit, PER_MEBIBYTE * mebibytes);
        }
    }
}
