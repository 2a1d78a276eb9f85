//! Fields of HL7 v2 by their numbers, as messages and parsers name them: `PID-5`, `PID.7`.

use super::Field;
use crate::phi::kind::Kind;

/// Fields of segments that hold an identifier (HL7 v2.5.1, chapters 3, 4 and 6).
const FIELDS: &[(&[u8], &[u8], Kind)] = &[
    (b"PID", &[2, 3, 4, 21], Kind::Mrn),
    (b"PID", &[5, 6, 9], Kind::Name),
    (b"PID", &[7, 29], Kind::Date),
    (b"PID", &[11, 12, 23], Kind::Address),
    (b"PID", &[13, 14], Kind::Phone),
    (b"PID", &[18], Kind::Account),
    (b"PID", &[19], Kind::Ssn),
    (b"PID", &[20], Kind::License),
    (b"NK1", &[2, 30], Kind::Name),
    (b"NK1", &[4, 32], Kind::Address),
    (b"NK1", &[5, 6, 31], Kind::Phone),
    (b"NK1", &[37], Kind::Ssn),
    (b"PV1", &[7, 8, 9, 17], Kind::Name),
    (b"PV1", &[19, 50], Kind::Mrn),
    (b"PV1", &[44, 45], Kind::Date),
    (b"GT1", &[3], Kind::Name),
    (b"GT1", &[5], Kind::Address),
    (b"GT1", &[6, 7], Kind::Phone),
    (b"GT1", &[8], Kind::Date),
    (b"GT1", &[12], Kind::Ssn),
    (b"IN1", &[2, 3, 36, 49], Kind::Plan),
    (b"IN1", &[16], Kind::Name),
    (b"IN1", &[18], Kind::Date),
    (b"IN1", &[19], Kind::Address),
    (b"MRG", &[1, 3, 4], Kind::Mrn),
    (b"MRG", &[7], Kind::Name),
    (b"OBR", &[10, 16, 28, 32], Kind::Name),
    (b"ORC", &[10, 11, 12], Kind::Name),
];

/// The kind of the field with this number in a segment.
pub(in super::super) fn of_segment(segment: &[u8], number: u8) -> Option<Kind> {
    FIELDS
        .iter()
        .find(|(name, numbers, _)| *name == segment && numbers.contains(&number))
        .map(|&(_, _, kind)| kind)
}

/// What a name that is a field's number says: `PID.3`, `PID-5.1`, `PV1_19`.
pub(super) fn numbered(name: &[u8]) -> Option<Field> {
    let (segment, rest) = name.split_at_checked(3)?;
    let (b'.' | b'-' | b'_', digits) = rest.split_first()? else {
        return None;
    };
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let is_component = |rest: &[u8]| matches!(rest, [] | [b'.' | b'-' | b'_', b'0'..=b'9']);
    let number = std::str::from_utf8(&digits[..length]).ok()?.parse().ok()?;
    let kind = of_segment(segment, number).filter(|_| is_component(&digits[length..]))?;
    Some(match kind {
        Kind::Name | Kind::Address | Kind::Phone => Field::Whole(kind),
        kind => Field::Strong(kind),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_by_its_segment_and_number() {
        for name in ["PID.5", "PID-5", "PID_5", "PID-5.1"] {
            assert_eq!(numbered(name.as_bytes()), Some(Field::Whole(Kind::Name)));
        }
        assert_eq!(numbered(b"PID.3"), Some(Field::Strong(Kind::Mrn)));
        for name in ["PID.8", "PID.", "PID.5x", "PID.500", "PI", "OBX.5"] {
            assert_eq!(numbered(name.as_bytes()), None);
        }
    }
}
