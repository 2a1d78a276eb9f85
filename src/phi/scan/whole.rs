//! Whether all of a value goes, because of the field that it is the value of.

use super::class::has_digit_within;
use super::{code, date, full_name, ip, name, person};
use crate::phi::field::{self, Field};
use crate::phi::fold;
use crate::phi::kind::Kind;

/// The kind of all of `value`, the value of `field`; nothing when it is to be read as text.
pub(in super::super) fn whole(field: Field, value: &[u8], in_person: bool) -> Option<Kind> {
    let has_digits = |least| {
        let has = match least {
            1 => has_digit_within(value, 0, value.len()),
            _ => digits(value) >= least,
        };
        has || !value.is_ascii()
    };
    let kind = match field {
        Field::Whole(Kind::Phone) => has_digits(4).then_some(Kind::Phone),
        // Codes of these kinds have digits in every form: "ssn": "on file" is none.
        Field::Strong(
            kind @ (Kind::Ssn | Kind::Npi | Kind::Dea | Kind::Mbi | Kind::Vin | Kind::Iban),
        ) => has_digits(1).then_some(kind),
        // A key of a table, which says nothing outside of it.
        Field::Strong(Kind::Mrn) => {
            (code::uuid_end(value, 0) != Some(value.len())).then_some(Kind::Mrn)
        }
        Field::Age | Field::Strong(Kind::Age) => {
            let value = fold::one_spelling(value);
            is_age_in_years(value.trim_ascii()).then_some(Kind::Age)
        }
        Field::Strong(kind) | Field::Whole(kind) | Field::Record(kind) => Some(kind),
        Field::Coded(kind) => has_digits(if kind == Kind::Ssn { 9 } else { 1 })
            .then_some(kind)
            .filter(|_| !is_operators_code(kind, value)),
        Field::Person => Some(Kind::Name),
        Field::Name => (!is_error_name(value) && !is_of_code(value)).then_some(Kind::Name),
        Field::PersonLike => (in_person
            || full_name::is_full_name(value) && !person::is_all_wording(value, 0, value.len()))
        .then_some(Kind::Name),
        Field::Day => date::is_compact(value).then_some(Kind::Date),
        Field::Place => (!ip::is_network_address(value)).then_some(Kind::Address),
        Field::Zip => (has_digits(1) && value.len() <= 40).then_some(Kind::Zip),
        Field::Secret => (!is_harmless_secret(value)).then_some(Kind::Secret),
        Field::Provider => code::is_npi(value).then_some(Kind::Npi),
        Field::Routing => code::is_routing(value).then_some(Kind::Account),
        Field::Plain
        | Field::About
        | Field::Version
        | Field::Thing
        | Field::Label
        | Field::Id
        | Field::Value
        | Field::NamePart
        | Field::Resource
        | Field::Identifier => None,
    };
    kind.filter(|_| !is_status(value))
}

/// Whether `value` may be one of `field` where only its place says so: it is no name of a field itself, a code has
/// digits, and a name has the letters of one.
pub(in super::super) fn is_value_of(field: Field, value: &[u8]) -> bool {
    let is_value = match field {
        Field::Name | Field::Person | Field::PersonLike | Field::Whole(Kind::Name) => {
            name::is_part(value) || full_name::is_full_name(value)
        }
        Field::Secret if value.contains(&b' ') => return true,
        Field::Secret if value.len() >= 16 => return digits(value) > 0,
        Field::Place | Field::Whole(_) => value.len() > 3,
        Field::Plain | Field::About | Field::Version | Field::Thing => false,
        _ => digits(value) > 0,
    };
    if !is_value {
        return false;
    }
    if digits(value) >= 3 {
        return true;
    }
    // A name may be written as words about fields are: "Haddad".
    let is_name = matches!(field, Field::Whole(Kind::Name))
        && value.first().is_some_and(u8::is_ascii_uppercase)
        && value.iter().all(u8::is_ascii_alphabetic);
    // "Ana K. Berry": no name of a field has an initial.
    let has_initial = value
        .windows(4)
        .any(|it| it[0] == b' ' && it[1].is_ascii_uppercase() && it[2] == b'.' && it[3] == b' ');
    has_initial
        || match field::classify(value) {
            Field::Plain => true,
            Field::About => is_name,
            _ => false,
        }
}

/// Whether `value` is one word with a capital, as a name is that is a word of the language too: "Stone".
pub(super) fn is_name_of(field: Field, value: &[u8]) -> bool {
    let rest_is_small = |rest: &[u8]| rest.len() > 1 && rest.iter().all(u8::is_ascii_lowercase);
    field == Field::Whole(Kind::Name)
        && matches!(value, [first, rest @ ..] if first.is_ascii_uppercase() && rest_is_small(rest))
        && matches!(field::classify(value), Field::Plain | Field::About)
}

/// What is said of a value instead of it: "ssn": "required", "token": "expired".
pub(super) fn is_status(value: &[u8]) -> bool {
    const STATUSES: [&[u8]; 38] = [
        b"assigned",
        b"incorrect",
        b"mismatch",
        b"session",
        b"required",
        b"missing",
        b"invalid",
        b"valid",
        b"expired",
        b"failed",
        b"none",
        b"null",
        b"nil",
        b"undefined",
        b"unknown",
        b"empty",
        b"absent",
        b"present",
        b"revoked",
        b"closed",
        b"denied",
        b"rejected",
        b"accepted",
        b"disabled",
        b"enabled",
        b"unset",
        b"redacted",
        b"hidden",
        b"masked",
        b"pending",
        b"verified",
        b"unverified",
        b"unchanged",
        b"true",
        b"false",
        b"n/a",
        b"not set",
        b"not found",
    ];
    (2..=10).contains(&value.len()) && STATUSES.contains(&value)
}

fn digits(value: &[u8]) -> usize {
    value.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// A code that a machine gave: one that ends in a UUID (the member of a Kafka group), a licence of
/// software by its SPDX identifier ("Apache-2.0"), a device file or an index of one ("cuda:1").
pub(super) fn is_operators_code(kind: Kind, value: &[u8]) -> bool {
    const LONGEST: usize = 256;
    let before_uuid = value
        .len()
        .checked_sub(36)
        .filter(|_| value.len() <= LONGEST);
    if before_uuid.is_some_and(|at| code::uuid_end(value, at) == Some(value.len())) {
        return true;
    }
    match kind {
        Kind::License => {
            is_of_software(value)
                || digits(value) <= 3
                    && value.windows(3).any(|three| {
                        three[1] == b'.' && three[0].is_ascii_digit() && three[2].is_ascii_digit()
                    })
        }
        Kind::Device => {
            is_baud_rate(value)
                || digits(value) < 3
                    && value.first().is_some_and(u8::is_ascii_lowercase)
                    && !is_hardware_address(value)
        }
        _ => false,
    }
}

/// A licence of software by the family that its SPDX identifier names: "BSD-3-Clause", "GPL-3.0-only".
fn is_of_software(value: &[u8]) -> bool {
    const FAMILIES: [&[u8]; 26] = [
        b"0bsd",
        b"agpl",
        b"apache",
        b"apsl",
        b"artistic",
        b"blueoak",
        b"bsd",
        b"bsl",
        b"cc-by",
        b"cc0",
        b"cddl",
        b"cecill",
        b"epl",
        b"eupl",
        b"gfdl",
        b"gpl",
        b"isc",
        b"lgpl",
        b"mit",
        b"mpl",
        b"ofl",
        b"osl",
        b"psf",
        b"python",
        b"upl",
        b"zlib",
    ];
    let goes_on = |at: usize| {
        value
            .get(at)
            .is_none_or(|&byte| matches!(byte, b'-' | b' ' | b'.' | b'v'))
    };
    digits(value) <= 4
        && FAMILIES.iter().any(|family| {
            value
                .get(..family.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(family))
                && goes_on(family.len())
        })
}

/// Six pairs of hexadecimal digits (IEEE 802).
pub(super) fn is_hardware_address(value: &[u8]) -> bool {
    value.len() == 17
        && value.iter().enumerate().all(|(place, byte)| {
            if place % 3 == 2 {
                matches!(byte, b':' | b'-')
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// The speed of a serial line: the rates of POSIX's `termios.h` and Linux's.
fn is_baud_rate(value: &[u8]) -> bool {
    const RATES: [&[u8]; 14] = [
        b"300", b"600", b"1200", b"2400", b"4800", b"9600", b"19200", b"38400", b"57600",
        b"115200", b"230400", b"460800", b"921600", b"1500000",
    ];
    RATES.contains(&value)
}

/// The name of a field or a variable: "requestId", "queue_name".
fn is_of_code(value: &[u8]) -> bool {
    let is_camel = |two: &[u8]| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase();
    value.first().is_some_and(u8::is_ascii_lowercase)
        && value
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && (value.contains(&b'_') || value.windows(2).any(is_camel))
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

/// Whether `value` is an age over 89, and no time of a machine: "93s".
fn is_age_in_years(value: &[u8]) -> bool {
    const UNITS: [&[u8]; 12] = [
        b"s", b"ms", b"us", b"ns", b"sec", b"secs", b"seconds", b"min", b"mins", b"minutes", b"h",
        b"hours",
    ];
    let digits = super::number::digits_end(value, 0);
    is_great_age(value) && !UNITS.contains(&value[digits..].trim_ascii())
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
