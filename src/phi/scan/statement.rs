//! Values that stand apart from the names of their columns in statements of databases: INSERT, COPY, and errors about keys.

use super::Hit;
use super::class::{is_word, run, run_at_most};
use super::table::{MAX_COLUMNS, MAX_HEADER, cell, columns, lines};
use crate::phi::field::Field;
use crate::phi::watch::Watch;

/// Nothing longer stands between the columns of a statement and its lines.
const MAX_STATEMENT: usize = 512;

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
