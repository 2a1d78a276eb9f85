//! No line is lost when the process ends: by itself, or by a signal that nobody handles.
//!
//! An exit of any kind runs what was registered with `atexit`. A signal does not, so those that end
//! a process by default are handled here until the program handles them itself: what waits is
//! written, and then the signal is sent again to whoever would have had it. The process ends by that
//! signal, as it would have.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Once, OnceLock};
use std::time::Instant;

use super::sink::{self, Sink};
use super::{FLUSH_LIMIT, FLUSH_STANDSTILL};

/// The signals that end a process whose owner wants it to end.
const SIGNALS: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// The signal that the process is to end by, once the lines are written.
static TOLD: AtomicI32 = AtomicI32::new(0);

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
    let handler: extern "C" fn(libc::c_int) = on_signal;
    let ours = handler as libc::sighandler_t;
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
    });
}

/// Lets the writer end the process when a signal said so.
#[derive(Default)]
pub(super) struct Ending {
    since: Option<Instant>,
    moved: Option<(u64, Instant)>,
}

impl Ending {
    /// Ends the process if a signal said so, and the lines are written or have had their time.
    pub(super) fn end_if_told(&mut self, sink: &Sink) {
        let signal = TOLD.load(Ordering::Relaxed);
        if signal == 0 {
            return;
        }
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        let left = sink.waiting();
        let moved_at = match self.moved {
            Some((before, at)) if before == left => at,
            _ => self.moved.insert((left, now)).1,
        };
        if left == 0
            || now.duration_since(moved_at) > FLUSH_STANDSTILL
            || now.duration_since(since) > FLUSH_LIMIT
        {
            die(signal);
        }
    }
}

extern "C" fn at_exit() {
    super::flush();
}

/// Only what a signal handler may: it can come in the middle of anything.
extern "C" fn on_signal(signal: libc::c_int) {
    // Told twice, somebody does not want to wait.
    if sink::shared().waiting() == 0 || TOLD.swap(signal, Ordering::Relaxed) != 0 {
        die(signal);
    }
}

fn die(signal: libc::c_int) {
    let place = SIGNALS.iter().position(|known| *known == signal);
    let Some(before) = place.map(|place| &BEFORE[place]) else {
        return;
    };
    // SAFETY: all of its fields may be nought, and that is the system's own way.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    if !before.default.load(Ordering::Relaxed)
        && let Some(first) = before.first.get()
    {
        action = *first;
    }
    // SAFETY: both are for any thread and for signal handlers, and the action is whole.
    unsafe {
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        libc::kill(libc::getpid(), signal);
    }
}

fn action(signal: libc::c_int) -> Option<libc::sigaction> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: there is room for the answer, which is whole when the call succeeds.
    unsafe {
        (libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) == 0)
            .then(|| now.assume_init())
    }
}
