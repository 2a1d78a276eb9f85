//! The kernel level of the egress guard, for JavaScript.

use napi_derive::napi;

use crate::egress::kernel::{self, KernelError, State};

/// How far the kernel level is.
#[napi(object)]
pub struct KernelGuard {
    /// `off`, `armed`, `in_force` or `failed`.
    pub state: String,
    pub landlock_abi: i32,
    pub verified: Vec<String>,
    pub gaps: Vec<String>,
    /// Connects and sends that were refused since it is in force.
    pub refused: i64,
    /// Why it failed.
    pub error: Option<String>,
}

/// Puts it in force when the network is blocked, and arms it otherwise.
#[napi(catch_unwind)]
pub fn engage_kernel_guard() -> KernelGuard {
    told(match kernel::engage() {
        Ok(state) => Some(state),
        Err(error) => Some(State::Failed(error)),
    })
}

#[napi(catch_unwind)]
pub fn kernel_guard() -> KernelGuard {
    told(kernel::state())
}

fn told(state: Option<State>) -> KernelGuard {
    let (name, report, error) = match state {
        None => ("off", None, None),
        Some(State::Armed) => ("armed", None, None),
        Some(State::InForce(report)) => ("in_force", Some(report), None),
        Some(State::Failed(error)) => ("failed", None, Some(error)),
    };
    let report = report.unwrap_or_default();
    KernelGuard {
        state: name.to_owned(),
        landlock_abi: report.landlock_abi,
        verified: report.verified,
        gaps: report.gaps,
        refused: i64::try_from(kernel::refusals()).unwrap_or(i64::MAX),
        error: error.as_ref().map(KernelError::to_string),
    }
}
