//! Values below the names of their columns: CSV, and tables of pipes.

use super::class::{is_word, run, run_at_most};
use super::{Hit, aligned, whole};
use crate::phi::field::{self, Field};
use crate::phi::placeholder;
use crate::phi::watch::Watch;

/// Nothing longer is taken for a list of columns, and no table has more.
pub(super) const MAX_HEADER: usize = 4096;
pub(super) const MAX_COLUMNS: usize = 256;
/// No column has a longer name: a digest is none.
const MAX_NAME: usize = 48;

/// What the columns of a header say of their values. A name of more bytes than `longest` says nothing.
pub(super) fn columns<'f>(
    header: &[u8],
    separator: u8,
    longest: usize,
    fields: &'f mut [Field; MAX_COLUMNS],
) -> &'f mut [Field] {
    let mut count = 0;
    let names = header.split(|&byte| byte == separator);
    for (field, name) in fields.iter_mut().zip(names) {
        if name.len() <= longest {
            *field = field::classify(name);
        }
        count += 1;
    }
    &mut fields[..count]
}

pub(super) fn cell(
    text: &[u8],
    start: usize,
    end: usize,
    field: Field,
    is_quoted: bool,
) -> Option<Hit> {
    if field == Field::Plain {
        return None;
    }
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
        || placeholder::is_one(value)
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
pub(super) fn rows(text: &[u8], line_end: usize, watch: &mut Watch) -> (Vec<Hit>, usize) {
    let mut hits = Vec::new();
    // Nothing is below it.
    if line_end + 1 >= text.len() {
        return (hits, line_end);
    }
    let is_header = |byte: u8| {
        is_word(byte)
            || matches!(
                byte,
                b'_' | b' '
                    | b','
                    | b';'
                    | b'\t'
                    | b'"'
                    | b'-'
                    | b'.'
                    | b'|'
                    | b'*'
                    | b'#'
                    | b'/'
                    | b'('
                    | b')'
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
    if !begins_line {
        return (hits, line_end);
    }
    let Some(&separator) = [b'|', b',', b';', b'\t']
        .iter()
        .find(|separator| header.contains(separator))
    else {
        return aligned::rows(text, header_end - length, line_end, watch);
    };
    let mut fields = [Field::Plain; MAX_COLUMNS];
    let columns = columns(header, separator, MAX_NAME, &mut fields);
    if !columns.iter().copied().any(says) {
        if !columns.contains(&Field::Name) {
            return (hits, line_end);
        }
        // A list of things has a name too; then only what looks like a person's.
        for field in &mut *columns {
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
    if at >= text.len() {
        return (hits, at);
    }
    // The header may be the line below: "a, b\nid,mrn\n".
    let (end, cells) = row(text, at, separator, columns, &mut hits);
    let mut names = text[at..end]
        .split(|&byte| byte == separator)
        .take(MAX_COLUMNS)
        .filter(|cell| !cell.trim_ascii().is_empty())
        .map(|cell| says(field::classify(cell)));
    // Or it is a list of names and values: "last_name | Ng\nmrn | 00123456".
    let is_ruled = at > line_end + 1;
    let is_list = !is_ruled
        && (separator == b'|'
            || matches!(columns[..], [name, value] if says(name) && !says(value))
                && holds_value(header));
    let is_pair = is_list && names.next() == Some(true);
    if is_pair || !is_ruled && hits.is_empty() && names.any(|says| says) {
        return (Vec::new(), line_end);
    }
    if cells != columns.len() {
        hits.clear();
        return (hits, at);
    }
    let end = lines(text, end + 1, separator, columns, watch, &mut hits);
    (hits, end)
}

/// Whether the name of a column tells of its values, and is none of a thing's.
pub(super) fn says(field: Field) -> bool {
    !matches!(
        field,
        Field::Plain
            | Field::About
            | Field::Name
            | Field::Version
            | Field::Thing
            | Field::Id
            | Field::Label
            | Field::Value
            | Field::Resource
    )
}

/// Reads the lines from `at` on that have as many cells as there are columns. Returns where they end.
pub(super) fn lines(
    text: &[u8],
    mut at: usize,
    separator: u8,
    columns: &[Field],
    watch: &mut Watch,
    hits: &mut Vec<Hit>,
) -> usize {
    while at < text.len() && watch.go_on(columns.len()) {
        if separator == b'|' {
            at = past_rule(text, at);
        }
        let before = hits.len();
        let (end, cells) = row(text, at, separator, columns, hits);
        if cells != columns.len() {
            hits.truncate(before);
            break;
        }
        at = end + 1;
    }
    at
}

/// Whether the second of two cells is a value and no name of a column: "Name⇥Jane Doe", "mrn,E0289914".
fn holds_value(line: &[u8]) -> bool {
    let second = line.rsplit(|byte| matches!(byte, b'\t' | b',' | b';'));
    second
        .take(1)
        .flatten()
        .any(|byte| byte.is_ascii_digit() || *byte == b' ')
}

/// Past the line below the header or a row of a table of Markdown, `psql`, `mysql` or boxes: "|---|:-:|", "-----+------",
/// "+====+".
fn past_rule(text: &[u8], at: usize) -> usize {
    let end = run(text, at, |byte| {
        matches!(byte, b'-' | b'+' | b'=' | b'|' | b':' | b' ' | b'\r')
    });
    if text[at..end].iter().any(|byte| matches!(byte, b'-' | b'=')) && text.get(end) == Some(&b'\n')
    {
        end + 1
    } else {
        at
    }
}

/// Reads one row. Returns where it ends, and how many cells it has.
fn row(
    text: &[u8],
    at: usize,
    separator: u8,
    columns: &[Field],
    hits: &mut Vec<Hit>,
) -> (usize, usize) {
    let line = run(text, at, |byte| byte != b'\n');
    let end = open_row_end(text, at, line);
    let before = hits.len();
    if end > line {
        let cells = row_cells(text, at, end, separator, columns, hits);
        if cells == columns.len() {
            return (end, cells);
        }
        hits.truncate(before);
    }
    (line, row_cells(text, at, line, separator, columns, hits))
}

/// Where the row from `at` ends, of which a quote is open where its first line ends: a cell may have line breaks in it
/// (RFC 4180, 2.6).
fn open_row_end(text: &[u8], at: usize, line: usize) -> usize {
    const MAX_ROW: usize = 8192;
    let is_odd = |part: &[u8]| {
        part.iter()
            .fold(false, |is_odd, &byte| is_odd ^ (byte == b'"'))
    };
    let mut end = line;
    let mut is_open = is_odd(&text[at..line]);
    while is_open && end < text.len() && end - at < MAX_ROW {
        let next = run(text, end + 1, |byte| byte != b'\n');
        is_open ^= is_odd(&text[end + 1..next]);
        end = next;
    }
    if is_open { line } else { end }
}

/// Reads the cells up to `end`. Returns how many there are.
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
        let stop = if is_quoted {
            quoted_cell_end(text, start, end)
        } else {
            run_at_most(text, start, end - start, |byte| byte != separator)
        };
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

/// Where the quote is that ends a cell, no further than `end`: one that is doubled is part of it.
fn quoted_cell_end(text: &[u8], mut at: usize, end: usize) -> usize {
    loop {
        at = run_at_most(text, at, end.saturating_sub(at), |byte| byte != b'"');
        if at + 2 > end || text[at + 1] != b'"' {
            return at.min(end);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_row_may_have_line_breaks_and_quotes_in_its_cells() {
        for (text, expected) in [
            (
                "id,last_name,mrn,notes\n0,Ng,E0289914,\"a\nb\"\n1,Berry,E0289915,\"a\n\nb\"\n2,Li,E0289916,c",
                "id,last_name,mrn,notes\n0,[name],[mrn],\"a\nb\"\n1,[name],[mrn],\"a\n\nb\"\n2,[name],[mrn],c",
            ),
            (
                "id,mrn,notes,last_name\n0,E0289914,\"a\nb\",Ng\n",
                "id,mrn,notes,last_name\n0,[mrn],\"a\nb\",[name]\n",
            ),
            // A quote of its own opens nothing.
            (
                "size,mrn\n5\" tube,E0289914\n6\" tube,E0289915\n",
                "size,mrn\n5\" tube,[mrn]\n6\" tube,[mrn]\n",
            ),
            (
                "id,last_name\n1,\"O\"\"Berry\"\n2,\"\"\n3,\"Ng\"\n",
                "id,last_name\n1,\"[name]\"\n2,\"\"\n3,\"[name]\"\n",
            ),
            (
                "id        | 0\nlast_name | Okonkwo\nmrn       | E0289914\nssn | 123456789\n",
                "id        | 0\nlast_name | [name]\nmrn       | [mrn]\nssn | [ssn]\n",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for (text, expected) in [
            // As polars, tabulate and rich draw them.
            (
                "│ mrn ┆ name │\n╞═════╪══════╡\n│ 28991442 ┆ Ana Ng │\n│ 28991443 ┆ Bo Li │\n",
                "│ mrn ┆ name │\n╞═════╪══════╡\n│ [mrn] ┆ [name] │\n│ [mrn] ┆ [name] │\n",
            ),
            (
                "| mrn | n |\n+=====+===+\n| 28991442 | 3 |\n+-----+---+\n| 28991443 | 4 |\n",
                "| mrn | n |\n+=====+===+\n| [mrn] | 3 |\n+-----+---+\n| [mrn] | 4 |\n",
            ),
            (
                "Pt Name\tAna Ng\nMRN\t706151821\n",
                "Pt Name\t[name]\nMRN\t[mrn]\n",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        let wide = |value: &str| {
            let more = ["alpha"; 100];
            format!(
                "mrn,{}\n{value},{}\n",
                more.join(","),
                vec!["1"; 100].join(",")
            )
        };
        assert_eq!(redact_text(&wide("E0289914")), wide("[mrn]"));
    }
}
