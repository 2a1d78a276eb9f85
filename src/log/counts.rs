//! How many lines there were.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Level;
use crate::telemetry::{Exposition, Kind};

static LINES: [AtomicU64; Level::ALL.len()] = [const { AtomicU64::new(0) }; Level::ALL.len()];
static DROPPED: AtomicU64 = AtomicU64::new(0);

pub(super) fn line(level: Level) {
    LINES[level as usize].fetch_add(1, Ordering::Relaxed);
}

pub(super) fn drop_lines(count: u64) {
    DROPPED.fetch_add(count, Ordering::Relaxed);
}

/// How many lines of this level were logged, dropped ones included.
pub fn lines(level: Level) -> u64 {
    LINES[level as usize].load(Ordering::Relaxed)
}

/// How many lines were logged and never written: there was no room, they could not be redacted, or
/// nobody reads any more.
pub fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

/// Both as metrics.
pub fn expose(out: &mut Exposition) {
    let name = "log_lines_total";
    out.family(
        Kind::Counter,
        name,
        "Lines that were logged, by level, dropped ones included.",
    );
    for level in Level::ALL {
        out.sample(name, &[("level", level.as_str())], lines(level));
    }
    let name = "log_lines_dropped_total";
    out.family(
        Kind::Counter,
        name,
        "Lines that were logged and not written: no room, not redactable, or no reader.",
    );
    out.sample(name, &[], dropped());
}
