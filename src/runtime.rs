//! The native threads of the process: one that carries the checks, and one that answers those who
//! ask from outside. Each begins when it is first needed.
//!
//! They are two, so that a check that keeps its thread busy, with a handshake or a name that the
//! system looks up, delays no answer, and no page that is made delays a check.

use std::sync::LazyLock;
use std::{future, io, thread};

use tokio::runtime::{Builder, Handle, Runtime};

// Never shut down: a worker thread of Node may end, or the process exit, while a task still runs,
// and the threads must outlive both.
static CHECKS: LazyLock<io::Result<Runtime>> = LazyLock::new(checks);
static ANSWERS: LazyLock<io::Result<Handle>> = LazyLock::new(answers);

/// One thread: checks wait far more than they work, and tasks that hand an answer to each other on
/// one thread need not wake another, which takes longer than a question to Postgres.
const WORKERS: usize = 1;

fn checks() -> io::Result<Runtime> {
    // Where the system gives no thread, tokio panics.
    std::panic::catch_unwind(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("researchflow")
            .enable_io()
            .enable_time()
            .build()
    })
    .unwrap_or_else(|_| Err(io::Error::other("no thread could be started")))
}

/// A thread that shares its tasks with none has less to do for each.
fn answers() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("rf-probe".to_owned())
        .spawn(move || runtime.block_on(future::pending::<()>()))?;
    Ok(handle)
}

/// The runtime that carries the checks.
///
/// # Errors
///
/// When the operating system gives no threads.
pub fn handle() -> Result<Handle, &'static io::Error> {
    CHECKS.as_ref().map(|runtime| runtime.handle().clone())
}

/// The runtime that answers: the probe server, and the watch over the event loop.
///
/// # Errors
///
/// When the operating system gives no threads.
pub fn answering() -> Result<Handle, &'static io::Error> {
    ANSWERS.as_ref().map(Handle::clone)
}
