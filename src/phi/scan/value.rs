//! The value that a key or a cue word announces.

use super::class::{is_word, run, word_end};
use super::number::{digits_end, extension_end};
use super::{Hit, address, code, date, name, secret};
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// How sure it is that a value of the field comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// By a key and a separator.
    Key,
    /// By words alone.
    Words,
}

/// What of the text from `start` on is a value of `field`, without quotes.
pub(super) fn take(field: Field, text: &[u8], start: usize, by: Announced) -> Option<Hit> {
    if start >= text.len() || placeholder::length_at(&text[start..]).is_some() {
        return None;
    }
    let by_key = by == Announced::Key;
    let (end, kind) = match field {
        Field::Strong(Kind::Date) => (date_end(text, start)?, Kind::Date),
        Field::Day => (
            date_end(text, start)
                .filter(|_| by_key || text[start].is_ascii_digit())
                .filter(|_| is_compact_word(text, start))?,
            Kind::Date,
        ),
        Field::Strong(kind) | Field::Whole(kind @ (Kind::Card | Kind::Phone)) => (
            code_end(text, start, kind, if by_key { 3 } else { 4 })?,
            kind,
        ),
        Field::Coded(kind) => (
            code_end(text, start, kind, if by_key { 4 } else { 5 })?,
            kind,
        ),
        Field::Whole(Kind::Name) | Field::Person | Field::Name if by_key => {
            (name_end(text, start, name::Expect::Anything)?, Kind::Name)
        }
        Field::PersonLike if by_key => (name_end(text, start, name::Expect::Capitals)?, Kind::Name),
        Field::Age => {
            let end = digits_end(text, start);
            (
                super::is_great_age(&text[start..end]).then_some(end)?,
                Kind::Age,
            )
        }
        Field::Place if by_key && text[start] > b' ' => {
            (address::clause_end(text, start), Kind::Address)
        }
        Field::Zip => (
            address::zip_end(text, start)
                .or_else(|| foreign_zip(text, start).filter(|_| by_key))?,
            Kind::Zip,
        ),
        Field::Secret if by_key => (secret::value_end(text, start), Kind::Secret),
        _ => return None,
    };
    (end > start).then_some(Hit { start, end, kind })
}

fn is_compact_word(text: &[u8], start: usize) -> bool {
    date::is_compact(&text[start..digits_end(text, start)])
}

fn date_end(text: &[u8], start: usize) -> Option<usize> {
    let word = word_end(text, start);
    let found = if text[start].is_ascii_digit() {
        date::find(text, start, true)
    } else {
        date::find_month(
            text,
            start,
            run(text, start, |byte| byte.is_ascii_alphabetic()),
            true,
        )
    };
    match found {
        Some(found) => Some(found.time_end.unwrap_or(found.end)),
        None if word > start && text[start].is_ascii_digit() => Some(word),
        None => None,
    }
}

fn name_end(text: &[u8], start: usize, expect: name::Expect) -> Option<usize> {
    let (end, words) = name::end(text, start, expect);
    (words > 0).then_some(end)
}

fn foreign_zip(text: &[u8], start: usize) -> Option<usize> {
    let first = word_end(text, start);
    let second = word_end(text, first + usize::from(text.get(first) == Some(&b' ')));
    let end = if text[first..second].iter().any(u8::is_ascii_digit) {
        second
    } else {
        first
    };
    (text[start..end].iter().any(u8::is_ascii_digit) && end - start <= 10).then_some(end)
}

/// The end of a code: letters and digits with single marks inside, at least `least` long, with a digit.
fn code_end(text: &[u8], start: usize, kind: Kind, least: usize) -> Option<usize> {
    let mut at =
        start + usize::from(text[start] == b'+' || text[start] == b'#' || text[start] == b'(');
    if matches!(kind, Kind::Iban) && at + 4 < text.len() {
        if let Some(end) = code::iban_end(text, at) {
            return Some(end);
        }
    }
    let mut end = at;
    let mut digits = 0;
    let mut letters = 0;
    loop {
        let word = run(text, at, |byte| is_word(byte) || byte == b'*');
        if word == at {
            break;
        }
        let part = &text[at..word];
        let part_digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        digits += part_digits;
        letters += part.len() - part_digits;
        end = word;
        let gap = match text.get(word) {
            Some(b'-' | b'.' | b'/' | b'_' | b'#' | b':') => word + 1,
            Some(b' ' | b'(' | b')')
                if digits > 0 && digits == part_digits + digits - part_digits =>
            {
                let mut next = word;
                while next < word + 3
                    && matches!(text.get(next), Some(b' ' | b'-' | b'(' | b')' | b'.'))
                {
                    next += 1;
                }
                // After a space a group of digits alone goes on, and only in numbers that are written so.
                let group = digits_end(text, next);
                let goes_on = group > next
                    && super::class::is_boundary_after(text, group)
                    && is_grouped(kind)
                    && (group - next) <= 7
                    && digits < 19
                    && letters == 0;
                if !goes_on {
                    break;
                }
                next
            }
            _ => break,
        };
        if !text
            .get(gap)
            .is_some_and(|&byte| is_word(byte) || byte == b'*')
        {
            break;
        }
        at = gap;
    }
    if kind == Kind::Phone {
        end = extension_end(text, end);
        return (digits >= 7).then_some(end);
    }
    (digits > 0 && digits + letters >= least).then_some(end)
}

fn is_grouped(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Ssn
            | Kind::Phone
            | Kind::Card
            | Kind::Plan
            | Kind::Account
            | Kind::Mrn
            | Kind::Npi
            | Kind::Iban
            | Kind::License
            | Kind::Device
    )
}
