//! Whether what comes of a walk has to be walked again: what is left around a placeholder may look like more than it did
//! before, and what was redacted may have told what something else is.

use super::Walk;
use super::level::Level;
use super::rows::{self, Cells};
use super::{label, walk};
use crate::phi::field::Field;
use crate::phi::placeholder;

impl Walk<'_> {
    /// Notes what was found since `mark` in the value of `field` from `start` to where the walk is.
    pub(super) fn settle(&mut self, field: Field, level: &Level, start: usize, mark: usize) {
        if self.is_settled && self.spans.mark() != mark {
            self.is_settled = !self.tells_of_others(field, level)
                && (self.is_whole(start, mark) || self.has_nothing_left(field, level, start, mark));
        }
    }

    /// Whether the reading of other values depends on the last value.
    fn tells_of_others(&self, field: Field, level: &Level) -> bool {
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
                    | Field::Version
            )
            || label::is_caption(key)
            || rows::is_statement(key, b"?")
            || key == b"reference"
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
        if field != Field::Plain
            || level.inherited.is_some()
            || found.iter().any(|span| span.is_number)
        {
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
        let read = self.spans.mark();
        let layers = self.layers;
        let is_json = self
            .spans
            .within(|spans| walk(&text, layers, spans), |place| place)
            .is_ok();
        let is_clean = self.spans.mark() == read;
        self.spans.rewind(read);
        is_json && is_clean
    }
}
