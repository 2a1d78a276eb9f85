//! The threads that judge: one takes calls from the kernel and never waits for anything else, the
//! others decide and carry out.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{IntoRawFd, OwnedFd, RawFd};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::decide::decide;
use super::exempt;
use super::judge::Judge;
use super::notify::{self, Answer, Call};

/// How many calls may be under way at once. Only a connect to an open address that does not
/// answer takes long; one more than this fails at once, as connects do when ports run out.
const MOST_WORKERS: usize = 64;

/// Judges what is handed over from the moment it is given the descriptor to read from.
pub(super) struct Broker {
    start: SyncSender<OwnedFd>,
    shared: Arc<Shared>,
}

struct Shared {
    judge: Judge,
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    calls: VecDeque<Call>,
    idle: usize,
    workers: usize,
    starting: usize,
    listener: Option<RawFd>,
    /// Nothing is going to be judged here: the threads end.
    over: bool,
}

impl Broker {
    /// Starts the threads. They are not under Landlock, so this comes before it.
    pub(super) fn new(judge: Judge) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            judge,
            queue: Mutex::default(),
            wake: Condvar::new(),
        });
        let (start, started) = sync_channel::<OwnedFd>(1);
        let (ready, is_ready) = sync_channel::<io::Result<()>>(1);
        let broker = Arc::clone(&shared);
        thread::Builder::new()
            .name("rf-egress".to_owned())
            .spawn(move || {
                // Signals are for the threads of the program.
                block_signals();
                let _exempt = exempt::this_thread();
                // One that waits already, so that the first call needs no new thread.
                let _ = ready.send(spawn_worker(&broker));
                let Ok(listener) = started.recv() else { return };
                take_calls(&broker, listener);
            })?;
        is_ready.recv().map_err(io::Error::other)??;
        Ok(Self { start, shared })
    }

    /// Takes calls from `listener` from now on.
    pub(super) fn start(&self, listener: OwnedFd) -> io::Result<()> {
        self.start.send(listener).map_err(io::Error::other)
    }

    pub(super) fn judge(&self) -> &Judge {
        &self.shared.judge
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.wake.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the descriptor when the thread ends, however it ends: calls fail from then on, and
/// nobody waits for a judge that is gone.
struct CloseAtEnd {
    listener: RawFd,
    is_ours: bool,
}

impl Drop for CloseAtEnd {
    fn drop(&mut self) {
        if self.is_ours {
            // SAFETY: it was handed to this thread, and nobody else closes it.
            unsafe { libc::close(self.listener) };
        }
    }
}

fn take_calls(shared: &Arc<Shared>, listener: OwnedFd) {
    let listener = listener.into_raw_fd();
    let mut guard = CloseAtEnd {
        listener,
        is_ours: true,
    };
    shared.lock().listener = Some(listener);
    loop {
        match notify::receive(listener) {
            Ok(Some(call)) => hand_over(shared, listener, call),
            Ok(None) => {}
            Err(error) => {
                // Somebody has closed it, and the number may be another file's by now.
                guard.is_ours = !matches!(
                    error.raw_os_error(),
                    Some(libc::EBADF | libc::ENOTTY | libc::EINVAL)
                );
                return;
            }
        }
    }
}

fn hand_over(shared: &Arc<Shared>, listener: RawFd, call: Call) {
    if exempt::contains(call.thread) {
        notify::answer(listener, call.id, Answer::Continue);
        return;
    }
    if matches!(
        call.number,
        libc::SYS_pidfd_getfd | libc::SYS_process_vm_writev
    ) {
        notify::answer(listener, call.id, Answer::Failed(libc::EPERM));
        return;
    }
    let mut queue = shared.lock();
    let short = queue.idle + queue.starting <= queue.calls.len();
    let full = queue.workers + queue.starting >= MOST_WORKERS;
    if short && !full {
        queue.starting += 1;
        drop(queue);
        if spawn_worker(shared).is_err() {
            shared.lock().starting -= 1;
        }
        queue = shared.lock();
    }
    if short && (full || queue.workers == 0) {
        drop(queue);
        notify::answer(listener, call.id, Answer::Failed(libc::EAGAIN));
        return;
    }
    queue.calls.push_back(call);
    drop(queue);
    shared.wake.notify_one();
}

/// Starts a worker and waits until it is known as one.
fn spawn_worker(shared: &Arc<Shared>) -> io::Result<()> {
    let (known, is_known) = sync_channel(1);
    let shared = Arc::clone(shared);
    thread::Builder::new()
        .name("rf-egress-judge".to_owned())
        .spawn(move || {
            let _exempt = exempt::this_thread();
            let _worker = Worker::new(&shared);
            let _ = known.send(());
            work(&shared);
        })?;
    is_known.recv().map_err(io::Error::other)
}

struct Worker<'a>(&'a Shared);

impl<'a> Worker<'a> {
    fn new(shared: &'a Shared) -> Self {
        let mut queue = shared.lock();
        queue.workers += 1;
        queue.starting = queue.starting.saturating_sub(1);
        Self(shared)
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.0.lock().workers -= 1;
    }
}

fn work(shared: &Shared) {
    loop {
        let mut queue = shared.lock();
        queue.idle += 1;
        while queue.calls.is_empty() {
            if queue.over {
                return;
            }
            queue = shared
                .wake
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        queue.idle -= 1;
        let (call, listener) = (queue.calls.pop_front(), queue.listener);
        drop(queue);
        let (Some(call), Some(listener)) = (call, listener) else {
            continue;
        };
        // Whatever comes of deciding, the caller gets an answer.
        let decided = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            decide(&call, &shared.judge, || notify::waits(listener, &call))
        }));
        let answer = decided.unwrap_or(Answer::Failed(libc::EACCES));
        notify::answer(listener, call.id, answer);
    }
}

fn block_signals() {
    // SAFETY: the set is filled before it is used.
    unsafe {
        let mut all = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
    }
}
