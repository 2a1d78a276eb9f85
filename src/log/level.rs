//! How much is said.

use std::sync::atomic::{AtomicU32, Ordering};

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// What the process does.
    Info,
    /// What somebody should look at.
    Warn,
    /// What failed.
    Error,
}

impl Level {
    /// All of them, the least grave first; each is known by its place.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// Its name in settings, lines and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// The place of the least grave level that is written; one past the last is silence.
static THRESHOLD: AtomicU32 = AtomicU32::new(Level::Info as u32);

/// The level in force, one for all threads.
pub struct Threshold;

impl Threshold {
    /// The place that stands for silence.
    #[expect(clippy::cast_possible_truncation, reason = "there are four levels")]
    pub const SILENT: u32 = Level::ALL.len() as u32;

    /// Writes lines from this place on; from [`Self::SILENT`] on, none.
    pub fn set(place: u32) {
        THRESHOLD.store(place.min(Self::SILENT), Ordering::Relaxed);
    }

    /// Whether lines of this level are written.
    pub fn admits(level: Level) -> bool {
        level as u32 >= THRESHOLD.load(Ordering::Relaxed)
    }

    /// Where the place is kept, so that JavaScript reads it without a call.
    pub fn address() -> *mut u32 {
        THRESHOLD.as_ptr()
    }
}
