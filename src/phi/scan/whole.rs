//! Whether all of a value goes, because of the field that it is the value of.

use super::{code, date, ip, name};
use crate::phi::field::Field;
use crate::phi::kind::Kind;

/// The kind of all of `value`, the value of `field`; nothing when it is to be read as text.
pub(in super::super) fn whole(field: Field, value: &[u8], in_person: bool) -> Option<Kind> {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    match field {
        Field::Strong(kind) => Some(kind),
        Field::Whole(Kind::Phone) => (has_digit || !value.is_ascii()).then_some(Kind::Phone),
        Field::Whole(kind) => Some(kind),
        Field::Coded(kind) => (has_digit || !value.is_ascii())
            .then_some(kind)
            .filter(|_| code::uuid_end(value, 0) != Some(value.len())),
        Field::Person => Some(Kind::Name),
        Field::Name => (!is_error_name(value)).then_some(Kind::Name),
        Field::PersonLike => (in_person || name::is_full_name(value)).then_some(Kind::Name),
        Field::Id | Field::Value => None,
        Field::Age => is_great_age(value).then_some(Kind::Age),
        Field::Day => date::is_compact(value).then_some(Kind::Date),
        Field::Place => (!ip::is_network_address(value)).then_some(Kind::Address),
        Field::Zip => (has_digit && value.len() <= 12 || !value.is_ascii()).then_some(Kind::Zip),
        Field::Secret => (!is_harmless_secret(value)).then_some(Kind::Secret),
        Field::Plain | Field::About | Field::Version | Field::Thing | Field::Label => None,
    }
}

/// The `name` of an error as JavaScript has it: "TypeError".
pub(super) fn is_error_name(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_alphanumeric)
        && (value.ends_with(b"Error")
            || value.ends_with(b"Exception")
            || value.ends_with(b"Warning"))
}

/// A session that is a UUID is an identifier of ours.
fn is_harmless_secret(value: &[u8]) -> bool {
    code::uuid_end(value, 0) == Some(value.len())
}

/// An age over 89 (45 CFR 164.514(b)(2)(i)(C)), up to the oldest that anybody was.
pub(in super::super) fn is_great_age(value: &[u8]) -> bool {
    let digits = value
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let age = value[..digits]
        .iter()
        .take(4)
        .fold(0u32, |age, digit| age * 10 + u32::from(digit - b'0'));
    (2..=3).contains(&digits) && (90..=125).contains(&age)
}
