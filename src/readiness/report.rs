//! What a run found, in the one shape that every answer is made from.

use std::time::{Duration, SystemTime};

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::code::Code;
use crate::mode::{AppMode, Snapshot};

/// Whether traffic may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The process is on its way out.
    Draining,
    /// A check that counts did not come out well.
    NotReady,
    /// All is well.
    Ready,
    /// The mode is STANDBY, whatever the checks say.
    Standby,
}

impl Status {
    /// The name callers see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::NotReady => "not_ready",
            Self::Ready => "ready",
            Self::Standby => "standby",
        }
    }

    /// The HTTP status of an answer. STANDBY is 200: a rolling update into STANDBY waits for its
    /// new pods to be ready, and were they not, the old ones would go on serving.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Ready | Self::Standby => 200,
            Self::Draining | Self::NotReady => 503,
        }
    }
}

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mode does not let the dependency be reached, and it was not attempted.
    Blocked,
    /// It failed.
    Failed(Code),
    /// It serves.
    Ok,
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Blocked => serializer.serialize_str("blocked"),
            Self::Failed(code) => serializer.collect_str(&format_args!("failed: {code}")),
            Self::Ok => serializer.serialize_str("ok"),
        }
    }
}

/// One check of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The name of the check.
    pub name: String,
    /// Whether it counts for [`Status::Ready`].
    pub critical: bool,
    /// How it came out.
    pub outcome: Outcome,
    /// How long it took; `None` when it was not attempted.
    pub latency: Option<Duration>,
    /// When it ended.
    pub checked_at: SystemTime,
    /// Whether it is from an earlier run, because the event loop that makes the check is stuck.
    pub stale: bool,
    /// How many times in a row it has failed by now.
    pub consecutive_failures: u32,
    /// When it last came out well.
    pub last_ok_at: Option<SystemTime>,
}

impl Checked {
    /// How long ago it ended.
    pub fn age(&self) -> Duration {
        self.checked_at.elapsed().unwrap_or_default()
    }
}

/// A run of all checks, with the mode in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether traffic may come.
    pub status: Status,
    /// In the order in which they were declared.
    pub checks: Vec<Checked>,
    /// The mode in force.
    pub mode: RuntimeMode,
}

/// The mode, as answers carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RuntimeMode {
    ros_mode: &'static str,
    no_network: bool,
    mock_only: bool,
}

impl From<&Snapshot> for RuntimeMode {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            ros_mode: snapshot.mode.as_str(),
            no_network: snapshot.no_network,
            mock_only: snapshot.mock_only,
        }
    }
}

impl Report {
    pub(super) fn new(checks: Vec<Checked>, snapshot: &Snapshot, draining: bool) -> Self {
        let well = checks
            .iter()
            .all(|check| !check.critical || check.outcome == Outcome::Ok);
        let status = if draining {
            Status::Draining
        } else if snapshot.mode == AppMode::Standby {
            Status::Standby
        } else if well {
            Status::Ready
        } else {
            Status::NotReady
        };
        Self {
            status,
            checks,
            mode: snapshot.into(),
        }
    }

    /// Whether it tells how old results are, and so something else each time.
    pub fn has_ages(&self) -> bool {
        self.checks.iter().any(|check| check.stale)
    }

    /// The report as JSON; `details` adds latencies and times. The ages of results that are from
    /// before are always there.
    ///
    /// # Panics
    ///
    /// Never: a report holds nothing that JSON cannot.
    pub fn to_json(&self, details: bool) -> String {
        let document = Document {
            report: self,
            details,
        };
        serde_json::to_string(&document).expect("a report is JSON")
    }
}

struct Document<'a> {
    report: &'a Report,
    details: bool,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stale = Stale(&self.report.checks);
        let any_stale = self.report.has_ages();
        let fields = 3 + usize::from(any_stale) + usize::from(self.details);
        let mut document = serializer.serialize_struct("ReadinessReport", fields)?;
        document.serialize_field("status", self.report.status.as_str())?;
        document.serialize_field(
            "checks",
            &ByName(&self.report.checks, |check| check.outcome),
        )?;
        document.serialize_field("mode", &self.report.mode)?;
        if any_stale {
            document.serialize_field("stale", &stale)?;
        }
        if self.details {
            document.serialize_field("details", &ByName(&self.report.checks, Details::from))?;
        }
        document.end()
    }
}

struct ByName<'a, T>(&'a [Checked], fn(&'a Checked) -> T);

impl<T: Serialize> Serialize for ByName<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for check in self.0 {
            map.serialize_entry(&check.name, &self.1(check))?;
        }
        map.end()
    }
}

/// How old the results are that are from before, in milliseconds.
struct Stale<'a>(&'a [Checked]);

impl Stale<'_> {
    fn ages(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().filter(|check| check.stale).map(|check| {
            let milliseconds = check.age().as_millis();
            (
                check.name.as_str(),
                u64::try_from(milliseconds).unwrap_or(u64::MAX),
            )
        })
    }
}

impl Serialize for Stale<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.ages())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    latency_ms: Option<f64>,
    checked_at: String,
    consecutive_failures: u32,
    last_ok_at: Option<String>,
}

impl From<&Checked> for Details {
    fn from(check: &Checked) -> Self {
        Self {
            latency_ms: check.latency.map(milliseconds),
            checked_at: timestamp(check.checked_at),
            consecutive_failures: check.consecutive_failures,
            last_ok_at: check.last_ok_at.map(timestamp),
        }
    }
}

fn milliseconds(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 1e6).round() / 1e3
}

fn timestamp(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mode::{Inputs, resolve};

    fn checked(name: &str, critical: bool, outcome: Outcome) -> Checked {
        Checked {
            name: name.to_owned(),
            critical,
            outcome,
            latency: Some(Duration::from_micros(1234)),
            checked_at: SystemTime::UNIX_EPOCH,
            stale: false,
            consecutive_failures: 0,
            last_ok_at: None,
        }
    }

    fn snapshot(mode: &str) -> Snapshot {
        let inputs = Inputs {
            ros_mode: mode.into(),
            ..Inputs::default()
        };
        resolve(&inputs, None, false)
    }

    #[test]
    fn has_the_shape_that_callers_rely_on() {
        let checks = vec![
            checked("db", true, Outcome::Ok),
            checked("redis", true, Outcome::Failed(Code::Http(503))),
            checked("worker", true, Outcome::Blocked),
        ];
        let report = Report::new(checks, &snapshot("LIVE"), false);
        assert_eq!(
            report.to_json(false),
            r#"{"status":"not_ready","checks":{"db":"ok","redis":"failed: http_503","worker":"blocked"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}"#
        );
        assert!(report.to_json(true).contains(
            r#""details":{"db":{"latencyMs":1.234,"checkedAt":"1970-01-01T00:00:00.000Z","consecutiveFailures":0,"lastOkAt":null}"#
        ));
    }

    #[test]
    fn says_how_old_a_result_is_that_is_from_before() {
        let mut queue = checked("queue", true, Outcome::Ok);
        queue.checked_at = SystemTime::now() - Duration::from_millis(1500);
        queue.stale = true;
        let json = Report::new(vec![queue], &snapshot("LIVE"), false).to_json(false);
        let (_, age) = json.split_once(r#","stale":{"queue":"#).expect("an age");
        let age: u64 = age.trim_end_matches('}').parse().expect("a number");
        assert!((1500..60_000).contains(&age));
    }

    #[test]
    fn a_check_that_does_not_count_does_not_keep_traffic_away() {
        let checks = vec![checked("extra", false, Outcome::Failed(Code::Error))];
        let report = Report::new(checks, &snapshot("LIVE"), false);
        assert_eq!(report.status, Status::Ready);
    }

    #[test]
    fn standby_is_served_and_draining_is_not() {
        let report = Report::new(Vec::new(), &snapshot("STANDBY"), false);
        assert_eq!(
            (report.status, report.status.http_status()),
            (Status::Standby, 200)
        );
        let report = Report::new(Vec::new(), &snapshot("STANDBY"), true);
        assert_eq!(
            (report.status, report.status.http_status()),
            (Status::Draining, 503)
        );
    }
}
