//! The counters of calls as JSON.

use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use super::calls::Calls;
use crate::mode::Snapshot as Mode;
use crate::readiness::RuntimeMode;

/// The counters with the mode and the version of the program.
pub(super) fn report(calls: &Calls, uptime: Duration, mode: &Mode, version: &str) -> String {
    let report = Report {
        telemetry: Snapshot::new(calls, uptime),
        mode: ReportedMode {
            governance_mode: mode.mode.as_str(),
            mode: mode.into(),
        },
        version,
    };
    serde_json::to_string(&report).expect("a report is JSON")
}

pub(super) fn to_json(calls: &Calls, uptime: Duration) -> String {
    serde_json::to_string(&Snapshot::new(calls, uptime)).expect("a snapshot is JSON")
}

#[derive(Serialize)]
struct Report<'a> {
    telemetry: Snapshot,
    mode: ReportedMode,
    version: &'a str,
}

#[derive(Serialize)]
struct ReportedMode {
    governance_mode: &'static str,
    #[serde(flatten)]
    mode: RuntimeMode,
}

#[derive(Serialize)]
struct Snapshot {
    external_calls_total: Counters,
    external_calls_blocked_total: Counters,
    external_calls_failed_total: u64,
    uptime_seconds: u64,
    collected_at: String,
}

impl Snapshot {
    fn new(calls: &Calls, uptime: Duration) -> Self {
        let totals = calls
            .totals()
            .map(|(provider, status, count)| {
                (format!("provider={provider},status={status}"), count)
            })
            .collect();
        let refused = calls
            .refused()
            .map(|(reason, provider, count)| {
                let key = match provider {
                    Some(provider) => format!("reason={reason},provider={provider}"),
                    None => format!("reason={reason}"),
                };
                (key, count)
            })
            .collect();
        Self {
            external_calls_total: Counters(totals),
            external_calls_blocked_total: Counters(refused),
            external_calls_failed_total: calls.failed(),
            uptime_seconds: uptime.as_secs(),
            collected_at: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        }
    }
}

struct Counters(Vec<(String, u64)>);

impl Serialize for Counters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, count)| (key, count)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CallStatus, Refusal};
    use super::*;

    #[test]
    fn has_the_shape_that_the_orchestrator_answers_with() {
        let calls = Calls::default();
        let openai = calls.provider("openai");
        calls.count(openai, CallStatus::Failure, None);
        calls.count_blocked(Refusal::StandbyMode, Some(openai));
        calls.count_blocked(Refusal::PhiDetected, None);
        let json = to_json(&calls, Duration::from_millis(61_900));
        let (counters, collected_at) = json
            .split_once(r#","collected_at":""#)
            .expect("a time at the end");
        assert_eq!(
            counters,
            concat!(
                r#"{"external_calls_total":{"provider=openai,status=failure":1,"#,
                r#""provider=openai,status=blocked":1,"provider=unknown,status=blocked":1},"#,
                r#""external_calls_blocked_total":{"reason=standby_mode,provider=openai":1,"#,
                r#""reason=phi_detected":1},"external_calls_failed_total":1,"uptime_seconds":61"#,
            )
        );
        assert_eq!(collected_at.len(), "2000-01-01T00:00:00.000Z\"}".len());
    }
}
