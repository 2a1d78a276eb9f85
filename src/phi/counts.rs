//! How much was redacted, by kind.

use std::sync::atomic::{AtomicU64, Ordering};

use super::kind::Kind;

static COUNTS: [AtomicU64; Kind::ALL.len()] = [const { AtomicU64::new(0) }; Kind::ALL.len()];

/// How many identifiers of each kind this process has redacted so far, in the order of
/// [`Kind::ALL`].
///
/// ```
/// use researchflow_core::phi::{self, Kind};
///
/// let before = phi::counts()[Kind::Ssn as usize];
/// phi::redact_text("SSN 536-22-8726");
/// assert_eq!(phi::counts()[Kind::Ssn as usize], before + 1);
/// ```
pub fn counts() -> [u64; Kind::ALL.len()] {
    std::array::from_fn(|kind| COUNTS[kind].load(Ordering::Relaxed))
}

pub(super) fn count(kind: Kind) {
    COUNTS[kind as usize].fetch_add(1, Ordering::Relaxed);
}
