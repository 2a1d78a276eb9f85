//! Errors of databases that give a value and the name of the constraint or index that it violates.

use super::class::{first_place, is_boundary_after, line_end, run, run_at_most};
use super::known::Known;
use super::{Hit, full_name, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// Nothing longer is taken for such a value.
const MAX_VALUE: usize = 512;

/// The value in quotes after "Duplicate entry", which ends at `at`: "… 'x' for key 't.mrn'" of `MySQL`.
pub(super) fn duplicate_entry(text: &[u8], at: usize) -> Option<Hit> {
    const FOR_KEY: &[u8] = b"' for key '";
    let start = text
        .get(at..at + 2)
        .filter(|open| *open == b" '")
        .map(|_| at + 2)?;
    let window = &text[start..text.len().min(start + MAX_VALUE)];
    let length = first_place(window, FOR_KEY)?;
    let key = start + length + FOR_KEY.len();
    let key_end = run(text, key, |byte| byte != b'\'');
    of_index(text, start, start + length, &text[key..key_end])
}

/// The value in parentheses that open at `open`: "Violation of UNIQUE KEY constraint 'UQ_mrn' … The
/// duplicate key value is (x)." of SQL Server.
pub(super) fn duplicate_value(text: &[u8], open: usize) -> Option<Hit> {
    const NAMED: [&[u8]; 2] = [b"constraint '", b"unique index '"];
    if !text[..open].ends_with(b"duplicate key value is ") {
        return None;
    }
    let before = &text[open.saturating_sub(MAX_VALUE)..open];
    let place = NAMED.iter().find_map(|named| {
        let place = before.windows(named.len()).rposition(|it| it == *named)?;
        Some(place + named.len())
    })?;
    let key = &before[place..];
    let key = &key[..run(key, 0, |byte| byte != b'\'')];
    let end = run_at_most(text, open + 1, MAX_VALUE, |byte| {
        !matches!(byte, b')' | b'\n')
    });
    of_index(text, open + 1, end, key)
}

/// The value after the name of a constraint in parentheses or quotes, where the word "constraint" ends at `at`:
/// "ORA-00001: unique constraint (HOSP.UQ_MRN) violated … 'x'" of Oracle.
pub(super) fn constrained(text: &[u8], at: usize) -> Option<Hit> {
    const MAX_REST: usize = 160;
    let open = run(text, at, |byte| byte == b' ');
    let close = match text.get(open)? {
        b'(' => b')',
        quote @ (b'\'' | b'"') => *quote,
        _ => return None,
    };
    let name_end = run_at_most(text, open + 1, 96, |byte| byte != close && byte != b'\n');
    if text.get(name_end) != Some(&close) {
        return None;
    }
    let index = text[open + 1..name_end]
        .rsplit(|&byte| byte == b'"')
        .find(|part| !part.is_empty())?;
    let line_end = line_end(text, name_end, MAX_REST);
    let line = text.get(name_end + 1..line_end)?;
    // SQL Server names the table in quotes too.
    let mut opens = (0..line.len()).filter(|&at| line[at] == b'(');
    if opens.any(|at| line[..at].ends_with(b"value is ")) {
        return None;
    }
    let value = line
        .iter()
        .position(|&byte| byte == b'\'')
        .map(|quote| quote + 1)
        .or_else(|| {
            let word = line
                .windows(5)
                .position(|word| word.eq_ignore_ascii_case(b"value"))?
                + 5;
            let word = word + usize::from(line.get(word) == Some(&b's'));
            Some(run(line, word, |byte| {
                matches!(byte, b' ' | b':' | b'=' | b'"' | b'(')
            }))
        })?;
    let is_quoted = line[value - 1] == b'\'';
    let end = run(line, value, |byte| {
        if is_quoted {
            byte != b'\''
        } else {
            byte > b' ' && !matches!(byte, b',' | b';' | b')' | b'"')
        }
    });
    let from = name_end + 1;
    (end > value).then(|| of_index(text, from + value, from + end, index))?
}

/// The value from `start` to `end` of an index by its name: `patients.uq_patients_mrn`.
fn of_index(text: &[u8], start: usize, end: usize, index: &[u8]) -> Option<Hit> {
    static AFFIXES: Known = Known::new(&[
        b"un",
        b"uc",
        b"fk",
        b"idx",
        b"ix",
        b"uk",
        b"uq",
        b"ux",
        b"unique",
        b"uniq",
        b"key",
        b"index",
        b"pk",
        b"pkey",
        b"constraint",
        b"ak",
    ]);
    let column = index.rsplit(|&byte| byte == b'.').next()?;
    let words: Vec<&[u8]> = column
        .split(|byte| matches!(byte, b'_' | b'-'))
        .filter(|word| !AFFIXES.has(word))
        .collect();
    let value = &text[start..end];
    // "api_key" has a word in it that names of indexes have too.
    let field = match field::classify(column) {
        Field::Secret => Field::Secret,
        _ => field::classify(&words.join(&b'_')),
    };
    if field == Field::Person || placeholder::is_one(value) {
        // The key of the table.
        return None;
    }
    let kind = whole::whole(field, value, false)
        .or_else(|| (field == Field::Day && !value.is_empty()).then_some(Kind::Date))
        .or_else(|| full_name::is_full_name(value).then_some(Kind::Name))?;
    Some(Hit { start, end, kind })
}

/// All of the line in quotes after the colon at `colon`, "COPY t, line 3: "…"" of Postgres: its columns have no names.
pub(super) fn copied_line(text: &[u8], colon: usize) -> Option<Hit> {
    const NEAR: usize = 160;
    let quote = colon + 2;
    if text.get(colon..quote + 1) != Some(b": \"") || !text[..colon].last()?.is_ascii_digit() {
        return None;
    }
    let before = &text[colon.saturating_sub(NEAR)..colon];
    let number = before.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let before = before[..before.len() - number.count()].strip_suffix(b", line ")?;
    let copy = first_place(before, b"COPY ")?;
    let line_end = run(text, quote + 1, |byte| byte != b'\n');
    // The line may have quotes in it.
    let end = text[quote + 1..line_end]
        .iter()
        .rposition(|&byte| byte == b'"')
        .map(|close| quote + 1 + close)
        .filter(|&close| is_boundary_after(text, close + 1))
        .unwrap_or(line_end);
    let is_done = placeholder::is_one(&text[quote + 1..end]);
    (!before[copy..].contains(&b'\n') && !is_done && end > quote + 1).then_some(Hit {
        start: quote + 1,
        end,
        kind: Kind::Name,
    })
}

/// All of the row of "Failing row contains (…)" of Postgres, whose columns have no names, from `open` on.
pub(super) fn failing_row(text: &[u8], open: usize) -> Option<Hit> {
    let end = run(text, open, |byte| byte != b'\n');
    let close = text[open..end]
        .iter()
        .rposition(|&byte| byte == b')')
        .map_or(end, |close| open + close);
    let is_done = placeholder::length_at(&text[open + 1..]) == Some(close - open - 1);
    (!is_done).then_some(Hit {
        start: open + 1,
        end: close,
        kind: Kind::Name,
    })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_line_that_was_copied_goes_whole_and_a_column_by_its_name() {
        for (text, expected) in [
            (
                "COPY p, line 3: \"7,\"E0289914\",Ng\"",
                "COPY p, line 3: \"[name]\"",
            ),
            (
                "COPY p, line 3, column mrn: \"E0289914\"",
                "COPY p, line 3, column mrn: \"[mrn]\"",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }
}
