//! The literals of SQL after the name of a column: `IN ('…', 7)`, `LIKE '…'`, `'{…}'`.

use super::class::{ends_with, run, run_at_most};
use super::number::digits_end;
use super::statement::quoted_end;
use super::{Hit, key, whole};
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No literal is longer.
const MAX_LITERAL: usize = 1024;

/// Whether a word is an operator of SQL with values after it.
pub(super) fn is_operator(word: &[u8]) -> bool {
    const OPERATORS: [&[u8]; 7] = [
        b"like", b"ilike", b"in", b"between", b"regexp", b"rlike", b"similar",
    ];
    OPERATORS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether an operator with values in quotes comes after the name of a column that ends at `end`.
pub(super) fn is_compared(text: &[u8], end: usize) -> bool {
    let space = end + usize::from(matches!(text.get(end), Some(b'"' | b'`')));
    if text.get(space) != Some(&b' ') {
        return false;
    }
    let word = space + 1;
    let word_end = run_at_most(text, word, 8, |byte| byte.is_ascii_alphabetic());
    let (word, word_end) = if text[word..word_end].eq_ignore_ascii_case(b"not") {
        let next = (word_end + 1).min(text.len());
        (
            next,
            run_at_most(text, next, 8, |byte| byte.is_ascii_alphabetic()),
        )
    } else {
        (word, word_end)
    };
    is_before_literals(text, word_end) && is_operator(&text[word..word_end])
}

/// Whether literals may come after the operator that ends at `end`. Only between two of them numbers stand alone.
pub(super) fn is_before_literals(text: &[u8], end: usize) -> bool {
    match text.get(end..end + 2) {
        Some(b" '" | b" (") => true,
        Some([b' ', b'0'..=b'9']) => ends_with(&text[..end], b"between"),
        _ => false,
    }
}

/// The values after the key before `at`, where an operator of SQL ends at `end`: "ssn LIKE '…'", "ssn IN
/// ('…', '…')", "BETWEEN '…' AND '…'" (ISO/IEC 9075-2, 8).
pub(super) fn compared(text: &[u8], at: usize, end: usize, floor: usize) -> Vec<Hit> {
    // "ssn NOT IN (…)".
    let before = text[floor..at].trim_ascii_end();
    let column = match before.len().checked_sub(4) {
        Some(not) if before[not..].eq_ignore_ascii_case(b" not") => floor + not,
        _ => at,
    };
    let Some((field, _)) = key::before(text, column, floor) else {
        return Vec::new();
    };
    literals(text, end, field)
}

/// Whether a word is a type that a literal is cast to: "last_name::text" (PostgreSQL's documentation of value expressions).
pub(super) fn is_type(word: &[u8]) -> bool {
    const TYPES: [&[u8]; 7] = [
        b"text",
        b"varchar",
        b"character",
        b"citext",
        b"char",
        b"bpchar",
        b"name",
    ];
    TYPES.contains(&word)
}

/// The kind of a literal of an array of Postgres, "{90,94}", where one of its values is of `field`.
pub(super) fn of_array(field: Field, literal: &[u8]) -> Option<Kind> {
    literal
        .strip_prefix(b"{")?
        .strip_suffix(b"}")?
        .split(|&byte| byte == b',')
        .find_map(|value| of_value(field, value))
}

/// The literals after `at`: one, several in parentheses, or two with AND between them.
pub(super) fn literals(text: &[u8], at: usize, field: Field) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = run(text, at, |byte| matches!(byte, b' ' | b'('));
    loop {
        let prefix = usize::from(matches!(text.get(at), Some(b'N' | b'E')));
        let is_quoted = text.get(at + prefix) == Some(&b'\'');
        let (start, end) = if is_quoted {
            let start = at + prefix + 1;
            (
                start,
                quoted_end(&text[..text.len().min(start + MAX_LITERAL)], start, b'\''),
            )
        } else {
            (at, digits_end(text, at))
        };
        if !is_quoted && (start == end || !ends_number(text, end)) {
            break;
        }
        let value = &text[start..end];
        // What a pattern of LIKE leaves open.
        let open = |byte: u8| byte == b'%';
        let from = run(value, 0, open);
        let to = value
            .iter()
            .rposition(|&byte| !open(byte))
            .map_or(from, |at| at + 1);
        // "mrn BETWEEN 5 AND 10 digits".
        let is_short = !is_quoted && end - start < 4 && field != Field::Age;
        if to > from
            && !is_short
            && let Some(kind) = of_value(field, &value[from..to])
        {
            hits.push(Hit {
                start: start + from,
                end: start + to,
                kind,
            });
        }
        let next = (end + usize::from(is_quoted)).min(text.len());
        at = run(text, next, |byte| matches!(byte, b' ' | b','));
        if text
            .get(at..at + 4)
            .is_some_and(|and| and.eq_ignore_ascii_case(b"and "))
        {
            at += 4;
        }
    }
    hits
}

/// Whether a number ends at `end`, and nothing that begins with one: "1957-03-14", "12 Main Street".
fn ends_number(text: &[u8], end: usize) -> bool {
    let word = run(text, end, |byte| byte == b' ');
    let next = run(text, word, |byte| byte.is_ascii_alphabetic());
    match text.get(word) {
        None | Some(b',' | b')' | b';' | b'\n') => true,
        _ => {
            word > end
                && [&b"and"[..], b"or", b"order", b"limit", b"group"]
                    .iter()
                    .any(|known| text[word..next].eq_ignore_ascii_case(known))
        }
    }
}

/// The kind of one value among several, in quotes or not.
fn of_value(field: Field, value: &[u8]) -> Option<Kind> {
    let value = value.trim_ascii();
    let value = match value {
        [open @ (b'"' | b'\''), inner @ .., close] if open == close => inner,
        value => value,
    };
    if value.is_empty() || placeholder::length_at(value).is_some() {
        return None;
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    match field {
        // Indexes of things are short.
        Field::Coded(_) if digits < 4 => None,
        Field::Age if digits < value.len() => None,
        Field::Secret => whole::whole(field, value, false),
        field => whole::is_value_of(field, value)
            .then(|| whole::whole(field, value, false))
            .flatten(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use crate::phi::redact_text;

    #[test]
    fn a_placeholder_in_brackets_is_not_redacted_again() {
        for text in ["ssn: [[ssn]]", "password: {[secret:3f9a1c]}"] {
            assert!(matches!(redact_text(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn every_value_of_a_list_goes() {
        for (text, expected) in [
            (
                "<Query {'account_number': ['73992585', '73992586'], 'n': ['3']}>",
                "<Query {'account_number': ['[account]', '[account]'], 'n': ['3']}>",
            ),
            (
                "mrns:\n  - E0289914\n  - \"E0289915\"\nn: 3",
                "mrns:\n  - [mrn]\n  - \"[mrn]\"\nn: 3",
            ),
            (
                "WHERE p.\"mrn\" IN ('E0289914', 'E0289915') AND n = 3",
                "WHERE p.\"mrn\" IN ('[mrn]', '[mrn]') AND n = 3",
            ),
            (
                "last_name ILIKE '%Tomlin%' AND mrn NOT IN ('E0289914')",
                "last_name ILIKE '%[name]%' AND mrn NOT IN ('[mrn]')",
            ),
            (
                "zip BETWEEN '02134' AND '02139'",
                "zip BETWEEN '[zip]' AND '[zip]'",
            ),
            (
                "WHERE \"p\".\"mrn\" <> 'E0289914'",
                "WHERE \"p\".\"mrn\" <> '[mrn]'",
            ),
            ("a.mrn != 'E0289914'", "a.mrn != '[mrn]'"),
            (
                "WHERE mrn IN (28991442, 28991443) AND ssn NOT IN (536228726)",
                "WHERE mrn IN ([mrn], [mrn]) AND ssn NOT IN ([ssn])",
            ),
            (
                "mrn BETWEEN 28991442 AND 28991450 AND n = 3",
                "mrn BETWEEN [mrn] AND [mrn] AND n = 3",
            ),
            (
                "mrn = ANY(ARRAY[28991442, 28991443]) AND n = 3",
                "mrn = ANY(ARRAY[[mrn]]) AND n = 3",
            ),
            (
                "account_no = any (array['73992585', '73992586'])",
                "account_no = any (array['[account]', '[account]'])",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "status IN ('queued', 'done')",
            "devices: [0, 1], ports: ['8080', '5432']",
            "hosts:\n  - db-1\n  - db-2",
            "mrn IN ($1, $2)",
            "mrn BETWEEN 5 and 10 digits",
            "status IN (1, 2) AND n BETWEEN 28991442 AND 28991450",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn no_list_of_a_condition_is_too_long() {
        for value in ["28991442", "'E0289914'"] {
            let list = |value: &str| format!("WHERE mrn IN ({})", vec![value; 3000].join(", "));
            let redacted = if value.starts_with('\'') {
                "'[mrn]'"
            } else {
                "[mrn]"
            };
            assert_eq!(redact_text(&list(value)), list(redacted));
        }
    }
}
