//! The native threads that carry the checks, one set for the process.

use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// Two threads: checks wait far more than they work, and a second thread keeps one slow task from
/// holding up the rest.
const WORKERS: usize = 2;

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
