//! Whether what comes of a walk has to be walked again: what is left around a placeholder may look like more than it did
//! before, and what was redacted may have told what something else is.

use super::grammar::white_space;
use super::level::Level;
use super::rows::{self, Cells};
use super::scalar::whole;
use super::{Unredactable, Walk, label};
use crate::phi::field::{self, Field};
use crate::phi::placeholder;
use crate::phi::span::Spans;

/// As [`super::walk`], for what is in no string of JSON. Whether nothing more would be found in what comes of it.
pub(in super::super) fn walk_outermost(
    json: &[u8],
    spans: &mut Spans,
) -> Result<bool, Unredactable> {
    let mut walk = Walk::new(json, 0, spans);
    walk.is_settled = true;
    walk.run()?;
    match white_space(json, walk.at) {
        end if end == json.len() => Ok(walk.is_settled),
        _ => Err(Unredactable),
    }
}

impl Walk<'_> {
    /// Notes what was found since `mark` in the value of `field` from `start` to where the walk is.
    pub(super) fn settle(&mut self, field: Field, level: &Level, start: usize, mark: usize) {
        if self.is_settled && self.spans.mark() != mark {
            self.is_settled = !self.tells_of_others(field, level, start)
                && (self.is_whole(start, mark) || self.has_nothing_left(field, level, start, mark));
        }
    }

    /// Whether the reading of other values depends on the last value, or that of its own on more than its field: all
    /// that the walk asks of a value before it reads it as a text or as a whole.
    fn tells_of_others(&self, field: Field, level: &Level, start: usize) -> bool {
        let key = self.last_key();
        !level.is_object
            || level.cells != Cells::Plain
            || matches!(
                field,
                Field::Label
                    | Field::Name
                    | Field::NamePart
                    | Field::Resource
                    | Field::Value
            )
            // "tag": "00100020" of DICOM.
            || field == Field::Version
                && self.json.get(start + 1..self.at - 1).is_some_and(|tag| field::attribute(tag).is_some())
            || label::is_caption(key)
            || rows::is_statement(key, b"?")
            || matches!(key, b"display" | b"reference")
    }

    /// Whether a placeholder takes the place of all of the value, in which nothing more is found.
    fn is_whole(&self, start: usize, mark: usize) -> bool {
        let [span] = self.spans.since(mark) else {
            return false;
        };
        // A number becomes a string, and what is between the quotes of a string another one.
        let all = if self.json[start] == b'"' {
            (start + 1, self.at - 1)
        } else {
            (start, self.at)
        };
        (span.start, span.end) == all
    }

    /// Whether nothing more is found in a text with its placeholders, read by itself.
    fn has_nothing_left(&mut self, field: Field, level: &Level, start: usize, mark: usize) -> bool {
        let found = self.spans.since(mark);
        if found.iter().any(|span| span.is_number) {
            return false;
        }
        let mut text = Vec::with_capacity(self.at - start + 16 * found.len());
        let mut written = start;
        for span in found {
            text.extend_from_slice(&self.json[written..span.start]);
            placeholder::write(span.kind, &self.json[span.start..span.end], &mut text);
            written = span.end;
        }
        text.extend_from_slice(&self.json[written..self.at]);
        let is_plain = field == Field::Plain && level.inherited.is_none();
        let value = &text[1..text.len() - 1];
        if !is_plain && whole(level.meaning(field), value, level).is_some() {
            return false;
        }
        let found = self.spans.mark();
        let mut read = Walk::new(&text, self.layers, self.spans);
        let is_string = read.string().is_ok_and(|(start, end, escaped)| {
            read.text(start, end, escaped, field);
            read.at == text.len()
        });
        let is_clean = self.spans.mark() == found;
        self.spans.rewind(found);
        is_string && is_clean
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::{redact_json, redact_text};

    #[test]
    fn what_is_written_has_nothing_more_to_be_found() {
        for (line, expected) in [
            (
                r#"{"email":"a@b.io","note":"call 212-555-0123 or 617-555-0199","ssn":536228726}"#,
                r#"{"email":"[email]","note":"call [phone] or [phone]","ssn":"[ssn]"}"#,
            ),
            // A number in a string of JSON is no whole value.
            (
                r#"{"zip":"{\"pan\":5202530649641546,\"cents\":6729}"}"#,
                r#"{"zip":"[zip]"}"#,
            ),
            // What was redacted named the value beside it.
            (
                r#"{"title":"ssn of a@b.io","value":"123456789"}"#,
                r#"{"title":"ssn of [email]","value":"123456789"}"#,
            ),
            (
                r#"["a@b.io","mrn","E0289914"]"#,
                r#"["[email]","mrn","[mrn]"]"#,
            ),
        ] {
            let mut out = Vec::new();
            redact_json(line.as_bytes(), &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(redact_text(expected), expected);
        }
    }
}
