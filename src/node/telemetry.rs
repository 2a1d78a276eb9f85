//! Telemetry, for JavaScript. Names are exchanged for numbers once; counting takes the numbers.

use napi::{Error, Result, Status};
use napi_derive::napi;

use crate::telemetry::{self, CallStatus, Format, ProviderId, Refusal};

/// A page of metrics.
#[napi(object)]
pub struct MetricsPage {
    pub body: String,
    pub content_type: String,
}

/// The names of the statuses of a call; each is known by its place.
#[napi(catch_unwind)]
pub fn call_statuses() -> Vec<&'static str> {
    CallStatus::ALL.map(CallStatus::as_str).to_vec()
}

/// The names of the reasons for which a call is refused; each is known by its place.
#[napi(catch_unwind)]
pub fn refusals() -> Vec<&'static str> {
    Refusal::ALL.map(Refusal::as_str).to_vec()
}

/// The number of the provider that all names share which have none of their own.
#[napi(catch_unwind)]
pub fn other_provider() -> u32 {
    ProviderId::OTHER.number()
}

/// The number of the provider of this name.
#[napi(catch_unwind)]
pub fn provider_number(name: String) -> u32 {
    telemetry::shared().calls.provider(&name).number()
}

/// Whether the name may be shown.
#[napi(catch_unwind)]
pub fn is_clean_provider(name: String) -> bool {
    telemetry::is_clean_name(&name)
}

/// Counts a call. `seconds` is negative where it is not known.
#[napi(catch_unwind)]
pub fn count_call(provider: u32, status: u32, seconds: f64) -> Result<()> {
    let status = by_number(&CallStatus::ALL, status)?;
    telemetry::shared()
        .calls
        .count(ProviderId::from_number(provider), status, Some(seconds));
    Ok(())
}

/// Counts a refused call, with or without a provider.
#[napi(catch_unwind)]
pub fn count_blocked_call(reason: u32, provider: Option<u32>) -> Result<()> {
    let reason = by_number(&Refusal::ALL, reason)?;
    telemetry::shared()
        .calls
        .count_blocked(reason, provider.map(ProviderId::from_number));
    Ok(())
}

/// The counters of calls as JSON.
#[napi(catch_unwind)]
pub fn telemetry_snapshot() -> String {
    telemetry::shared().snapshot()
}

/// Every metric, in OpenMetrics or in Prometheus' own text.
#[napi(catch_unwind)]
pub fn metrics_page(open_metrics: bool) -> MetricsPage {
    let format = if open_metrics {
        Format::OpenMetrics
    } else {
        Format::Text
    };
    MetricsPage {
        body: telemetry::shared().exposition(format),
        content_type: format.content_type().to_owned(),
    }
}

/// Sets the counters of calls to nothing.
#[napi(catch_unwind)]
pub fn reset_telemetry() {
    telemetry::shared().reset();
}

fn by_number<T: Copy>(all: &[T], number: u32) -> Result<T> {
    let place = usize::try_from(number).ok();
    place
        .and_then(|place| all.get(place).copied())
        .ok_or_else(|| Error::new(Status::InvalidArg, "expected the number of a name"))
}
