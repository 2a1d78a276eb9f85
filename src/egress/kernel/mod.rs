//! The kernel level: nothing leaves the process, nor what it starts, whatever code it runs.
//!
//! A system call filter refuses the ways out that nobody needs and hands connects and sends to a
//! judge in this process, which looks at the address, carries the call out itself when it is
//! loopback or in `EGRESS_ALLOW`, and refuses it otherwise. Below that, Landlock refuses every TCP
//! connect of every thread but the judge's, so that none gets past it.
//!
//! It is one-way: the kernel takes no filter back.

mod error;

#[cfg(target_os = "linux")]
mod broker;
#[cfg(target_os = "linux")]
mod caller;
#[cfg(target_os = "linux")]
mod decide;
#[cfg(target_os = "linux")]
mod dns;
#[cfg(target_os = "linux")]
mod exempt;
#[cfg(all(any(fuzzing, test), target_os = "linux"))]
pub(crate) mod fuzz;
#[cfg(target_os = "linux")]
mod groups;
#[cfg(target_os = "linux")]
mod install;
#[cfg(target_os = "linux")]
mod judge;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(target_os = "linux")]
mod names;
#[cfg(target_os = "linux")]
mod notify;
#[cfg(target_os = "linux")]
mod open_sockets;
#[cfg(target_os = "linux")]
mod seccomp;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod verify;

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod install;

#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::mode::{self, Published, Subscription};
use crate::telemetry;

pub use error::KernelError;
use install::look_ahead;
pub use install::{install, probe, refusals};

/// What was put in force and seen to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The version of Landlock that the kernel has.
    pub landlock_abi: i32,
    /// What was tried and refused, or tried and went on working.
    pub verified: Vec<String>,
    /// What is not held, in words for an operator.
    pub gaps: Vec<String>,
}

/// How far the kernel level is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The network is open; the guard comes with the decision to block it.
    Armed,
    /// In force for the life of the process.
    InForce(Report),
    /// It was to come with a decision to block the network, and did not.
    Failed(KernelError),
}

static ENGAGED: Mutex<Engaged> = Mutex::new(Engaged {
    state: None,
    subscription: None,
});

struct Engaged {
    state: Option<State>,
    subscription: Option<Subscription>,
}

/// Puts the guard in force now when the network is blocked, and otherwise at the moment that it
/// comes to be, on the thread that notices. Engaging twice is the same as once.
///
/// # Errors
///
/// When the kernel, or the container runtime, has not got what is needed. Nothing is in force then.
///
/// ```no_run
/// use researchflow_core::egress::kernel;
///
/// let state = kernel::engage()?;
/// # Ok::<(), kernel::KernelError>(())
/// ```
pub fn engage() -> Result<State, KernelError> {
    let needs_subscription = lock().subscription.is_none();
    if needs_subscription {
        if mode::current().snapshot.network_allowed() {
            probe()?;
        }
        // Not under our lock: the mode calls back with its own held. For the same reason one that
        // another thread has made superfluous goes when ours is free.
        let subscription = mode::subscribe_last(|now, _| follow(now));
        drop(keep(subscription));
    }
    follow(&mode::current());
    match lock().state.clone() {
        Some(State::Failed(error)) => Err(error),
        Some(state) => Ok(state),
        None => Ok(State::Armed),
    }
}

/// How far it is; `None` before anybody engaged it.
pub fn state() -> Option<State> {
    let engaged = lock();
    engaged
        .state
        .clone()
        .or_else(|| engaged.subscription.as_ref().map(|_| State::Armed))
}

/// Keeps the first subscription and gives back every other.
fn keep(subscription: Subscription) -> Option<Subscription> {
    let mut engaged = lock();
    if engaged.subscription.is_some() {
        return Some(subscription);
    }
    engaged.subscription = Some(subscription);
    None
}

fn follow(now: &Published) {
    let mut engaged = lock();
    if matches!(engaged.state, Some(State::InForce(_))) {
        return;
    }
    if now.snapshot.network_allowed() {
        look_ahead(&now.allow);
        return;
    }
    let state = match install(&now.allow) {
        Ok(report) => {
            telemetry::set_guard_level("kernel");
            State::InForce(report)
        }
        Err(error) => {
            tracing::error!(
                code = error.code(),
                "the kernel level of the egress guard is not in force"
            );
            State::Failed(error)
        }
    };
    engaged.state = Some(state);
}

fn lock() -> MutexGuard<'static, Engaged> {
    ENGAGED.lock().unwrap_or_else(PoisonError::into_inner)
}
