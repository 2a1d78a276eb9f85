//! What every check has in common, whatever it talks to.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use super::code::{Miss, Step};
use crate::event_loop::Pulse;
use crate::mode::{BlockReason, Published};

/// The future of a check.
pub type Checking<'a> = Pin<Box<dyn Future<Output = Result<(), Miss>> + Send + 'a>>;

/// How old a kept connection may become. A new one logs in anew, so a password that no longer
/// works, a failover or a new address is seen within this time.
pub(super) const MAX_CONNECTION_AGE: Duration = Duration::from_secs(60);

/// A dependency that can be asked whether it serves.
///
/// The future of [`Probe::check`] may be dropped at any await: when it is late, when the mode
/// closes, or when its owner does. It then leaves nothing half-asked behind.
pub trait Probe: Send + Sync + 'static {
    /// Asks the dependency once.
    fn check(&self) -> Checking<'_>;

    /// Whether the decision lets the dependency be reached at all.
    ///
    /// # Errors
    ///
    /// The reason when it does not.
    fn admitted(&self, published: &Published) -> Result<(), BlockReason>;

    /// Lets go of kept connections.
    fn disconnect(&self);

    /// How far the check that runs, or ran last, came.
    fn step(&self) -> Step;

    /// The event loop that does the asking; `None` when native code does.
    fn host(&self) -> Option<&dyn Host> {
        None
    }

    /// What it knows and nobody is to read: users, passwords, names of databases. A server may
    /// repeat them in what it says.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An event loop that runs checks, and may be too busy to.
pub trait Host: Send + Sync {
    /// Whether it turns.
    fn pulse(&self) -> &Pulse;

    /// Asks it to answer its pulse; says whether the question went out.
    fn ask(&self) -> bool;
}

/// What a server may send for one check before it is taken for broken. A login and an answer take
/// a few KiB; a server that pours junk stops here, not when the memory is full.
const READ_LIMIT: usize = 1 << 20;

/// The check that runs: how far it came, and how much it may still read.
#[derive(Debug, Default)]
pub(super) struct Progress {
    step: AtomicU8,
    unread: AtomicUsize,
}

impl Progress {
    /// A check begins.
    pub(super) fn begin(&self) {
        self.enter(Step::Configure);
        self.unread.store(READ_LIMIT, Ordering::Relaxed);
    }

    pub(super) fn enter(&self, step: Step) {
        self.step.store(step as u8, Ordering::Relaxed);
    }

    pub(super) fn step(&self) -> Step {
        Step::from_u8(self.step.load(Ordering::Relaxed))
    }

    /// Takes note of `bytes` that were read; false when that is more than a check may read.
    pub(super) fn may_read(&self, bytes: usize) -> bool {
        self.unread
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |unread| {
                unread.checked_sub(bytes)
            })
            .is_ok()
    }
}
