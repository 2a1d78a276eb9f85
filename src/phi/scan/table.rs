//! Values that stand apart from the names of their columns: errors and statements of databases, and
//! CSV.

use super::class::{is_word, run};
use super::{Hit, name, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// Nothing longer is taken for a list of columns or a line of a table.
const MAX_HEADER: usize = 512;
const MAX_COLUMNS: usize = 64;

/// The values after the list of columns that opens at `open`: `Key (mrn, site)=(…)` of Postgres, `INSERT
/// INTO t (mrn, site) VALUES (…), (…)`. In the order of the text.
pub(super) fn tuples(text: &[u8], open: usize) -> Vec<Hit> {
    let mut hits = Vec::new();
    let close = run_at_most(text, open + 1, MAX_HEADER, |byte| {
        is_word(byte)
            || matches!(
                byte,
                b'_' | b' ' | b',' | b'"' | b'`' | b'.' | b'[' | b']' | b'\n'
            )
    });
    if text.get(close) != Some(&b')') {
        return hits;
    }
    let columns = || -> Vec<Field> {
        text[open + 1..close]
            .split(|&byte| byte == b',')
            .take(MAX_COLUMNS)
            .map(field::classify)
            .collect()
    };
    if let Some(line) = copied_after(text, close + 1) {
        lines(text, line, b'\t', &columns(), &mut hits);
        return hits;
    }
    let Some(mut at) = values_after(text, close + 1) else {
        return hits;
    };
    let columns = columns();
    loop {
        at = tuple(text, at + 1, &columns, &mut hits);
        let next = run(text, at, |byte| {
            byte.is_ascii_whitespace() || byte == b')' || byte == b','
        });
        if text.get(next) != Some(&b'(') || next == at {
            return hits;
        }
        at = next;
    }
}

/// Where the lines begin that `COPY t (columns) FROM stdin;` of Postgres reads.
fn copied_after(text: &[u8], at: usize) -> Option<usize> {
    const FROM: &[u8] = b" from stdin";
    let from = text.get(at..at + FROM.len())?;
    let end = at + FROM.len();
    let line = run_at_most(text, end, MAX_HEADER, |byte| byte != b'\n');
    (from.eq_ignore_ascii_case(FROM) && line < text.len()).then_some(line + 1)
}

/// Where the first tuple opens.
fn values_after(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at..at + 2) == Some(b"=(") {
        return Some(at + 1);
    }
    let word = run(text, at, |byte| byte.is_ascii_whitespace());
    let is_values = text
        .get(word..word + 6)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"values"));
    let open = run(text, (word + 6).min(text.len()), |byte| {
        byte.is_ascii_whitespace()
    });
    (is_values && text.get(open) == Some(&b'(')).then_some(open)
}

/// Reads the tuple whose first value begins at `at`. Returns where it ends.
fn tuple(text: &[u8], mut at: usize, columns: &[Field], hits: &mut Vec<Hit>) -> usize {
    let mut column = columns.iter();
    loop {
        at = run(text, at, |byte| byte.is_ascii_whitespace());
        let quote = text
            .get(at)
            .copied()
            .filter(|byte| matches!(byte, b'\'' | b'"'));
        let start = at + usize::from(quote.is_some());
        let end = match quote {
            Some(quote) => quoted_end(text, start, quote),
            None => run(text, start, |byte| !matches!(byte, b',' | b')' | b'\n')),
        };
        if let Some(&field) = column.next() {
            hits.extend(cell(text, start, end, field, quote.is_some()));
        }
        at = run(text, end, |byte| !matches!(byte, b',' | b')' | b'\n'));
        if text.get(at) != Some(&b',') {
            return at;
        }
        at += 1;
    }
}

/// Where the quote is that ends a value: a quote that is doubled is part of it (ISO/IEC 9075-2, 5.3).
fn quoted_end(text: &[u8], start: usize, quote: u8) -> usize {
    let mut end = start;
    loop {
        end = run(text, end, |byte| byte != quote && byte != b'\n');
        if text.get(end..end + 2) != Some(&[quote, quote]) {
            return end;
        }
        end += 2;
    }
}

fn cell(text: &[u8], start: usize, end: usize, field: Field, is_quoted: bool) -> Option<Hit> {
    let start = end - text[start..end].trim_ascii_start().len();
    let value = text[start..end].trim_ascii_end();
    let is_reference = !is_quoted
        && (matches!(value.first(), Some(b'$' | b'?' | b':' | b'@' | b'%'))
            || value.contains(&b'(')
            || [&b"null"[..], b"default", b"true", b"false"]
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word)));
    if value.is_empty()
        || is_reference
        || placeholder::length_at(value) == Some(value.len())
        || matches!(field, Field::Name) && whole::is_error_name(value)
    {
        return None;
    }
    Some(Hit {
        start,
        end: start + value.len(),
        kind: whole::whole(field, value, false)?,
    })
}

/// The values below the header of a CSV that the line break at `line_end` ends, and where the lines end
/// that were read for it.
pub(super) fn rows(text: &[u8], line_end: usize) -> (Vec<Hit>, usize) {
    let mut hits = Vec::new();
    let is_header = |byte: u8| {
        is_word(byte)
            || matches!(
                byte,
                b'_' | b' ' | b',' | b';' | b'\t' | b'"' | b'-' | b'.' | b'|' | b'*' | b'#' | b'/'
            )
    };
    let header_end = line_end - usize::from(text[..line_end].ends_with(b"\r"));
    let length = text[..header_end]
        .iter()
        .rev()
        .take(MAX_HEADER)
        .take_while(|&&byte| is_header(byte))
        .count();
    let header = &text[header_end - length..header_end];
    let begins_line = length == header_end || matches!(text[header_end - length - 1], b'\n' | b':');
    let Some(&separator) = [b'|', b',', b';', b'\t']
        .iter()
        .find(|separator| header.contains(separator))
        .filter(|_| begins_line)
    else {
        return (hits, line_end);
    };
    let mut columns: Vec<Field> = header
        .split(|&byte| byte == separator)
        .take(MAX_COLUMNS)
        .map(field::classify)
        .collect();
    let says = |field: &&Field| {
        !matches!(
            field,
            Field::Plain | Field::About | Field::Name | Field::Version | Field::Thing | Field::Id
        )
    };
    if !columns.iter().any(|field| says(&field)) {
        // A list of things has a name too; then only what looks like a person's.
        for field in &mut columns {
            if *field == Field::Name {
                *field = Field::PersonLike;
            }
        }
    }
    let at = if separator == b'|' {
        past_rule(text, line_end + 1)
    } else {
        line_end + 1
    };
    let end = lines(text, at, separator, &columns, &mut hits);
    (hits, end)
}

/// Reads the lines from `at` on that have as many cells as there are columns. Returns where they end.
fn lines(text: &[u8], mut at: usize, separator: u8, columns: &[Field], hits: &mut Vec<Hit>) -> usize {
    while at < text.len() {
        let end = run(text, at, |byte| byte != b'\n');
        let row = hits.len();
        if row_cells(text, at, end, separator, columns, hits) != columns.len() {
            hits.truncate(row);
            break;
        }
        at = end + 1;
    }
    at
}

/// Past the line below the header of a table of Markdown, `psql` or `mysql`: "|---|:-:|", "-----+------".
fn past_rule(text: &[u8], at: usize) -> usize {
    let end = run(text, at, |byte| matches!(byte, b'-' | b'+' | b'|' | b':' | b' ' | b'\r'));
    if text[at..end].contains(&b'-') && text.get(end) == Some(&b'\n') {
        end + 1
    } else {
        at
    }
}

/// Reads one line. Returns how many cells it has.
fn row_cells(
    text: &[u8],
    mut at: usize,
    end: usize,
    separator: u8,
    columns: &[Field],
    hits: &mut Vec<Hit>,
) -> usize {
    let mut cells = 0;
    loop {
        let is_quoted = text.get(at) == Some(&b'"') && at < end;
        let start = at + usize::from(is_quoted);
        let stop = run_at_most(text, start, end - start, |byte| {
            byte != if is_quoted { b'"' } else { separator }
        });
        if let Some(&field) = columns.get(cells) {
            hits.extend(cell(text, start, stop, field, is_quoted));
        }
        cells += 1;
        at = run_at_most(text, stop, end - stop, |byte| byte != separator);
        if at >= end {
            return cells;
        }
        at += 1;
    }
}

/// The value in quotes after "Duplicate entry", which ends at `at`: "… 'x' for key 't.mrn'" of `MySQL`.
pub(super) fn duplicate_entry(text: &[u8], at: usize) -> Option<Hit> {
    const FOR_KEY: &[u8] = b"' for key '";
    let start = text
        .get(at..at + 2)
        .filter(|open| *open == b" '")
        .map(|_| at + 2)?;
    let window = &text[start..text.len().min(start + MAX_HEADER)];
    let length = window.windows(FOR_KEY.len()).position(|it| it == FOR_KEY)?;
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
    let before = &text[open.saturating_sub(MAX_HEADER)..open];
    let place = NAMED.iter().find_map(|named| {
        let place = before.windows(named.len()).rposition(|it| it == *named)?;
        Some(place + named.len())
    })?;
    let key = &before[place..];
    let key = &key[..run(key, 0, |byte| byte != b'\'')];
    let end = run_at_most(text, open + 1, MAX_HEADER, |byte| {
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
    let index = text[open + 1..name_end].rsplit(|&byte| byte == b'"').find(|part| !part.is_empty())?;
    let line_end = run_at_most(text, name_end, MAX_REST, |byte| byte != b'\n');
    let line = text.get(name_end + 1..line_end)?;
    // SQL Server names the table in quotes too.
    if line.windows(10).any(|words| words == b"value is (") {
        return None;
    }
    let value = line
        .iter()
        .position(|&byte| byte == b'\'')
        .map(|quote| quote + 1)
        .or_else(|| {
            let word = line.windows(5).position(|word| word.eq_ignore_ascii_case(b"value"))? + 5;
            let word = word + usize::from(line.get(word) == Some(&b's'));
            Some(run(line, word, |byte| matches!(byte, b' ' | b':' | b'=' | b'"' | b'(')))
        })?;
    let is_quoted = line[value - 1] == b'\'';
    let end = run(line, value, |byte| {
        if is_quoted { byte != b'\'' } else { byte > b' ' && !matches!(byte, b',' | b';' | b')' | b'"') }
    });
    let from = name_end + 1;
    (end > value).then(|| of_index(text, from + value, from + end, index))?
}

/// The value from `start` to `end` of an index by its name: `patients.uq_patients_mrn`.
fn of_index(text: &[u8], start: usize, end: usize, index: &[u8]) -> Option<Hit> {
    const AFFIXES: [&[u8]; 16] = [
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
    ];
    let column = index.rsplit(|&byte| byte == b'.').next()?;
    let words: Vec<&[u8]> = column
        .split(|byte| matches!(byte, b'_' | b'-'))
        .filter(|word| !AFFIXES.iter().any(|affix| word.eq_ignore_ascii_case(affix)))
        .collect();
    let value = &text[start..end];
    let field = field::classify(&words.join(&b'_'));
    if field == Field::Person || placeholder::length_at(value) == Some(value.len()) {
        // The key of the table.
        return None;
    }
    let kind = whole::whole(field, value, false)
        .or_else(|| (field == Field::Day && !value.is_empty()).then_some(Kind::Date))
        .or_else(|| name::is_full_name(value).then_some(Kind::Name))?;
    Some(Hit { start, end, kind })
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

fn run_at_most(text: &[u8], at: usize, most: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    let end = text.len().min(at.saturating_add(most));
    run(&text[..end], at, goes_on)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn values_are_read_by_the_columns_they_belong_to() {
        for (text, expected) in [
            (
                "Key (first_name, mrn)=(Dmitri, 00123456) already exists.",
                "Key (first_name, mrn)=([name], [mrn]) already exists.",
            ),
            (
                "INSERT INTO p (\"name\", n, ssn) VALUES ('Ana Ng', 3, $1), ('Bo Li', 4, NULL)",
                "INSERT INTO p (\"name\", n, ssn) VALUES ('[name]', 3, $1), ('[name]', 4, NULL)",
            ),
            (
                "Duplicate entry 'E0289914' for key 'patients.uq_mrn'",
                "Duplicate entry '[mrn]' for key 'patients.uq_mrn'",
            ),
            (
                "constraint 'UQ_MRN'. The duplicate key value is (7397133).",
                "constraint 'UQ_MRN'. The duplicate key value is ([mrn]).",
            ),
            (
                "id,name,zip\n1,Ana Ng,02134\n2,Bo Li,10001\ndone",
                "id,name,zip\n1,[name],[zip]\n2,[name],[zip]\ndone",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "INSERT INTO p (name, ssn) VALUES ($1, $2)",
            "Duplicate entry '8712' for key 'PRIMARY'",
            "name,version\nlodash,4.17.21",
            "id,queue\n1,a",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
