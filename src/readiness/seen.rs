//! What is remembered of a check.

use std::time::{Duration, Instant, SystemTime};

use super::report::{Checked, Outcome};
use crate::history::{History, SLOTS};

/// How old a result may be that stands in for a check whose event loop is stuck. An older one says
/// too little about now.
const MAX_AGE: Duration = Duration::from_secs(60);

/// The past of a check.
#[derive(Default)]
pub(super) struct Past {
    last: Option<Checked>,
    minutes: History<Slot>,
}

/// What the runs of one slot of time found: the worst of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The outcome of the worst.
    pub outcome: Outcome,
    /// The longest time that one took; `None` when none was attempted.
    pub latency: Option<Duration>,
}

/// The last minutes, the oldest slot first; `None` where nobody asked.
pub type Minutes = [Option<Slot>; SLOTS];

impl Past {
    /// The outcome of the last run; `None` before the first.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.last.as_ref().map(|last| last.outcome)
    }

    /// Takes note of a run that ends now.
    pub(super) fn note(&mut self, run: Checked, latency: Option<Duration>) -> Checked {
        let mut checked = self.dated(run);
        checked.latency = latency;
        match checked.outcome {
            Outcome::Ok => {
                checked.consecutive_failures = 0;
                checked.last_ok_at = Some(checked.checked_at);
            }
            Outcome::Failed(_) => {
                checked.consecutive_failures = checked.consecutive_failures.saturating_add(1);
            }
            Outcome::Blocked => {}
        }
        let slot = Slot {
            outcome: checked.outcome,
            latency,
        };
        self.minutes.note(Instant::now(), |before| {
            before.map_or(slot, |before| before.worse(slot))
        });
        self.last = Some(checked.clone());
        checked
    }

    /// The last run, marked as one from before; `timed_out` when there is none or it is too old.
    pub(super) fn last_known(&self, timed_out: Checked) -> Checked {
        let now = SystemTime::now();
        match &self.last {
            Some(last) if now.duration_since(last.checked_at).unwrap_or_default() <= MAX_AGE => {
                Checked {
                    stale: true,
                    ..last.clone()
                }
            }
            _ => self.dated(timed_out),
        }
    }

    /// `run` with the counts of those before it.
    pub(super) fn dated(&self, run: Checked) -> Checked {
        match &self.last {
            Some(last) => Checked {
                consecutive_failures: last.consecutive_failures,
                last_ok_at: last.last_ok_at,
                ..run
            },
            None => run,
        }
    }

    pub(super) fn minutes(&mut self) -> Minutes {
        self.minutes.slots(Instant::now())
    }
}

impl Slot {
    fn worse(self, other: Self) -> Self {
        let worst = if self.severity() >= other.severity() {
            self
        } else {
            other
        };
        Self {
            latency: self.latency.max(other.latency),
            ..worst
        }
    }

    fn severity(self) -> u8 {
        match self.outcome {
            Outcome::Ok => 0,
            Outcome::Blocked => 1,
            Outcome::Failed(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readiness::Code;

    fn run(outcome: Outcome, ago: Duration) -> Checked {
        Checked {
            name: "queue".to_owned(),
            critical: true,
            outcome,
            latency: None,
            checked_at: SystemTime::now() - ago,
            stale: false,
            consecutive_failures: 0,
            last_ok_at: None,
        }
    }

    const FAILED: Outcome = Outcome::Failed(Code::Error);

    #[test]
    fn a_result_stands_in_for_a_minute_and_then_no_more() {
        let timed_out = || run(Outcome::Failed(Code::Timeout), Duration::ZERO);
        let mut past = Past::default();
        assert_eq!(past.last_known(timed_out()).outcome, timed_out().outcome);
        past.note(run(Outcome::Ok, Duration::from_secs(50)), None);
        let known = past.last_known(timed_out());
        assert_eq!((known.outcome, known.stale), (Outcome::Ok, true));
        past.note(run(Outcome::Ok, Duration::from_secs(61)), None);
        let known = past.last_known(timed_out());
        assert_eq!((known.outcome, known.stale), (timed_out().outcome, false));
        assert!(known.last_ok_at.is_some());
    }

    #[test]
    fn counts_failures_in_a_row_and_keeps_the_worst_of_a_slot() {
        let mut past = Past::default();
        for (outcome, milliseconds) in
            [(Outcome::Ok, 9), (FAILED, 2), (FAILED, 3), (Outcome::Ok, 1)]
        {
            past.note(
                run(outcome, Duration::ZERO),
                Some(Duration::from_millis(milliseconds)),
            );
        }
        let last = past.note(run(FAILED, Duration::ZERO), None);
        assert_eq!(last.consecutive_failures, 1);
        let worst = past.minutes().into_iter().flatten().last();
        // A slot may have ended in between, and then the last of the runs is the only one.
        assert_eq!(worst.map(|slot| slot.outcome), Some(FAILED));
    }
}
