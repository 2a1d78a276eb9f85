//! Where the core's own events go: one line of JSON an event, on standard error.
//!
//! Every field of these events is a word of ours or a code, never a server's text, so there is
//! nothing in them to redact.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// How many lines may wait for a reader that is slow. Events are rare: a check tells of a change
/// only.
const WAITING_LINES: usize = 256;

/// Sends the core's events to standard error, unless the program has a subscriber of its own.
///
/// A thread of its own does the writing, so that a reader that is stuck holds up no check; lines
/// that find no room are dropped.
pub fn install() {
    let (lines, written) = sync_channel::<String>(WAITING_LINES);
    if tracing::subscriber::set_global_default(StandardError { lines }).is_err() {
        return;
    }
    // Without the thread the events are lost, which is no reason to fail.
    let _ = thread::Builder::new()
        .name("rf-log".to_owned())
        .spawn(move || {
            for line in written {
                let _ = std::io::stderr().lock().write_all(line.as_bytes());
            }
        });
}

struct StandardError {
    lines: SyncSender<String>,
}

impl Subscriber for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The libraries below have events too, and theirs hold hosts and names.
        metadata.is_event()
            && *metadata.level() <= Level::INFO
            && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    fn event(&self, event: &Event<'_>) {
        let _ = self.lines.try_send(line(event));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn line(event: &Event<'_>) -> String {
    let mut fields = Fields::default();
    event.record(&mut fields);
    let level = match *event.metadata().level() {
        Level::ERROR => "error",
        Level::WARN => "warn",
        _ => "info",
    };
    let module = event
        .metadata()
        .target()
        .split("::")
        .nth(1)
        .unwrap_or("core");
    let mut line = serde_json::to_string(&Line {
        timestamp: humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        level,
        message: fields.message,
        module,
        context: fields.context,
    })
    .unwrap_or_default();
    line.push('\n');
    line
}

#[derive(Serialize)]
struct Line {
    timestamp: String,
    level: &'static str,
    message: String,
    module: &'static str,
    context: Map<String, Value>,
}

#[derive(Default)]
struct Fields {
    message: String,
    context: Map<String, Value>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.context
            .insert(field.name().to_owned(), Value::from(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.context
                .insert(field.name().to_owned(), Value::from(format!("{value:?}")));
        }
    }
}
