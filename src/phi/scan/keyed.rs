//! Keys and values in text: `ssn=…`, `Date of birth: …`, `"mrn": …`, `{ name: '…' }`.

use super::class::{is_letter, is_word, run, run_at_most, word_end};
use super::{
    Hit, held, instance, items, key, literal, markup, name, naming, validation, whole, wrapper,
};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No cell of a table is longer.
const MAX_CELL: usize = 128;

/// What the key before a separator says.
pub(super) enum Found {
    Value(Hit),
    /// Several, as in a sequence of YAML.
    Values(Vec<Hit>),
    /// What follows is a version up to there.
    Version(usize),
    Nothing,
}

/// What was read in the text before that tells of keys after it.
#[derive(Default)]
pub(super) struct Read {
    /// Up to there no bracket has an end.
    pub unclosed: usize,
    /// A value in single quotes was read from the first to the second: all quotes between them are apostrophes.
    apostrophes: (usize, usize),
    /// The field that a key has named for the values beside it, and where: "column: 'ssn', old: …".
    named: Option<(Field, usize)>,
}

impl Read {
    /// Where the quote is that ends what begins at `start`. What apostrophes alone are in is read once.
    pub fn quote_end(&mut self, text: &[u8], start: usize, quote: u8) -> usize {
        let (from, to) = self.apostrophes;
        if quote != b'\'' || text.get(start) == Some(&quote) {
            return held::quote_end(text, start, quote);
        }
        if !(from..=to).contains(&start) {
            self.apostrophes = (start, held::quote_end(text, start, quote));
        }
        self.apostrophes.1
    }
}

/// The value of the key before the separator at `at`.
pub(super) fn find(text: &[u8], at: usize, floor: usize, read: &mut Read) -> Found {
    if text[at] == b'='
        && let Some(hit) = instance::extension(text, at)
    {
        return Found::Value(hit);
    }
    let Some((field, quoted_key)) = key::before(text, at, floor) else {
        return Found::Nothing;
    };
    // "name::tests": a path of Rust, C++ or PHP; "last_name::text": a type of SQL.
    if text[at..].starts_with(b"::")
        && text.get(at + 2).is_some_and(u8::is_ascii_alphabetic)
        && (matches!(field, Field::Name | Field::Person | Field::PersonLike)
            || literal::is_type(&text[at + 2..word_end(text, at + 2)]))
    {
        return Found::Nothing;
    }
    if field == Field::Version {
        let start = run(text, at + 1, |byte| {
            matches!(byte, b' ' | b'"' | b'\'' | b'=')
        });
        let is_version = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'/' | b':')
        };
        let end = run(text, start, is_version);
        let is_url = text[start..end].windows(3).any(|mark| mark == b"://");
        return if is_url {
            Found::Nothing
        } else {
            Found::Version(end)
        };
    }
    if matches!(field, Field::Label | Field::Name)
        && let Some(named) = naming::named(text, at)
    {
        read.named = Some((named, at));
        if text[at] != b'=' {
            return Found::Nothing;
        }
    }
    let field = match field {
        Field::NamePart => {
            return part(text, at, floor).map_or(Found::Nothing, Found::Value);
        }
        Field::Value if text[..at].ends_with(b"value") && !text[..at].ends_with(b"_value") => {
            match markup::of_value(text, at - 5) {
                Field::Value => naming::message_of(text, at - 5),
                field => field,
            }
        }
        field => field,
    };
    if field == Field::Value {
        return validation::input(text, at)
            .or_else(|| {
                let (field, named_at) = read.named?;
                let hit = (at - named_at <= naming::MAX_DISTANCE)
                    .then(|| held::value(text, at, field, true, read))??;
                whole::is_value_of(field, &text[hit.start..hit.end]).then_some(hit)
            })
            .map_or(Found::Nothing, Found::Value);
    }
    // Of these no value is one, however long it is.
    if matches!(
        field,
        Field::Plain
            | Field::About
            | Field::Thing
            | Field::Label
            | Field::Id
            | Field::Resource
            | Field::Identifier
    ) {
        return Found::Nothing;
    }
    let hits = listed(text, at, field, &mut read.unclosed);
    if !hits.is_empty() {
        return Found::Values(hits);
    }
    if field == Field::Name && naming::is_of_thing(text, at) {
        return Found::Nothing;
    }
    held::value(text, at, field, quoted_key, read).map_or(Found::Nothing, Found::Value)
}

/// The values of a key that stand in a list of YAML below it or between brackets.
fn listed(text: &[u8], at: usize, field: Field, unclosed: &mut usize) -> Vec<Hit> {
    if !items::announces_list(field) {
        return Vec::new();
    }
    let start = run(text, at + 1, |byte| matches!(byte, b' ' | b'\t'));
    if matches!(text.get(start), Some(b'\n' | b'\r')) {
        return items::below(text, start, field);
    }
    let is_listed = matches!(
        field,
        Field::Coded(_) | Field::Age | Field::Zip | Field::Person
    );
    if !is_listed {
        return Vec::new();
    }
    // "{ $in: ['00123456'] }" of MongoDB.
    let start = wrapper::past(text, start);
    let is_list = text.get(start) == Some(&b'[')
        && start >= *unclosed
        && placeholder::length_at(&text[start..]).is_none();
    if !is_list {
        return Vec::new();
    }
    let Some(end) = held::bracket_end(text, start) else {
        *unclosed = start + held::MAX_BRACKET;
        return Vec::new();
    };
    items::between(text, start + 1, end - 1, field)
}

/// The value of `first:` where there is a `last:` too.
fn part(text: &[u8], at: usize, floor: usize) -> Option<Hit> {
    let is_key = |byte: u8| is_word(byte);
    let mut end = at;
    while end > floor && !is_key(text[end - 1]) && at - end < 3 {
        end -= 1;
    }
    let mut start = end;
    while start > floor && is_key(text[start - 1]) && end - start < 8 {
        start -= 1;
    }
    let open = run(text, at + 1, |byte| {
        matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'[')
    });
    // "given=['Jane', 'Ann']".
    let is_listed = text[at + 1..open].contains(&b'[');
    let is_part = |byte: u8| {
        is_letter(byte)
            || matches!(byte, b' ' | b'\'' | b'-' | b'.')
            || is_listed && matches!(byte, b',' | b'"')
    };
    let mut close = run_at_most(text, open, MAX_CELL, is_part);
    while close > open && matches!(text[close - 1], b' ' | b'\'' | b'"' | b',') {
        close -= 1;
    }
    // In a line of keys the next one is no part of the name: "first=Jane last=Doe".
    if matches!(text.get(close), Some(b'=' | b':')) {
        let space = text[open..close].iter().rposition(|&byte| byte == b' ')?;
        close = open + space;
    }
    let value = &text[open..close];
    // "GET /Patient?family=Doe" of FHIR (R4, 3.1.1.3).
    let is_asked = matches!(&text[start..end], b"family" | b"given")
        && matches!(text[..start].last(), Some(b'?' | b'&'));
    let is_name = name::is_part(value)
        || is_listed && value.contains(&b',') && name::is_part(&value[..run(value, 0, is_letter)])
        || text[..start].ends_with(b"[name][")
            && whole::is_name_of(Field::Whole(Kind::Name), value);
    (open < at + 6 && is_name && (is_asked || name::has_counterpart(text, start, end))).then_some(
        Hit {
            start: open,
            end: close,
            kind: Kind::Name,
        },
    )
}

/// The cell after the one that ends at the bar at `at` and holds the name of its field: "| mrn | 00123456 |".
pub(super) fn cell(text: &[u8], at: usize, floor: usize) -> Option<Hit> {
    let from = floor.max(at.saturating_sub(key::MAX_KEY));
    let before = text[from..at]
        .iter()
        .rposition(|byte| matches!(byte, b'|' | b'\n'))
        .map_or(from, |bar| from + bar + 1);
    let name = text[before..at].trim_ascii();
    if name.is_empty() || !key::may_say_something(name) {
        return None;
    }
    let end = run_at_most(text, at + 1, MAX_CELL, |byte| !matches!(byte, b'|' | b'\n'));
    // "SSN | 536-22-8726 (status 409)": what is said of it is none of it.
    let end = if text.get(end) == Some(&b'|') {
        end
    } else {
        let value = run(text, at + 1, |byte| byte == b' ').min(end);
        let said = text[value..end]
            .windows(3)
            .position(|three| matches!(three, [b' ', b'(', b'a'..=b'z']));
        said.map_or(end, |length| value + length)
    };
    let value = text[at + 1..end].trim_ascii_end();
    let end = at + 1 + value.len();
    let value = value.trim_ascii_start();
    if value.is_empty() || placeholder::is_one(value) {
        return None;
    }
    let field = field::classify(name);
    whole::is_value_of(field, value).then_some(())?;
    Some(Hit {
        start: end - value.len(),
        end,
        kind: whole::whole(field, value, false)?,
    })
}

/// Whether the key of the value at `start` says that it measures something: "start_ns=…".
pub(super) fn counts(text: &[u8], start: usize) -> bool {
    let from = start.saturating_sub(3);
    let separator = text[from..start]
        .iter()
        .rposition(|byte| matches!(byte, b':' | b'='));
    separator
        .and_then(|at| key::before(text, from + at, 0))
        .is_some_and(|(field, _)| field == Field::About)
}
