//! Calls that leave the machine, or would have: by provider, by outcome, by what refused them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::exposition::{Exposition, Kind};
use super::histogram::Histogram;
use super::provider::{Names, PLACES, ProviderId};
use crate::mode::BlockReason;

/// The name under which calls are counted that named no provider.
const UNKNOWN: &str = "unknown";

/// The upper bounds of durations in seconds, each with its spelling: from a refused connection, over
/// the common answer of a model, to the patience of a batch.
const BOUNDS: &[(f64, &str)] = &[
    (0.01, "0.01"),
    (0.05, "0.05"),
    (0.1, "0.1"),
    (0.25, "0.25"),
    (0.5, "0.5"),
    (1.0, "1.0"),
    (2.5, "2.5"),
    (5.0, "5.0"),
    (10.0, "10.0"),
    (30.0, "30.0"),
    (60.0, "60.0"),
    (120.0, "120.0"),
    (300.0, "300.0"),
];

/// How a call came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStatus {
    /// It was not attempted.
    Blocked,
    /// It was attempted, and failed.
    Failure,
    /// It was attempted, and answered.
    Success,
}

impl CallStatus {
    /// Every status; callers know one by its place here.
    pub const ALL: [Self; 3] = [Self::Success, Self::Failure, Self::Blocked];

    /// The name in answers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Failure => "failure",
            Self::Success => "success",
        }
    }
}

/// What refused a call: the mode, or the program itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The program's own policy.
    GovernanceMode,
    /// `MOCK_ONLY` is on.
    MockOnly,
    /// No mode was set at all.
    ModeUnset,
    /// `NO_NETWORK` is on.
    NoNetwork,
    /// The program found health data in what was to be sent.
    PhiDetected,
    /// The mode is STANDBY.
    StandbyMode,
}

impl Refusal {
    /// Every reason; callers know one by its place here.
    pub const ALL: [Self; 6] = [
        Self::StandbyMode,
        Self::NoNetwork,
        Self::MockOnly,
        Self::ModeUnset,
        Self::GovernanceMode,
        Self::PhiDetected,
    ];

    /// The name in answers and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GovernanceMode => "governance_mode",
            Self::MockOnly => BlockReason::MockOnly.as_str(),
            Self::ModeUnset => BlockReason::ModeUnset.as_str(),
            Self::NoNetwork => BlockReason::NoNetwork.as_str(),
            Self::PhiDetected => "phi_detected",
            Self::StandbyMode => BlockReason::StandbyMode.as_str(),
        }
    }
}

impl From<BlockReason> for Refusal {
    fn from(reason: BlockReason) -> Self {
        match reason {
            BlockReason::MockOnly => Self::MockOnly,
            BlockReason::ModeUnset => Self::ModeUnset,
            BlockReason::NoNetwork => Self::NoNetwork,
            BlockReason::StandbyMode => Self::StandbyMode,
        }
    }
}

/// The counters, one row a provider.
#[derive(Debug)]
pub struct Calls {
    names: Names,
    rows: [Row; PLACES + 1],
    /// Refused calls that named no provider.
    blocked_unnamed: Blocked,
}

/// On cache lines of its own: threads that count for different providers do not wait for each
/// other.
#[derive(Debug)]
#[repr(align(128))]
struct Row {
    calls: [AtomicU64; CallStatus::ALL.len()],
    blocked: Blocked,
    durations: Histogram,
}

type Blocked = [AtomicU64; Refusal::ALL.len()];

impl Default for Row {
    fn default() -> Self {
        Self {
            calls: Default::default(),
            blocked: Blocked::default(),
            durations: Histogram::new(BOUNDS),
        }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            names: Names::default(),
            rows: std::array::from_fn(|_| Row::default()),
            blocked_unnamed: Blocked::default(),
        }
    }
}

impl Calls {
    /// The place of the provider called `name`, to be kept and counted with.
    ///
    /// [`ProviderId::OTHER`] for a name that is not clean, and for each after the first 64.
    pub fn provider(&self, name: &str) -> ProviderId {
        self.names.id(name)
    }

    /// Counts a call, and how long it took where that is known and the call was attempted.
    pub fn count(&self, provider: ProviderId, status: CallStatus, seconds: Option<f64>) {
        let row = &self.rows[provider.index()];
        add_one(&row.calls[status as usize]);
        if let Some(seconds) = seconds
            && status != CallStatus::Blocked
        {
            row.durations.observe(seconds);
        }
    }

    /// Counts a refused call, once by its reason and once among the calls of its provider, which
    /// is `unknown` where none was named.
    pub fn count_blocked(&self, reason: Refusal, provider: Option<ProviderId>) {
        let blocked = match provider {
            Some(provider) => &self.rows[provider.index()].blocked,
            None => &self.blocked_unnamed,
        };
        add_one(&blocked[reason as usize]);
        let provider = provider.unwrap_or_else(|| self.names.id(UNKNOWN));
        self.count(provider, CallStatus::Blocked, None);
    }

    /// The counters by provider, in the order of [`CallStatus::ALL`], where one is not nought.
    pub fn by_provider(&self) -> impl Iterator<Item = (&str, [u64; CallStatus::ALL.len()])> {
        self.providers()
            .map(|(name, row)| (name, CallStatus::ALL.map(|status| row.calls(status))))
            .filter(|(_, counts)| counts.iter().any(|count| *count > 0))
    }

    /// How many calls failed.
    pub(super) fn failed(&self) -> u64 {
        self.providers()
            .map(|(_, row)| row.calls(CallStatus::Failure))
            .sum()
    }

    /// The counters of calls that are not nought, with provider and status.
    pub(super) fn totals(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.providers().flat_map(|(name, row)| {
            CallStatus::ALL
                .into_iter()
                .map(move |status| (name, status.as_str(), row.calls(status)))
                .filter(|(.., count)| *count > 0)
        })
    }

    /// The counters of refused calls that are not nought, with reason and provider.
    pub(super) fn refused(&self) -> impl Iterator<Item = (&'static str, Option<&str>, u64)> {
        self.providers()
            .map(|(name, row)| (Some(name), &row.blocked))
            .chain([(None, &self.blocked_unnamed)])
            .flat_map(|(name, blocked)| {
                Refusal::ALL
                    .into_iter()
                    .map(move |reason| {
                        let count = blocked[reason as usize].load(Ordering::Relaxed);
                        (reason.as_str(), name, count)
                    })
                    .filter(|(.., count)| *count > 0)
            })
    }

    pub(super) fn expose(&self, out: &mut Exposition) {
        let name = "external_calls_total";
        out.family(
            Kind::Counter,
            name,
            "Calls to external providers, by how they came out.",
        );
        for (provider, status, count) in self.totals() {
            out.sample(name, &[("provider", provider), ("status", status)], count);
        }
        let name = "external_calls_blocked_total";
        out.family(
            Kind::Counter,
            name,
            "Calls to external providers that were refused and not attempted.",
        );
        for (reason, provider, count) in self.refused() {
            match provider {
                Some(provider) => {
                    out.sample(name, &[("reason", reason), ("provider", provider)], count);
                }
                None => out.sample(name, &[("reason", reason)], count),
            }
        }
        let name = "external_calls_failed_total";
        out.family(
            Kind::Counter,
            name,
            "Calls to external providers that were attempted and failed.",
        );
        out.sample(name, &[], self.failed());
        let name = "external_call_duration_seconds";
        out.family(
            Kind::Histogram,
            name,
            "How long attempted calls to external providers took.",
        );
        for (provider, row) in self.providers() {
            row.durations.expose(name, &[("provider", provider)], out);
        }
    }

    pub(super) fn reset(&self) {
        for row in &self.rows {
            for counter in row.calls.iter().chain(&row.blocked) {
                counter.store(0, Ordering::Relaxed);
            }
            row.durations.reset();
        }
        for counter in &self.blocked_unnamed {
            counter.store(0, Ordering::Relaxed);
        }
    }

    fn providers(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.iter().zip(0..).filter_map(|(row, number)| {
            let name = self.names.name(ProviderId::from_number(number))?;
            Some((name, row))
        })
    }
}

impl Row {
    fn calls(&self, status: CallStatus) -> u64 {
        self.calls[status as usize].load(Ordering::Relaxed)
    }
}

fn add_one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_each_bound_as_the_number_it_is() {
        for (bound, spelling) in BOUNDS {
            assert_eq!(*spelling, format!("{bound:?}"));
        }
        assert!(BOUNDS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn no_count_of_eight_threads_is_lost() {
        let calls = Calls::default();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let provider = calls.provider("openai");
                    for _ in 0..10_000 {
                        calls.count(provider, CallStatus::Success, Some(0.5));
                    }
                });
            }
        });
        let totals: Vec<_> = calls.totals().collect();
        assert_eq!(totals, [("openai", "success", 80_000)]);
        let mut out = Exposition::new(super::super::Format::Text);
        calls.expose(&mut out);
        let shown = out.finish();
        assert!(shown.contains("external_call_duration_seconds_sum{provider=\"openai\"} 40000\n"));
    }

    #[test]
    fn every_hostile_name_is_counted_and_none_is_shown() {
        let calls = Calls::default();
        for at in 0..5_000 {
            let name = format!("p\"{at}\n@example.org");
            calls.count(calls.provider(&name), CallStatus::Failure, None);
        }
        let totals: Vec<_> = calls.totals().collect();
        assert_eq!(totals, [("other", "failure", 5_000)]);
        assert_eq!(calls.failed(), 5_000);
    }

    #[test]
    fn a_refused_call_is_counted_by_reason_and_as_blocked() {
        let calls = Calls::default();
        let openai = calls.provider("openai");
        calls.count_blocked(Refusal::StandbyMode, Some(openai));
        calls.count_blocked(BlockReason::NoNetwork.into(), None);
        assert_eq!(
            calls.refused().collect::<Vec<_>>(),
            [("standby_mode", Some("openai"), 1), ("no_network", None, 1)]
        );
        assert_eq!(
            calls.totals().collect::<Vec<_>>(),
            [("openai", "blocked", 1), ("unknown", "blocked", 1)]
        );
    }
}
