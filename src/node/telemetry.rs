//! Telemetry, for JavaScript. Names are exchanged for numbers once; counting takes the numbers.

use std::ptr;

use napi::bindgen_prelude::{FnArgs, Function};
use napi::{Env, Error, Result, Status, sys};
use napi_derive::napi;

use crate::event_loop;
use crate::telemetry::{self, CallStatus, Format, ProviderId, Refusal, UnknownFormat, View, view};

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

/// The function that counts a call. It takes the number of the provider times the number of
/// statuses plus that of the status, and the seconds that the call took where they are known.
#[napi(
    catch_unwind,
    ts_return_type = "(call: number, seconds?: number) => void"
)]
pub fn call_counter(env: &Env) -> Result<Function<'_, FnArgs<(u32, f64)>, ()>> {
    env.create_function("countCall", count_call)
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

/// The counters of calls with the mode and this version as JSON.
#[napi(catch_unwind)]
pub fn telemetry_report(version: String) -> String {
    telemetry::shared().report(&version)
}

/// Which form of the metrics a request asks for: `json`, `prometheus`, `openmetrics`; nothing when
/// it names one that there is not.
#[napi(catch_unwind)]
pub fn metrics_format(target: String, accept: Option<String>) -> Option<&'static str> {
    match view(&target, accept.as_deref(), View::Json).ok()? {
        View::Json => Some("json"),
        View::Page(Format::Text) => Some("prometheus"),
        View::Page(Format::OpenMetrics) => Some("openmetrics"),
    }
}

/// The answer to a request for another form, as JSON.
#[napi(catch_unwind)]
pub fn unknown_metrics_format() -> &'static str {
    UnknownFormat::BODY
}

/// Every metric, in OpenMetrics or in Prometheus' own text.
#[napi(catch_unwind)]
pub fn metrics_page(open_metrics: bool) -> MetricsPage {
    event_loop::shared().is_of_interest();
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

/// Written out, because it runs once for each external call, and the generated glue of a function
/// with arguments allocates. It throws nothing, calls nothing that panics and returns undefined.
unsafe extern "C" fn count_call(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut arguments = [ptr::null_mut(); 2];
    let mut given = arguments.len();
    let mut call = 0;
    let mut seconds = -1.0;
    // SAFETY: `env` and `info` are those of this call, and there is room for as many arguments as
    // is said. One that was not given comes as undefined, which is no number.
    let read = unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &raw mut given,
            arguments.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        );
        if given > 1 {
            sys::napi_get_value_double(env, arguments[1], &raw mut seconds);
        }
        sys::napi_get_value_uint32(env, arguments[0], &raw mut call)
    };
    if read != sys::Status::napi_ok {
        return ptr::null_mut();
    }
    let statuses = CallStatus::ALL.len();
    let call = call as usize;
    if let (Ok(provider), Some(status)) = (
        u32::try_from(call / statuses),
        CallStatus::ALL.get(call % statuses),
    ) {
        let seconds = (seconds >= 0.0).then_some(seconds);
        let provider = ProviderId::from_number(provider);
        telemetry::shared().calls.count(provider, *status, seconds);
    }
    ptr::null_mut()
}

fn by_number<T: Copy>(all: &[T], number: u32) -> Result<T> {
    let place = usize::try_from(number).ok();
    place
        .and_then(|place| all.get(place).copied())
        .ok_or_else(|| Error::new(Status::InvalidArg, "expected the number of a name"))
}
