//! Values that a message quotes beside the name of their field: `Cast to Number failed for value "…" at path "ssn"`,
//! `"ssn" with value "…" fails to match`, `Incorrect date value: '…' for column 'dob'`, `on field 'ssn': rejected value […]`.

use super::class::{is_word, last_place, line_end, line_start, run, run_at_most};
use super::known::Known;
use super::table::says;
use super::value::{self, Announced};
use super::{Hit, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// Nothing longer is taken for such a value.
const MAX_VALUE: usize = 128;
/// The name of its field is no further from it.
const MAX_DISTANCE: usize = 128;

/// What was read in the text before a word that a value comes after.
#[derive(Default)]
pub(super) struct Read {
    /// The words before there were read,
    end: usize,
    /// and of those that name a field, this is the last and where it begins.
    named: Option<(usize, Field)>,
}

/// The value in quotes or brackets after "value", "got" or "received", which is from `start` to `end`.
pub(super) fn value(text: &[u8], start: usize, end: usize, read: &mut Read) -> Option<Hit> {
    let Some((from, to)) = quoted(text, end) else {
        return unquoted(text, start, end);
    };
    let value = &text[from..to];
    // What follows a placeholder inside may be a value all the same.
    let is_settled = placeholder::length_at(&text[from..])
        .is_some_and(|length| !value.iter().skip(length).any(u8::is_ascii_digit));
    if value.is_empty() || is_settled {
        return None;
    }
    let line = line_end(text, to, MAX_DISTANCE);
    let kind = after(&text[to..line])
        .and_then(|field| kind(field, value))
        .or_else(|| before_it(text, start, read).and_then(|field| kind(field, value)))?;
    Some(Hit {
        start: from,
        end: to,
        kind,
    })
}

/// The value of class-validator, which has no quotes: "property ssn has failed the following constraints: matches, value: …".
fn unquoted(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    const PROPERTY: &[u8] = b"property ";
    const FAILED: &[u8] = b" has failed ";
    if text.get(end..end + 2) != Some(b": ") || !text[..start].ends_with(b", ") {
        return None;
    }
    let before = &text[start.saturating_sub(MAX_DISTANCE)..start];
    let line = before.rsplit(|&byte| byte == b'\n').next()?;
    let failed = last_place(line, FAILED)?;
    let line = &line[..failed];
    let property = last_place(line, PROPERTY)?;
    let field = named(&line[property + PROPERTY.len()..]);
    if !says(field) {
        return None;
    }
    value::take(field, text, end + 2, Announced::Key)
}

fn kind(field: Field, value: &[u8]) -> Option<Kind> {
    let is_value = field == Field::Secret
        || whole::is_value_of(field, value)
        || whole::is_name_of(field, value)
        // What is wrong with a name may be its digits.
        || field == Field::Whole(Kind::Name)
            && value.first().is_some_and(u8::is_ascii_uppercase)
            && value.iter().all(u8::is_ascii_alphanumeric);
    is_value.then(|| whole::whole(field, value, true))?
}

/// Where the quotes or brackets are, and with what is in them: after "value", "value is", "values:", "value of".
fn quoted(text: &[u8], end: usize) -> Option<(usize, usize)> {
    let is_between = |byte: u8| matches!(byte, b' ' | b':' | b'=');
    let mut at = run_at_most(text, end, 3, is_between);
    for link in [&b"is "[..], b"was ", b"was: ", b"is: ", b"of "] {
        if text[at..].starts_with(link) {
            at += link.len();
            break;
        }
    }
    let close = match text.get(at)? {
        quote @ (b'"' | b'\'' | b'`') => *quote,
        b'[' if placeholder::length_at(&text[at..]).is_none() => b']',
        _ => return None,
    };
    let open = at + 1;
    let close_at = run_at_most(text, open, MAX_VALUE, |byte| byte != close && byte != b'\n');
    if at == end || text.get(close_at) != Some(&close) {
        return None;
    }
    // In quotes of both sorts: `"x"`.
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'');
    let from = run(&text[..close_at], open, is_quote);
    let inner = &text[from..close_at];
    let to = inner
        .iter()
        .rposition(|&byte| !is_quote(byte))
        .map_or(from, |last| from + last + 1);
    Some((from, to))
}

/// The words after which the name of a field comes.
fn is_place(word: &[u8]) -> bool {
    static PLACES: Known = Known::new(&[
        b"path",
        b"column",
        b"field",
        b"attribute",
        b"property",
        b"key",
        b"parameter",
        b"param",
        b"for",
    ]);
    PLACES.has(word)
}

/// The field after the value: `(type string) at path "ssn"`, "for column `t`.`ssn`".
fn after(rest: &[u8]) -> Option<Field> {
    let mut is_after_place = false;
    for word in rest.split(|&byte| byte == b' ') {
        let is_place = is_place(trimmed(word));
        if is_after_place && !is_place {
            let field = named(word);
            if says(field) {
                return Some(field);
            }
        }
        is_after_place = is_place;
    }
    None
}

/// The field before `start`: a name in quotes, after a word for its place, or one that tells by itself.
fn before_it(text: &[u8], start: usize, read: &mut Read) -> Option<Field> {
    let line = line_start(text, start, MAX_DISTANCE);
    let known = line..=start;
    if !known.contains(&read.end) {
        *read = Read::default();
    }
    let before = text[line..start].trim_ascii_end();
    let mut end = line + before.len();
    let mut words = before.rsplit(|&byte| byte == b' ').peekable();
    let found = loop {
        let Some(word) = words.next().filter(|_| end >= read.end) else {
            break read.named.filter(|&(at, _)| at >= line);
        };
        let at = end - word.len();
        let is_quoted = word
            .first()
            .is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let is_placed = words.peek().is_some_and(|place| is_place(trimmed(place)));
        let field = named(word);
        let tells = matches!(
            field,
            Field::Strong(_) | Field::Whole(_) | Field::Coded(_) | Field::Zip | Field::Age
        );
        if (is_quoted || is_placed) && says(field) || tells {
            break Some((at, field));
        }
        // The space before it.
        end = at.saturating_sub(1);
    };
    *read = Read {
        end: start,
        named: found,
    };
    found.map(|(_, field)| field)
}

fn trimmed(word: &[u8]) -> &[u8] {
    let start = run(word, 0, |byte| !is_word(byte));
    let end = word
        .iter()
        .rposition(|&byte| is_word(byte))
        .map_or(start, |last| last + 1);
    word.get(start..end).unwrap_or_default()
}

/// What the last part of a name says: `patient.ssn`, "`t`.`ssn`".
fn named(word: &[u8]) -> Field {
    let word = trimmed(word);
    let last = word.rsplit(|byte| matches!(byte, b'.' | b'/')).next();
    field::classify(trimmed(last.unwrap_or(word)))
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn what_a_message_quotes_goes_by_the_field_that_it_names() {
        for (text, expected) in [
            (
                "Cast to Number failed for value \"E0289914\" (type string) at path \"mrn\"",
                "Cast to Number failed for value \"[mrn]\" (type string) at path \"mrn\"",
            ),
            (
                "\"intake.lastName\" with value \"Ng\" fails to match the pattern",
                "\"intake.lastName\" with value \"[name]\" fails to match the pattern",
            ),
            (
                "Incorrect integer value: 'E0289914' for column `h`.`p`.`mrn` at row 1",
                "Incorrect integer value: '[mrn]' for column `h`.`p`.`mrn` at row 1",
            ),
            (
                "Field error in object 'intake' on field 'mrn': rejected value [E0289914]; codes [x]",
                "Field error in object 'intake' on field 'mrn': rejected value [[mrn]]; codes [x]",
            ),
            (
                "truncated in column 'last_name'. Truncated value: 'Featherst'.",
                "truncated in column 'last_name'. Truncated value: '[name]'.",
            ),
            (
                "\"mrn\" with value \"E0289914\", and with value \"E0289915\"",
                "\"mrn\" with value \"[mrn]\", and with value \"[mrn]\"",
            ),
            (
                "Invalid patient name: \"Ulrika Stone\"",
                "Invalid patient name: \"[name]\"",
            ),
            (
                "Incorrect value: 'Stone' for column 'last_name' at row 7",
                "Incorrect value: '[name]' for column 'last_name' at row 7",
            ),
            (
                "- property lastName has failed the following constraints: isAlpha, length, value: Ng",
                "- property lastName has failed the following constraints: isAlpha, length, value: [name]",
            ),
            (
                "property mrn has failed the following constraints: matches, value: E0289914",
                "property mrn has failed the following constraints: matches, value: [mrn]",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "Cast to Number failed for value \"ten\" (type string) at path \"limit\"",
            "\"mode\" with value \"test\" fails",
            "the value of 'mrn' is missing",
            "Invalid column name: \"Stone\"",
            "Invalid patient name: too long",
            "property limit has failed the following constraints: isInt, value: 1048576",
            "Incorrect integer value: 'abc' for column 'attempts' at row 1",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
