//! No line is lost when the process ends: by itself, or by a signal that nobody handles.
//!
//! An exit of any kind runs what was registered with `atexit`. A signal does not, so those that end
//! a process by default are handled here until the program handles them itself: what waits is
//! written, and then the signal is sent again to whoever would have had it. The process ends by that
//! signal, as it would have.
//!
//! A handler may do next to nothing, so it wakes a thread that waits for the lines. That is not the
//! writer: the system may hold the writer for ever in the middle of a call, as a terminal does that
//! nobody reads.

use std::io::{PipeReader, Read};
use std::mem::MaybeUninit;
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Once, OnceLock};
use std::thread;

use super::sink;

/// The signals that end a process whose owner wants it to end.
const SIGNALS: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// The signal that the process is to end by, once the lines are written.
static TOLD: AtomicI32 = AtomicI32::new(0);

/// Where a byte wakes the thread that ends the process.
static BELL: AtomicI32 = AtomicI32::new(NOT_THERE_YET);
const NOT_THERE_YET: libc::c_int = -1;
const NEVER_THERE: libc::c_int = -2;

struct Before {
    /// What Node does at this signal before the program handles it for the first time: it gives the
    /// terminal back as it was.
    first: OnceLock<libc::sigaction>,
    /// Whether what is replaced now is the system's own way instead.
    default: AtomicBool,
}

static BEFORE: [Before; SIGNALS.len()] = [const {
    Before {
        first: OnceLock::new(),
        default: AtomicBool::new(true),
    }
}; SIGNALS.len()];

/// Handles the signal, unless the process ignores it. Call it while the program does not handle it
/// itself; a handler of the program's own takes the place of this one.
pub fn arm(signal: i32) {
    let Some(place) = SIGNALS.iter().position(|known| *known == signal) else {
        return;
    };
    let Some(now) = action(signal) else { return };
    // It must be there before a handler asks for it.
    let _ = sink::shared();
    let ours = ours();
    if now.sa_sigaction == libc::SIG_IGN || now.sa_sigaction == ours {
        return;
    }
    let default = now.sa_sigaction == libc::SIG_DFL || BEFORE[place].first.set(now).is_err();
    BEFORE[place].default.store(default, Ordering::Relaxed);
    // SAFETY: all of its fields may be nought.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = ours;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the action is whole, and its handler does only what a handler may.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

/// Lets an exit wait for the lines. What is registered last runs first, so this is done late: at the
/// first line.
pub(super) fn flush_at_exit() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the function is there until the process ends: the image is never unloaded.
        unsafe { libc::atexit(at_exit) };
        end_when_told();
    });
}

extern "C" fn at_exit() {
    super::flush_at_end();
}

/// Starts the thread that ends the process by a signal. It costs nothing while none comes.
fn end_when_told() {
    let bell = std::io::pipe().ok().and_then(|(reader, writer)| {
        let thread = thread::Builder::new().name("rf-log-end".to_owned());
        thread.spawn(move || wait_for_bell(reader)).ok()?;
        Some(writer.into_raw_fd())
    });
    BELL.store(bell.unwrap_or(NEVER_THERE), Ordering::SeqCst);
    // One that came before the bell was there.
    let signal = TOLD.load(Ordering::SeqCst);
    if signal != 0 && !ring() {
        die(signal);
    }
}

fn wait_for_bell(mut bell: PipeReader) {
    let mut rung = [0];
    while bell.read_exact(&mut rung).is_ok() {
        let signal = TOLD.load(Ordering::SeqCst);
        if signal != 0 {
            super::flush_at_end();
            die(signal);
            // Where that did not end the process.
            sink::shared().take_up();
        }
    }
}

/// Only what a signal handler may: it can come in the middle of anything.
extern "C" fn on_signal(signal: libc::c_int) {
    // It is said first and looked at then, so that what comes meanwhile is not overlooked. Told
    // twice, somebody does not want to wait.
    let is_told_again = TOLD.swap(signal, Ordering::SeqCst) != 0;
    let sink = sink::shared();
    let is_done = sink.waiting() == 0 && !sink.has_lost();
    if is_told_again || is_done || !ring() {
        die(signal);
    }
}

/// Wakes the thread that ends the process. Whether it is there, or will be in a moment.
fn ring() -> bool {
    match BELL.load(Ordering::SeqCst) {
        NOT_THERE_YET => true,
        NEVER_THERE => false,
        // SAFETY: there is one byte, and a handler may write. The pipe is never full: it gets a
        // byte for each signal, and the second one ends the process.
        bell => unsafe { libc::write(bell, [0_u8].as_ptr().cast(), 1) == 1 },
    }
}

/// Sends the signal to whoever had it before, or has it by now.
fn die(signal: libc::c_int) {
    let place = SIGNALS.iter().position(|known| *known == signal);
    let Some(before) = place.map(|place| &BEFORE[place]) else {
        return;
    };
    // The first process of a container outlives a signal that nobody handles; it was told, and that
    // is over.
    TOLD.store(0, Ordering::SeqCst);
    let is_ours = action(signal).is_some_and(|now| now.sa_sigaction == ours());
    // SAFETY: all of its fields may be nought, and that is the system's own way.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    if !before.default.load(Ordering::Relaxed)
        && let Some(first) = before.first.get()
    {
        action = *first;
    }
    // SAFETY: both are for any thread and for signal handlers, and the action is whole.
    unsafe {
        if is_ours {
            libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        }
        libc::kill(libc::getpid(), signal);
    }
}

fn ours() -> libc::sighandler_t {
    let handler: extern "C" fn(libc::c_int) = on_signal;
    handler as libc::sighandler_t
}

fn action(signal: libc::c_int) -> Option<libc::sigaction> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: there is room for the answer, which is whole when the call succeeds.
    unsafe {
        (libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) == 0)
            .then(|| now.assume_init())
    }
}
