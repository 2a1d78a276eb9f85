//! What may be reached, for JavaScript's egress guard.

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Result};
use napi_derive::napi;

use super::mode::refresh;
use crate::egress;
use crate::mode::{self, BlockReason};
use crate::telemetry;

/// Whether the network is blocked, after the main thread has looked at its environment.
#[napi(catch_unwind)]
pub fn network_blocked() -> bool {
    refresh();
    mode::network_blocked()
}

/// Why the network is blocked; nothing when it is open.
#[napi(catch_unwind)]
pub fn block_reason() -> Option<&'static str> {
    mode::current()
        .snapshot
        .block_reason
        .map(BlockReason::as_str)
}

/// Why `host` may not be reached on `port`; nothing when it may.
#[napi(catch_unwind)]
pub fn decide_egress(host: String, port: u16) -> Option<&'static str> {
    reason(egress::decide_connect(&mode::current(), &host, port))
}

/// Why the system may not be asked for the addresses of `host`; nothing when it may.
#[napi(catch_unwind)]
pub fn decide_lookup(host: String) -> Option<&'static str> {
    reason(egress::decide_lookup(&mode::current(), &host))
}

/// Why a DNS server may not be asked for `name`; nothing when it may.
#[napi(catch_unwind)]
pub fn decide_query(name: String) -> Option<&'static str> {
    reason(egress::decide_query(&mode::current(), &name))
}

/// Why the name of `address` may not be asked for; nothing when it may.
#[napi(catch_unwind)]
pub fn decide_reverse(address: String) -> Option<&'static str> {
    reason(egress::decide_reverse(&mode::current(), &address))
}

/// Whether `host` is a name that stands for loopback.
#[napi(catch_unwind)]
pub fn is_localhost(host: String) -> bool {
    egress::is_localhost(&host)
}

/// Whether `address` is one of loopback.
#[napi(catch_unwind)]
pub fn is_loopback(address: String) -> bool {
    egress::is_loopback(&address)
}

/// Why the program `file` may not be started; nothing when it may.
#[napi(catch_unwind)]
pub fn decide_child(file: String, this_node: bool) -> Option<&'static str> {
    reason(egress::decide_child(&mode::current(), &file, this_node))
}

/// Remembers what a name was resolved to, when the name is listed.
#[napi(catch_unwind)]
pub fn learn_address(name: String, address: String) {
    if let Some(address) = egress::parse_address(&address) {
        egress::learn(&mode::current().allow, &name, address);
    }
}

/// The lists in force, for a child process that has to carry them.
#[napi(object)]
pub struct EgressLists {
    pub allow: String,
    pub allow_children: String,
}

#[napi(catch_unwind)]
pub fn egress_lists() -> EgressLists {
    let inputs = mode::inputs();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    EgressLists {
        allow: text(&inputs.egress_allow),
        allow_children: text(&inputs.egress_allow_children),
    }
}

/// Whether the guard of this process only counts; sets it first when told to.
#[napi(catch_unwind)]
pub fn guard_audits(set: Option<bool>) -> bool {
    if let Some(audit) = set {
        egress::set_audit(audit);
    }
    egress::audits()
}

/// Calls `listener` on this thread when an audit ends, for as long as the thread lives. It does not
/// keep the thread alive.
#[napi(catch_unwind)]
pub fn on_audit_end(env: Env, listener: Function<(), ()>) -> Result<()> {
    let call = listener
        .build_threadsafe_function::<()>()
        .weak::<true>()
        .build()?;
    let subscription = egress::at_audit_end(move || {
        call.call((), ThreadsafeFunctionCallMode::NonBlocking);
    });
    env.add_env_cleanup_hook(subscription, drop)?;
    Ok(())
}

/// Tells the metrics that this process is guarded, or that its guard only counts.
#[napi(catch_unwind)]
pub fn tell_guard_level(audit: bool) {
    telemetry::set_guard_level(if audit { "audit" } else { "process" });
}

fn reason(decision: std::result::Result<(), BlockReason>) -> Option<&'static str> {
    decision.err().map(BlockReason::as_str)
}
