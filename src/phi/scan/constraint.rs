//! Errors of databases that give a value and the name of the constraint or index that it violates.

use super::class::{first_place, is_boundary_after, is_word, line_end, run, run_at_most, word_end};
use super::known::Known;
use super::statement::quoted_end;
use super::{Hit, code, date, full_name, ip, lexicon, whole, wrapper};
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

/// The values that a statement's parameters were bound to, in brackets after the colon at `colon`: "parameters: ('…', 7)" of
/// SQLAlchemy, `-- PARAMETERS: ["…"]` of TypeORM. Nothing says what they are of.
pub(super) fn bound_values(text: &[u8], colon: usize) -> Vec<Hit> {
    let named = |word: &[u8]| {
        let from = colon.checked_sub(word.len());
        from.is_some_and(|from| text[from..colon].eq_ignore_ascii_case(word))
    };
    let is_word = |length: usize| {
        !text[..colon - length]
            .last()
            .is_some_and(|&byte| is_word(byte))
    };
    let is_cue = named(b"parameters") && is_word(10) || named(b"params") && is_word(6);
    if is_cue && is_of_statement(&text[..colon]) {
        in_tuple(text, run(text, colon + 1, |byte| byte == b' '))
    } else {
        Vec::new()
    }
}

/// Whether a statement of SQL, or a mark of its comments or of an error about one, is near the end of a text.
fn is_of_statement(text: &[u8]) -> bool {
    const NEAR: usize = 512;
    const STATEMENTS: [&[u8]; 6] = [
        b"select ", b"insert ", b"update ", b"delete ", b"where ", b"values",
    ];
    let near = &text[text.len().saturating_sub(NEAR)..];
    let is_marked = [&b"[parameters"[..], b"-- parameters", b"-- params"]
        .iter()
        .any(|mark| {
            near.len() >= mark.len() && near[near.len() - mark.len()..].eq_ignore_ascii_case(mark)
        });
    is_marked
        || near.windows(7).any(|window| {
            STATEMENTS.iter().any(|word| {
                window[0].eq_ignore_ascii_case(&word[0])
                    && window[..word.len()].eq_ignore_ascii_case(word)
            })
        })
}

/// The same in the parentheses that open at `open`, after "[generated in 0.0012s] " or "[cached since 1.2s ago] " of SQLAlchemy.
pub(super) fn generated_values(text: &[u8], open: usize) -> Vec<Hit> {
    const NEAR: usize = 48;
    let before = &text[open.saturating_sub(NEAR)..open];
    let note = before
        .strip_suffix(b"] ")
        .and_then(|before| Some(&before[before.iter().rposition(|&byte| byte == b'[')?..]));
    let is_note = note.is_some_and(|note| {
        [
            &b"[generated in "[..],
            b"[cached since ",
            b"[no key ",
            b"[raw sql",
        ]
        .iter()
        .any(|begin| note.starts_with(begin))
    });
    if is_note {
        in_tuple(text, open)
    } else {
        Vec::new()
    }
}

/// The strings and long numbers between brackets that open at `open`, up to what is no literal of a language.
fn in_tuple(text: &[u8], open: usize) -> Vec<Hit> {
    const MAX_LIST: usize = 4096;
    const WORDS: [&[u8]; 12] = [
        b"datetime",
        b"date",
        b"None",
        b"null",
        b"NULL",
        b"True",
        b"False",
        b"true",
        b"false",
        b"Decimal",
        b"UUID",
        b"tzinfo",
    ];
    let mut hits = Vec::new();
    let near = &text[..text.len().min(open + MAX_LIST)];
    let mut depth = 0;
    let mut at = open;
    while let Some(&byte) = near.get(at) {
        match byte {
            // "datetime.date(1957, 3, 14)".
            b'(' if near[..at].ends_with(b"date")
                && let Some(hit) = wrapper::date(near, at + 1) =>
            {
                at = hit.end;
                hits.push(hit);
                depth += 1;
                continue;
            }
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth > 1 => depth -= 1,
            _ if depth == 0 => break,
            quote @ (b'\'' | b'"') => {
                let end = quoted_end(near, at + 1, quote);
                hits.extend(bound(near, at + 1, end));
                at = end;
            }
            b'0'..=b'9' => {
                let end = run(near, at, is_word);
                hits.extend(bound(near, at, end).filter(|hit| hit.end - hit.start > 5));
                at = end;
                continue;
            }
            b' ' | b',' | b'.' | b'-' | b':' | b'=' => {}
            _ => {
                let end = word_end(near, at);
                if !WORDS.contains(&&near[at..end]) {
                    break;
                }
                at = end;
                continue;
            }
        }
        at += 1;
    }
    hits
}

/// The value in quotes that a parameter was bound to, whose equals sign is at `equals`: "parameters: $1 = '…'" of Postgres,
/// which does not say what it is of. A word of sentences and a short number stay.
pub(super) fn bound_value(text: &[u8], equals: usize) -> Option<Hit> {
    if text.get(equals..equals + 3) != Some(b"= '") {
        return None;
    }
    let before = text[..equals].strip_suffix(b" ")?;
    let number = before
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if number == 0 || !before[..before.len() - number].ends_with(b"$") {
        return None;
    }
    let start = equals + 3;
    let end = quoted_end(text, start, b'\'');
    bound(text, start, end)
}

/// A bound value, unless it is a word of sentences, a short number or what is no person's.
fn bound(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let value = &text[start..end];
    let is_of_name = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
    // A word, and a name of software: "group_by".
    let is_word = value.iter().all(is_of_name)
        && (value.contains(&b'_') || lexicon::is_wording(text, start, end));
    let is_digits = value.iter().all(u8::is_ascii_digit);
    // A time in seconds or milliseconds.
    let is_epoch = matches!(value.len(), 10 | 13) && value[0] == b'1';
    let is_number = is_digits && (value.len() < 5 || is_epoch);
    let is_host = ip::is_private(value);
    let is_type = matches!(value, [b'a'..=b'z', b'0'..=b'9', ..]) && value.len() < 4;
    let day =
        date::find(text, start, false).filter(|_| value.first().is_some_and(u8::is_ascii_digit));
    let is_harmless = is_word
        || is_number
        || is_type
        || is_host
        || whole::is_status(value)
        || day
            .as_ref()
            .is_some_and(|day| day.time_end.is_some_and(|time| time >= end))
        || date::is_moment(value)
        || code::uuid_end(value, 0) == Some(value.len())
        || placeholder::is_one(value);
    let is_day = day.is_some_and(|day| day.end == end);
    (!is_harmless && value.len() > 1).then_some(Hit {
        start,
        end,
        kind: if is_day { Kind::Date } else { Kind::Secret },
    })
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
    fn values_that_were_bound_go_without_a_name() {
        for (text, expected) in [
            (
                "[parameters: ('Quistgaard', datetime.date(1979, 8, 3), 48213377, 5)]",
                "[parameters: ('[secret]', datetime.date([date]), [secret], 5)]",
            ),
            (
                "Engine [generated in 0.00012s] ('Ana Ng', '48213377')",
                "Engine [generated in 0.00012s] ('[secret]', '[secret]')",
            ),
            (
                "COPY p, line 3, column mrn: \"E0289914\"",
                "COPY p, line 3, column mrn: \"[mrn]\"",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "parameters: $1 = '42', $2 = 'status', $3 = NULL",
            "Engine [generated in 0.00012s] ()",
            "params: ('name', 5)",
            "params: ) parameters: 5",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
