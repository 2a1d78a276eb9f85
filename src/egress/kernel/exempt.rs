//! Threads whose calls are decided already, and pass the filter: the judge's own, which Landlock does
//! not hold either, and the one that puts the guard on while it ends what was open.

use std::sync::{Mutex, MutexGuard, PoisonError};

static THREADS: Mutex<Vec<libc::pid_t>> = Mutex::new(vec![]);

/// The calling thread is one of them until this is dropped: its number may be another's once it is
/// gone.
#[must_use]
pub(super) struct Exempt(libc::pid_t);

pub(super) fn this_thread() -> Exempt {
    // SAFETY: a plain call.
    let thread = unsafe { libc::gettid() };
    lock().push(thread);
    Exempt(thread)
}

pub(super) fn contains(thread: libc::pid_t) -> bool {
    lock().contains(&thread)
}

impl Drop for Exempt {
    fn drop(&mut self) {
        lock().retain(|thread| *thread != self.0);
    }
}

fn lock() -> MutexGuard<'static, Vec<libc::pid_t>> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}
