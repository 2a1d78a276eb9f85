//! The end of a postal address: a city, a state (USPS Publication 28, appendix B) and a code.

use super::class::{is_boundary_after, is_letter, run};
use super::number::digits_end;
use super::{Hit, lexicon};
use crate::phi::Kind;

/// Past a city, a state and a code after a street that ends at `street`, or a city alone.
pub(super) fn past(text: &[u8], street: usize) -> usize {
    city_and_code(text, street).unwrap_or_else(|| city_end(text, street))
}

/// Past a city that ends a line after a street: "12 Main Street, Pawtucket".
fn city_end(text: &[u8], street: usize) -> usize {
    const MAX_WORDS: usize = 3;
    let Some(mut at) = text[street..].starts_with(b", ").then_some(street + 2) else {
        return street;
    };
    for _ in 0..MAX_WORDS {
        let end = run(text, at, |byte| {
            is_letter(byte) || matches!(byte, b'\'' | b'-')
        });
        let is_name =
            end > at + 2 && text[at].is_ascii_uppercase() && !lexicon::is_wording(text, at, end);
        match text.get(end) {
            _ if !is_name => break,
            None | Some(b'\n' | b';') => return end,
            Some(b' ') => at = end + 1,
            Some(_) => break,
        }
    }
    street
}

/// ", Springfield, IL 62701"
fn city_and_code(text: &[u8], start: usize) -> Option<usize> {
    let mut at = run(text, start, |byte| matches!(byte, b' ' | b',' | b'\n'));
    if at == start {
        return None;
    }
    for _ in 0..4 {
        let end = run(text, at, |byte| {
            is_letter(byte) || matches!(byte, b'\'' | b'-' | b'.')
        });
        if end == at || !(text[at].is_ascii_uppercase() || text[at] >= 0x80) {
            return None;
        }
        let after = run(text, end, |byte| matches!(byte, b' ' | b','));
        if let Some(code) = zip_after_state(text, at, end, at) {
            return Some(code);
        }
        if after == end {
            return None;
        }
        at = after;
    }
    None
}

/// The city before the state that begins at `state`, after a comma: "San Antonio, TX 78205".
pub(super) fn city_before(text: &[u8], state: usize, floor: usize) -> Option<Hit> {
    let before = text[floor..state].strip_suffix(b", ")?;
    let is_city = |byte: u8| is_letter(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.');
    let length = before
        .iter()
        .rev()
        .take(40)
        .take_while(|byte| is_city(**byte))
        .count();
    // The last words that begin with capitals.
    let words = &before[before.len() - length..];
    let mut start = words.len();
    for word in words.rsplit(|&byte| byte == b' ').take(3) {
        if !word
            .first()
            .is_some_and(|first| first.is_ascii_uppercase() || *first >= 0x80)
        {
            break;
        }
        start = words
            .len()
            .min(start)
            .saturating_sub(word.len() + usize::from(start < words.len()));
    }
    let end = floor + before.len();
    (start < words.len()).then_some(Hit {
        start: end - (words.len() - start),
        end,
        kind: Kind::Address,
    })
}

/// The end of the code after the state that is the word from `start` to `end`.
pub(super) fn zip_after_state(
    text: &[u8],
    start: usize,
    end: usize,
    floor: usize,
) -> Option<usize> {
    let state = &text[start..end];
    let known = lexicon::flags(text, start, end);
    // A letter alone, as where a text was cut, is none.
    let is_written = matches!(state, [first, second, rest @ ..]
        if first.is_ascii_uppercase() && (!rest.is_empty() || second.is_ascii_uppercase()));
    let is_word = known & lexicon::STATE_AND_WORD != 0
        && !text[..start].ends_with(b", ")
        && !is_city_behind_address(&text[floor..start])
        && !is_behind_name(text, start);
    let is_code_system = text[..start].ends_with(b"SNOMED ");
    if known & lexicon::STATE == 0 || !is_written || is_word || is_code_system {
        return None;
    }
    let at = run(text, end, |byte| matches!(byte, b' ' | b','));
    if at == end || at > end + 3 {
        return None;
    }
    zip_end(text, at)
}

/// Whether a word that may be a city's name is before the state at `state`: "Springfield OH 62701", but not "Status OK 20000".
fn is_behind_name(text: &[u8], state: usize) -> bool {
    let Some(before) = text[..state].strip_suffix(b" ") else {
        return false;
    };
    let length = before
        .iter()
        .rev()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphabetic());
    let start = before.len() - length.count();
    before.len() - start > 3
        && before[start].is_ascii_uppercase()
        && before[start + 1..].iter().all(u8::is_ascii_lowercase)
        && !lexicon::is_wording(text, start, before.len())
}

/// Whether `between` is a city right behind a street that was taken before: "1 Main Street, Dayton OH 33698".
fn is_city_behind_address(between: &[u8]) -> bool {
    const LONGEST: usize = 40;
    matches!(between, [b',', b' ', first, .., b' '] if first.is_ascii_uppercase())
        && between.len() <= LONGEST
        && between[2..]
            .iter()
            .all(|&byte| is_letter(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.'))
}

/// Five digits, and perhaps four more (USPS).
pub(super) fn zip_end(text: &[u8], start: usize) -> Option<usize> {
    let end = digits_end(text, start);
    if end - start == 9 && is_boundary_after(text, end) {
        return Some(end);
    }
    // A file's name is no code: "12345.zip".
    let is_file =
        text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_lowercase);
    if end - start != 5 || !is_boundary_after(text, end) || is_file {
        return None;
    }
    if matches!(text.get(end), Some(b'-')) {
        let more = digits_end(text, end + 1);
        if more - end == 5 && is_boundary_after(text, more) {
            return Some(more);
        }
    }
    Some(end)
}
