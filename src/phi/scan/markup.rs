//! XML and HTML: the text of an element by its tag, and attributes whose name stands in another one.

use super::class::{is_word, run};
use super::{Hit, name, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No tag is longer.
const MAX_TAG: usize = 160;
/// No text of an element that is a value is longer.
const MAX_TEXT: usize = 512;

/// The text of the element whose tag ends at `at`: `<lastName>Doe</lastName>`.
pub(super) fn element(text: &[u8], at: usize) -> Option<Hit> {
    let tag = open_tag(text, at)?;
    let length = text[at + 1..]
        .iter()
        .take(MAX_TEXT)
        .position(|&byte| byte == b'<')?;
    let value = &text[at + 1..at + 1 + length];
    if value.iter().all(u8::is_ascii_whitespace)
        || placeholder::length_at(value) == Some(value.len())
    {
        return None;
    }
    Some(Hit {
        start: at + 1,
        end: at + 1 + length,
        kind: whole::whole(of_tag(tag), value, false)?,
    })
}

/// What the tag before the attribute `value=` says of it: `<birthTime value="19570314"/>`.
pub(super) fn of_value(text: &[u8], attribute: usize) -> Field {
    open_tag(text, attribute).map_or(Field::Value, of_tag)
}

/// Whether a `name` in a tag is one of a thing: `<property name="timeout">`.
pub(super) fn is_name_of_thing(text: &[u8], attribute: usize, value: &[u8]) -> bool {
    open_tag(text, attribute).is_some_and(|tag| {
        let is_person = matches!(
            of_tag(tag),
            Field::Person | Field::PersonLike | Field::Whole(Kind::Name) | Field::Name
        );
        !is_person && !name::is_full_name(value)
    })
}

/// The value of the field that `name="…"`, which ends at `close`, names.
pub(super) fn named_value(text: &[u8], close: usize, field: Field) -> Option<Hit> {
    const VALUE: &[u8] = b" value=";
    let after = close + 1;
    if !text.get(after..)?.starts_with(VALUE) {
        return None;
    }
    let quote = *text.get(after + VALUE.len())?;
    let start = after + VALUE.len() + 1;
    let end = run(text, start, |byte| byte != quote && byte != b'\n');
    let value = &text[start..end];
    if !matches!(quote, b'"' | b'\'')
        || value.is_empty()
        || placeholder::length_at(value) == Some(value.len())
    {
        return None;
    }
    Some(Hit {
        start,
        end,
        kind: whole::whole(field, value, false)?,
    })
}

fn of_tag(tag: &[u8]) -> Field {
    match field::classify(tag) {
        // The parts of a name in HL7's CDA and in FHIR.
        Field::NamePart if matches!(tag, b"given" | b"family") => Field::Whole(Kind::Name),
        field => field,
    }
}

/// The name of the tag that is open at `at`.
fn open_tag(text: &[u8], at: usize) -> Option<&[u8]> {
    let from = at.saturating_sub(MAX_TAG);
    let open = from
        + text[from..at]
            .iter()
            .rposition(|byte| matches!(byte, b'<' | b'>'))?;
    let is_tag = |byte: u8| is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b':');
    let end = run(&text[..at], open + 1, is_tag);
    let tag = &text[open + 1..end];
    let local = tag.rsplit(|&byte| byte == b':').next()?;
    (text[open] == b'<' && !local.is_empty()).then_some(local)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn tags_and_attributes_name_their_values() {
        for (text, expected) in [
            (
                "<lastName>Doe</lastName><n>3</n>",
                "<lastName>[name]</lastName><n>3</n>",
            ),
            (
                "<birthTime value=\"19841104\"/>",
                "<birthTime value=\"[date]\"/>",
            ),
            (
                "<input name=\"lastName\" value=\"Doe\"/>",
                "<input name=\"lastName\" value=\"[name]\"/>",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "<property name=\"timeout\" value=\"3000\"/>",
            "<input name=\"limit\" value=\"10\">",
            "<td>12</td>",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
