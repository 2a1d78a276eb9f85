//! Cues of several words written as one, paths that end in a cue, and cues with their code right after them.

use super::announced::{field_before, value_after};
use super::class::{is_word, word_end};
use super::person::{Cue, named};
use super::value::{self, Announced};
use super::{Hit, lexicon, told};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;

/// "patientId 123456": the words of a cue written as one, which ends at `end`.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    // "patientId 123", "patientId '123'", "patientId from '123' to …", "'patientId', '123'", "PatientID [123]" of DICOM.
    let is_followed = match text.get(end) {
        Some(b'\t') => text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric),
        Some(b' ') => match text.get(end + 1) {
            Some(b'f') => text[end + 1..].starts_with(b"from "),
            Some(b't') => text[end + 1..].starts_with(b"to equal "),
            Some(b'c') => text[end + 1..].starts_with(b"changed from "),
            Some(b'A'..=b'Z') if !is_code(text, end + 1) => return named_after(text, start, end),
            Some(b'0'..=b'9' | b'A'..=b'Z' | b'"' | b'\'' | b'[') => true,
            _ => false,
        },
        Some(b'"' | b'\'') => text.get(end + 1) == Some(&b',') && text.get(end + 2) == Some(&b' '),
        _ => false,
    };
    if !is_followed || end - start < 5 {
        return None;
    }
    // "Patient.name[0].family 'Doe'".
    let path = if text[..start].ends_with(b".") {
        path_start(text, start)
    } else {
        start
    };
    match field::classify(&text[path..end]) {
        Field::Whole(Kind::Name) if path < start => told::name(text, end),
        Field::Whole(Kind::Name) if text[end..].starts_with(b" [") => named(text, end, Cue::Name),
        field @ (Field::Strong(_) | Field::Coded(_) | Field::Whole(_)) => {
            value_after(field, text, end)
        }
        _ => None,
    }
}

/// Whether a word of capitals and digits begins at `start`: "memberId W747916978".
fn is_code(text: &[u8], start: usize) -> bool {
    const LEAST: usize = 4;
    let word = &text[start..word_end(text, start)];
    word.iter().filter(|byte| byte.is_ascii_digit()).count() >= LEAST
        && !word.iter().any(u8::is_ascii_lowercase)
}

/// "lastName Featherstone": the name after a key for one that is written as one word.
fn named_after(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let key = &text[start..end];
    let is_name = key.first().is_some_and(u8::is_ascii_lowercase) && key.ends_with(b"Name");
    (is_name && field::classify(key) == Field::Whole(Kind::Name))
        .then(|| named(text, end, Cue::Name))?
}

/// The value after a path whose last name is a cue of its own.
pub(super) fn of_path(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    text[..start]
        .ends_with(b".")
        .then(|| find(text, start, end))?
}

/// Where the path begins whose last name begins at `start`.
fn path_start(text: &[u8], start: usize) -> usize {
    const MAX_PATH: usize = 48;
    let path = text[..start].iter().rev().take(MAX_PATH);
    start
        - path
            .take_while(|&&byte| is_word(byte) || matches!(byte, b'.' | b'[' | b']' | b'_'))
            .count()
}

/// A cue of letters with its code right after it, up to `end`.
pub(super) fn glued(
    text: &[u8],
    start: usize,
    letters: usize,
    end: usize,
    floor: usize,
) -> Option<Hit> {
    if !text[letters..end].iter().all(u8::is_ascii_digit)
        || end - letters < 4
        || lexicon::flags(text, start, letters) & lexicon::CUE == 0
    {
        return None;
    }
    let field = field_before(text, start, letters, floor, false)?;
    value::take(field, text, letters, Announced::Words)
}
