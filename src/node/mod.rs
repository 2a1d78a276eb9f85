//! The addon: translation between JavaScript and the core, and nothing else.
//!
//! `lib/` has checked every argument before it comes here, because the errors that are generated
//! for a wrong one repeat the value.

mod egress;
mod event_loop;
mod js_probe;
mod kernel_guard;
mod log;
mod mode;
mod probe;
mod readiness;
mod telemetry;

use std::io;

use napi::{Error, Result, Status};
use napi_derive::napi;
use tokio::runtime::Handle;

/// Called once by each thread that loads the addon.
#[napi(catch_unwind)]
pub fn attach(reads_environment: bool) {
    crate::log::install();
    // It counts from now on, and its uptime begins.
    crate::telemetry::shared();
    mode::attach(reads_environment);
}

/// The version of this binary, which the loader compares with that of the package.
#[napi(catch_unwind)]
pub fn core_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn runtime() -> Result<Handle> {
    crate::runtime::handle().map_err(|error| {
        let code = system_code(&error).unwrap_or("no thread could be started");
        let reason = format!("the checks cannot run: the system refused it ({code})");
        Error::new(Status::GenericFailure, reason)
    })
}

/// The system's name for an error that says what its owner can do about it.
fn system_code(error: &io::Error) -> Option<&'static str> {
    #[cfg(unix)]
    match error.raw_os_error() {
        Some(libc::EMFILE) => return Some("EMFILE"),
        Some(libc::ENFILE) => return Some("ENFILE"),
        Some(libc::EAGAIN) => return Some("EAGAIN"),
        _ => {}
    }
    match error.kind() {
        io::ErrorKind::AddrInUse => Some("EADDRINUSE"),
        io::ErrorKind::AddrNotAvailable => Some("EADDRNOTAVAIL"),
        io::ErrorKind::PermissionDenied => Some("EACCES"),
        _ => None,
    }
}
