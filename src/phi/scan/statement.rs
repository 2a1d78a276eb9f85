//! Values that stand apart from the names of their columns in statements of databases: INSERT, COPY, and errors about keys.

use std::borrow::Cow;

use super::Hit;
use super::class::{is_word, run, run_at_most};
use super::table::{MAX_COLUMNS, MAX_HEADER, cell, columns, lines};
use crate::phi::field::Field;
use crate::phi::watch::Watch;

/// Nothing longer stands between the columns of a statement and its lines.
const MAX_STATEMENT: usize = 512;

/// The values after the list of columns that opens at `open`: `Key (mrn, site)=(…)` of Postgres, `INSERT
/// INTO t (mrn, site) VALUES (…), (…)`, `(mrn, site) IN ((…), (…))`. In the order of the text.
pub(super) fn tuples(text: &[u8], open: usize, watch: &mut Watch) -> Vec<Hit> {
    let mut hits = Vec::new();
    let Some(close) = names_end(text, open + 1) else {
        return hits;
    };
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
    let names = without_functions(names);
    let columns = columns(&names, b',', MAX_HEADER, &mut fields);
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

/// Where the parenthesis is that ends the names of columns, which functions may be around: "(lower(email::text), site)".
fn names_end(text: &[u8], mut at: usize) -> Option<usize> {
    let end = text.len().min(at + MAX_HEADER);
    let mut is_inside = false;
    loop {
        at = run(&text[..end], at, |byte| {
            is_word(byte)
                || matches!(
                    byte,
                    b'_' | b' ' | b',' | b'"' | b'\'' | b'`' | b'.' | b'[' | b']' | b'\n' | b':'
                )
        });
        match text[..end].get(at)? {
            b'(' if !is_inside && is_word(text[at - 1]) => is_inside = true,
            b')' if is_inside => is_inside = false,
            b')' => return Some(at),
            _ => return None,
        }
        at += 1;
    }
}

/// The names of columns alone: "lower(email::text), site" is "email, site".
fn without_functions(names: &[u8]) -> Cow<'_, [u8]> {
    if !names.iter().any(|byte| matches!(byte, b'(' | b':')) {
        return Cow::Borrowed(names);
    }
    let mut columns = Vec::new();
    let mut column = 0;
    let (mut is_inside, mut is_more) = (false, false);
    for &byte in names {
        match byte {
            b'(' => {
                columns.truncate(column);
                is_inside = true;
            }
            b')' => is_inside = false,
            // A type, and what else the function is given.
            b':' => is_more = true,
            b',' if is_inside => is_more = true,
            b',' => {
                columns.push(byte);
                column = columns.len();
                is_more = false;
            }
            _ if !is_more => columns.push(byte),
            _ => {}
        }
    }
    Cow::Owned(columns)
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
    let is_space = |byte: u8| byte.is_ascii_whitespace();
    let word = run(text, at, is_space);
    let after = [&b"="[..], b"values", b"in"].iter().find_map(|known| {
        let end = word + known.len();
        let is_known = text.get(word..end)?.eq_ignore_ascii_case(known);
        is_known.then_some(end)
    })?;
    let open = run(text, after, is_space);
    if text.get(open) != Some(&b'(') {
        return None;
    }
    // "IN ((…), (…))".
    let row = run(text, open + 1, is_space);
    if text.get(row) == Some(&b'(') {
        return Some(row);
    }
    // "columns (mrn, email) in (patients, visits)": an operator has literals after it.
    let is_operator = match text[word] {
        b'=' => word > at,
        byte => byte.eq_ignore_ascii_case(&b'i'),
    };
    let is_literal = matches!(
        text.get(row),
        Some(b'\'' | b'"' | b'0'..=b'9' | b'$' | b'?' | b':' | b'N' | b'E' | b'%')
    );
    (is_literal || !is_operator).then_some(open)
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
pub(super) fn quoted_end(text: &[u8], start: usize, quote: u8) -> usize {
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
                "Key (lower(last_name::text), coalesce(mrn, ''), lower(email))=(okonkwo, E0289914, a@b.org) exists.",
                "Key (lower(last_name::text), coalesce(mrn, ''), lower(email))=([name], [mrn], [email]) exists.",
            ),
            (
                "WHERE (last_name, mrn, n) IN (('Okonkwo', 28991442, 1), ('Quist', 28991443, 2)) AND n = 3",
                "WHERE (last_name, mrn, n) IN (('[name]', [mrn], 1), ('[name]', [mrn], 2)) AND n = 3",
            ),
            (
                "UPDATE p SET (last_name, mrn) = ('Okonkwo', '28991442')",
                "UPDATE p SET (last_name, mrn) = ('[name]', '[mrn]')",
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
