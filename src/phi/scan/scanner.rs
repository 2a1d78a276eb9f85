//! One pass over the bytes of a text, which stops where something can begin.

mod marks;

use std::convert::Infallible;

use super::announced::field_before;
use super::class::{self, CLASS, DIGIT, LETTER, PLAIN};
use super::{
    Hit, address, after, age, attached, code, compound, cue, date, glued, hl7, ip, items, joint,
    keyed, lexicon, list, literal, number, person, quoted, secret, standard,
};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::span::Spans;

/// Of a line that is not read to its end no more is withheld before where the reading ended.
const MAX_LINE: usize = 512;

pub(super) struct Scanner<'a, 's> {
    text: &'a [u8],
    at: usize,
    /// What was read before is taken, and no value reaches back into it.
    floor: usize,
    /// Dates and dotted numbers are parts of versions here.
    is_version: bool,
    layers: u8,
    /// How many bytes more may be tried as JSON inside the text.
    budget: usize,
    /// Up to there no secret begins.
    tried: usize,
    /// What keys before tell of those after them.
    keys: keyed::Read,
    /// What was read before a word that a value in quotes comes after.
    quoted: quoted::Read,
    /// There ends the last of more labels than have values.
    many_labels: usize,
    /// Up to there the lines were read as those of a table.
    tabled: usize,
    spans: &'s mut Spans,
}

impl<'a, 's> Scanner<'a, 's> {
    pub fn new(text: &'a [u8], is_version: bool, layers: u8, spans: &'s mut Spans) -> Self {
        Self {
            text,
            at: 0,
            floor: 0,
            is_version,
            layers,
            budget: text.len(),
            tried: 0,
            keys: keyed::Read::default(),
            quoted: quoted::Read::default(),
            many_labels: 0,
            tabled: 0,
            spans,
        }
    }

    pub fn run(&mut self) {
        while self.at < self.text.len() {
            let byte = self.text[self.at];
            match CLASS[usize::from(byte)] {
                PLAIN => self.at += 1,
                _ if !self.spans.watch.go_on(1) => return self.withhold(),
                LETTER => self.word(),
                DIGIT => self.digits(),
                _ => self.mark(byte),
            }
        }
    }

    /// Takes all that is left, and what stands before on the same line: its cue may be among what is not read.
    #[cold]
    fn withhold(&mut self) {
        let line = class::line_start(self.text, self.at, MAX_LINE);
        // The marks behind what was taken stay, and no character is cut.
        let stays = |byte: u8| byte < 0x80 && !class::is_word(byte) || byte & 0xc0 == 0x80;
        let start = class::run(&self.text[..self.at], self.floor.max(line), stays);
        self.take(Hit {
            start,
            end: self.text.len(),
            kind: Kind::Secret,
        });
    }

    fn take(&mut self, hit: Hit) {
        let is_done = placeholder::length_at(&self.text[hit.start..]) == Some(hit.end - hit.start);
        if !is_done {
            self.spans.text(hit.start, hit.end, hit.kind);
        }
        self.at = hit.end;
        self.floor = hit.end;
    }

    /// Takes the value that the word up to `cue` announces, and those that follow it in a list.
    #[inline(never)]
    fn take_list(&mut self, hit: Hit, cue: usize) {
        if hit.start < cue {
            return self.take(hit);
        }
        let is_plural = list::is_plural(self.text, cue);
        let mut next = list::next(self.text, hit, is_plural);
        let may_be_count = is_plural && next.is_none() && !list::is_open(self.text, cue);
        if may_be_count && list::is_count(self.text, hit) {
            self.at = hit.end;
            return;
        }
        self.take(hit);
        while let Some(hit) = next {
            if !self.spans.watch.go_on(1) {
                return self.withhold();
            }
            self.take(hit);
            next = list::next(self.text, hit, is_plural);
        }
    }

    /// Takes the values of labels written as one, the last of which is before `end`.
    #[inline(never)]
    fn labelled(&mut self, start: usize, end: usize) -> bool {
        if !joint::are_before(self.text, start, self.floor) {
            return false;
        }
        let hits = joint::find(self.text, end, self.floor, &mut self.many_labels);
        if hits.is_empty() {
            return false;
        }
        self.found(&hits);
        true
    }

    /// Takes the values in brackets after a word for several.
    #[inline(never)]
    fn bracketed(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        // "MRN(s) [00123456]".
        let last = end
            + if text[end..].starts_with(b"(s)") {
                3
            } else {
                0
            };
        if !matches!(text.get(last..last + 2), Some(b" [" | [b'[', _]))
            || last == end && !list::is_plural(text, end)
        {
            return false;
        }
        let hits = field_before(text, start, end, self.floor, false)
            .map_or(Vec::new(), |field| items::in_brackets(text, last, field));
        if hits.is_empty() {
            return false;
        }
        self.found(&hits);
        true
    }

    fn word(&mut self) {
        let (text, start) = (self.text, self.at);
        let letters = class::run(text, start, class::is_letter);
        let end = class::word_end(text, letters);
        let known = lexicon::flags(text, start, letters);
        let hit = match text.get(end) {
            Some(b'|' | b'*') => hl7::find(text, start, end),
            Some(b'-' | b'.') if end - start == 3 => standard::numbered(text, start, end),
            Some(b'^') => standard::composite(text, start, end),
            Some(b'/') => standard::reference(text, start, end),
            Some(b'\'') => person::possessive(text, start, end, self.floor),
            Some(b' ')
                if literal::is_before_literals(text, end)
                    && literal::is_operator(&text[start..end]) =>
            {
                return self.compared(start, end);
            }
            _ => None,
        };
        if let Some(hit) = hit {
            return self.take(hit);
        }
        if known & lexicon::CUE != 0 && self.labelled(start, end) {
            return;
        }
        if known & lexicon::CUE != 0 && literal::is_compared(text, end) {
            self.at = end;
            return;
        }
        if (known & lexicon::ANNOUNCES != 0 || end - start == 1)
            && let Some(hit) = cue::find(
                text,
                start,
                letters,
                end,
                known,
                self.floor,
                &mut self.quoted,
            )
        {
            return self.take_list(hit, end);
        }
        if known & lexicon::CUE != 0 && self.bracketed(start, end) {
            return;
        }
        if letters < end
            && let Some(hit) = glued::find(text, start, end)
        {
            return self.take(hit);
        }
        if known & lexicon::CUE == 0
            && let Some(hit) = compound::find(text, start, end)
        {
            return self.take_list(hit, end);
        }
        if start >= self.tried && secret::may_begin(text, start) {
            match secret::find(text, start) {
                secret::Found::Secret(hit) => return self.take(hit),
                secret::Found::Other(end) => self.tried = end,
                secret::Found::Nothing => {}
            }
        }
        if code::may_be(text, start, end) {
            if let Some(hit) = code::find(text, start, end) {
                return self.take(hit);
            }
            if let Some(end) = code::uuid_end(text, start) {
                self.at = end;
                return;
            }
        }
        if letters < end
            && let Some(hit) = after::spoken(text, start, end)
        {
            return self.take(hit);
        }
        if known & lexicon::MONTH != 0
            && !self.is_version
            && let Some(found) = date::find_month(text, start, end, false)
        {
            return self.date(start, found);
        }
        self.at = end;
    }

    /// Past an operator of SQL and the values of its column.
    #[inline(never)]
    fn compared(&mut self, start: usize, end: usize) {
        let hits = literal::compared(self.text, start, end, self.floor);
        self.found(&hits);
        self.at = self.at.max(end);
    }

    fn date(&mut self, start: usize, found: date::Found) {
        match found.time_end {
            // With a time of day it is a moment, not a person's day.
            Some(end) => self.at = end,
            None if attached::is_attached(self.text, start, found.end, self.floor) => {
                self.at = found.end;
            }
            None => self.take(Hit {
                start,
                end: found.end,
                kind: Kind::Date,
            }),
        }
    }

    fn digits(&mut self) {
        let (text, start) = (self.text, self.at);
        if let Some(end) = code::uuid_end(text, start) {
            self.at = end;
            return;
        }
        let end = number::digits_end(text, start);
        if let Some(hit) = after::code_of_named(text, start, end) {
            return self.take(hit);
        }
        if !may_go_on(text, end) && end - start < 8 {
            match age::find(text, start, end) {
                Some(hit) => self.take(hit),
                None => self.at = end,
            }
            return;
        }
        if !self.is_version && self.dotted_or_dated(start, end) {
            return;
        }
        let word = class::word_end(text, end);
        if let Some(hit) = number::find(text, start)
            .or_else(|| {
                (word > end)
                    .then(|| code::find(text, start, word))
                    .flatten()
            })
            .or_else(|| address::find(text, start, end))
            .or_else(|| age::find(text, start, end))
            .or_else(|| after::spoken(text, start, word))
            .or_else(|| address::degrees(text, start, end))
            .or_else(|| {
                (text.get(word) == Some(&b'^'))
                    .then(|| standard::composite(text, start, word))
                    .flatten()
            })
        {
            return self.take(hit);
        }
        self.at = word;
    }

    /// Takes the address or the date that the digits from `start` to `end` begin, or steps over what looks like one.
    fn dotted_or_dated(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        match text.get(end) {
            Some(b'.') => match ip::find_v4(text, start) {
                Some(ip::Address::Public(hit)) => {
                    self.take(hit);
                    return true;
                }
                Some(ip::Address::Other(end)) => {
                    self.at = end;
                    return true;
                }
                None => {}
            },
            Some(b'-') => {
                if let Some(hit) = ip::in_host(text, start) {
                    self.take(hit);
                    return true;
                }
            }
            _ => {}
        }
        match end - start {
            1 | 2 | 4 => match date::find(text, start, false) {
                Some(found) => self.date(start, found),
                None => return false,
            },
            8 => match date::done_on(text, start, end) {
                Some(end) => self.take(Hit {
                    start,
                    end,
                    kind: Kind::Date,
                }),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// Takes places that lie ahead, and reads what is between them.
    fn found(&mut self, hits: &[Hit]) {
        if hits.is_empty() {
            self.at += 1;
        }
        for &hit in hits {
            let (start, text) = (self.at, self.text);
            if hit.start < start {
                continue;
            }
            let between = &text[start..hit.start];
            // A line break or a parenthesis would find the same again.
            let (is_version, layers) = (self.is_version, self.layers);
            let Ok(()) = self.spans.within(
                |spans| -> Result<(), Infallible> {
                    Scanner::new(between, is_version, layers, spans).run();
                    Ok(())
                },
                |place| place + start,
            );
            if self.spans.watch.is_over() {
                return self.withhold();
            }
            self.take(hit);
        }
    }
}

/// Whether what the digits before `end` begin may go on there: a number in groups, a date, an address, a code, "12345' is".
fn may_go_on(text: &[u8], end: usize) -> bool {
    if matches!(
        text.get(end..end + 4),
        Some([b'\'' | b'"' | b'`', b' ', b'i', b's'])
    ) {
        return true;
    }
    text.get(end).is_some_and(|&byte| {
        class::is_word(byte)
            || matches!(byte, b' ' | b'\t' | b'-' | b'.' | b'/' | b'_' | b'+' | b'^')
    })
}
