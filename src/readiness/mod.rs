//! Whether the services this process depends on answer, asked over the wire.
//!
//! `dependency -> check -> report`: a [`Probe`] asks one dependency, a run asks them all side by
//! side, and the [`Report`] is the one shape that every answer is made from. Callers who come
//! while a run is under way share it, and a finished one is served again for a short while.

mod check;
mod code;
mod dial;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod postgres;
mod probe;
mod redis;
mod report;
mod seen;
mod socket;
mod target;
mod tls;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt, Shared, join_all};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::mode::{self, Subscription};
use check::{Interrupts, Tracked};

pub use check::{Check, Probed};
pub use code::{Code, Failure, Miss, Step};
pub use probe::{Checking, Host, Probe};
pub use report::{Checked, Outcome, Report, RuntimeMode, Status};
pub use seen::{Minutes, Slot};
pub use target::{Dependency, UnusableUrl};

/// A set of checks that belong together.
///
/// Clones share everything. It ends with [`Readiness::close`].
#[derive(Clone)]
pub struct Readiness {
    inner: Arc<Inner>,
}

struct Inner {
    checks: Vec<Tracked>,
    /// How long a finished run is served again.
    cache: Duration,
    runtime: Handle,
    flight: Mutex<Flight>,
    draining: AtomicBool,
    closed: watch::Sender<bool>,
    mode_changed: watch::Sender<u32>,
    subscription: Mutex<Option<Subscription>>,
}

#[derive(Default)]
struct Flight {
    /// Counts the changes of what is asked; a run from before one is not served after it.
    asked: u32,
    finished: Option<Finished>,
    running: Option<Running>,
}

/// What a run depends on beside the dependencies themselves: the mode and what is asked.
type Epoch = (u32, u32);

struct Finished {
    checks: Vec<Checked>,
    at: Instant,
    epoch: Epoch,
    /// Made of the checks once it is asked for, and shared by all who ask.
    report: Option<Arc<Report>>,
}

#[derive(Clone)]
struct Running {
    checks: Shared<BoxFuture<'static, Vec<Checked>>>,
    /// Each check, for those who do not wait for all.
    each: Vec<watch::Receiver<Option<Checked>>>,
    epoch: Epoch,
}

impl Readiness {
    /// Checks that run on `runtime`. A finished run is served again for `cache`.
    pub fn new(checks: Vec<Check>, cache: Duration, runtime: Handle) -> Self {
        let inner = Arc::new(Inner {
            checks: checks.into_iter().map(Tracked::new).collect(),
            cache,
            runtime,
            flight: Mutex::default(),
            draining: AtomicBool::new(false),
            closed: watch::Sender::new(false),
            mode_changed: watch::Sender::new(mode::generation()),
            subscription: Mutex::default(),
        });
        // Connections that the mode does not allow any more are let go at once, whether or not
        // anybody asks for a report.
        let weak = Arc::downgrade(&inner);
        let subscription = mode::subscribe(move |now, _| {
            let Some(inner) = weak.upgrade() else { return };
            inner.mode_changed.send_replace(now.generation);
            let now = Arc::clone(now);
            let runtime = inner.runtime.clone();
            runtime.spawn(async move {
                for check in &inner.checks {
                    check.disconnect_unless_admitted(&now);
                }
            });
        });
        *lock(&inner.subscription) = Some(subscription);
        Self { inner }
    }

    /// The finished run, when it is fresh enough to be served again: the same report each time, as
    /// long as it tells the same.
    pub fn cached(&self) -> Option<Arc<Report>> {
        let mut flight = lock(&self.inner.flight);
        let epoch = epoch(&flight);
        let finished = flight.finished.as_mut()?;
        if finished.epoch != epoch || finished.at.elapsed() >= self.inner.cache {
            return None;
        }
        let report = finished
            .report
            .get_or_insert_with(|| self.report(finished.checks.clone()));
        Some(Arc::clone(report))
    }

    /// Asks the dependencies, or shares the run that is under way, or serves the finished one.
    pub async fn check(&self) -> Arc<Report> {
        if let Some(report) = self.cached() {
            return report;
        }
        let mut running = self.run();
        let mut checks = running.checks.await;
        // A run that a change of the mode outlived tells of a mode that is gone: once more.
        if running.epoch != epoch(&lock(&self.inner.flight)) {
            running = self.run();
            checks = running.checks.await;
        }
        self.report(checks)
    }

    /// As [`Self::check`], and waits for no event loop that is stuck: checks that it was to make are
    /// served from their last run, and marked as such.
    pub async fn check_promptly(&self) -> Arc<Report> {
        if let Some(report) = self.cached() {
            return report;
        }
        let mut running = self.run();
        let mut checks = self.inner.promptly(running.each).await;
        if running.epoch != epoch(&lock(&self.inner.flight)) {
            running = self.run();
            checks = self.inner.promptly(running.each).await;
        }
        self.report(checks)
    }

    /// What is known by now, without a run.
    pub fn last_known(&self) -> Arc<Report> {
        self.report(self.inner.checks.iter().map(Tracked::last_known).collect())
    }

    /// What the last minutes brought, check by check, in the order of a report.
    pub fn minutes(&self) -> Vec<Minutes> {
        self.inner.checks.iter().map(Tracked::minutes).collect()
    }

    /// Makes every report from now on say that the process is on its way out.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::SeqCst);
        if let Some(finished) = &mut lock(&self.inner.flight).finished {
            finished.report = None;
        }
    }

    /// Ends what runs and lets go of every probe, and with them of every connection. From now on
    /// every check is [`Code::Cancelled`].
    pub fn close(&self) {
        self.inner.closed.send_replace(true);
        drop(lock(&self.inner.subscription).take());
        let cancelled: Probed = Err(Code::Cancelled);
        for check in &self.inner.checks {
            check.replace(cancelled.clone());
        }
        self.inner.forget();
    }

    /// Waits until what was running when it closed has ended.
    pub async fn closed(&self) {
        let running = lock(&self.inner.flight).running.clone();
        if let Some(running) = running {
            running.checks.await;
        }
    }

    /// Points the check called `name` at something else, from the next run on.
    pub fn replace(&self, name: &str, probe: Probed) {
        let check = self.inner.checks.iter().find(|check| check.name() == name);
        if let Some(check) = check.filter(|_| !*self.inner.closed.borrow()) {
            check.replace(probe);
            self.inner.forget();
        }
    }

    fn report(&self, checks: Vec<Checked>) -> Arc<Report> {
        let draining = self.inner.draining.load(Ordering::SeqCst);
        Arc::new(Report::new(checks, &mode::current().snapshot, draining))
    }

    fn run(&self) -> Running {
        let mut flight = lock(&self.inner.flight);
        let epoch = epoch(&flight);
        if let Some(running) = &flight.running
            && running.epoch == epoch
        {
            return running.clone();
        }
        let inner = Arc::clone(&self.inner);
        let (told, each) = inner.checks.iter().map(|_| watch::channel(None)).unzip();
        // A task of its own: the callers may all go away, and the run still ends and is kept.
        let task = self.inner.runtime.spawn(async move {
            let checks = inner.run_all(told).await;
            let mut flight = lock(&inner.flight);
            if flight
                .running
                .as_ref()
                .is_some_and(|run| run.epoch == epoch)
            {
                flight.running = None;
                flight.finished = Some(Finished {
                    checks: checks.clone(),
                    at: Instant::now(),
                    epoch,
                    report: None,
                });
            }
            checks
        });
        let inner = Arc::clone(&self.inner);
        let running = Running {
            checks: async move {
                match task.await {
                    Ok(checks) => checks,
                    // A run that came apart is no reason to say that all is well.
                    Err(_) => inner.broken(epoch),
                }
            }
            .boxed()
            .shared(),
            each,
            epoch,
        };
        flight.running = Some(running.clone());
        running
    }
}

impl Inner {
    async fn run_all(&self, told: Vec<watch::Sender<Option<Checked>>>) -> Vec<Checked> {
        let interrupts = Interrupts {
            mode: self.mode_changed.subscribe(),
            closed: self.closed.subscribe(),
        };
        join_all(self.checks.iter().zip(told).map(async |(check, told)| {
            let checked = check.run(interrupts.clone()).await;
            told.send_replace(Some(checked.clone()));
            checked
        }))
        .await
    }

    async fn promptly(&self, each: Vec<watch::Receiver<Option<Checked>>>) -> Vec<Checked> {
        let checks = self.checks.iter().zip(each);
        join_all(checks.map(|(check, finished)| check.promptly(finished))).await
    }

    /// Serves no run from before this moment again.
    fn forget(&self) {
        let mut flight = lock(&self.flight);
        flight.asked = flight.asked.wrapping_add(1);
    }

    fn broken(&self, epoch: Epoch) -> Vec<Checked> {
        let mut flight = lock(&self.flight);
        flight.running.take_if(|running| running.epoch == epoch);
        self.checks.iter().map(Tracked::broken).collect()
    }
}

fn epoch(flight: &Flight) -> Epoch {
    (mode::generation(), flight.asked)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
