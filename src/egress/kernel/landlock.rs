//! The floor: Landlock refuses every TCP connect of every thread but the judge's own.
//!
//! Landlock judges by port only, so it is given no port to open. What may be reached is connected
//! by the judge, whose threads are not under it.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use landlock::{AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};

use super::exempt;

/// The first version that knows of TCP.
pub(super) const NEEDED_ABI: i32 = 4;

const GET_VERSION: libc::c_ulong = 1;

/// How long threads are waited for that could take a signal.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a thread is waited for that takes none at the moment: threads that are being made do so
/// for an instant, some of Node's for life.
const PATIENCE_WITH_BLOCKED: Duration = Duration::from_millis(30);

/// The version of Landlock that the kernel has, 0 when it has none.
pub(super) fn abi() -> i32 {
    // SAFETY: asks for a number.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0, 0, GET_VERSION) };
    i32::try_from(version).unwrap_or(0).max(0)
}

/// Rules that handle connects, and listening not at all.
pub(super) fn rules() -> Option<OwnedFd> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessNet::ConnectTcp)
        .ok()?
        .create()
        .ok()?
        .into()
}

/// Puts this thread, and what it starts from now on, under the rules.
pub(super) fn restrict_this_thread(rules: i32) -> io::Result<()> {
    // SAFETY: plain calls.
    let done = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        libc::syscall(libc::SYS_landlock_restrict_self, rules, 0)
    };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

const MOST_THREADS: usize = 4096;
static RULES: AtomicI32 = AtomicI32::new(-1);
static DONE: [AtomicI32; MOST_THREADS] = [const { AtomicI32::new(0) }; MOST_THREADS];
static DONE_COUNT: AtomicUsize = AtomicUsize::new(0);

/// Puts every thread of the process under the rules but the judge's own, and returns how many could
/// not be reached.
///
/// Landlock binds a thread only at its own word. Each is sent a signal whose handler says it; the
/// handler stays, for those that take signals later.
pub(super) fn restrict_all_threads(rules: OwnedFd) -> io::Result<usize> {
    // Never closed: the handler may need it at any time.
    let rules = rules.into_raw_fd();
    restrict_this_thread(rules)?;
    RULES.store(rules, Ordering::Release);
    let signal = free_signal().ok_or(io::ErrorKind::ResourceBusy)?;
    // SAFETY: the handler does nothing but plain system calls and atomics.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as extern "C" fn(i32) as usize;
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigfillset(&raw mut action.sa_mask);
        if libc::sigaction(signal, &raw const action, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: plain calls.
    let (process, this) = unsafe { (libc::getpid(), libc::gettid()) };
    let mut asked = HashSet::new();
    let start = Instant::now();
    loop {
        let done = done();
        let mut waiting = 0;
        let mut blocking = 0;
        for thread in threads() {
            if thread == this || exempt::contains(thread) || done.contains(&thread) {
                continue;
            }
            if asked.insert(thread) {
                // SAFETY: a plain call; a thread that is gone is an error.
                unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal) };
            }
            if blocks(thread, signal) {
                blocking += 1;
            } else {
                waiting += 1;
            }
        }
        let waited = start.elapsed();
        if waiting == 0 && (blocking == 0 || waited > PATIENCE_WITH_BLOCKED) || waited > PATIENCE {
            return Ok(waiting + blocking);
        }
        sleep(Duration::from_millis(1));
    }
}

extern "C" fn on_signal(_: i32) {
    // SAFETY: plain calls, and the error number is put back for what was interrupted.
    unsafe {
        let error = error_number();
        let before = *error;
        let thread = libc::gettid();
        if libc::syscall(
            libc::SYS_landlock_restrict_self,
            RULES.load(Ordering::Acquire),
            0,
        ) == 0
        {
            let at = DONE_COUNT.fetch_add(1, Ordering::AcqRel);
            if let Some(slot) = DONE.get(at) {
                slot.store(thread, Ordering::Release);
            }
        }
        *error = before;
    }
}

unsafe fn error_number() -> *mut i32 {
    // SAFETY: always a valid place of this thread.
    unsafe { libc::__errno_location() }
}

fn done() -> HashSet<libc::pid_t> {
    let count = DONE_COUNT.load(Ordering::Acquire).min(MOST_THREADS);
    DONE[..count]
        .iter()
        .map(|thread| thread.load(Ordering::Acquire))
        .collect()
}

/// The threads of this process.
pub(super) fn threads() -> Vec<libc::pid_t> {
    fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

fn blocks(thread: libc::pid_t, signal: i32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/self/task/{thread}/status")) else {
        return false;
    };
    status
        .lines()
        .find_map(|line| u64::from_str_radix(line.strip_prefix("SigBlk:")?.trim(), 16).ok())
        .is_some_and(|set| set & 1 << (signal - 1) != 0)
}

/// A real-time signal that nobody has a use for.
fn free_signal() -> Option<i32> {
    (libc::SIGRTMIN()..=libc::SIGRTMAX()).rev().find(|signal| {
        // SAFETY: only asks.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(*signal, std::ptr::null(), &raw mut action) == 0
                && action.sa_sigaction == libc::SIG_DFL
        }
    })
}

/// The number of the descriptor of the rules.
pub(super) fn number(rules: &OwnedFd) -> i32 {
    rules.as_raw_fd()
}
