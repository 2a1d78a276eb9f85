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
    crate::runtime::handle()
        .map_err(|_| Error::new(Status::GenericFailure, "no thread could be started"))
}
