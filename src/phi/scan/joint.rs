//! Labels written as one, and their values: "SSN/DOB: 536-22-8726 / 03/14/1957".

use super::Hit;
use super::class::{has_one_of, is_letter, run, run_at_most, word_end};
use super::value::{self, Announced};
use crate::phi::field::{self, Field};

/// No label is longer, no value that says nothing, and there are no more labels.
const MAX_LABEL: usize = 24;
const MAX_VALUE: usize = 48;
const MAX_LABELS: usize = 5;

/// The marks between labels.
const PARTS: &[u8; 4] = b"/&+|";

fn parts(byte: u8) -> bool {
    PARTS.contains(&byte)
}

/// Whether a label and a mark between labels may stand before `at`, or the mark alone.
pub(super) fn are_before(text: &[u8], at: usize, floor: usize) -> bool {
    const NEAR: usize = 32;
    // Before most words is none at all. A few bytes more are looked at as fast.
    let near = at.saturating_sub(NEAR);
    if !has_one_of(text, near, at - near, *PARTS) {
        return false;
    }
    let from = floor.max(at.saturating_sub(MAX_LABEL));
    let start = back(text, at, from, |byte| {
        is_letter(byte) || matches!(byte, b' ' | b'_' | b'#' | b'.')
    });
    start > floor && parts(text[start - 1])
}

/// The values of the labels before the separator at `at`, or after the last label, that end there. `many` is where
/// labels end that are too many, and those that go on are too.
pub(super) fn find(text: &[u8], at: usize, floor: usize, many: &mut usize) -> Vec<Hit> {
    let mut fields = [Field::Plain; MAX_LABELS];
    let mut count = 0;
    let mut end = at;
    let mut nearest = at;
    loop {
        let Some((start, stop)) = label(text, end, floor) else {
            return Vec::new();
        };
        if count == 0 {
            nearest = stop;
        } else if stop == *many {
            *many = nearest;
            return Vec::new();
        }
        let before = back(text, start, floor, |byte| byte == b' ');
        let goes_on = before > floor && parts(text[before - 1]);
        fields[count] = if goes_on {
            field::classify(&text[start..stop])
        } else {
            first(&text[start..stop])
        };
        count += 1;
        if !goes_on {
            break;
        }
        if count == MAX_LABELS {
            *many = nearest;
            return Vec::new();
        }
        end = before - 1;
    }
    let fields = &mut fields[..count];
    fields.reverse();
    let says = fields.iter().filter(|&&field| says(field)).count();
    let least = match fields[0] {
        Field::Strong(_) | Field::Age => 1,
        _ => 2,
    };
    if count < 2 || says < least || !self::says(fields[0]) {
        return Vec::new();
    }
    values(text, at, fields)
}

/// The label that ends before the blanks before `end`: up to three words.
fn label(text: &[u8], end: usize, floor: usize) -> Option<(usize, usize)> {
    let stop = back(text, end, floor, |byte| matches!(byte, b' ' | b'#' | b'.'));
    let from = floor.max(stop.saturating_sub(MAX_LABEL));
    let start = back(text, stop, from, |byte| {
        is_letter(byte) || matches!(byte, b' ' | b'_')
    });
    let start = run_at_most(text, start, stop - start, |byte| byte == b' ');
    (start < stop).then_some((start, stop))
}

/// What the first label says, which the words before it are no part of.
fn first(mut label: &[u8]) -> Field {
    loop {
        let field = field::classify(label);
        match label.iter().position(|&byte| byte == b' ') {
            Some(space) if !says(field) => label = label[space..].trim_ascii_start(),
            _ => return field,
        }
    }
}

fn back(text: &[u8], end: usize, floor: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    let mut at = end;
    while at > floor && goes_on(text[at - 1]) {
        at -= 1;
    }
    at
}

fn says(field: Field) -> bool {
    matches!(
        field,
        Field::Strong(_)
            | Field::Whole(_)
            | Field::Coded(_)
            | Field::Person
            | Field::PersonLike
            | Field::Name
            | Field::Age
            | Field::Zip
    )
}

fn values(text: &[u8], at: usize, fields: &[Field]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = run(text, at, |byte| {
        matches!(byte, b' ' | b'\t' | b':' | b'=' | b'#' | b'.')
    });
    for &field in fields {
        let hit = says(field)
            .then(|| value::take(field, text, at, Announced::Key))
            .flatten();
        let end = match hit {
            Some(hit) => {
                hits.push(hit);
                hit.end
            }
            None => run_at_most(text, at, MAX_VALUE, |byte| {
                !parts(byte) && !matches!(byte, b',' | b';' | b'\n')
            }),
        };
        let gap = run(text, end, |byte| byte == b' ');
        at = match text.get(gap) {
            Some(&byte) if parts(byte) || matches!(byte, b',' | b';' | b'-') => {
                run(text, gap + 1, |byte| byte == b' ')
            }
            Some(byte) if byte.is_ascii_alphanumeric() && gap > end => {
                gap + if &text[gap..word_end(text, gap)] == b"and" {
                    4
                } else {
                    0
                }
            }
            _ => break,
        };
    }
    hits
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn labels_written_as_one_announce_each_of_their_values() {
        for (text, expected) in [
            (
                "SSN/DOB: 536-22-8726 / 03/14/1957",
                "SSN/DOB: [ssn] / [date]",
            ),
            (
                "MRN / Acct: 00123456, 338633698",
                "MRN / Acct: [mrn], [account]",
            ),
            (
                "Pt Name/DOB: Ulrika Berry / 03/14/1957",
                "Pt Name/DOB: [name] / [date]",
            ),
            (
                "Name/Ward/MRN: Ulrika Berry / 4W / 00123456",
                "Name/Ward/MRN: [name] / 4W / [mrn]",
            ),
            ("Age/Gender: 93 / F", "Age/Gender: [age] / F"),
            (
                "checked MRN/Acct 00123456 / 338633698",
                "checked MRN/Acct [mrn] / [account]",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "src/phi/name: ok",
            "name/version: core/1.2",
            "read/write: 1048576",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
