//! Places to redact, and the writing of what comes of them.

use super::counts;
use super::kind::Kind;
use super::placeholder;
use super::watch::Watch;

/// A place to redact: the bytes from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// It is a number in JSON, which becomes a string.
    pub is_number: bool,
    /// How many JSON strings such a number is inside of, where its JSON has no quote before it that tells.
    pub layers: Option<u8>,
}

/// Places in ascending order that do not overlap.
#[derive(Debug, Default)]
pub(super) struct Spans {
    found: Vec<Span>,
    /// Those before are of another text and stay as they are.
    floor: usize,
    /// How long more may be looked for.
    pub watch: Watch,
}

impl Spans {
    pub fn clear(&mut self) {
        self.found.clear();
        self.floor = 0;
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many there are, to come back to.
    pub fn mark(&self) -> usize {
        self.found.len()
    }

    /// Those found since `mark`.
    pub fn since(&self, mark: usize) -> &[Span] {
        &self.found[mark..]
    }

    /// Forgets those that end after `at`.
    pub fn rewind_to(&mut self, at: usize) {
        let kept = self.found[self.floor..].partition_point(|span| span.end <= at);
        self.found.truncate(self.floor + kept);
    }

    /// Forgets those found since `mark`.
    pub fn rewind(&mut self, mark: usize) {
        self.found.truncate(mark);
    }

    pub fn text(&mut self, start: usize, end: usize, kind: Kind) {
        self.push(Span {
            start,
            end,
            kind,
            is_number: false,
            layers: None,
        });
    }

    /// Adds a place that ends after all the others. It swallows those that it overlaps.
    pub fn push(&mut self, mut span: Span) {
        if span.start >= span.end {
            return;
        }
        self.watch.find();
        while let Some(last) = self.found[self.floor..].last() {
            if last.end <= span.start {
                break;
            }
            span.start = span.start.min(last.start);
            span.end = span.end.max(last.end);
            span.is_number |= last.is_number;
            span.layers = last.layers.or(span.layers);
            self.found.pop();
        }
        self.found.push(span);
    }

    /// Adds a place that may lie before others. It swallows those that it overlaps.
    pub fn insert(&mut self, mut span: Span) {
        self.watch.find();
        let after = self.found[self.floor..]
            .iter()
            .rposition(|other| other.end <= span.start)
            .map_or(self.floor, |place| self.floor + place + 1);
        let overlapped = self.found[after..]
            .iter()
            .take_while(|other| other.start < span.end)
            .count();
        for other in &self.found[after..after + overlapped] {
            span.start = span.start.min(other.start);
            span.end = span.end.max(other.end);
        }
        self.found.splice(after..after + overlapped, [span]);
    }

    /// Finds places in a text that is a part of this one, or a copy of it. `origin` is where a byte of
    /// that text is in this one. When `find` fails it has found nothing.
    pub fn within<T, E>(
        &mut self,
        find: impl FnOnce(&mut Self) -> Result<T, E>,
        origin: impl Fn(usize) -> usize,
    ) -> Result<T, E> {
        let mark = self.found.len();
        let floor = std::mem::replace(&mut self.floor, mark);
        let result = find(self);
        self.floor = floor;
        if result.is_err() {
            self.found.truncate(mark);
        }
        for span in &mut self.found[mark..] {
            span.start = origin(span.start);
            span.end = origin(span.end);
        }
        result
    }

    /// Finds places in the text again that was read since `mark`, and keeps those of both readings. Of places that overlap
    /// the longer one says what they are.
    pub fn also(&mut self, mark: usize, find: impl FnOnce(&mut Self)) {
        let first = self.found.split_off(mark);
        find(self);
        let second = self.found.split_off(mark);
        let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
        loop {
            let is_first = match (first.peek(), second.peek()) {
                (Some(one), Some(other)) => one.start <= other.start,
                (one, _) => one.is_some(),
            };
            let next = if is_first {
                first.next()
            } else {
                second.next()
            };
            let Some(span) = next else { break };
            match self.found[mark..].last_mut() {
                Some(last) if span.start < last.end => {
                    if span.end - span.start > last.end - last.start {
                        last.kind = span.kind;
                    }
                    last.end = last.end.max(span.end);
                    last.is_number |= span.is_number;
                    last.layers = last.layers.or(span.layers);
                }
                _ => self.found.push(span),
            }
        }
    }

    /// Writes `source` with a placeholder in each place, and counts them.
    pub fn write(&self, source: &[u8], out: &mut Vec<u8>) {
        out.reserve(source.len() + self.found.len() * 8);
        let mut written = 0;
        let mut layers = 0;
        for span in &self.found {
            let before = &source[written..span.start];
            out.extend_from_slice(before);
            if span.is_number {
                layers = match span.layers {
                    Some(layers) => u32::from(layers),
                    None => layers_before(before).unwrap_or(layers),
                };
                quote(layers, out);
            }
            placeholder::write(span.kind, &source[span.start..span.end], out);
            if span.is_number {
                quote(layers, out);
            }
            counts::count(span.kind);
            written = span.end;
        }
        out.extend_from_slice(&source[written..]);
    }
}

/// How many JSON strings the last quote in `text` is inside of. Every layer doubles the backslashes
/// before a quote and adds one, and those of the text before it are a multiple of the next power of
/// two.
fn layers_before(text: &[u8]) -> Option<u32> {
    let quote = text.iter().rposition(|&byte| byte == b'"')?;
    let backslashes = text[..quote]
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'\\')
        .count();
    Some(backslashes.trailing_ones())
}

fn quote(layers: u32, out: &mut Vec<u8>) {
    let backslashes = (1usize << layers.min(16)) - 1;
    out.resize(out.len() + backslashes, b'\\');
    out.push(b'"');
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
            spans.found,
            [Span {
                start: 3,
                end: 12,
                kind: Kind::Email,
                is_number: false,
                layers: None,
            }]
        );
    }

    #[test]
    fn places_of_two_readings_are_kept() {
        let mut spans = Spans::default();
        for (start, end) in [(0, 2), (3, 9), (12, 14), (20, 25)] {
            spans.text(start, end, Kind::Url);
        }
        spans.also(1, |spans| {
            for (start, end) in [(5, 8), (12, 14), (15, 16), (22, 30)] {
                spans.text(start, end, Kind::Phone);
            }
        });
        let found = spans.found.iter();
        assert_eq!(
            found
                .map(|span| (span.start, span.end, span.kind))
                .collect::<Vec<_>>(),
            [
                (0, 2, Kind::Url),
                (3, 9, Kind::Url),
                (12, 14, Kind::Url),
                (15, 16, Kind::Phone),
                (20, 30, Kind::Phone),
            ]
        );
    }

    #[test]
    fn a_place_that_lies_before_others_takes_its_turn() {
        let span = |start, end| Span {
            start,
            end,
            kind: Kind::Mrn,
            is_number: false,
            layers: None,
        };
        let mut spans = Spans::default();
        for (start, end) in [(0, 2), (4, 6), (9, 12), (20, 22)] {
            spans.push(span(start, end));
        }
        spans.insert(span(8, 14));
        spans.insert(span(15, 16));
        assert_eq!(
            spans.found,
            [(0, 2), (4, 6), (8, 14), (15, 16), (20, 22)].map(|(start, end)| span(start, end))
        );
    }

    #[test]
    fn a_number_gets_the_quotes_of_the_layer_that_it_is_in() {
        for (source, expected) in [
            (r#""s":1"#, r#""s":"[ssn]""#),
            (r#"\"s\":1"#, r#"\"s\":\"[ssn]\""#),
            (r#"\\\"s\\\":1"#, r#"\\\"s\\\":\\\"[ssn]\\\""#),
            // A string that ends in a backslash.
            (r#""a\\",1"#, r#""a\\","[ssn]""#),
        ] {
            let mut spans = Spans::default();
            spans.push(Span {
                start: source.len() - 1,
                end: source.len(),
                kind: Kind::Ssn,
                is_number: true,
                layers: None,
            });
            let mut out = Vec::new();
            spans.write(source.as_bytes(), &mut out);
            assert_eq!(out, expected.as_bytes());
        }
    }
}
