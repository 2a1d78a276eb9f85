//! Segments of messages that hold a person and have no names for their fields, so that all of them go: HL7 v2
//! (v2.5.1, chapters 3, 4 and 6) with bars, ASC X12N 270, 271, 276, 277, 834, 835 and 837 with asterisks.

use super::class::{run, run_at_most};
use super::{Hit, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No observation is read further for its value.
const MAX_OBSERVATION: usize = 256;

const HL7: [(&[u8], Kind); 18] = [
    (b"PID", Kind::Name),
    (b"PD1", Kind::Name),
    (b"NK1", Kind::Name),
    (b"GT1", Kind::Name),
    (b"IN1", Kind::Name),
    (b"IN2", Kind::Name),
    (b"IN3", Kind::Name),
    (b"MRG", Kind::Mrn),
    (b"PV1", Kind::Name),
    (b"PV2", Kind::Date),
    (b"ORC", Kind::Name),
    (b"OBR", Kind::Name),
    (b"DG1", Kind::Date),
    (b"PR1", Kind::Date),
    (b"ROL", Kind::Name),
    (b"PRD", Kind::Name),
    (b"ACC", Kind::Date),
    (b"AIP", Kind::Name),
];

const X12: [(&[u8], Kind); 9] = [
    (b"NM1", Kind::Name),
    (b"PER", Kind::Phone),
    (b"N3", Kind::Address),
    (b"N4", Kind::Address),
    (b"DMG", Kind::Date),
    (b"DTP", Kind::Date),
    (b"REF", Kind::Mrn),
    (b"SBR", Kind::Plan),
    (b"CLM", Kind::Account),
];

/// The fields of the segment whose name is from `start` to `end`, where a separator is.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start].is_ascii_uppercase() || end - start > 3 {
        return None;
    }
    if &text[start..end] == b"OBX" {
        return observation(text, end);
    }
    let segments: &[(&[u8], Kind)] = if text[end] == b'|' { &HL7 } else { &X12 };
    let &(_, kind) = segments
        .iter()
        .find(|(name, _)| *name == &text[start..end])?;
    if placeholder::length_at(&text[end + 1..]).is_some() {
        return None;
    }
    let last = run(text, end + 1, |byte| {
        !matches!(byte, b'\n' | b'\r') && (byte != b'~' || text[end] == b'|')
    });
    Some(Hit {
        start: end + 1,
        end: last,
        kind,
    })
}

/// Ages among the codes of LOINC (2.77): reported, estimated, calculated.
const AGES: [&[u8]; 4] = [b"30525-0", b"21611-9", b"21612-7", b"29553-5"];

/// The value of an observation (HL7 v2.5.1, 7.4.2, OBX-5) by what its identifier (OBX-3) says it is.
fn observation(text: &[u8], bar: usize) -> Option<Hit> {
    let line = run_at_most(text, bar + 1, MAX_OBSERVATION, |byte| {
        !matches!(byte, b'\n' | b'\r')
    });
    let mut fields = text[bar + 1..line].split(|&byte| byte == b'|');
    let before: usize = fields.by_ref().take(2).map(|field| field.len() + 1).sum();
    let identifier = fields.next()?;
    let sub = fields.next()?;
    let value = fields.next()?;
    let start = bar + 1 + before + identifier.len() + sub.len() + 2;
    let kind = identifier
        .split(|&byte| byte == b'^')
        .find_map(|component| {
            let field = if AGES.contains(&component) {
                Field::Age
            } else {
                field::classify(component)
            };
            whole::is_value_of(field, value)
                .then(|| whole::whole(field, value, false))
                .flatten()
        })?;
    (placeholder::length_at(value).is_none()).then_some(Hit {
        start,
        end: start + value.len(),
        kind,
    })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn the_value_of_an_observation_is_read_by_its_identifier() {
        for (text, expected) in [
            (
                "OBX|2|NM|29553-5^AGE^LN||98|a|||||F",
                "OBX|2|NM|29553-5^AGE^LN||[age]|a|||||F",
            ),
            (
                "OBX|3|ST|X1^Patient phone^L||2125550123",
                "OBX|3|ST|X1^Patient phone^L||[phone]",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL",
            "OBX|1|NM|30525-0^AGE^LN||64|a",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
