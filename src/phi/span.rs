//! Places to redact, and the writing of what comes of them.

use super::counts;
use super::kind::Kind;
use super::placeholder;

/// A place to redact: the bytes from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// For a number in JSON, which becomes a string: one more than the layers of JSON strings
    /// around it, each of which escapes the quotes once more. Zero for text.
    pub quotes: u8,
}

/// Places in ascending order that do not overlap.
#[derive(Debug, Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub fn since(&self, len: usize) -> &[Span] {
        &self.0[len..]
    }

    pub fn text(&mut self, start: usize, end: usize, kind: Kind) {
        self.push(Span {
            start,
            end,
            kind,
            quotes: 0,
        });
    }

    /// Adds a place that ends after all the others. It swallows those that it overlaps.
    pub fn push(&mut self, mut span: Span) {
        if span.start >= span.end {
            return;
        }
        while let Some(last) = self.0.last() {
            if last.end <= span.start {
                break;
            }
            span.start = span.start.min(last.start);
            span.end = span.end.max(last.end);
            span.quotes = span.quotes.max(last.quotes);
            self.0.pop();
        }
        self.0.push(span);
    }

    /// Moves the places since `len` from the coordinates of a folded text to those of its source.
    pub fn translate(&mut self, len: usize, place: impl Fn(usize) -> usize) {
        for span in &mut self.0[len..] {
            span.start = place(span.start);
            span.end = place(span.end);
        }
    }

    /// Writes `source` with a placeholder in each place, and counts them.
    pub fn write(&self, source: &[u8], out: &mut Vec<u8>) {
        out.reserve(source.len() + self.0.len() * 8);
        let mut written = 0;
        for span in &self.0 {
            out.extend_from_slice(&source[written..span.start]);
            quote(span.quotes, out);
            placeholder::write(span.kind, &source[span.start..span.end], out);
            quote(span.quotes, out);
            counts::count(span.kind);
            written = span.end;
        }
        out.extend_from_slice(&source[written..]);
    }
}

fn quote(quotes: u8, out: &mut Vec<u8>) {
    if let Some(layers) = quotes.checked_sub(1) {
        // Every layer doubles the backslashes and adds one for the quote.
        let backslashes = (1usize << layers.min(16)) - 1;
        out.resize(out.len() + backslashes, b'\\');
        out.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_overlap_become_one() {
        let mut spans = Spans::default();
        spans.text(3, 5, Kind::Date);
        spans.text(7, 9, Kind::Phone);
        spans.text(4, 12, Kind::Email);
        assert_eq!(
            spans.since(0),
            [Span {
                start: 3,
                end: 12,
                kind: Kind::Email,
                quotes: 0
            }]
        );
    }

    #[test]
    fn a_number_gets_the_quotes_of_the_layer_it_is_in() {
        for (quotes, expected) in [
            (1, r#""[ssn]""#),
            (2, r#"\"[ssn]\""#),
            (3, r#"\\\"[ssn]\\\""#),
        ] {
            let mut spans = Spans::default();
            spans.push(Span {
                start: 0,
                end: 1,
                kind: Kind::Ssn,
                quotes,
            });
            let mut out = Vec::new();
            spans.write(b"1", &mut out);
            assert_eq!(out, expected.as_bytes());
        }
    }
}
