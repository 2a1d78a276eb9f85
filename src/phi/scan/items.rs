//! The items of a list that is written as one: below a key of YAML, or between brackets.

use super::class::{is_letter, run, run_at_most};
use super::{Hit, key, whole};
use crate::phi::field::Field;
use crate::phi::placeholder;

/// No list below a key is longer, nor an item of it.
const MAX_ITEMS: usize = 256;
const MAX_ITEM: usize = 128;

/// The items of a list of YAML (1.2.2, 8.2.1) below a key of `field` whose line ends at `at`, up to one that is a key
/// with a list of its own.
pub(super) fn below(text: &[u8], at: usize, field: Field) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = at;
    for _ in 0..MAX_ITEMS {
        at += usize::from(text.get(at) == Some(&b'\r'));
        if text.get(at) != Some(&b'\n') {
            break;
        }
        let dash = run_at_most(text, at + 1, MAX_ITEM, |byte| byte == b' ');
        if text.get(dash..dash + 2) != Some(b"- ") {
            break;
        }
        let start = run(text, dash + 2, |byte| matches!(byte, b' ' | b'"' | b'\''));
        let line = run_at_most(text, start, MAX_ITEM, |byte| {
            !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'#')
        });
        hits.extend(item(text, start, line, field));
        at = run_at_most(text, line, MAX_ITEM, |byte| !matches!(byte, b'\n' | b'\r'));
        if is_key_of_list(text, dash, at) {
            break;
        }
    }
    hits
}

/// Whether the line from `start` to `end` is a key whose list is below it.
fn is_key_of_list(text: &[u8], start: usize, end: usize) -> bool {
    let colon = text[start..end]
        .trim_ascii_end()
        .len()
        .checked_sub(1)
        .map(|last| start + last);
    colon.is_some_and(|colon| {
        matches!(text[colon], b':' | b'=' | b'>')
            && key::before(text, colon, start).is_some_and(|(field, _)| announces_list(field))
    })
}

/// Whether the values of `field` may stand in a list.
pub(super) fn announces_list(field: Field) -> bool {
    !matches!(
        field,
        Field::Plain
            | Field::About
            | Field::Thing
            | Field::Label
            | Field::Id
            | Field::Version
            | Field::NamePart
            | Field::Value
    )
}

/// The values in brackets after a word for several of them that ends at `end`: "MRNs [00123456, 00123457]".
pub(super) fn in_brackets(text: &[u8], end: usize, field: Field) -> Vec<Hit> {
    const MAX_LIST: usize = 512;
    let open = run_at_most(text, end, 2, |byte| byte == b' ');
    if text.get(open) != Some(&b'[') || placeholder::length_at(&text[open..]).is_some() {
        return Vec::new();
    }
    let close = run_at_most(text, open + 1, MAX_LIST, |byte| {
        !matches!(byte, b']' | b'[' | b'\n')
    });
    if text.get(close) == Some(&b']') {
        between(text, open + 1, close, field)
    } else {
        Vec::new()
    }
}

/// The items between the brackets of a list from `open` up to `close`.
pub(super) fn between(text: &[u8], open: usize, close: usize, field: Field) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = open;
    while at < close {
        let end = run_at_most(text, at, close - at, |byte| byte != b',');
        let is_around = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b'\n');
        let start = run_at_most(text, at, end - at, is_around);
        let mut stop = end;
        while stop > start && is_around(text[stop - 1]) {
            stop -= 1;
        }
        hits.extend(item(text, start, stop, field));
        at = end + 1;
    }
    hits
}

fn item(text: &[u8], start: usize, end: usize, field: Field) -> Option<Hit> {
    let value = text.get(start..end)?.trim_ascii_end();
    let is_nested = value
        .iter()
        .any(|&byte| matches!(byte, b'{' | b'[' | b':' | b'='));
    if value.is_empty()
        || is_nested
        || !value
            .iter()
            .any(|&byte| is_letter(byte) || byte.is_ascii_digit())
    {
        return None;
    }
    // Names of fields are no values: "required: [ssn, mrn]".
    (whole::is_value_of(field, value) || whole::is_name_of(field, value)).then_some(())?;
    Some(Hit {
        start,
        end: start + value.len(),
        kind: whole::whole(field, value, false)?,
    })
}
