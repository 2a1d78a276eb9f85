//! What is counted, and how it is shown: one set of counters for all threads of the process.
//!
//! Counting is a few atomic additions in a table of fixed size, so it neither locks nor
//! allocates, and no caller can make it grow. Everything is read when somebody asks:
//! [`Telemetry::snapshot`] as JSON, [`Telemetry::exposition`] as Prometheus reads it.

mod calls;
mod checks;
mod exposition;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod guard;
mod histogram;
mod negotiate;
mod process;
mod provider;
mod snapshot;

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::{event_loop, log, mode, phi};

pub use calls::{CallStatus, Calls, Refusal};
pub use checks::Checks;
pub use exposition::{Exposition, Format, Kind};
pub use histogram::Histogram;
pub use negotiate::{UnknownFormat, View, view};
pub use provider::{ProviderId, is_clean_name};

static SHARED: LazyLock<Telemetry> = LazyLock::new(Telemetry::default);

/// The counters of this process.
pub fn shared() -> &'static Telemetry {
    &SHARED
}

/// Tells the metrics how far the egress guard came: `egress_guard_level{level}` is 1 for this
/// level from now on, and 0 for those before it. Until the first call there is no such metric.
pub fn set_guard_level(level: &'static str) {
    shared().guard.set(level);
}

/// All that is counted.
#[derive(Debug)]
pub struct Telemetry {
    /// Calls that leave the machine, or would have.
    pub calls: Calls,
    /// How the readiness checks last came out.
    pub checks: Checks,
    guard: guard::GuardLevel,
    since: Mutex<Instant>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            calls: Calls::default(),
            checks: Checks::default(),
            guard: guard::GuardLevel::default(),
            since: Mutex::new(Instant::now()),
        }
    }
}

impl Telemetry {
    /// How long it has been counting: since the package was loaded, or since [`Self::reset`].
    pub fn uptime(&self) -> Duration {
        self.since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }

    /// The counters of calls as JSON, in the shape that the orchestrator answers with.
    ///
    /// ```
    /// use researchflow_core::telemetry::{CallStatus, Telemetry};
    ///
    /// let telemetry = Telemetry::default();
    /// let provider = telemetry.calls.provider("openai");
    /// telemetry.calls.count(provider, CallStatus::Success, Some(0.8));
    /// assert!(telemetry.snapshot().contains(r#""provider=openai,status=success":1"#));
    /// ```
    pub fn snapshot(&self) -> String {
        snapshot::to_json(&self.calls, self.uptime())
    }

    /// The counters of calls with the mode and `version`, that of the program, as JSON.
    pub fn report(&self, version: &str) -> String {
        let published = mode::current();
        snapshot::report(&self.calls, self.uptime(), &published.snapshot, version)
    }

    /// Every metric, as Prometheus reads it.
    pub fn exposition(&self, format: Format) -> String {
        let mut out = Exposition::new(format);
        self.calls.expose(&mut out);
        expose_mode(&mode::current().snapshot, &mut out);
        self.guard.expose(&mut out);
        self.checks.expose(&mut out);
        event_loop::shared().expose(&mut out);
        log::expose(&mut out);
        expose_redactions(&mut out);
        process::expose(&mut out);
        out.finish()
    }

    /// Sets the counters of calls to nothing, for tests. Names of providers keep their places.
    pub fn reset(&self) {
        self.calls.reset();
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

fn expose_mode(snapshot: &mode::Snapshot, out: &mut Exposition) {
    let name = "researchflow_mode";
    out.family(
        Kind::Gauge,
        name,
        "1 for the mode in force, 0 for the others.",
    );
    for mode in [
        mode::AppMode::Demo,
        mode::AppMode::Live,
        mode::AppMode::Standby,
    ] {
        let in_force = u8::from(snapshot.mode == mode);
        out.sample(name, &[("mode", mode.as_str())], in_force);
    }
    let name = "researchflow_network_allowed";
    out.family(
        Kind::Gauge,
        name,
        "1 when the mode lets calls leave the machine, 0 when it blocks them.",
    );
    out.sample(name, &[], u8::from(snapshot.network_allowed()));
}

fn expose_redactions(out: &mut Exposition) {
    let name = "phi_redactions_total";
    out.family(
        Kind::Counter,
        name,
        "Identifiers and secrets taken out of what was written, by kind.",
    );
    for (kind, count) in phi::Kind::ALL.iter().zip(phi::counts()) {
        out.sample(name, &[("kind", kind.as_str())], count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_formats_show_the_same_samples() {
        let telemetry = Telemetry::default();
        let provider = telemetry.calls.provider("openai");
        telemetry
            .calls
            .count(provider, CallStatus::Failure, Some(0.2));
        telemetry.calls.count_blocked(Refusal::NoNetwork, None);
        telemetry
            .checks
            .observe("db", true, Duration::from_micros(1500));
        telemetry.guard.set("process");
        let samples = |format| -> Vec<String> {
            telemetry
                .exposition(format)
                .lines()
                .filter(|line| {
                    !line.starts_with('#')
                        // These move between the two, the first by tests that run beside this one.
                        && !line.starts_with("phi_redactions")
                        && !line.starts_with("process_cpu")
                        && !line.starts_with("process_open")
                        && !line.starts_with("process_resident")
                        && !line.starts_with("log_lines")
                })
                .map(str::to_owned)
                .collect()
        };
        let text = samples(Format::Text);
        assert_eq!(text, samples(Format::OpenMetrics));
        for expected in [
            r#"external_calls_total{provider="openai",status="failure"} 1"#,
            r#"external_calls_total{provider="unknown",status="blocked"} 1"#,
            r#"external_calls_blocked_total{reason="no_network"} 1"#,
            "external_calls_failed_total 1",
            r#"external_call_duration_seconds_bucket{provider="openai",le="0.1"} 0"#,
            r#"external_call_duration_seconds_bucket{provider="openai",le="0.25"} 1"#,
            r#"external_call_duration_seconds_bucket{provider="openai",le="+Inf"} 1"#,
            r#"external_call_duration_seconds_sum{provider="openai"} 0.2"#,
            r#"external_call_duration_seconds_count{provider="openai"} 1"#,
            r#"researchflow_mode{mode="STANDBY"} 1"#,
            "researchflow_network_allowed 0",
            r#"egress_guard_level{level="process"} 1"#,
            r#"readiness_check_up{check="db"} 1"#,
            r#"readiness_check_duration_seconds{check="db"} 0.0015"#,
        ] {
            assert!(text.iter().any(|line| line == expected), "{expected}");
        }
    }

    #[test]
    fn what_was_redacted_is_shown_by_kind() {
        phi::redact_text("SSN 536-22-8726");
        let text = Telemetry::default().exposition(Format::Text);
        for kind in phi::Kind::ALL {
            let sample = format!("phi_redactions_total{{kind=\"{}\"}} ", kind.as_str());
            assert!(text.contains(&sample), "{sample}");
        }
        assert!(!text.contains("phi_redactions_total{kind=\"ssn\"} 0\n"));
    }

    #[test]
    fn a_reset_leaves_nothing_but_the_names() {
        let telemetry = Telemetry::default();
        let provider = telemetry.calls.provider("openai");
        telemetry
            .calls
            .count(provider, CallStatus::Success, Some(1.0));
        telemetry.calls.count_blocked(Refusal::MockOnly, None);
        telemetry.reset();
        let text = telemetry.exposition(Format::Text);
        assert!(!text.contains("provider="));
        assert!(!text.contains("reason="));
        assert!(text.contains("external_calls_failed_total 0\n"));
        assert_eq!(telemetry.calls.provider("OpenAI"), provider);
    }
}
