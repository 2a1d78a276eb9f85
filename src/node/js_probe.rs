//! A check whose work is done by JavaScript: a custom check, or a pool that the program owns.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use napi::Status;
use napi::bindgen_prelude::FnArgs;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use tokio::sync::oneshot;

use crate::event_loop::Pulse;
use crate::mode::{BlockReason, Published};
use crate::readiness::{Checking, Code, Failure, Host, Miss, Probe, Step};

/// What JavaScript is told.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// To begin run `run` of check `check`.
    Begin { check: u32, run: u32 },
    /// That nobody waits for it any more.
    Abort { check: u32, run: u32 },
    /// Nothing: that it hears of it is what matters.
    Turn,
}

impl From<Order> for FnArgs<(u32, u32, u32)> {
    fn from(order: Order) -> Self {
        let data = match order {
            Order::Begin { check, run } => (0, check, run),
            Order::Abort { check, run } => (1, check, run),
            Order::Turn => (2, 0, 0),
        };
        Self { data }
    }
}

/// Hands an order to the thread of the checks.
pub(super) type Tell = ThreadsafeFunction<Order, (), FnArgs<(u32, u32, u32)>, Status, false, true>;

/// The runs that JavaScript has not settled yet.
#[derive(Default)]
pub(super) struct Pending {
    next: AtomicU32,
    waiting: Mutex<HashMap<u32, oneshot::Sender<Option<Failure>>>>,
}

impl Pending {
    /// JavaScript has finished `run`: well, or with a failure.
    pub(super) fn settle(&self, run: u32, failure: Option<Failure>) {
        if let Some(waiting) = self.lock().remove(&run) {
            // Whoever waited may have given up meanwhile.
            let _ = waiting.send(failure);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, oneshot::Sender<Option<Failure>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a blocked mode lets the check run.
pub(super) enum Admits {
    /// It is the program's own code, and what it sends is the program's affair.
    Always,
    /// It talks to what this probe talks to.
    As(Arc<dyn Probe>),
    /// Where it goes is not known, so it stays.
    NotBlocked,
}

/// The thread of the checks.
pub(super) struct Thread {
    pub(super) tell: Tell,
    /// Answered whenever that thread takes an order.
    pub(super) pulse: Arc<Pulse>,
}

impl Thread {
    fn tell(&self, order: Order) -> bool {
        self.tell
            .call(order, ThreadsafeFunctionCallMode::NonBlocking)
            == Status::Ok
    }
}

impl Host for Thread {
    fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    fn ask(&self) -> bool {
        self.tell(Order::Turn)
    }
}

pub(super) struct JsProbe {
    pub(super) index: u32,
    pub(super) thread: Arc<Thread>,
    pub(super) pending: Arc<Pending>,
    pub(super) admits: Admits,
}

impl JsProbe {
    async fn run(&self) -> Result<(), Miss> {
        let run = self.pending.next.fetch_add(1, Ordering::Relaxed);
        let (settled, outcome) = oneshot::channel();
        self.pending.lock().insert(run, settled);
        let abort = AbortOnDrop { probe: self, run };
        let begin = Order::Begin {
            check: self.index,
            run,
        };
        if !self.thread.tell(begin) {
            return Err(miss(Code::Cancelled, "the thread of the check has ended"));
        }
        let outcome = outcome.await;
        drop(abort);
        match outcome {
            Ok(None) => Ok(()),
            Ok(Some(failure)) => Err(Miss::Failed(failure)),
            Err(_) => Err(miss(Code::Cancelled, "the check was given up")),
        }
    }
}

impl Probe for JsProbe {
    fn check(&self) -> Checking<'_> {
        Box::pin(self.run())
    }

    fn admitted(&self, published: &Published) -> Result<(), BlockReason> {
        match &self.admits {
            Admits::Always => Ok(()),
            Admits::As(probe) => probe.admitted(published),
            Admits::NotBlocked => published.snapshot.block_reason.map_or(Ok(()), Err),
        }
    }

    fn disconnect(&self) {}

    fn step(&self) -> Step {
        Step::Query
    }

    fn host(&self) -> Option<&dyn Host> {
        Some(self.thread.as_ref())
    }
}

/// Aborts a run that nobody waits for any more.
struct AbortOnDrop<'a> {
    probe: &'a JsProbe,
    run: u32,
}

impl Drop for AbortOnDrop<'_> {
    fn drop(&mut self) {
        if self.probe.pending.lock().remove(&self.run).is_some() {
            self.probe.thread.tell(Order::Abort {
                check: self.probe.index,
                run: self.run,
            });
        }
    }
}

fn miss(code: Code, cause: &'static str) -> Miss {
    Miss::Failed(Failure {
        code,
        cause: cause.into(),
        text: None,
    })
}
