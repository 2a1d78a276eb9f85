//! The last minutes as a row of bars.
//!
//! What went well stands above the line and what failed hangs below it, so that no colour is needed
//! to tell them apart. Heights are on a logarithmic scale: a check that takes ten times as long is as
//! much higher at one millisecond as at one second.

use std::time::Duration;

use maud::{Markup, html};

use super::words::span;
use crate::history::SLOTS;
use crate::readiness::{Minutes, Outcome};

const SLOT_WIDTH: usize = 4;
const BAR_WIDTH: usize = 3;
const UP: usize = 20;
const DOWN: usize = 8;

/// What is seen of a slot.
enum Bar {
    Down,
    Flat,
    Up(Duration),
}

pub(super) fn of_check(name: &str, minutes: &Minutes) -> Markup {
    let count = |wanted: fn(Outcome) -> bool| {
        let slots = minutes.iter().flatten();
        slots.filter(|slot| wanted(slot.outcome)).count()
    };
    let ok = count(|outcome| outcome == Outcome::Ok);
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let blocked = count(|outcome| outcome == Outcome::Blocked);
    let slowest = minutes
        .iter()
        .flatten()
        .filter_map(|slot| slot.latency)
        .max();
    let mut label = format!(
        "{name}, last 10 minutes in steps of 10 seconds: {ok} ok, {failed} failed, {blocked} blocked, {} not asked",
        SLOTS - ok - failed - blocked
    );
    if let Some(slowest) = slowest {
        label.push_str("; slowest ");
        label.push_str(&span(slowest));
    }
    draw(
        &label,
        minutes.iter().map(|slot| {
            slot.map(|slot| match slot.outcome {
                Outcome::Ok => Bar::Up(slot.latency.unwrap_or_default()),
                Outcome::Blocked => Bar::Flat,
                Outcome::Failed(_) => Bar::Down,
            })
        }),
    )
}

pub(super) fn of_lag(worst: &[Option<Duration>; SLOTS]) -> Markup {
    let label = match worst.iter().flatten().max() {
        Some(max) => format!("lag over the last 10 minutes, worst {}", span(*max)),
        None => "lag over the last 10 minutes: not measured yet".to_owned(),
    };
    draw(&label, worst.iter().map(|slot| slot.map(Bar::Up)))
}

fn draw(label: &str, bars: impl Iterator<Item = Option<Bar>>) -> Markup {
    let width = SLOTS * SLOT_WIDTH;
    html! {
        svg.spark role="img" aria-label=(label) preserveAspectRatio="none"
            viewBox={ "0 0 " (width) " " (UP + DOWN) } {
            title { (label) }
            rect.line x="0" y=(UP) width=(width) height="1" {}
            @for (at, bar) in bars.enumerate() {
                @let x = at * SLOT_WIDTH;
                @match bar {
                    None => {}
                    Some(Bar::Up(duration)) => {
                        @let height = height(duration);
                        rect.up x=(x) y=(UP - height) width=(BAR_WIDTH) height=(height) {}
                    }
                    Some(Bar::Down) => {
                        rect.down x=(x) y=(UP + 1) width=(BAR_WIDTH) height=(DOWN - 1) {}
                    }
                    Some(Bar::Flat) => {
                        rect.flat x=(x) y=(UP - 1) width=(BAR_WIDTH) height="3" {}
                    }
                }
            }
        }
    }
}

/// Five steps of ten, from 0.1 ms to 10 s.
fn height(duration: Duration) -> usize {
    const STEPS: [u128; 11] = [
        100, 316, 1_000, 3_160, 10_000, 31_600, 100_000, 316_000, 1_000_000, 3_160_000, 10_000_000,
    ];
    let above = STEPS.partition_point(|step| *step <= duration.as_micros());
    (2 + above * (UP - 2) / STEPS.len()).min(UP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readiness::{Code, Slot};

    #[test]
    fn what_failed_hangs_and_what_went_well_stands() {
        let mut minutes: Minutes = [None; SLOTS];
        let latency = Some(Duration::from_millis(12));
        minutes[0] = Some(Slot {
            outcome: Outcome::Ok,
            latency,
        });
        minutes[1] = Some(Slot {
            outcome: Outcome::Failed(Code::Timeout),
            latency,
        });
        minutes[2] = Some(Slot {
            outcome: Outcome::Blocked,
            latency: None,
        });
        let drawn = of_check("db", &minutes).into_string();
        for class in ["up", "down", "flat"] {
            assert_eq!(drawn.matches(&format!("class=\"{class}\"")).count(), 1);
        }
        assert!(drawn.contains("1 ok, 1 failed, 1 blocked, 57 not asked; slowest 12 ms"));
    }

    #[test]
    fn a_bar_is_never_higher_than_its_row() {
        assert_eq!(height(Duration::ZERO), 2);
        assert_eq!(height(Duration::from_hours(1)), UP);
    }
}
