//! What the egress guard has reported, for the page.

use std::sync::{Arc, Mutex, PoisonError};

/// How far the egress guard came.
#[derive(Debug)]
pub struct Guard {
    /// `process` or `kernel`.
    pub level: String,
    /// Whether it only counts what it would refuse.
    pub audits: bool,
    /// What it does not hold, in the words of the guard.
    pub gaps: Vec<String>,
}

static REPORTED: Mutex<Option<Arc<Guard>>> = Mutex::new(None);

/// Takes note of the guard's report.
pub fn set_guard(guard: Guard) {
    *REPORTED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(guard));
}

/// The last report; `None` where there is no guard.
pub(super) fn guard() -> Option<Arc<Guard>> {
    REPORTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}
