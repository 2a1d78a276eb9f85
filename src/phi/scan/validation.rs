//! Errors of validation, which quote what somebody sent: pydantic's, as text ("input_value='…'"), and as the lists
//! that FastAPI makes of them ("'loc': (…), …, 'input': '…'").

use super::class::{is_word, run};
use super::{Hit, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// Pydantic cuts what it quotes after fifty characters; escapes make it longer.
const MAX_INPUT: usize = 96;
/// The place of an error is looked for no further back.
const MAX_LOCATION: usize = 128;

/// The value after the key that ends at `at`, where the sign for it is.
pub(super) fn input(text: &[u8], at: usize) -> Option<Hit> {
    let key = text[..at].trim_ascii_end();
    let is_input_value = key.ends_with(b"input_value");
    let is_quoted = key.ends_with(b"'input'") || key.ends_with(b"\"input\"");
    if !is_input_value && !is_quoted {
        return None;
    }
    let start = run(text, at + 1, |byte| byte == b' ');
    let quote = text
        .get(start)
        .copied()
        .filter(|byte| matches!(byte, b'\'' | b'"'));
    let start = start + usize::from(quote.is_some());
    // Also in brackets: "[[secret]]".
    let inside = run(text, start, |byte| byte == b'[');
    let bracket = inside.saturating_sub(1).max(start);
    if placeholder::length_at(text.get(bracket..)?).is_some() {
        return None;
    }
    let end = end(text, start, quote);
    let value = &text[start..end];
    if is_empty(value) {
        return None;
    }
    let field = location(text, at);
    let kind = match field {
        Some(Field::Name) => Some(Kind::Name),
        field => whole::whole(field.unwrap_or(Field::Plain), value, true),
    };
    let is_of_operators = matches!(
        field,
        Some(Field::Plain | Field::About | Field::Version | Field::Thing)
    ) && !matches!(value[0], b'{' | b'[' | b'(');
    // What was sent is somebody's, where its field does not tell that it is a thing's.
    let kind = kind.or_else(|| (is_input_value && !is_of_operators).then_some(Kind::Name))?;
    Some(Hit { start, end, kind })
}

fn end(text: &[u8], start: usize, quote: Option<u8>) -> usize {
    const NEXT: &[u8] = b", input_type=";
    let limit = text.len().min(start + MAX_INPUT);
    let plain = run(&text[..limit], start, |byte| match quote {
        Some(quote) => byte != quote && byte != b'\n',
        None => !matches!(byte, b' ' | b',' | b']' | b')' | b'}' | b'\n'),
    });
    // A word alone has no commas in it.
    let is_word = quote.is_none() && text[start..plain].iter().all(|&byte| is_word(byte));
    let mut at = if is_word { limit } else { start };
    // Up to what pydantic writes next, wherever that is in the line.
    while at < limit && text[at] != b'\n' {
        if text[at] == b',' && text[at..].starts_with(NEXT) {
            let is_closed = quote.is_some() && at > start && Some(text[at - 1]) == quote;
            return at - usize::from(is_closed);
        }
        at += 1;
    }
    plain
}

/// Nothing, and what has no letters and digits, is nobody's.
fn is_empty(value: &[u8]) -> bool {
    const NOTHING: [&[u8]; 5] = [b"None", b"True", b"False", b"null", b"PydanticUndefined"];
    NOTHING.contains(&value) || !value.iter().any(|&byte| is_word(byte))
}

/// The field that the error before `at` is about: "loc=('body', 'ssn')" before it, or "body.ssn" on the line above.
fn location(text: &[u8], at: usize) -> Option<Field> {
    let before = &text[at.saturating_sub(MAX_LOCATION)..at];
    let name = (0..before.len())
        .rev()
        .find(|&at| before[at] == b'\n' || before[at] == b'l' && before[at..].starts_with(b"loc"))
        .and_then(|at| {
            if before[at] == b'\n' {
                // The message is indented, and a sentence.
                let is_message = before[at + 1..].starts_with(b"  ")
                    && before.get(at + 3).is_some_and(u8::is_ascii_uppercase);
                is_message.then(|| last_of_path(&before[..at]))?
            } else {
                last_in_quotes(&before[at + 3..])
            }
        });
    name.map(field::classify)
}

/// "('body', 'patients', 0, 'ssn')": the last name in the brackets.
fn last_in_quotes(after: &[u8]) -> Option<&[u8]> {
    let open = run(after, 0, |byte| {
        matches!(byte, b'"' | b'\'' | b':' | b'=' | b' ')
    });
    if !matches!(after.get(open), Some(b'(' | b'[')) {
        return None;
    }
    let close = run(after, open, |byte| !matches!(byte, b')' | b']'));
    after[open + 1..close]
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .rfind(|part| matches!(part.first(), Some(b'"' | b'\'')))
        .map(|part| &part[1..part.len() - usize::from(part.len() > 1)])
}

/// "body.patients.0.ssn": the last name of the last line.
fn last_of_path(lines: &[u8]) -> Option<&[u8]> {
    let line = lines.rsplit(|&byte| byte == b'\n').next()?;
    let path = line.trim_ascii();
    if path.contains(&b' ') {
        return None;
    }
    path.split(|&byte| byte == b'.')
        .rfind(|part| part.first().is_some_and(u8::is_ascii_alphabetic))
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn what_an_error_of_validation_quotes_goes_by_the_field_that_it_is_about() {
        for (text, expected) in [
            (
                "body.patientName\n  Not a string [type=string_type, input_value='Ng', input_type=str]",
                "body.patientName\n  Not a string [type=string_type, input_value='[name]', input_type=str]",
            ),
            (
                "body.0.old_ssn\n  Not a string [type=string_type, input_value=123456789, input_type=int]",
                "body.0.old_ssn\n  Not a string [type=string_type, input_value=[ssn], input_type=int]",
            ),
            (
                "loc=('body', 'oldSsn') input_value='123456789'",
                "loc=('body', 'oldSsn') input_value='[ssn]'",
            ),
            (
                "{'loc': ('body', 'mrn', 0), 'msg': 'Bad', 'input': 'E0289914'}",
                "{'loc': ('body', 'mrn', 0), 'msg': 'Bad', 'input': '[mrn]'}",
            ),
            ("got input_value=Ng twice", "got input_value=[name] twice"),
            // Whatever the field of an object is called.
            (
                "note\n  Bad [type=x, input_value={'a': 'b, c'}, input_type=dict]",
                "note\n  Bad [type=x, input_value=[name], input_type=dict]",
            ),
            (
                r#"{"loc":["body","patientName"],"input":"Ng"}"#,
                r#"{"loc":["body","patientName"],"input":"[name]"}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "PORT\n  Required [type=missing, input_value=None, input_type=NoneType]",
            "retry_count\n  Bad [type=int_parsing, input_value='ten', input_type=str]",
            "query.limit\n  Bad [type=int_parsing, input_value=1568760408, input_type=str]",
            "{'loc': ('query', 'limit'), 'input': 'ten'}",
            r#"{"loc":["query","limit"],"input":"ten"}"#,
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
