//! Keys whose value names the field of the values beside it: `{ column: 'ssn', old: '…', new: '…' }`, "field=ssn value=…".

use super::class::{is_word, run, run_at_most};
use super::table::says;
use super::{Hit, full_name, name, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No value is further from the key that names its field.
pub(super) const MAX_DISTANCE: usize = 256;
/// No name of a field is longer, nor a path to one.
const MAX_NAME: usize = 96;

/// The field that the value after the separator at `at` names: the last of a list, the last part of a path.
pub(super) fn named(text: &[u8], at: usize) -> Option<Field> {
    let name = value(text, at)?;
    let is_part = |part: &&[u8]| part.first().is_some_and(u8::is_ascii_alphabetic);
    let last = name
        .split(|byte| {
            matches!(
                byte,
                b'/' | b'.' | b',' | b'[' | b']' | b'"' | b'\'' | b' ' | b'('
            )
        })
        .rfind(is_part)?;
    let is_one =
        name.len() == last.len() || name.iter().any(|byte| !is_word(*byte) && *byte != b' ');
    // "Account number" is one of two words.
    let field = field::classify(if is_one { last } else { name });
    (says(field) && !matches!(field, Field::Person | Field::PersonLike)).then_some(field)
}

/// Whether the name after the separator at `at` is one of a thing that has a value beside it: "{ name: 'timeout', value: 3 }".
pub(super) fn is_of_thing(text: &[u8], at: usize) -> bool {
    const VALUE: &[u8] = b"value";
    let Some(name) = value(text, at) else {
        return false;
    };
    let end = name.as_ptr() as usize - text.as_ptr() as usize + name.len();
    let next = run_at_most(text, end, 16, |byte| !byte.is_ascii_alphabetic());
    let word = run(text, next, is_word);
    !name.contains(&b' ') && text[next..word].eq_ignore_ascii_case(VALUE)
}

/// What the message is called that `value` at `at` is the first of, as text of Protocol Buffers: `ssn {⏎ value: "…"⏎}`.
pub(super) fn message_of(text: &[u8], at: usize) -> Field {
    const MOST: usize = 32;
    let before = &text[at.saturating_sub(MAX_NAME)..at];
    let inside = before.trim_ascii_end();
    let Some(opened) = inside.strip_suffix(b"{") else {
        return Field::Value;
    };
    let opened = opened.trim_ascii_end();
    let opened = opened.strip_suffix(b":").unwrap_or(opened);
    let length = opened
        .iter()
        .rev()
        .take(MOST)
        .take_while(|&&byte| is_word(byte) || byte == b'_')
        .count();
    let field = field::classify(&opened[opened.len() - length..]);
    // The value of a person is no name.
    if says(field) && !matches!(field, Field::Person | Field::PersonLike) {
        field
    } else {
        Field::Value
    }
}

/// The line below the one that ends at the line break at `at` and is the name of a field: "MRN\n00123456".
pub(super) fn below(text: &[u8], at: usize) -> Option<Hit> {
    const LONGEST: usize = 40;
    let is_name =
        |byte: u8| is_word(byte) || matches!(byte, b' ' | b'_' | b'-' | b'\'' | b'/' | b'#');
    let line_end = at - usize::from(text[..at].ends_with(b"\r"));
    let length = text[..line_end]
        .iter()
        .rev()
        .take(LONGEST)
        .take_while(|&&byte| is_name(byte))
        .count();
    let start = line_end - length;
    if length == 0 || start > 0 && text[start - 1] != b'\n' {
        return None;
    }
    let field = field::classify(text[start..line_end].trim_ascii());
    if !may_be_below(field) {
        return None;
    }
    let from = run_at_most(text, at + 1, LONGEST, |byte| byte == b' ');
    let end = run_at_most(text, from, LONGEST, |byte| !matches!(byte, b'\n' | b'\r'));
    let value = text[from..end].trim_ascii_end();
    let is_whole = matches!(text.get(end), None | Some(b'\n' | b'\r'));
    if value.is_empty() || !is_whole || placeholder::length_at(value).is_some() {
        return None;
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_value = match field {
        Field::Whole(Kind::Name) => name::is_part(value) || full_name::is_full_name(value),
        Field::Strong(_) | Field::Coded(_) | Field::Zip => {
            digits >= 4 && !value.iter().any(u8::is_ascii_lowercase)
        }
        Field::Whole(Kind::Phone) => digits >= 7,
        Field::Age => digits == value.len(),
        Field::Secret => digits > 0 && value.len() > 7 && !value.contains(&b' '),
        _ => false,
    };
    Some(Hit {
        start: from,
        end: from + value.len(),
        kind: is_value.then(|| whole::whole(field, value, true))??,
    })
}

/// Whether the value of `field` may stand below its name.
fn may_be_below(field: Field) -> bool {
    matches!(
        field,
        Field::Whole(Kind::Name | Kind::Phone)
            | Field::Strong(_)
            | Field::Coded(_)
            | Field::Zip
            | Field::Age
            | Field::Secret
    )
}

/// What is in quotes, in brackets or a word after the separator at `at`.
fn value(text: &[u8], at: usize) -> Option<&[u8]> {
    let start = run_at_most(text, at + 1, 3, |byte| matches!(byte, b' ' | b'>' | b'='));
    let close = match text.get(start)? {
        quote @ (b'"' | b'\'' | b'`') => Some(*quote),
        b'[' => Some(b']'),
        b'(' => Some(b')'),
        _ => None,
    };
    let open = start + usize::from(close.is_some());
    let end = run_at_most(text, open, MAX_NAME, |byte| match close {
        Some(close) => byte != close && byte != b'\n',
        None => is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'$'),
    });
    let name = &text[open..end];
    (!name.is_empty() && close.is_none_or(|close| text.get(end) == Some(&close))).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_key_may_name_the_field_of_the_values_after_it() {
        for (text, expected) in [
            (
                "{ column: 'mrn', old: 'E0289914', new: 'E0289915' }",
                "{ column: 'mrn', old: '[mrn]', new: '[mrn]' }",
            ),
            (
                "MRN\r\nE0289914\r\nWard\r\n4W",
                "MRN\r\n[mrn]\r\nWard\r\n4W",
            ),
            ("Last name\nNg\n", "Last name\n[name]\n"),
            (
                "{ code: 'bad', path: [ 'intake', 'lastName' ], received: 'Ng' }",
                "{ code: 'bad', path: [ 'intake', 'lastName' ], received: '[name]' }",
            ),
            ("field=mrn value=E0289914", "field=mrn value=[mrn]"),
            (
                "- name: mrn\n  value: E0289914\n- name: retries\n  value: 3",
                "- name: mrn\n  value: [mrn]\n- name: retries\n  value: 3",
            ),
            (
                "intake {\n  last_name {\n    value: \"Ng\"\n  }\n  retries { value: 3 }\n}",
                "intake {\n  last_name {\n    value: \"[name]\"\n  }\n  retries { value: 3 }\n}",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "{ column: 'status', old: 'queued', new: 'done' }",
            "{ name: 'checksum', value: '9f86d0' }",
            "type=token data={}",
            "Ward\n4071\nStatus\n2004",
            "missing name\nTimeout",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
