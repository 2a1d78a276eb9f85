//! Values that stand apart from the names of their columns: statements of databases, CSV, and tables of pipes.

use super::class::{is_word, run, run_at_most};
use super::{Hit, aligned, whole};
use crate::phi::field::{self, Field};
use crate::phi::placeholder;
use crate::phi::watch::Watch;

/// Nothing longer is taken for a list of columns, and no table has more.
const MAX_HEADER: usize = 4096;
const MAX_COLUMNS: usize = 256;
/// Nothing longer stands between the columns of a statement and its lines.
const MAX_STATEMENT: usize = 512;
/// No column has a longer name: a digest is none.
const MAX_NAME: usize = 48;

/// The values after the list of columns that opens at `open`: `Key (mrn, site)=(…)` of Postgres, `INSERT
/// INTO t (mrn, site) VALUES (…), (…)`. In the order of the text.
pub(super) fn tuples(text: &[u8], open: usize, watch: &mut Watch) -> Vec<Hit> {
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
    let mut fields = [Field::Plain; MAX_COLUMNS];
    let names = &text[open + 1..close];
    if let Some(line) = copied_after(text, close + 1) {
        let end = copied_end(text, line);
        let columns = columns(names, b',', MAX_HEADER, &mut fields);
        lines(&text[..end], line, b'\t', columns, watch, &mut hits);
        return hits;
    }
    let Some(mut at) = values_after(text, close + 1) else {
        return hits;
    };
    let columns = columns(names, b',', MAX_HEADER, &mut fields);
    loop {
        if !watch.go_on(columns.len()) {
            return hits;
        }
        at = tuple(text, at + 1, columns, &mut hits);
        let next = run(text, at, |byte| {
            byte.is_ascii_whitespace() || byte == b')' || byte == b','
        });
        if text.get(next) != Some(&b'(') || next == at {
            return hits;
        }
        at = next;
    }
}

/// What the columns of a header say of their values. A name of more bytes than `longest` says nothing.
fn columns<'f>(
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

const FROM_STDIN: &[u8] = b" from stdin";

/// Where the lines begin that `COPY t (columns) FROM stdin;` of Postgres reads.
fn copied_after(text: &[u8], at: usize) -> Option<usize> {
    let end = at + FROM_STDIN.len();
    if text.get(at) != Some(&FROM_STDIN[0]) || !text.get(at..end)?.eq_ignore_ascii_case(FROM_STDIN)
    {
        return None;
    }
    let line = run_at_most(text, end, MAX_STATEMENT, |byte| byte != b'\n');
    (text.get(line) == Some(&b'\n')).then_some(line + 1)
}

/// Where they end: at the line `\.` (PostgreSQL's documentation of COPY), or where the next statement is, so
/// that no line is read for two.
fn copied_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() {
        let end = run(text, at, |byte| byte != b'\n');
        let line = &text[at..end];
        let is_statement = line
            .windows(FROM_STDIN.len())
            .any(|words| words[0] == FROM_STDIN[0] && words.eq_ignore_ascii_case(FROM_STDIN));
        if is_statement || line.trim_ascii_end() == b"\\." {
            return at;
        }
        at = end + 1;
    }
    text.len()
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
        // "N'…'" of SQL Server, "E'…'" of Postgres.
        at += usize::from(matches!(
            text.get(at..at + 2),
            Some([b'N' | b'n' | b'E' | b'e', b'\''])
        ));
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

/// Where the quote is that ends a value: one that is doubled is part of it (ISO/IEC 9075-2, 5.3), and so is one before a
/// letter, whose backslash is undone.
fn quoted_end(text: &[u8], start: usize, quote: u8) -> usize {
    const MAX_VALUE: usize = 4096;
    let near = &text[..text.len().min(start + MAX_VALUE)];
    let mut end = start;
    loop {
        end = run(near, end, |byte| byte != quote);
        match near.get(end + 1) {
            Some(&next) if next == quote => end += 2,
            Some(&next) if is_word(next) => end += 1,
            _ if end < near.len() => return end,
            // No quote ends it.
            _ => return run(text, start, |byte| byte != quote && byte != b'\n'),
        }
    }
}

fn cell(text: &[u8], start: usize, end: usize, field: Field, is_quoted: bool) -> Option<Hit> {
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
    let is_pair = separator == b'|' && names.next() == Some(true);
    if is_pair || hits.is_empty() && names.any(|says| says) {
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
fn lines(
    text: &[u8],
    mut at: usize,
    separator: u8,
    columns: &[Field],
    watch: &mut Watch,
    hits: &mut Vec<Hit>,
) -> usize {
    while at < text.len() && watch.go_on(columns.len()) {
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

/// Past the line below the header of a table of Markdown, `psql` or `mysql`: "|---|:-:|", "-----+------".
fn past_rule(text: &[u8], at: usize) -> usize {
    let end = run(text, at, |byte| {
        matches!(byte, b'-' | b'+' | b'|' | b':' | b' ' | b'\r')
    });
    if text[at..end].contains(&b'-') && text.get(end) == Some(&b'\n') {
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
            (
                "COPY p (mrn) FROM stdin;\n00123456\n\\.\nCOPY q (id, ssn) FROM stdin;\n7\t536-22-8726\n",
                "COPY p (mrn) FROM stdin;\n[mrn]\n\\.\nCOPY q (id, ssn) FROM stdin;\n7\t[ssn]\n",
            ),
            (
                "INSERT INTO p (id,note,mrn) VALUES (1,'a\nb','E0289914'), (2,'it\\'s, (ok)',N'E0289915')",
                "INSERT INTO p (id,note,mrn) VALUES (1,'a\nb','[mrn]'), (2,'it\\'s, (ok)',N'[mrn]')",
            ),
            (
                "INSERT INTO p (dir,mrn) VALUES ('C:\\','E0289914'), ('','E0289915')",
                "INSERT INTO p (dir,mrn) VALUES ('C:\\','[mrn]'), ('','[mrn]')",
            ),
            // Cut off: the second statement is not a line of the first.
            (
                "COPY p (id) FROM stdin;\n7\nCOPY q (name) FROM stdin;\nAna Ng\n",
                "COPY p (id) FROM stdin;\n7\nCOPY q (name) FROM stdin;\n[name]\n",
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
