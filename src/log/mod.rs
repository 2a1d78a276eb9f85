//! Everything this process says goes one road: a record is handed over, a thread of ours writes it
//! as one JSON event, redacts the final bytes, and gives them to standard output or standard error.
//!
//! Redaction is done by that thread, so a caller pays for handing over alone, and nothing but
//! redacted bytes is ever in an output buffer. What cannot be redacted is dropped and counted. The
//! text format is made from the redacted event: both formats say the same.
//!
//! The core's own `tracing` events take this road too.

mod clock;
mod counts;
mod dropped;
mod events;
mod exit;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod level;
mod queue;
mod record;
mod render;
mod safe_text;
mod settings;
mod sink;
mod stream;
mod text;
mod writer;

use std::io::Write as _;
use std::sync::Once;
use std::time::Duration;

pub use counts::{dropped, expose, lines};
#[cfg(unix)]
pub use exit::arm;
pub use level::{Level, Threshold};
pub use record::Parts;
pub use settings::{Colour, Format, Settings};
pub use sink::Patience;

/// How long an exit or a flush waits for a reader that takes nothing.
pub const FLUSH_STANDSTILL: Duration = Duration::from_secs(2);
/// How long the end of the process waits for what it has to tell of lost lines.
const TELLING: Duration = Duration::from_millis(500);
/// How long it waits in all, for a reader that is slow.
pub const FLUSH_LIMIT: Duration = Duration::from_secs(10);

/// Sends the core's events down the road too, unless the program has a subscriber of its own, and
/// keeps the text of panics out of standard error: it can hold what was being read.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        events::install();
        std::panic::set_hook(Box::new(|panic| {
            // Where it was, and not down the road: the fault may be in the road.
            let place = panic.location().map(ToString::to_string);
            let place = place.as_deref().unwrap_or("a place that is not known");
            let _ = writeln!(std::io::stderr(), "researchflow-core: a fault at {place}");
        }));
    });
}

/// Says how lines look, for the whole process. The first call decides; whether this is it.
pub fn configure(settings: Settings) -> bool {
    settings::configure(settings)
}

/// Hands over a record, whatever the level in force is: the caller has looked at that.
pub fn write(level: Level, parts: &Parts<'_>, patience: Patience) {
    counts::line(level);
    sink::shared().push(level, parts, patience);
}

/// Waits until what was handed over before is written, for [`FLUSH_STANDSTILL`] without anything
/// being written and for [`FLUSH_LIMIT`] in all. Whether it was written.
pub fn flush() -> bool {
    sink::shared().flush(FLUSH_STANDSTILL, FLUSH_LIMIT)
}

/// As [`flush`], for the last time: lines that could not be written, or that a reader who stands
/// still did not take, are told of on the other stream, and so is that written.
#[cfg(unix)]
fn flush_at_end() {
    let sink = sink::shared();
    if !flush() {
        sink.abandon();
    }
    if sink.tell_at_end() {
        sink.flush(TELLING, TELLING);
    }
}
