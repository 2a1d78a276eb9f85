//! Putting it in force: first whether it can be, then all of it, then whether it holds.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use seccompiler::BpfProgram;

use super::broker::Broker;
use super::judge::Judge;
use super::names;
use super::open_sockets::Open;
use super::seccomp::{self, Threads};
use super::{KernelError, Report, caller, exempt, landlock, notify, verify};
use crate::egress::AllowList;

/// What came of it, once the filter was put on: there is no second try.
static INSTALLED: Mutex<Option<Result<Report, KernelError>>> = Mutex::new(None);
static BROKER: OnceLock<Broker> = OnceLock::new();

/// How often a filter is offered again to threads of which one was just ending.
const OFFERS: u32 = 50;

/// What is found before anything is put in force.
#[derive(PartialEq)]
enum Found {
    /// It can be had.
    Able,
    /// A process further up holds this one already, or another judge does.
    Judged,
}

/// Whether the kernel level can be had here, tried on a thread that ends with the trial.
///
/// # Errors
///
/// What is missing.
pub fn probe() -> Result<(), KernelError> {
    find().map(drop)
}

/// Looks up the names on the list while the network is open, so that connections to them are known
/// for what they are when it comes to be blocked. Nobody waits for the answers.
pub(super) fn look_ahead(allow: &AllowList) {
    names::look_up(allow);
}

/// How many connects and sends the judge refused since it is in force. What the filter refuses
/// by itself (raw sockets, `io_uring`) is not counted.
pub fn refusals() -> u64 {
    BROKER.get().map_or(0, |broker| broker.judge().refusals())
}

/// Puts the kernel level in force for the life of the process: every thread, and every process
/// started from now on. `allow` counts as it is now.
///
/// Any thread may call this, and calling it twice is the same as once.
///
/// # Errors
///
/// When something is missing (nothing is in force then), or when what was put in force was not
/// seen to hold, which is the answer to every further call.
pub fn install(allow: &AllowList) -> Result<Report, KernelError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(outcome) = &*installed {
        return outcome.clone();
    }
    let outcome = match find()? {
        Found::Able => Prepared::new(allow)?.put_in_force(allow)?,
        Found::Judged => Ok(inherited(allow)?),
    };
    installed.insert(outcome).clone()
}

fn find() -> Result<Found, KernelError> {
    let missing = |what| Err(KernelError::new(what, None));
    if landlock::abi() < landlock::NEEDED_ABI {
        return missing(
            "it needs Landlock for TCP (Linux 6.7, with landlock among the security modules)",
        );
    }
    if !notify::is_known() {
        return missing("it needs seccomp user notification as Linux 6.7 has it");
    }
    if !fs::exists("/proc/self/mem").unwrap_or(false) {
        return missing("it needs /proc");
    }
    let Some(program) = seccomp::program(true) else {
        return missing("it has no filter for this processor");
    };
    let Some(rules) = landlock::rules() else {
        return missing("Landlock gives no rules");
    };
    let trial = thread::Builder::new()
        .name("rf-egress-probe".to_owned())
        .spawn(move || {
            // SAFETY: the thread makes no call that is judged, and ends.
            let listener = unsafe { seccomp::apply(&program, Threads::This) };
            landlock::restrict_this_thread(landlock::number(&rules))?;
            listener.map(drop)
        })
        .map_err(|error| KernelError::new("no thread could be started", error.raw_os_error()))?;
    match trial.join() {
        Ok(Ok(())) => Ok(Found::Able),
        Ok(Err(error)) if error.raw_os_error() == Some(libc::EBUSY) => Ok(Found::Judged),
        Ok(Err(error)) => Err(KernelError::new(
            "the system, or the container runtime's seccomp profile, refuses seccomp or Landlock",
            error.raw_os_error(),
        )),
        Err(_) => missing("the trial of seccomp and Landlock ended early"),
    }
}

/// Everything that can be missing, had before anything is in force.
struct Prepared {
    children: usize,
    takes_sockets: bool,
    rules: OwnedFd,
    elder: verify::Elder,
    program: BpfProgram,
    broker: Broker,
    open: Open,
}

impl Prepared {
    fn new(allow: &AllowList) -> Result<Self, KernelError> {
        let missing = |what| KernelError::new(what, None);
        let judge = Judge::new(allow.clone());
        Ok(Self {
            children: children(),
            takes_sockets: caller::can_take_sockets(),
            rules: landlock::rules().ok_or(missing("Landlock gives no rules"))?,
            elder: verify::Elder::new().map_err(failed("no thread could be started"))?,
            program: seccomp::program(judge.allows_names())
                .ok_or(missing("it has no filter for this processor"))?,
            broker: Broker::new(judge).map_err(failed("no thread could be started"))?,
            open: Open::prepare().map_err(failed("what is open cannot be listed"))?,
        })
    }

    /// The outer error: nothing is in force. The inner one: something is, for good.
    fn put_in_force(self, allow: &AllowList) -> Result<Result<Report, KernelError>, KernelError> {
        // SAFETY: the judge is ready and is given the descriptor next.
        let mut listener = unsafe { seccomp::apply(&self.program, Threads::All) };
        for _ in 0..OFFERS {
            let Err(error) = &listener else { break };
            if error.raw_os_error() != Some(libc::ESRCH) {
                break;
            }
            thread::sleep(Duration::from_millis(2));
            // SAFETY: as above.
            listener = unsafe { seccomp::apply(&self.program, Threads::All) };
        }
        let listener = listener.map_err(failed(
            "a thread has a system call filter of its own, or the filter was refused",
        ))?;
        Ok(self.complete(listener, allow))
    }

    /// The filter is on.
    fn complete(self, listener: OwnedFd, allow: &AllowList) -> Result<Report, KernelError> {
        let broker = BROKER.get_or_init(|| self.broker);
        broker
            .start(listener)
            .map_err(failed("the judge ended early"))?;
        let restricted = landlock::restrict_all_threads(self.rules);
        let found = {
            // Without asking the judge, who might have its hands full.
            let _exempt = exempt::this_thread();
            self.open.end(broker.judge())
        };
        let missed = restricted.map_err(failed("Landlock was refused"))?;
        let found = found.map_err(failed("not all that was open could be looked at"))?;
        let mut report = verified(allow, Some(self.elder))?;
        broker.judge().count_from_zero();
        if found.connections + found.others > 0 {
            report.verified.push(format!(
                "ended what was open: {}, {}",
                counted(found.connections, "connection", "connections"),
                counted(found.others, "other socket", "other sockets"),
            ));
        }
        report
            .gaps
            .extend(gaps(self.children, missed, found.rings, self.takes_sockets));
        Ok(report)
    }
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> KernelError {
    move |error| KernelError::new(what, error.raw_os_error())
}

fn gaps(children: usize, missed: usize, rings: usize, takes_sockets: bool) -> Vec<String> {
    let mut gaps = vec![];
    if children > 0 {
        gaps.push(format!(
            "{} running already: {} not held",
            counted(children, "child process was", "child processes were"),
            if children == 1 { "it is" } else { "they are" },
        ));
    }
    if missed > 0 {
        gaps.push(format!(
            "{} no signals: held by the system call filter alone, without Landlock below it",
            counted(missed, "thread takes", "threads take"),
        ));
    }
    if rings > 0 {
        gaps.push(format!(
            "{} open already, and what is asked of it passes no filter: Node from 22 may have \
             one an event loop, unless it is started with UV_USE_IO_URING=0",
            counted(rings, "io_uring was", "io_urings were"),
        ));
    }
    if !takes_sockets {
        gaps.push(
            "the container runtime does not let this process take sockets of others (pidfd_getfd): child \
             processes reach nothing by TCP or UDP, loopback and EGRESS_ALLOW included"
                .to_owned(),
        );
    }
    gaps
}

/// Another judge is there, and a process has one at most. That is as good when it holds.
fn inherited(allow: &AllowList) -> Result<Report, KernelError> {
    let mut report = verified(allow, None).map_err(|_| {
        KernelError::new(
            "another program judges this process's system calls (one can), and lets them out",
            None,
        )
    })?;
    report.gaps.push(
        "the guard of the process that started this one holds it, with that one's EGRESS_ALLOW"
            .to_owned(),
    );
    Ok(report)
}

fn verified(allow: &AllowList, elder: Option<verify::Elder>) -> Result<Report, KernelError> {
    let mut report = Report {
        landlock_abi: landlock::abi(),
        verified: vec![],
        gaps: vec![
            "a program on this machine that is not held (a proxy, a name service behind a Unix socket) can \
             be asked to send on this process's behalf"
                .to_owned(),
            "code that is written to get around it, by racing threads, can send datagrams, though not connect \
             by TCP"
                .to_owned(),
        ],
    };
    let not_held = |_| KernelError::new("it was put in force, and a way out was still open", None);
    if let Some(address) = verify::address(allow) {
        for way in verify::ways_out(address).map_err(not_held)? {
            report.verified.push(format!("{way} refused"));
        }
        if let Some(elder) = elder {
            elder.ways_out(address).map_err(not_held)?;
            report
                .verified
                .push("the same refused on a thread that was there before".to_owned());
        }
    } else {
        report
            .gaps
            .push("EGRESS_ALLOW admits every address: there was none to try".to_owned());
    }
    verify::loopback().map_err(|error| {
        KernelError::new(
            "it was put in force, and loopback is not reached any more",
            error.raw_os_error(),
        )
    })?;
    report.verified.push("loopback TCP works".to_owned());
    Ok(report)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How many processes this one has started that still run.
fn children() -> usize {
    landlock::threads()
        .iter()
        .filter_map(|thread| fs::read_to_string(format!("/proc/self/task/{thread}/children")).ok())
        .map(|children| children.split_ascii_whitespace().count())
        .sum()
}
