//! The native threads of the process: one that carries the checks, and one that answers those who
//! ask from outside. Each begins when it is first needed.
//!
//! They are two, so that a check that keeps its thread busy, with a handshake or a name that the
//! system looks up, delays no answer, and no page that is made delays a check.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// One thread each: checks wait far more than they work, and tasks that hand an answer to each other on
/// one thread need not wake another, which takes longer than a question to Postgres.
const WORKERS: usize = 1;

// Never shut down: a worker thread of Node may end, or the process exit, while a task still runs,
// and the threads must outlive both.
static CHECKS: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| runtime("researchflow"));
static ANSWERS: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| runtime("rf-probe"));

fn runtime(name: &'static str) -> std::io::Result<Runtime> {
    // Where the system gives no thread, tokio panics.
    std::panic::catch_unwind(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name(name)
            .enable_io()
            .enable_time()
            .build()
    })
    .unwrap_or_else(|_| Err(std::io::Error::other("no thread could be started")))
}

/// The runtime that carries the checks.
///
/// # Errors
///
/// When the operating system gives no threads.
pub fn handle() -> Result<Handle, &'static std::io::Error> {
    CHECKS.as_ref().map(|runtime| runtime.handle().clone())
}

/// The runtime that answers: the probe server, and the watch over the event loop.
///
/// # Errors
///
/// When the operating system gives no threads.
pub fn answering() -> Result<Handle, &'static std::io::Error> {
    ANSWERS.as_ref().map(|runtime| runtime.handle().clone())
}
