//! The literals of SQL after the name of a column: `IN ('…', '…')`, `LIKE '…'`, `'{…}'`.

use super::class::{run, run_at_most};
use super::{Hit, key, whole};
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No list is read further, and none has more values.
const MAX_LIST: usize = 1024;
const MAX_ITEMS: usize = 64;

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
    matches!(text.get(word_end..word_end + 2), Some(b" '" | b" ("))
        && is_operator(&text[word..word_end])
}

/// The values in quotes after the key before `at`, where an operator of SQL ends at `end`: "ssn LIKE '…'", "ssn IN
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

/// The kind of a literal of an array of Postgres, "{90,94}", where one of its values is of `field`.
pub(super) fn of_array(field: Field, literal: &[u8]) -> Option<Kind> {
    literal
        .strip_prefix(b"{")?
        .strip_suffix(b"}")?
        .split(|&byte| byte == b',')
        .find_map(|value| of_value(field, value))
}

/// The literals in quotes after `at`: one, several in parentheses, or two with AND between them.
pub(super) fn literals(text: &[u8], at: usize, field: Field) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = run(text, at, |byte| matches!(byte, b' ' | b'('));
    while hits.len() < MAX_ITEMS {
        let prefix = usize::from(matches!(text.get(at), Some(b'N' | b'E')));
        if text.get(at + prefix) != Some(&b'\'') {
            break;
        }
        let start = at + prefix + 1;
        let end = run_at_most(text, start, MAX_LIST, |byte| !matches!(byte, b'\'' | b'\n'));
        let value = &text[start..end];
        // What a pattern of LIKE leaves open.
        let open = |byte: u8| byte == b'%';
        let from = run(value, 0, open);
        let to = value
            .iter()
            .rposition(|&byte| !open(byte))
            .map_or(from, |at| at + 1);
        if to > from
            && let Some(kind) = of_value(field, &value[from..to])
        {
            hits.push(Hit {
                start: start + from,
                end: start + to,
                kind,
            });
        }
        at = run(text, (end + 1).min(text.len()), |byte| {
            matches!(byte, b' ' | b',')
        });
        if text
            .get(at..at + 4)
            .is_some_and(|and| and.eq_ignore_ascii_case(b"and "))
        {
            at += 4;
        }
    }
    hits
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
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "status IN ('queued', 'done')",
            "devices: [0, 1], ports: ['8080', '5432']",
            "hosts:\n  - db-1\n  - db-2",
            "mrn IN ($1, $2)",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
