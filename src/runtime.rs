//! The native threads of the process: one that carries the checks, and one that answers those who
//! ask from outside. Each begins when it is first needed.
//!
//! They are two, so that a check that keeps its thread busy, with a handshake or a name that the
//! system looks up, delays no answer, and no page that is made delays a check.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::{future, io, thread};

use tokio::runtime::{Builder, Handle, Runtime};

// Never shut down: a worker thread of Node may end, or the process exit, while a task still runs,
// and the threads must outlive both.
static CHECKS: Begun<Runtime> = Begun::new();
static ANSWERS: Begun<Handle> = Begun::new();

/// One thread: checks wait far more than they work, and tasks that hand an answer to each other on
/// one thread need not wake another, which takes longer than a question to Postgres.
const WORKERS: usize = 1;

/// The runtime that carries the checks.
///
/// # Errors
///
/// When the operating system gives no thread or no descriptor. The next call tries again.
pub fn handle() -> io::Result<Handle> {
    CHECKS.get(checks).map(|runtime| runtime.handle().clone())
}

/// The runtime that answers: the probe server, and the watch over the event loop.
///
/// # Errors
///
/// When the operating system gives no thread or no descriptor. The next call tries again.
pub fn answering() -> io::Result<Handle> {
    ANSWERS.get(answers).cloned()
}

fn checks() -> io::Result<Runtime> {
    // Where the system gives no thread, tokio panics, and keeps what it had opened: it is asked first.
    thread::Builder::new().spawn(|| ())?.join().ok();
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

/// What is begun when it is first needed. That it could not be is not kept: what the system lacked,
/// it may have a moment later.
struct Begun<T> {
    value: OnceLock<T>,
    beginning: Mutex<()>,
}

impl<T> Begun<T> {
    const fn new() -> Self {
        Self {
            value: OnceLock::new(),
            beginning: Mutex::new(()),
        }
    }

    fn get(&self, begin: impl FnOnce() -> io::Result<T>) -> io::Result<&T> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let _alone = self
            .beginning
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let value = begin()?;
        Ok(self.value.get_or_init(|| value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_begin_begins_at_the_next_call_and_only_once() {
        let begun = Begun::new();
        let failed = begun.get(|| Err(io::Error::from(io::ErrorKind::OutOfMemory)));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::OutOfMemory);
        assert_eq!(begun.get(|| Ok(1)).unwrap(), &1);
        assert_eq!(begun.get(|| Ok(2)).unwrap(), &1);
    }
}
