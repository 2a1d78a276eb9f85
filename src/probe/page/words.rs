//! What the page says, apart from how it looks.

use std::time::{Duration, SystemTime};

use super::Shown;
use crate::event_loop::PATIENCE;
use crate::mode::{AppMode, BlockReason, Snapshot, Source};
use crate::readiness::{Outcome, Status};

/// How a thing is: it decides the colour and the sign, and the words beside them say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Bad,
    Good,
    Idle,
    Warn,
}

impl Tone {
    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Idle => "idle",
            Self::Warn => "warn",
        }
    }

    /// A sign of a shape of its own, for eyes that do not tell the colours apart.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Bad => "✕",
            Self::Good => "✓",
            Self::Idle => "–",
            Self::Warn => "!",
        }
    }
}

/// The whole in a word and a sentence.
pub(super) struct Verdict {
    pub(super) tone: Tone,
    pub(super) word: &'static str,
    pub(super) sentence: String,
}

pub(super) fn verdict(shown: &Shown<'_>) -> Verdict {
    let stuck_for = shown.event_loop.stuck_for();
    if stuck_for > shown.max_loop_lag {
        return Verdict {
            tone: Tone::Bad,
            word: "STUCK",
            sentence: format!(
                "The event loop has not turned for {}. The process serves nothing, and should be restarted.",
                span(stuck_for)
            ),
        };
    }
    let missing: Vec<&str> = shown
        .report
        .checks
        .iter()
        .filter(|check| check.critical && check.outcome != Outcome::Ok)
        .map(|check| check.name.as_str())
        .collect();
    let (tone, word, sentence) = match shown.report.status {
        Status::Ready => (
            Tone::Good,
            "READY",
            "Every check that counts is ok. Traffic may come.".to_owned(),
        ),
        Status::NotReady => (
            Tone::Bad,
            "NOT READY",
            format!("No traffic should come: {} not ok.", are(&missing)),
        ),
        Status::Standby => (Tone::Warn, "STANDBY", standby(shown)),
        Status::Draining => (
            Tone::Warn,
            "DRAINING",
            "The process is on its way out, and takes no new traffic.".to_owned(),
        ),
    };
    Verdict {
        tone,
        word,
        sentence,
    }
}

/// What the mode blocks is as it should be; what fails is worth knowing before it opens again.
fn standby(shown: &Shown<'_>) -> String {
    let locked = if shown.published.snapshot.warnings.is_empty() {
        "Locked on purpose."
    } else {
        "Locked, and maybe not on purpose: see the note above."
    };
    let failed: Vec<&str> = shown
        .report
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Failed(_)))
        .map(|check| check.name.as_str())
        .collect();
    if failed.is_empty() {
        locked.to_owned()
    } else {
        format!("{locked} Meanwhile {} not ok.", are(&failed))
    }
}

/// What the mode means for the network and the data.
pub(super) fn meaning(snapshot: &Snapshot) -> &'static str {
    match snapshot.mode {
        AppMode::Standby => "Locked. Only status and configuration may be read.",
        AppMode::Demo => "No real AI and no real data.",
        AppMode::Live => "Real data, real AI and exports are allowed, behind a login.",
    }
}

pub(super) fn network(reason: Option<BlockReason>) -> &'static str {
    match reason {
        None => "Calls may leave this machine.",
        Some(BlockReason::StandbyMode) => "Calls that leave this machine are blocked.",
        Some(BlockReason::NoNetwork) => {
            "Calls that leave this machine are blocked: NO_NETWORK is on."
        }
        Some(BlockReason::MockOnly) => {
            "Calls that leave this machine are blocked: MOCK_ONLY is on."
        }
        Some(BlockReason::ModeUnset) => {
            "Calls that leave this machine are blocked: no mode is set."
        }
    }
}

pub(super) fn source(source: Source) -> &'static str {
    match source {
        Source::Latch => "entered by the program, until it restarts",
        Source::File => "the mode file (ROS_MODE_FILE)",
        Source::RosMode => "ROS_MODE",
        Source::GovernanceMode => "GOVERNANCE_MODE",
        Source::Default => "default: nothing is set",
    }
}

/// The state of a check: tone, word, and the code of a failure.
pub(super) fn state(outcome: Outcome) -> (Tone, &'static str, Option<String>) {
    match outcome {
        Outcome::Ok => (Tone::Good, "ok", None),
        Outcome::Blocked => (Tone::Idle, "blocked", Some("by the mode".to_owned())),
        Outcome::Failed(code) => (Tone::Bad, "failed", Some(code.to_string())),
    }
}

/// How the event loop is.
pub(super) fn loop_state(shown: &Shown<'_>) -> (Tone, &'static str) {
    let open = shown.event_loop.stuck_for();
    if open > shown.max_loop_lag {
        (Tone::Bad, "stuck")
    } else if open > PATIENCE {
        (Tone::Warn, "busy")
    } else {
        (Tone::Good, "turning")
    }
}

/// A duration as people say it, with two digits that count.
pub(super) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match duration.as_secs() {
        0 if seconds < 0.000_95 => "< 1 ms".to_owned(),
        0 if seconds < 0.009_95 => format!("{:.1} ms", seconds * 1e3),
        0 => format!("{:.0} ms", seconds * 1e3),
        1..10 => format!("{seconds:.1} s"),
        whole @ 10..100 => format!("{whole} s"),
        whole @ 100..5_400 => format!("{} min", whole / 60),
        whole @ 5_400..172_800 => format!("{} h", whole / 3_600),
        whole => format!("{} days", whole / 86_400),
    }
}

/// How long ago something was.
pub(super) fn ago(time: SystemTime) -> String {
    match time.elapsed().unwrap_or_default() {
        short if short < Duration::from_secs(1) => "just now".to_owned(),
        short if short < Duration::from_secs(100) => format!("{} s ago", short.as_secs()),
        long => format!("{} ago", span(long)),
    }
}

/// A time as machines read it.
pub(super) fn datetime(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// A time as people read it.
pub(super) fn clock(time: SystemTime) -> String {
    datetime(time).replace('T', " ").replace('Z', " UTC")
}

/// A number with its thousands apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // A space that does not break.
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}

/// The sign of the tab: a shape and a colour.
pub(super) fn icon(tone: Tone) -> String {
    let (colour, shape) = match tone {
        Tone::Bad => ("b3261e", "M5 5l6 6M11 5l-6 6"),
        Tone::Good => ("1a7f4b", "M4.5 8.5l2.5 2.5 4.5-5.5"),
        Tone::Idle => ("5b6470", "M5 8h6"),
        Tone::Warn => ("8a5a00", "M8 4v5M8 11.5v.5"),
    };
    format!(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\
         <rect width='16' height='16' rx='4' fill='%23{colour}'/>\
         <path d='{shape}' stroke='white' stroke-width='2' fill='none' stroke-linecap='round'/></svg>"
    )
}

fn are(names: &[&str]) -> String {
    match names {
        [] => "a check is".to_owned(),
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_durations_and_numbers_as_people_do() {
        for (milliseconds, expected) in [
            (0, "< 1 ms"),
            (3, "3.0 ms"),
            (48, "48 ms"),
            (1_250, "1.2 s"),
            (42_000, "42 s"),
            (150_000, "2 min"),
            (7_200_000, "2 h"),
            (259_200_000, "3 days"),
        ] {
            assert_eq!(span(Duration::from_millis(milliseconds)), expected);
        }
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
