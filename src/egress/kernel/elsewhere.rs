//! Other systems have no such thing.

use super::{KernelError, Report};
use crate::egress::AllowList;

/// Fails: the kernel level needs Linux.
///
/// # Errors
///
/// Always.
pub fn install(_: &AllowList) -> Result<Report, KernelError> {
    Err(unavailable())
}

/// Fails: the kernel level needs Linux.
///
/// # Errors
///
/// Always.
pub fn probe() -> Result<(), KernelError> {
    Err(unavailable())
}

/// Nothing is going to need the addresses.
pub(super) fn look_ahead(_: &AllowList) {}

/// None.
pub fn refusals() -> u64 {
    0
}

fn unavailable() -> KernelError {
    KernelError::new("it needs Linux", None)
}
