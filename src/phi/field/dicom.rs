//! Attributes of DICOM by their tags, as its JSON model has them (PS3.18, annex F): those that PS3.15, table
//! E.1-1, removes or replaces in its Basic Application Level Confidentiality Profile and that are an identifier's.

use super::Field;
use crate::phi::kind::Kind;

const ATTRIBUTES: &[(u32, Field)] = &[
    (0x0008_0014, Field::Strong(Kind::Mrn)),
    (0x0008_0018, Field::Strong(Kind::Mrn)),
    (0x0008_0020, Field::Strong(Kind::Date)),
    (0x0008_0021, Field::Strong(Kind::Date)),
    (0x0008_0022, Field::Strong(Kind::Date)),
    (0x0008_0023, Field::Strong(Kind::Date)),
    (0x0008_0050, Field::Strong(Kind::Mrn)),
    (0x0008_0081, Field::Whole(Kind::Address)),
    (0x0008_0090, Field::Whole(Kind::Name)),
    (0x0008_0092, Field::Whole(Kind::Address)),
    (0x0008_0094, Field::Whole(Kind::Phone)),
    (0x0008_1048, Field::Whole(Kind::Name)),
    (0x0008_1050, Field::Whole(Kind::Name)),
    (0x0008_1060, Field::Whole(Kind::Name)),
    (0x0008_1070, Field::Whole(Kind::Name)),
    (0x0010_0010, Field::Whole(Kind::Name)),
    (0x0010_0020, Field::Strong(Kind::Mrn)),
    (0x0010_0030, Field::Strong(Kind::Date)),
    (0x0010_0032, Field::Strong(Kind::Date)),
    (0x0010_0050, Field::Coded(Kind::Plan)),
    (0x0010_1000, Field::Strong(Kind::Mrn)),
    (0x0010_1001, Field::Whole(Kind::Name)),
    (0x0010_1005, Field::Whole(Kind::Name)),
    (0x0010_1010, Field::Age),
    (0x0010_1040, Field::Whole(Kind::Address)),
    (0x0010_1060, Field::Whole(Kind::Name)),
    (0x0010_1090, Field::Strong(Kind::Mrn)),
    (0x0010_2154, Field::Whole(Kind::Phone)),
    (0x0010_2297, Field::Whole(Kind::Name)),
    (0x0010_2299, Field::Whole(Kind::Address)),
    (0x0018_1000, Field::Coded(Kind::Device)),
    (0x0018_1002, Field::Coded(Kind::Device)),
    (0x0020_000d, Field::Strong(Kind::Mrn)),
    (0x0020_000e, Field::Strong(Kind::Mrn)),
    (0x0020_0010, Field::Strong(Kind::Mrn)),
    (0x0032_1032, Field::Whole(Kind::Name)),
    (0x0038_0010, Field::Strong(Kind::Mrn)),
    (0x0038_0020, Field::Strong(Kind::Date)),
    (0x0038_0030, Field::Strong(Kind::Date)),
    (0x0040_0006, Field::Whole(Kind::Name)),
    (0x0040_1101, Field::Strong(Kind::Mrn)),
    (0x0040_a123, Field::Whole(Kind::Name)),
];

/// What the tag, a group and an element of four hexadecimal digits each, says of its value: `00100010`,
/// `0010,0010`, `(0010,0010)`.
pub(in super::super) fn attribute(tag: &[u8]) -> Option<Field> {
    // "x00100010", as programs of JavaScript write it.
    let tag = match tag {
        [b'x', digits @ ..] if digits.len() == 8 => digits,
        tag => tag,
    };
    if !(8..=11).contains(&tag.len()) || !tag.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let mut digits = 0;
    let mut number = 0u32;
    for &byte in tag {
        match char::from(byte).to_digit(16) {
            Some(digit) if digits < 8 => {
                digits += 1;
                number = number << 4 | digit;
            }
            None if matches!(byte, b'(' | b',' | b')') => {}
            _ => return None,
        }
    }
    let place = ATTRIBUTES
        .binary_search_by_key(&number, |(tag, _)| *tag)
        .ok()?;
    (digits == 8).then_some(ATTRIBUTES[place].1)
}

/// What a value representation (PS3.5, 6.2) says: of a person's name, and of an age.
pub(in super::super) fn representation(vr: &[u8]) -> Option<Field> {
    match vr {
        b"PN" => Some(Field::Whole(Kind::Name)),
        b"AS" => Some(Field::Age),
        b"DA" => Some(Field::Day),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_each_of_its_spellings() {
        for tag in ["00100010", "0010,0010", "(0010,0010)"] {
            assert_eq!(attribute(tag.as_bytes()), Some(Field::Whole(Kind::Name)));
        }
        for other in ["00080060", "20241103", "deadbeef", "(0010,001", ""] {
            assert_eq!(attribute(other.as_bytes()), None);
        }
        assert!(ATTRIBUTES.is_sorted_by_key(|(tag, _)| *tag));
    }
}
