//! The native thread that carries the checks, one for the process.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// One thread: checks wait far more than they work, and tasks that hand an answer to each other on
/// one thread need not wake another, which takes longer than a question to Postgres.
const WORKERS: usize = 1;

// Never shut down: a worker thread of Node may end, or the process exit, while a task still runs,
// and the threads must outlive both.
static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("researchflow")
        .enable_io()
        .enable_time()
        .build()
});

/// A handle to the process's runtime.
///
/// # Errors
///
/// When the operating system gives no threads.
pub fn handle() -> Result<Handle, &'static std::io::Error> {
    RUNTIME.as_ref().map(|runtime| runtime.handle().clone())
}
