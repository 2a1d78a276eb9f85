//! From a record to a line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::clock::Clock;
use super::record::{Parts, Record};
use super::settings::{Format, settings};
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
        self.raw.clear();
        self.redacted.clear();
        self.compose(record)?;
        let (raw, redacted) = (&self.raw, &mut self.redacted);
        // A fault in a detector costs the line, not all that follow.
        catch_unwind(AssertUnwindSafe(|| phi::redact_json(raw, redacted)))
            .map_err(|_| Unredactable)?
            .map_err(|_| Unredactable)?;
        let event = str::from_utf8(&self.redacted).map_err(|_| Unredactable)?;
        if event.bytes().any(|byte| byte == b'\n') {
            return Err(Unredactable);
        }
        match settings().format {
            Format::Json => {
                safe_text::write_json(event, out);
                out.push(b'\n');
            }
            Format::Text => {
                let coloured = *self
                    .coloured
                    .get_or_insert_with(|| settings().coloured(self.stream));
                let begun = out.len();
                if text::write(event, coloured, out).is_err() {
                    out.truncate(begun);
                    return Err(Unredactable);
                }
            }
        }
        Ok(())
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
        raw.extend_from_slice(b"{\"timestamp\":\"");
        self.clock.write(record.millis, raw);
        raw.extend_from_slice(b"\",\"level\":\"");
        raw.extend_from_slice(record.level.as_str().as_bytes());
        raw.extend_from_slice(b"\",\"message\":");
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
        let mut renderer = Renderer::new(Stream::Output);
        renderer.compose(&Record {
            millis: 0,
            level: Level::Info,
            parts,
        })?;
        out.append(&mut renderer.raw);
        Ok(String::from_utf8(out).unwrap())
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
                format!("{head}{rest}")
            );
        }
        assert!(rendered(parts("", "[1]")).is_err());
    }
}
