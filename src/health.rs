//! That the process is alive, in the one shape that every answer has.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::mode;
use crate::readiness::RuntimeMode;

/// What the program that answers calls itself.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub service: String,
    /// Its version.
    pub version: String,
}

/// The answer to `GET /health` as JSON: healthy, or stuck for as long as `stuck_for` says.
///
/// # Panics
///
/// Never: it holds nothing that JSON cannot.
pub fn to_json(program: &Program, stuck_for: Option<Duration>) -> String {
    let published = mode::current();
    let body = Body {
        status: match stuck_for {
            None => "healthy",
            Some(_) => "unhealthy",
        },
        service: &program.service,
        version: &program.version,
        timestamp: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        governance_mode: published.snapshot.mode.as_str(),
        mode: (&published.snapshot).into(),
        event_loop: stuck_for.map(|stuck_for| EventLoop {
            stuck_for_ms: u64::try_from(stuck_for.as_millis()).unwrap_or(u64::MAX),
        }),
    };
    serde_json::to_string(&body).expect("an answer is JSON")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    status: &'static str,
    service: &'a str,
    version: &'a str,
    timestamp: String,
    governance_mode: &'static str,
    mode: RuntimeMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_loop: Option<EventLoop>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventLoop {
    stuck_for_ms: u64,
}
