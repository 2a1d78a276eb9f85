//! From a record to a line.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::clock::Clock;
use super::record::{Parts, Record};
use super::settings::{Format, Settings, settings};
use super::stream::Stream;
use super::{safe_text, text};
use crate::phi;

/// What cannot be redacted is not written.
#[derive(Debug)]
pub(super) struct Unredactable;

/// Renders records, with buffers that are used again for each.
pub(super) struct Renderer {
    stream: Stream,
    clock: Clock,
    raw: Vec<u8>,
    redacted: Vec<u8>,
    coloured: Option<bool>,
}

impl Renderer {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            clock: Clock::default(),
            raw: Vec::new(),
            redacted: Vec::new(),
            coloured: None,
        }
    }

    /// Appends the record's line. Where it fails, nothing is appended.
    pub(super) fn render(
        &mut self,
        record: &Record<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unredactable> {
        let begun = out.len();
        // A fault anywhere on the way costs the line, not all that follow.
        catch_unwind(AssertUnwindSafe(|| self.line(record, settings(), out)))
            .unwrap_or(Err(Unredactable))
            .inspect_err(|_| out.truncate(begun))
    }

    fn line(
        &mut self,
        record: &Record<'_>,
        settings: Settings,
        out: &mut Vec<u8>,
    ) -> Result<(), Unredactable> {
        self.compose(record)?;
        self.head(record);
        let head = self.redacted.len();
        phi::redact_json(&self.raw, &mut self.redacted).map_err(|_| Unredactable)?;
        // The event goes on where our own part of it ends.
        *self.redacted.get_mut(head).ok_or(Unredactable)? = b',';
        let event = str::from_utf8(&self.redacted).map_err(|_| Unredactable)?;
        // Over all of it at once, which takes a fraction of the time of looking for the first.
        let newlines = event
            .bytes()
            .fold(0, |any, byte| any | u8::from(byte == b'\n'));
        if newlines != 0 {
            return Err(Unredactable);
        }
        match settings.format {
            Format::Json => {
                safe_text::write_json(event, out);
                out.push(b'\n');
            }
            Format::Text => {
                let coloured = *self
                    .coloured
                    .get_or_insert_with(|| settings.coloured(self.stream));
                text::write(event, coloured, out).map_err(|_| Unredactable)?;
            }
        }
        Ok(())
    }

    /// Begins the line with what is ours, in which there is nothing to redact.
    fn head(&mut self, record: &Record<'_>) {
        let head = &mut self.redacted;
        head.clear();
        head.extend_from_slice(b"{\"timestamp\":\"");
        self.clock.write(record.millis, head);
        head.extend_from_slice(b"\",\"level\":\"");
        head.extend_from_slice(record.level.as_str().as_bytes());
        head.push(b'"');
    }

    /// Writes the event with all that was given, into `raw`.
    fn compose(&mut self, record: &Record<'_>) -> Result<(), Unredactable> {
        let Parts {
            origin,
            context,
            fields,
            message,
        } = record.parts;
        let fields = match fields {
            "" => "",
            object => object
                .strip_prefix('{')
                .and_then(|object| object.strip_suffix('}'))
                .ok_or(Unredactable)?,
        };
        let raw = &mut self.raw;
        raw.clear();
        raw.extend_from_slice(b"{\"message\":");
        serde_json::to_writer(&mut *raw, message).map_err(|_| Unredactable)?;
        raw.push(b',');
        raw.extend_from_slice(origin.as_bytes());
        if !context.is_empty() || !fields.is_empty() {
            raw.extend_from_slice(b",\"context\":{");
            raw.extend_from_slice(context.as_bytes());
            if !context.is_empty() && !fields.is_empty() {
                raw.push(b',');
            }
            raw.extend_from_slice(fields.as_bytes());
            raw.push(b'}');
        }
        raw.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Level;

    fn rendered(parts: Parts<'_>) -> Result<String, Unredactable> {
        let mut out = Vec::new();
        let record = Record {
            millis: 0,
            level: Level::Info,
            parts,
        };
        Renderer::new(Stream::Output).line(
            &record,
            Settings {
                format: Format::Json,
                ..Settings::default()
            },
            &mut out,
        )?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn redacts_whatever_part_it_is_in() {
        let parts = Parts {
            origin: r#""module":"jane@example.org""#,
            context: r#""owner":"jane@example.org""#,
            fields: r#"{"jane@example.org":["jane@example.org"]}"#,
            message: "ask jane@example.org",
        };
        let line = rendered(parts).unwrap();
        assert!(!line.contains("jane"), "{line}");
        assert_eq!(line.matches("[email]").count(), 5, "{line}");
    }

    #[test]
    fn writes_nothing_of_what_is_no_json() {
        for (origin, context, fields) in [
            ("\"module\":", "", ""),
            ("", "", ""),
            ("\"module\":\"m\"", "}", ""),
            ("\"module\":\"m\"", "", "{\"a\":}"),
            ("\"module\":\"m\"", "", "[1]"),
            ("\"module\":\"m\n\"", "", ""),
        ] {
            let parts = Parts {
                origin,
                context,
                fields,
                message: "m",
            };
            assert!(rendered(parts).is_err(), "{parts:?}");
        }
    }

    #[test]
    fn joins_the_loggers_context_and_the_fields_of_the_call() {
        let parts = |context, fields| Parts {
            origin: r#""module":"m","requestId":"r""#,
            context,
            fields,
            message: "a \"b\"\n",
        };
        let head = r#"{"timestamp":"1970-01-01T00:00:00.000Z","level":"info","message":"a \"b\"\n","module":"m","requestId":"r""#;
        for (context, fields, rest) in [
            ("", "", "}"),
            ("", "{}", "}"),
            ("", r#"{"b":2}"#, r#","context":{"b":2}}"#),
            (r#""a":1"#, "", r#","context":{"a":1}}"#),
            (r#""a":1"#, r#"{"b":2}"#, r#","context":{"a":1,"b":2}}"#),
        ] {
            assert_eq!(
                rendered(parts(context, fields)).unwrap(),
                format!("{head}{rest}\n")
            );
        }
        assert!(rendered(parts("", "[1]")).is_err());
    }
}
