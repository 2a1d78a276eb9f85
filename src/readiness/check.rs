//! One declared check: its probe, its deadline and what is remembered of its past.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use super::code::{Code, Failure, Miss};
use super::probe::Probe;
use super::report::{Checked, Outcome};
use super::seen::{Minutes, Past};
use crate::event_loop::PATIENCE;
use crate::mode::{self, BlockReason};
use crate::telemetry;

/// What is asked, or why nothing can be.
pub type Probed = Result<Arc<dyn Probe>, Code>;

/// A check as it is declared.
pub struct Check {
    /// The name in answers.
    pub name: String,
    /// Whether the process is ready without it.
    pub critical: bool,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// What is asked, or why nothing can be.
    pub probe: Probed,
}

/// A check and its past.
pub(super) struct Tracked {
    name: String,
    critical: bool,
    timeout: Duration,
    probe: Mutex<Probed>,
    past: Mutex<Past>,
}

/// What ends a check before its time.
#[derive(Clone)]
pub(super) struct Interrupts {
    /// Changes with the decision of the mode.
    pub(super) mode: watch::Receiver<u32>,
    /// Becomes true when the owner closes.
    pub(super) closed: watch::Receiver<bool>,
}

impl Tracked {
    pub(super) fn new(check: Check) -> Self {
        Self {
            name: check.name,
            critical: check.critical,
            timeout: check.timeout,
            probe: Mutex::new(check.probe),
            past: Mutex::default(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Asks something else from the next run on.
    pub(super) fn replace(&self, probe: Probed) {
        let before = std::mem::replace(&mut *lock(&self.probe), probe);
        if let Ok(before) = before {
            before.disconnect();
        }
    }

    /// Lets go of kept connections that the mode does not allow any more.
    pub(super) fn disconnect_unless_admitted(&self, published: &mode::Published) {
        if let Ok(probe) = &*lock(&self.probe)
            && probe.admitted(published).is_err()
        {
            probe.disconnect();
        }
    }

    /// Runs the check once. It ends by its deadline, whatever the dependency does.
    pub(super) async fn run(&self, interrupts: Interrupts) -> Checked {
        let begun = Instant::now();
        let probe = lock(&self.probe).clone();
        let result = match &probe {
            // A loop that is stuck would ask when nobody waits any more.
            Ok(probe) if is_stuck(probe.as_ref()) && self.was_seen() => return self.last_known(),
            Ok(probe) => self.ask(probe.as_ref(), interrupts).await,
            Err(code @ Code::InvalidConfig) => Err(Miss::failed(
                *code,
                "the URL is not of its form, or a file that it names cannot be used",
            )),
            Err(code) => Err(Miss::failed(*code, "there is nothing to ask")),
        };
        let outcome = match &result {
            Ok(()) => Outcome::Ok,
            Err(Miss::Blocked(_)) => Outcome::Blocked,
            Err(Miss::Failed(failure)) => Outcome::Failed(failure.code),
        };
        if outcome == Outcome::Failed(Code::Timeout)
            && let Ok(probe) = &probe
            && is_stuck(probe.as_ref())
        {
            // It says nothing of the dependency, which may not even have been asked.
            return self.last_known();
        }
        let latency = (outcome != Outcome::Blocked).then(|| begun.elapsed());
        let shown = &telemetry::shared().checks;
        match latency {
            None => shown.withdraw(&self.name),
            Some(latency) => shown.observe(&self.name, outcome == Outcome::Ok, latency),
        }
        let mut past = lock(&self.past);
        let before = past.outcome().unwrap_or(Outcome::Ok);
        let checked = past.note(self.unseen(outcome), latency);
        drop(past);
        // That its owner closes is no news of the dependency.
        if before != outcome && outcome != Outcome::Failed(Code::Cancelled) {
            self.announce(&result, &probe);
        }
        checked
    }

    /// Waits for the end of the run that `finished` tells of; not for a loop that is stuck, when
    /// there is a result from before.
    pub(super) async fn promptly(&self, mut finished: watch::Receiver<Option<Checked>>) -> Checked {
        let ended = async {
            let checked = finished.wait_for(Option::is_some).await;
            checked.ok().and_then(|checked| checked.clone())
        };
        let probe = lock(&self.probe).clone();
        let host = probe.as_ref().ok().and_then(|probe| probe.host());
        let checked = match host.filter(|_| self.was_seen()) {
            None => ended.await,
            Some(host) => tokio::select! {
                biased;
                checked = ended => checked,
                () = host.pulse().stuck(|| host.ask()) => return self.last_known(),
            },
        };
        checked.unwrap_or_else(|| self.broken())
    }

    /// What the last run that could be made found.
    pub(super) fn last_known(&self) -> Checked {
        let timed_out = self.unseen(Outcome::Failed(Code::Timeout));
        lock(&self.past).last_known(timed_out)
    }

    /// What is said of the check when its run came apart.
    pub(super) fn broken(&self) -> Checked {
        lock(&self.past).dated(self.unseen(Outcome::Failed(Code::Error)))
    }

    /// What the last minutes brought.
    pub(super) fn minutes(&self) -> Minutes {
        lock(&self.past).minutes()
    }

    fn was_seen(&self) -> bool {
        lock(&self.past).outcome().is_some()
    }

    fn unseen(&self, outcome: Outcome) -> Checked {
        Checked {
            name: self.name.clone(),
            critical: self.critical,
            outcome,
            latency: None,
            checked_at: SystemTime::now(),
            stale: false,
            consecutive_failures: 0,
            last_ok_at: None,
        }
    }

    async fn ask(&self, probe: &dyn Probe, interrupts: Interrupts) -> Result<(), Miss> {
        tokio::select! {
            // In this order: what the mode does not admit is not even begun.
            biased;
            reason = forbidden(probe, interrupts.mode) => Err(Miss::Blocked(reason)),
            () = closed(interrupts.closed) => {
                Err(Miss::failed(Code::Cancelled, "the owner closed"))
            }
            answered = tokio::time::timeout(self.timeout, probe.check()) => {
                answered.unwrap_or_else(|_| Err(Miss::failed(Code::Timeout, "the deadline passed")))
            }
        }
    }

    /// Tells the log of a change for the better or the worse, once.
    fn announce(&self, result: &Result<(), Miss>, probe: &Probed) {
        let check = self.name.as_str();
        match result {
            Ok(()) => tracing::info!(check, "readiness check is ok"),
            Err(Miss::Blocked(reason)) => {
                tracing::warn!(check, %reason, "readiness check is blocked by the mode");
            }
            Err(Miss::Failed(Failure { code, cause, text })) => {
                let step = probe.as_ref().map(|probe| probe.step().to_string());
                let step = step.as_deref().unwrap_or("configure");
                let secrets = probe.as_ref().map(|probe| probe.secrets());
                let text = text.as_deref().map(|text| without(text, secrets));
                let text = text.as_deref();
                tracing::warn!(check, %code, step, %cause, text, "readiness check failed");
            }
        }
    }
}

fn is_stuck(probe: &dyn Probe) -> bool {
    let host = probe.host();
    host.is_some_and(|host| host.pulse().unanswered() >= PATIENCE)
}

/// The text without what the probe knows; the log finds the rest. A short secret is any word's part,
/// so that nothing of such a text is left.
fn without(text: &str, secrets: Result<Vec<String>, &Code>) -> String {
    let mut text = text.to_owned();
    let mut secrets = secrets.unwrap_or_default();
    // One may be the beginning of another.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets {
        if secret.is_empty() || !text.contains(&secret) {
            continue;
        }
        if secret.len() < 3 {
            return "[secret]".to_owned();
        }
        text = text.replace(&secret, "[secret]");
    }
    text
}

/// Waits until the mode no longer admits what `probe` talks to.
async fn forbidden(probe: &dyn Probe, mut changes: watch::Receiver<u32>) -> BlockReason {
    loop {
        if let Err(reason) = probe.admitted(&mode::current()) {
            return reason;
        }
        if changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn closed(mut closed: watch::Receiver<bool>) {
    if closed.wait_for(|closed| *closed).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_without_what_the_probe_knows() {
        let secrets = || Ok(vec!["app".to_owned(), "app-word".to_owned(), String::new()]);
        assert_eq!(
            without("no password \"app-word\" for \"app\"", secrets()),
            "no password \"[secret]\" for \"[secret]\""
        );
        assert_eq!(without("nothing", secrets()), "nothing");
        assert_eq!(without("a b", Ok(vec!["a".to_owned()])), "[secret]");
    }
}
