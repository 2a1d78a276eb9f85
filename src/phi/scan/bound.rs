//! The columns that the parameters of a statement of SQL are bound to: `WHERE mrn = $1`, `INSERT INTO p (id, mrn) VALUES
//! (?, ?)`.

use super::class::{is_word, run};
use crate::phi::field::{self, Field};

/// No statement has more parameters that are read.
const MAX_PARAMETERS: usize = 64;
/// No statement is read further.
const MAX_STATEMENT: usize = 4096;

/// What the parameters of `statement` are, in their order; nothing when it has none.
pub(in super::super) fn parameters(statement: &[u8]) -> Vec<Field> {
    let statement = &statement[..statement.len().min(MAX_STATEMENT)];
    let mut fields = Vec::new();
    let mut inserted: Vec<&[u8]> = Vec::new();
    let mut place = 0;
    let mut at = 0;
    while at < statement.len() {
        match statement[at] {
            b'(' => {
                let close = run(statement, at + 1, |byte| byte != b')' && byte != b'(');
                let next = run(statement, (close + 1).min(statement.len()), |byte| {
                    byte.is_ascii_whitespace()
                });
                let is_columns = statement
                    .get(next..next + 6)
                    .is_some_and(|word| word.eq_ignore_ascii_case(b"values"));
                if is_columns {
                    inserted = statement[at + 1..close]
                        .split(|&byte| byte == b',')
                        .collect();
                    at = next + 6;
                    continue;
                }
                place = 0;
            }
            b',' => place += 1,
            b'?' | b'$' => {
                let end = run(statement, at + 1, |byte| byte.is_ascii_digit());
                let number = statement[at + 1..end]
                    .iter()
                    .take(3)
                    .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
                let index = match statement[at] {
                    b'?' => fields.len(),
                    _ if number > 0 => number - 1,
                    _ => MAX_PARAMETERS,
                };
                let column = column_before(statement, at)
                    .or_else(|| inserted.get(place).copied())
                    .unwrap_or_default();
                if index < MAX_PARAMETERS {
                    if fields.len() <= index {
                        fields.resize(index + 1, Field::Plain);
                    }
                    fields[index] = field::classify(column.trim_ascii());
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    fields
}

/// The column that is compared with, or set to, the parameter at `at`.
fn column_before(statement: &[u8], at: usize) -> Option<&[u8]> {
    let before = statement[..at].trim_ascii_end();
    let operator = before.strip_suffix(b"(").unwrap_or(before).trim_ascii_end();
    let marks = operator
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'=' | b'<' | b'>' | b'!' | b'~'))
        .count();
    let name_end = if marks > 0 {
        operator.len() - marks
    } else {
        let word = identifier_before(operator);
        let is_operator = [&b"like"[..], b"ilike", b"in", b"between"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word));
        if !is_operator {
            return None;
        }
        operator.len() - word.len()
    };
    let name = operator[..name_end].trim_ascii_end();
    let name = name
        .strip_suffix(b"\"")
        .or_else(|| name.strip_suffix(b"`"))
        .or_else(|| name.strip_suffix(b"]"))
        .unwrap_or(name);
    Some(identifier_before(name))
}

/// The word that ends a text, with its underscores: the name of a column, or an operator.
fn identifier_before(text: &[u8]) -> &[u8] {
    let length = text
        .iter()
        .rev()
        .take(64)
        .take_while(|&&byte| is_word(byte) || byte == b'_')
        .count();
    &text[text.len() - length..]
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn parameters_are_read_by_the_columns_that_they_are_bound_to() {
        for (text, expected) in [
            (
                r#"{"sql":"SELECT 1 FROM p WHERE n = $2 AND p.\"mrn\" = $1","params":["E0289914",3]}"#,
                r#"{"sql":"SELECT 1 FROM p WHERE n = $2 AND p.\"mrn\" = $1","params":["[mrn]",3]}"#,
            ),
            (
                r#"{"query":"INSERT INTO p (id, last_name) VALUES (?, ?), (?, ?)","values":[7,"Ng",8,"Li"]}"#,
                r#"{"query":"INSERT INTO p (id, last_name) VALUES (?, ?), (?, ?)","values":[7,"[name]",8,"[name]"]}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        let text = r#"{"sql":"UPDATE t SET status = $1","params":["E0289914"]}"#;
        assert_eq!(redact_text(text), text);
    }
}
