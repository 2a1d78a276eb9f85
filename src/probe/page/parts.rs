//! The parts of the page.

use std::time::SystemTime;

use maud::{Markup, html};

use super::words::{self, Tone, Verdict, ago, clock, datetime, number, span};
use super::{Shown, sparkline};
use crate::egress::kernel;
use crate::mode::AppMode;
use crate::readiness::{Checked, Minutes};
use crate::telemetry::CallStatus;

pub(super) fn banner(shown: &Shown<'_>) -> Markup {
    let snapshot = &shown.published.snapshot;
    let mode = snapshot.mode.as_str();
    let since = shown.published.since;
    html! {
        header.banner.(mode.to_ascii_lowercase()) {
            div.inner {
                p.label { "Mode of " (shown.program.service) }
                h1 { (sign(snapshot.mode)) (mode) }
                p.meaning { (words::meaning(snapshot)) " " (words::network(snapshot.block_reason)) }
                p.since {
                    "Since " time datetime=(datetime(since)) { (clock(since)) } " (" (ago(since)) "), by "
                    (words::source(snapshot.source)) "."
                }
                @if !snapshot.warnings.is_empty() {
                    ul.warnings {
                        @for warning in &snapshot.warnings { li { (warning) } }
                    }
                }
            }
        }
    }
}

/// A picture beside the word: a lock, a flask, or a dot that radiates.
fn sign(mode: AppMode) -> Markup {
    html! {
        svg.sign viewBox="0 0 24 24" aria-hidden="true" {
            @match mode {
                AppMode::Standby => {
                    path d="M7 11V8a5 5 0 0 1 10 0v3" {}
                    rect.solid x="4.5" y="11" width="15" height="10" rx="2" {}
                }
                AppMode::Demo => {
                    path d="M9 3h6M10 3v6l-5.2 9a2 2 0 0 0 1.8 3h10.8a2 2 0 0 0 1.8-3L14 9V3M7.5 15h9" {}
                }
                AppMode::Live => {
                    circle.solid cx="12" cy="12" r="3.5" {}
                    path d="M6.3 6.3a8 8 0 0 0 0 11.4M17.7 6.3a8 8 0 0 1 0 11.4" {}
                }
            }
        }
    }
}

pub(super) fn verdict(verdict: &Verdict, shown: &Shown<'_>) -> Markup {
    let any_stale = shown.report.has_ages();
    html! {
        section.verdict.(verdict.tone.class()) aria-label="Readiness" {
            (mark(verdict.tone))
            div {
                h2 { (verdict.word) }
                p { (verdict.sentence) }
                @if any_stale {
                    p { "Results marked “from before” are those of an earlier run." }
                }
            }
            p.code { "/health/ready answers " b { (shown.report.status.http_status()) } }
        }
    }
}

pub(super) fn checks(shown: &Shown<'_>) -> Markup {
    html! {
        section aria-labelledby="checks" {
            h2 #checks { "Checks" }
            @if shown.report.checks.is_empty() {
                p.none { "Nothing is checked." }
            } @else {
                // The roles are said, because a table that is laid out as cards loses its own.
                table.cards role="table" aria-labelledby="checks" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "Check" }
                            th role="columnheader" scope="col" { "State" }
                            th.number role="columnheader" scope="col" { "Latency" }
                            th.last role="columnheader" scope="col" { "Last ok" }
                            th role="columnheader" scope="col" { "Last 10 minutes" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for (check, minutes) in shown.report.checks.iter().zip(shown.minutes) {
                            (row(check, minutes))
                        }
                    }
                }
                p.key { "A bar is 10 seconds: above the line ok, and higher the slower; below it failed." }
            }
        }
    }
}

fn row(check: &Checked, minutes: &Minutes) -> Markup {
    let (tone, word, code) = words::state(check.outcome);
    html! {
        tr role="row" {
            th.name role="rowheader" scope="row" {
                (check.name)
                @if !check.critical { " " span.aside { "optional" } }
            }
            td.state role="cell" {
                span.pill.(tone.class()) { (mark(tone)) (word) }
                @if let Some(code) = code { " " span.why { (code) } }
                @if check.consecutive_failures > 1 {
                    " " span.aside { (number(check.consecutive_failures.into())) " in a row" }
                }
                @if check.stale { " " span.aside { "from before, " (ago(check.checked_at)) } }
            }
            td.latency.number role="cell" {
                @match check.latency {
                    Some(latency) => { (span(latency)) }
                    None => { span.aside { "none" } }
                }
            }
            td.last role="cell" {
                @match check.last_ok_at {
                    Some(time) => { time datetime=(datetime(time)) title=(clock(time)) { (ago(time)) } }
                    None => { span.aside { "never yet" } }
                }
            }
            td.minutes role="cell" { (sparkline::of_check(&check.name, minutes)) }
        }
    }
}

pub(super) fn calls(shown: &Shown<'_>) -> Markup {
    let providers: Vec<_> = shown.telemetry.calls.by_provider().collect();
    html! {
        section aria-labelledby="calls" {
            h2 #calls { "External calls" }
            @if providers.is_empty() {
                p.none { "None was made or refused in " (span(shown.telemetry.uptime())) "." }
            } @else {
                table {
                    thead {
                        tr {
                            th scope="col" { "Provider" }
                            th.number scope="col" { "Allowed" }
                            th.number scope="col" { "of these failed" }
                            th.number scope="col" { "Blocked" }
                        }
                    }
                    tbody {
                        @for (provider, counts) in providers {
                            @let [success, failure, blocked] = [CallStatus::Success, CallStatus::Failure, CallStatus::Blocked]
                                .map(|status| counts[status_place(status)]);
                            tr {
                                th scope="row" { (provider) }
                                td.number { (number(success + failure)) }
                                (count(failure, Tone::Bad))
                                (count(blocked, Tone::Warn))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn status_place(status: CallStatus) -> usize {
    let place = CallStatus::ALL.iter().position(|each| *each == status);
    place.unwrap_or_default()
}

fn count(count: u64, tone: Tone) -> Markup {
    html! {
        @if count == 0 {
            td.number { span.aside { "0" } }
        } @else {
            td.number { span.count.(tone.class()) { (number(count)) } }
        }
    }
}

pub(super) fn event_loop(shown: &Shown<'_>) -> Markup {
    let (tone, word) = words::loop_state(shown);
    let worst = shown.event_loop.worst();
    html! {
        section aria-labelledby="loop" {
            h2 #loop { "Event loop" }
            p.state { span.pill.(tone.class()) { (mark(tone)) (word) } }
            dl {
                div {
                    dt { "Lag now" }
                    dd { @match shown.event_loop.lag() {
                        Some(lag) => { (span(lag)) }
                        None => { "not measured yet" }
                    } }
                }
                div {
                    dt { "Worst of 10 minutes" }
                    dd { @match worst.iter().flatten().max() {
                        Some(worst) => { (span(*worst)) }
                        None => { "not measured yet" }
                    } }
                }
                div { dt { "/health is 503 after" } dd { (span(shown.max_loop_lag)) } }
            }
            (sparkline::of_lag(&worst))
        }
    }
}

pub(super) fn guard(shown: &Shown<'_>) -> Markup {
    html! {
        section aria-labelledby="guard" {
            h2 #guard { "Egress guard" }
            @match shown.guard {
                None => {
                    p.state { span.pill.warn { (mark(Tone::Warn)) "not installed" } }
                    p { "The gate refuses calls that ask it. Nothing holds code that does not ask." }
                }
                Some(guard) => {
                    @let failed = matches!(kernel::state(), Some(kernel::State::Failed(_)));
                    @let tone = if failed || guard.audits { Tone::Warn } else { Tone::Good };
                    p.state {
                        span.pill.(tone.class()) { (mark(tone)) "level " (guard.level) }
                        @if guard.audits { " " span.why { "audit: counts, and refuses nothing" } }
                        @if failed { " " span.why { "the kernel level is not in force" } }
                    }
                    @if guard.gaps.is_empty() {
                        p { "No gap is known." }
                    } @else {
                        details #gaps {
                            summary { (guard.gaps.len()) " known " (plural(guard.gaps.len())) }
                            ul { @for gap in &guard.gaps { li { (gap) } } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn footer(shown: &Shown<'_>) -> Markup {
    let now = SystemTime::now();
    html! {
        footer {
            p {
                (shown.program.service) " " (shown.program.version)
                " · @researchflow/core " (env!("CARGO_PKG_VERSION"))
                " · up " (span(shown.telemetry.uptime()))
            }
            p { "As of " time datetime=(datetime(now)) { (clock(now)) } }
        }
    }
}

/// The sign of a tone. The words beside it say the same.
fn mark(tone: Tone) -> Markup {
    html! { span.mark aria-hidden="true" { (tone.sign()) } }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "gap" } else { "gaps" }
}
