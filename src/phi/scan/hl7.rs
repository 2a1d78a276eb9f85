//! Segments of messages that hold a person and have no names for their fields, so that all of them go: HL7 v2
//! (v2.5.1, chapters 3, 4 and 6) with bars, ASC X12N 270, 271, 276, 277, 834, 835 and 837 with asterisks.

use super::Hit;
use super::class::run;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

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
