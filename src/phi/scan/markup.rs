//! XML and HTML: the text of an element by its tag, by an attribute or by the element before it, and attributes
//! whose name stands in another one.

use super::class::{is_word, run, run_at_most};
use super::{Hit, full_name, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No tag is longer.
const MAX_TAG: usize = 160;
/// No text of an element that is a value is longer.
const MAX_TEXT: usize = 512;
/// No text that names the field of the next element is longer.
const MAX_LABEL: usize = 64;

/// The text of the element whose tag ends at `at`: `<lastName>Doe</lastName>`, `<field name="ssn">…</field>`,
/// `<th>Member ID</th><td>…</td>`.
pub(super) fn element(text: &[u8], at: usize) -> Option<Hit> {
    const CDATA: &[u8] = b"<![CDATA[";
    let open = tag_start(text, at)?;
    // What is in a section of it is text as well (XML 1.0, 2.7).
    let is_cdata = text[at + 1..].starts_with(CDATA);
    let at = at + if is_cdata { CDATA.len() } else { 0 };
    let tag_end = run(text, open, |byte| byte != b'>');
    let length = text[at + 1..]
        .iter()
        .take(MAX_TEXT)
        .position(|&byte| byte == if is_cdata { b']' } else { b'<' })?;
    let value = &text[at + 1..at + 1 + length];
    let content = value.trim_ascii_start();
    let start = at + 1 + length - content.len();
    let content = content.trim_ascii_end();
    // The bracket that ends a section of CDATA may be the placeholder's.
    let is_settled = placeholder::length_at(&text[start..])
        .is_some_and(|length| length == content.len() || is_cdata && length > content.len());
    if content.is_empty() || is_settled {
        return None;
    }
    let tag = local_name(&text[open + 1..tag_end]);
    let kind = tag
        .and_then(|tag| whole::whole(of_tag(tag), value, false))
        .or_else(|| beside(of_attributes(&text[open + 1..tag_end]), content))
        .or_else(|| whole::whole(of_parent(text, open), value, false))
        .or_else(|| beside(before(text, open), content))?;
    Some(Hit {
        start,
        end: start + content.len(),
        kind,
    })
}

/// The kind of `value` where the name of its field stands beside it. What is only a name may be one of a thing.
fn beside(field: Field, value: &[u8]) -> Option<Kind> {
    let is_open = matches!(field, Field::Name | Field::Person | Field::PersonLike);
    if field == Field::Plain || is_open && !full_name::is_full_name(value) {
        return None;
    }
    (field == Field::Secret || whole::is_value_of(field, value))
        .then(|| whole::whole(field, value, true))?
}

/// What the tag says that the one at `open` is the first in: `<patientName><part>`.
fn of_parent(text: &[u8], open: usize) -> Field {
    let before = text[..open].trim_ascii_end();
    let Some(end) = before
        .len()
        .checked_sub(1)
        .filter(|_| before.ends_with(b">"))
    else {
        return Field::Plain;
    };
    let tag = tag_start(text, end).and_then(|start| local_name(&text[start + 1..end]));
    match tag.map_or(Field::Plain, of_tag) {
        field @ (Field::Strong(_) | Field::Whole(_) | Field::Coded(_)) => field,
        _ => Field::Plain,
    }
}

/// What an attribute that names a field says, in the tag with this content: `field name="ssn"`.
fn of_attributes(tag: &[u8]) -> Field {
    const NAMES: [&[u8]; 7] = [
        b"name",
        b"key",
        b"field",
        b"column",
        b"id",
        b"label",
        b"property",
    ];
    let is_attribute = |byte: u8| is_word(byte) || byte == b'-';
    let mut at = 0;
    while let Some(equals) = tag[at..].iter().position(|&byte| byte == b'=') {
        let equals = at + equals;
        let length = tag[..equals]
            .iter()
            .rev()
            .take_while(|&&byte| is_attribute(byte))
            .count();
        let attribute = &tag[equals - length..equals];
        at = equals + 1;
        let Some(&quote @ (b'"' | b'\'')) = tag.get(at) else {
            continue;
        };
        let end = run(tag, at + 1, |byte| byte != quote);
        if NAMES.contains(&attribute.strip_prefix(b"data-").unwrap_or(attribute)) {
            let field = field::classify(&tag[at + 1..end]);
            if !matches!(field, Field::Plain | Field::About) {
                return field;
            }
        }
        at = end;
    }
    Field::Plain
}

/// What the text of the element before the tag that opens at `open` says: `<dt>MRN</dt><dd>`, `<key>ssn</key> <string>`.
fn before(text: &[u8], open: usize) -> Field {
    const MAX_TAGS: usize = 4;
    const MAX_SPACE: usize = 64;
    let mut end = open;
    let mut is_closed = false;
    for _ in 0..MAX_TAGS {
        let space = text[..end].iter().rev().take(MAX_SPACE);
        end -= space.take_while(|byte| byte.is_ascii_whitespace()).count();
        if end == 0 || text[end - 1] != b'>' {
            break;
        }
        let Some(start) = tag_start(text, end - 1) else {
            return Field::Plain;
        };
        let closes = text[start + 1] == b'/';
        // The element before has a text, and this one may be in another.
        if is_closed && !closes {
            return Field::Plain;
        }
        is_closed |= closes;
        end = start;
    }
    if !is_closed {
        return Field::Plain;
    }
    let label = text[..end].iter().rev().take(MAX_LABEL);
    let start = end
        - label
            .take_while(|byte| !matches!(byte, b'>' | b'<'))
            .count();
    let label = text[start..end].trim_ascii();
    if placeholder::length_at(label).is_some() {
        return Field::Plain;
    }
    field::classify(label.strip_suffix(b":").unwrap_or(label))
}

/// Past the tags, and what else sets words off, that begin at `at`: `</b> <i>`, `**`.
pub(super) fn past(text: &[u8], mut at: usize) -> usize {
    const MAX_MARKS: usize = 4;
    for _ in 0..MAX_MARKS {
        at = run(text, at, |byte| matches!(byte, b' ' | b'\t' | b'*'));
        if text.get(at) != Some(&b'<') {
            break;
        }
        let name = at + 1 + usize::from(text.get(at + 1) == Some(&b'/'));
        let name_end = run(text, name, is_word);
        let end = match text.get(name_end) {
            Some(b' ') => run_at_most(text, name_end, MAX_TAG, |byte| !matches!(byte, b'>' | b'<')),
            Some(b'/') => name_end + 1,
            _ => name_end,
        };
        if name_end == name || text.get(end) != Some(&b'>') {
            break;
        }
        at = end + 1;
    }
    at
}

/// Where what ends at `end` begins to be tags that close, or stars: the end of `MRN` in `<b>MRN</b>`, `**MRN**`.
pub(super) fn label_end(text: &[u8], mut end: usize, floor: usize) -> usize {
    const LONGEST: usize = 12;
    // What is more than a tag is passed once: a row of them would be passed before each of its separators again.
    let mut is_spent = false;
    loop {
        let stars = text[floor..end].iter().rev().take(3);
        end -= stars.take_while(|&&byte| byte == b'*').count();
        if end == floor || text[end - 1] != b'>' {
            return end;
        }
        let from = floor.max(end.saturating_sub(LONGEST));
        let Some(open) = text[from..end].iter().rposition(|&byte| byte == b'<') else {
            return end;
        };
        let open = from + open;
        let is_more = text[open..end - 1].contains(&b'>');
        if text[open + 1] != b'/' || is_more && is_spent {
            return end;
        }
        is_spent |= is_more;
        end = open;
    }
}

/// What the tag before the attribute `value=` says of it: `<birthTime value="19570314"/>`.
pub(super) fn of_value(text: &[u8], attribute: usize) -> Field {
    let Some(tag) = open_tag(text, attribute) else {
        return Field::Value;
    };
    match of_tag(tag) {
        Field::Plain | Field::About | Field::Thing | Field::Label => tag_start(text, attribute)
            .map_or(Field::Value, |open| {
                of_attributes(&text[open + 1..attribute])
            }),
        field => field,
    }
}

/// Whether a `name` in a tag is one of a thing: `<property name="timeout">`.
pub(super) fn is_name_of_thing(text: &[u8], attribute: usize, value: &[u8]) -> bool {
    open_tag(text, attribute).is_some_and(|tag| {
        let is_person = matches!(
            of_tag(tag),
            Field::Person | Field::PersonLike | Field::Whole(Kind::Name) | Field::Name
        );
        !is_person && !full_name::is_full_name(value)
    })
}

/// The value of the field that `name="…"`, which ends at `close`, names: in a tag, or as a part of a form (RFC 7578).
pub(super) fn named_value(text: &[u8], close: usize, field: Field) -> Option<Hit> {
    const VALUE: &[u8] = b" value=";
    let after = close + 1;
    let (start, end) = if text.get(after..)?.starts_with(VALUE) {
        let start = after + VALUE.len() + 1;
        let quote = *text.get(start - 1)?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let end = run(text, start, |byte| byte != quote && byte != b'\n');
        (start, end)
    } else {
        let start = body(text, after)?;
        let end = run_at_most(text, start, MAX_TEXT, |byte| !matches!(byte, b'\n' | b'\r'));
        (start, end)
    };
    let value = &text[start..end];
    if value.is_empty() || placeholder::is_one(value) {
        return None;
    }
    Some(Hit {
        start,
        end,
        kind: whole::whole(field, value, false)?,
    })
}

/// Where the body of a part begins after its header, of which the first line goes on at `at`: past an empty line
/// (RFC 2046, 5.1).
fn body(text: &[u8], at: usize) -> Option<usize> {
    const MAX_LINES: usize = 4;
    let mut line = at;
    for _ in 0..MAX_LINES {
        let end = run_at_most(text, line, MAX_TAG, |byte| byte != b'\n');
        if line > at && text[line..end].trim_ascii_end().is_empty() {
            return (text.get(end) == Some(&b'\n')).then_some(end + 1);
        }
        // A file is not one value.
        if line == at && !text[line..end].trim_ascii_end().is_empty() {
            return None;
        }
        line = (end + 1).min(text.len());
    }
    None
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
    local_name(&text[tag_start(text, at)? + 1..at])
}

/// Where the tag that is open at `at` begins.
pub(super) fn tag_start(text: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(MAX_TAG);
    let open = from
        + text[from..at]
            .iter()
            .rposition(|byte| matches!(byte, b'<' | b'>'))?;
    (text[open] == b'<').then_some(open)
}

/// The name that the content of a tag begins with, without its prefix.
pub(super) fn local_name(content: &[u8]) -> Option<&[u8]> {
    let is_tag = |byte: u8| is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b':');
    let tag = &content[..run(content, 0, is_tag)];
    let local = tag.rsplit(|&byte| byte == b':').next()?;
    (!local.is_empty()).then_some(local)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn an_instance_identifier_of_a_patient_is_a_record_number() {
        for (text, expected) in [
            (
                r#"<patientRole><id extension="889914" root="2.16.840.1"/></patientRole>"#,
                r#"<patientRole><id extension="[mrn]" root="2.16.840.1"/></patientRole>"#,
            ),
            (
                r#"<ext:id root="2.16.840.1" extension="889914" assigningAuthorityName="MRN"/>"#,
                r#"<ext:id root="2.16.840.1" extension="[mrn]" assigningAuthorityName="MRN"/>"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        let text = r#"<templateId extension="889914" root="2.16.840.1"/><id extension="889914"/>"#;
        assert_eq!(redact_text(text), text);
    }

    #[test]
    fn tags_and_attributes_name_their_values() {
        for (text, expected) in [
            (
                "<patientName><FN.1>Rahimi</FN.1></patientName>",
                "<patientName><FN.1>[name]</FN.1></patientName>",
            ),
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
            (
                "<entry key=\"mrn\" value=\"E0289914\"/>",
                "<entry key=\"mrn\" value=\"[mrn]\"/>",
            ),
            (
                "<item name=\"mrn\">E0289914</item><item name=\"n\">3</item>",
                "<item name=\"mrn\">[mrn]</item><item name=\"n\">3</item>",
            ),
            (
                "<tr>\n <th>Last name:</th>\n <td class=\"v\"><b> Ng </b></td>\n</tr>",
                "<tr>\n <th>Last name:</th>\n <td class=\"v\"><b> [name] </b></td>\n</tr>",
            ),
            (
                "<key>mrn</key><integer>89914</integer>",
                "<key>mrn</key><integer>[mrn]</integer>",
            ),
            (
                "<i>MRN:</i> <b>E0289914</b>, <b>Surname</b>: <i>Ng</i>",
                "<i>MRN:</i> <b>[mrn]</b>, <b>Surname</b>: <i>[name]</i>",
            ),
            ("**MRN:** E0289914", "**MRN:** [mrn]"),
            ("**MRN**: `E0289914`", "**MRN**: `[mrn]`"),
            (
                "form-data; name=\"mrn\"\r\nContent-Type: text/plain\r\n\r\nE0289914\r\n--x",
                "form-data; name=\"mrn\"\r\nContent-Type: text/plain\r\n\r\n[mrn]\r\n--x",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "<property name=\"timeout\" value=\"3000\"/>",
            "<input name=\"limit\" value=\"10\">",
            "<td>12</td>",
            "<th>Name</th><th>MRN</th><td>Timeout</td>",
            "<td>Name</td><td>Timeout</td><td>3000</td>",
            "form-data; name=\"limit\"\r\n\r\n20\r\n--x",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
