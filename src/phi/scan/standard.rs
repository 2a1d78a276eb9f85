//! Fragments of messages and resources of the standards of hospitals that stand alone in a text: fields of HL7 v2 by
//! their numbers, its composite values, references of FHIR, elements of DICOM as `dcmdump` prints them.

use super::class::{ends_with, is_letter, is_word, line_start, run, run_at_most, word_end};
use super::number::digits_end;
use super::{Hit, code, lexicon, value};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No value of a field is read further.
const MAX_VALUE: usize = 256;

/// The value of a field that the word from `start` to `end` begins the number of: "PID-5: DOE^JANE", "PID.3=123".
pub(super) fn numbered(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start].is_ascii_uppercase() || !text.get(end + 1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let segment = &text[start..end];
    let at = digits_end(text, end + 1);
    let number = text[end + 1..at].iter().take(3).fold(0u8, |number, digit| {
        number.wrapping_mul(10).wrapping_add(digit - b'0')
    });
    let kind = field::of_segment(segment, number)?;
    // The component and what it is called may be named too: "PID-5.1 (Patient Name) = …".
    let component = run(text, at, |byte| {
        byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
    });
    let mut after = run(text, component, |byte| byte == b' ');
    if text.get(after) == Some(&b'(') {
        let limit = text.len().min(after + MAX_VALUE);
        let close = run(&text[..limit], after, |byte| byte != b')' && byte != b'\n');
        after = (close + 1).min(text.len());
    }
    let start = run(text, after, |byte| {
        matches!(byte, b' ' | b':' | b'=' | b'\t' | b'"' | b'\'' | b'>')
    });
    if start == component || placeholder::length_at(&text[start..]).is_some() {
        return None;
    }
    let limit = text.len().min(start + MAX_VALUE);
    // Of a sentence only its value: what follows is words.
    let has_words = matches!(kind, Kind::Name | Kind::Address);
    let end = run(&text[..limit], start, |byte| {
        (byte > b' ' || byte == b' ' && has_words)
            && !matches!(byte, b'|' | b';' | b'"' | b'\'' | b')' | b']')
            && (byte != b',' || kind == Kind::Address)
    });
    let is_value = match kind {
        Kind::Name => {
            text.get(start).is_some_and(u8::is_ascii_uppercase)
                && !lexicon::is_wording(text, start, word_end(text, start))
        }
        _ => text[start..end].iter().any(u8::is_ascii_digit),
    };
    let end = if kind == Kind::Name {
        name_end(text, start, end)
    } else {
        end
    };
    (is_value && end > start).then_some(Hit { start, end, kind })
}

/// The end of a name of parts with carets, or of words with capitals.
fn name_end(text: &[u8], start: usize, limit: usize) -> usize {
    let carets = run(&text[..limit], start, |byte| {
        is_word(byte) || matches!(byte, b'^' | b'\'' | b'-' | b'.')
    });
    if text[start..carets].contains(&b'^') {
        return carets;
    }
    super::name::end(text, start, super::name::Expect::Capitals)
        .0
        .max(carets)
}

/// The value of a property of a contact whose name ends at `at`: "N:Doe;Jane;;;", "FN:Jane Doe", "ADR;TYPE=HOME:;;…"
/// (RFC 6350, 6.2.1, 6.2.2 and 6.3.1).
pub(super) fn of_contact(text: &[u8], at: usize) -> Option<Hit> {
    let length = text[..at]
        .iter()
        .rev()
        .take(MAX_PARAMETERS)
        .take_while(|&&byte| !matches!(byte, b'\n' | b':'))
        .count();
    let line = at - length;
    if line > 0 && text[line - 1] != b'\n' {
        return None;
    }
    let property = text[line..at].split(|&byte| byte == b';').next()?;
    let (least, kind) = match property {
        b"N" => (3, Kind::Name),
        b"FN" => (1, Kind::Name),
        b"ADR" => (6, Kind::Address),
        _ => return None,
    };
    let end = run_at_most(text, at + 1, MAX_VALUE, |byte| {
        !matches!(byte, b'\n' | b'\r')
    });
    let value = text[at + 1..end].trim_ascii_end();
    let parts = value.split(|&byte| byte == b';').count();
    let until = value.iter().rposition(|&byte| byte != b';')?;
    let is_value = parts >= least
        && value.iter().any(u8::is_ascii_alphabetic)
        && (property != b"FN" || super::full_name::is_full_name(value))
        && placeholder::length_at(value).is_none();
    let first = value.iter().position(|&byte| byte != b';')?;
    (is_value && until > first).then_some(Hit {
        start: at + 1 + first,
        end: at + 2 + until,
        kind,
    })
}

/// No property of a contact has longer parameters.
const MAX_PARAMETERS: usize = 40;

/// The name of somebody in a calendar, whose parameter ends at `at`: "ATTENDEE;CN=Jane Doe:mailto:…" (RFC 5545, 3.2.2).
pub(super) fn attendee(text: &[u8], at: usize) -> Option<Hit> {
    if !text[..at].ends_with(b";CN") {
        return None;
    }
    let line = &text[line_start(text, at, MAX_VALUE)..at];
    if !line.starts_with(b"ATTENDEE") && !line.starts_with(b"ORGANIZER") {
        return None;
    }
    let quote = usize::from(text.get(at + 1) == Some(&b'"'));
    let start = at + 1 + quote;
    let end = run_at_most(text, start, MAX_VALUE, |byte| {
        !matches!(byte, b'"' | b'\n' | b'\r') && (quote == 1 || !matches!(byte, b':' | b';'))
    });
    (end > start && placeholder::length_at(&text[start..]).is_none()).then_some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

/// A composite whose first part is the word from `start` to `end`, where a caret is: a name (XPN), "DOE^JANE^M", or
/// an identifier with who gave it (CX), "00123456^^^HOSP^MR".
pub(super) fn composite(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if start > 0 && matches!(text[start - 1], b'^' | b'&') {
        return None;
    }
    if text[end..].starts_with(b"^^^")
        && text[start..end].iter().any(u8::is_ascii_digit)
        && end - start > 3
    {
        return Some(Hit {
            start,
            end,
            kind: Kind::Mrn,
        });
    }
    let second = end + 1;
    let second_end = run(text, second, is_letter);
    let is_word_of_name = |at: usize, end: usize| {
        end > at + 1
            && (text[at].is_ascii_uppercase() || text[at] >= 0x80)
            && text[at..end].iter().all(|&byte| is_letter(byte))
    };
    if !is_word_of_name(start, end) || !is_word_of_name(second, second_end) {
        return None;
    }
    let is_given = lexicon::flags(text, second, second_end) & lexicon::GIVEN != 0;
    let is_name = is_given
        || !lexicon::is_wording(text, start, end)
            && !lexicon::is_wording(text, second, second_end)
            && end - start > 2;
    let stop = run(text, second_end, |byte| {
        is_letter(byte) || matches!(byte, b'^' | b'\'' | b'-' | b'.')
    });
    // A name has its type in the seventh place (HL7 v2.5.1, 2.A.88), and a code its systems in the third and the sixth.
    let is_coded = [1, 4].into_iter().any(|place| {
        let parts = &mut text[second_end..stop].split(|&byte| byte == b'^');
        parts
            .nth(place)
            .is_some_and(|part| CODE_SYSTEMS.contains(&part))
    }) && !is_named(text, start);
    (is_name && !is_coded).then_some(Hit {
        start,
        end: stop,
        kind: Kind::Name,
    })
}

/// Whether what begins at `start` has a name's field or word before it: "NAME||DOE^JANE^L".
fn is_named(text: &[u8], start: usize) -> bool {
    let is_mark = |byte: u8| matches!(byte, b' ' | b'|' | b':' | b'=' | b'"' | b'\'');
    let marks = text[..start]
        .iter()
        .rev()
        .take_while(|&&byte| is_mark(byte));
    ends_with(&text[..start - marks.count()], b"name")
}

/// Where the text of a code comes from (HL7 v2 table 0396): then it is no name.
const CODE_SYSTEMS: [&[u8]; 10] = [
    b"L", b"LN", b"SCT", b"CPT", b"ICD", b"RXNORM", b"NDC", b"UCUM", b"HL", b"LOINC",
];

/// The id of a reference to a person's resource, whose type is the word up to `end`: "Patient/pat-123" (FHIR R4,
/// 2.3.0.1; an id has letters, digits, hyphens and dots).
pub(super) fn reference(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    const TYPES: [&[u8]; 9] = [
        b"Patient",
        b"RelatedPerson",
        b"Person",
        b"Practitioner",
        b"Encounter",
        b"Coverage",
        b"ResearchSubject",
        b"Specimen",
        b"EpisodeOfCare",
    ];
    if !TYPES.contains(&&text[start..end]) {
        return in_path(text, start, end);
    }
    let mut stop = run(text, end + 1, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
    });
    while matches!(text[stop - 1], b'.' | b'-') {
        stop -= 1;
    }
    let id = text.get(end + 1..stop)?;
    let is_code = id.len() > 2 && id.iter().any(u8::is_ascii_digit);
    (is_code && code::uuid_end(text, end + 1).is_none()).then_some(Hit {
        start: end + 1,
        end: stop,
        kind: Kind::Mrn,
    })
}

/// The code after the part of a path that names a person's, which is from `start` to `end`: "GET /patients/00123456".
/// Shorter numbers are those of rows.
fn in_path(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    const LEAST: usize = 5;
    let is_rooted = start > 0 && text[start - 1] == b'/';
    let field = field::classify(&text[start..end]);
    if field == Field::Person
        && is_rooted
        && let Some(stop) = name_in_path(text, end + 1)
    {
        return Some(Hit {
            start: end + 1,
            end: stop,
            kind: Kind::Name,
        });
    }
    // "lock on patient/00123456".
    if !is_rooted && field != Field::Person {
        return None;
    }
    let kind = match field {
        Field::Person => Kind::Mrn,
        Field::Strong(kind) if kind != Kind::Date => kind,
        Field::Coded(kind) => kind,
        _ if text[start..end].eq_ignore_ascii_case(b"members") => Kind::Plan,
        _ => return None,
    };
    let stop = run(text, end + 1, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    });
    let digits = text[end + 1..stop]
        .iter()
        .filter(|byte| byte.is_ascii_digit());
    // Rows of tables have numbers too.
    let least = if matches!(field, Field::Coded(_)) {
        LEAST + 2
    } else {
        LEAST
    };
    (digits.count() >= least && code::uuid_end(text, end + 1).is_none()).then_some(Hit {
        start: end + 1,
        end: stop,
        kind,
    })
}

/// Where the name ends that is a segment of a path from `start` on, after "/patients/": "jane-doe", "Doe".
fn name_in_path(text: &[u8], start: usize) -> Option<usize> {
    let end = run(text, start, |byte| is_letter(byte) || byte == b'-');
    let segment = &text[start..end];
    let is_segment = matches!(
        text.get(end),
        None | Some(b'/' | b'?' | b' ' | b'"' | b'\'' | b'\n')
    );
    let is_written = segment.contains(&b'-') || segment.first()?.is_ascii_uppercase();
    let mut at = start;
    let is_name = segment.split(|&byte| byte == b'-').all(|word| {
        let from = at;
        at += word.len() + 1;
        word.len() > 1 && !lexicon::is_wording(text, from, from + word.len())
    });
    (is_segment && is_written && is_name).then_some(end)
}

/// The value of an element whose tag opens at `open`: "(0010,0010) PN [DOE^JANE]", "(0010,0020) = 123".
pub(super) fn element(text: &[u8], open: usize) -> Option<Hit> {
    let tag = text.get(open..open + 11)?;
    if tag[5] != b',' || tag[10] != b')' {
        return None;
    }
    let field = field::attribute(tag)?;
    let mut at = run(text, open + 11, |byte| matches!(byte, b' ' | b':' | b'='));
    if text
        .get(at..at + 2)
        .is_some_and(|vr| vr.iter().all(u8::is_ascii_uppercase))
        && text.get(at + 2) == Some(&b' ')
    {
        at = run(text, at + 2, |byte| matches!(byte, b' ' | b':' | b'='));
    }
    // "(0010,0010) PatientName = DOE^JANE", "(0010,0010) PN PatientName [DOE^JANE]": the keyword of the attribute.
    let keyword = word_end(text, at);
    let value = run(text, keyword, |byte| byte == b' ');
    if matches!(text.get(value), Some(b'=' | b':' | b'['))
        && field::classify(&text[at..keyword]) == field
    {
        at = run(text, value, |byte| matches!(byte, b' ' | b':' | b'='));
    }
    let is_in_brackets = text.get(at) == Some(&b'[');
    let start = at + usize::from(is_in_brackets);
    if placeholder::length_at(text.get(at..)?).is_some()
        || placeholder::length_at(text.get(start..)?).is_some()
    {
        return None;
    }
    if !is_in_brackets {
        return value::take(field, text, start, value::Announced::Key);
    }
    let limit = text.len().min(start + MAX_VALUE);
    let end = run(&text[..limit], start, |byte| byte != b']' && byte != b'\n');
    let kind = super::whole(field, &text[start..end], false)?;
    (end > start && field != Field::Plain).then_some(Hit { start, end, kind })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn fragments_of_the_standards_lose_their_person() {
        for (text, expected) in [
            (
                "PID-5: FEATHERSTONE^JANE^M invalid",
                "PID-5: [name] invalid",
            ),
            ("PID.3 = 00123456", "PID.3 = [mrn]"),
            ("PATNAME||FEATHERSTONE^ZEPHAN^L||F", "PATNAME||[name]||F"),
            ("C-FIND for FEATHERSTONE^TAVISH^C", "C-FIND for [name]"),
            (
                "PUT /members/XYZ121877488/benefits",
                "PUT /members/[plan]/benefits",
            ),
            (
                "?identifier=http://hospital.org/mrn|53153917 409",
                "?identifier=http://hospital.org/[url] 409",
            ),
            (
                "<id extension=\"326103072\" root=\"2.16.840.1.113883.4.1\"/>",
                "<id extension=\"[ssn]\" root=\"2.16.840.1.113883.4.1\"/>",
            ),
            (
                "LIKE '%Featherstone%' AND last_name LIKE '%Cadwallen%'",
                "LIKE '%Featherstone%' AND last_name LIKE '[name]%'",
            ),
            ("N:Chaudhry;Tabitha;;;\r\nN: 3", "N:[name];;;\r\nN: 3"),
            ("BEGIN:VCARD\nFN:Tabitha Ng", "BEGIN:VCARD\nFN:[name]"),
            (
                "ADR;TYPE=HOME:;;98 Lincoln Way;Tucson;AZ;53725;USA",
                "ADR;TYPE=HOME:;;[address]",
            ),
            (
                "(0010,0010) PatientName = WEATHERBY^EWA^C",
                "(0010,0010) PatientName = [name]",
            ),
            (
                "ATTENDEE;CN=\"Tabitha Ng\":mailto:t@example.org",
                "ATTENDEE;CN=\"[name]\":mailto:[email]",
            ),
            (
                "0018,1000 DeviceSerialNumber LO: TD99589920",
                "0018,1000 DeviceSerialNumber LO: [device]",
            ),
            (
                "PID-7.1 (Date of Birth): 19570314",
                "PID-7.1 (Date of Birth): [date]",
            ),
            ("got FEATHERSTONE^JANE^M^^ in field", "got [name] in field"),
            ("id 00123456^^^HOSP^MR", "id [mrn]^^^HOSP^MR"),
            ("Patient/pat-123 not found", "Patient/[mrn] not found"),
            (
                "(0010,0010) PN [Doe^Jane]  # 8",
                "(0010,0010) PN [[name]]  # 8",
            ),
            (
                "(0010,0010) PN PatientName [WASHINGTON^ANA]",
                "(0010,0010) PN PatientName [[name]]",
            ),
            ("(0010,0020) LO [00123456]", "(0010,0020) LO [[mrn]]"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "58410-2^COMPLETE BLOOD COUNT^LN",
            "GLUCOSE^SERUM^L",
            "ADT^A01",
            "PID-5 is missing",
            "PID-7: invalid",
            "Patient/R4",
            "(0008,0060) CS [MR]",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
