//! Numbers of payment cards.

use super::class::is_word;
use super::number::Groups;
use super::{Hit, keyed};
use crate::phi::Kind;

/// Digits alone say nothing, unless they are a card's.
pub(super) fn bare(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let ends = || {
        text.get(end)
            .is_none_or(|&byte| !is_word(byte) && byte != b'.' || is_no_fraction(text, end))
    };
    (is_bare_card(&text[start..end]) && ends() && !keyed::counts(text, start)).then_some(Hit {
        start,
        end,
        kind: Kind::Card,
    })
}

/// A number without separators is a card's only in the lengths that most cards have: one number in ten
/// passes the check.
pub(in super::super) fn is_bare_card(digits: &[u8]) -> bool {
    (14..=16).contains(&digits.len()) && is_card(digits) && is_issued(digits)
}

/// Maestro's ranges hold every number that begins with 5 or 6; without separators only those of its issuers that are
/// published count.
fn is_issued(digits: &[u8]) -> bool {
    let prefix = prefix(digits);
    !matches!(prefix, 5000..=5099 | 5600..=5999 | 6000..=6999)
        || matches!(
            prefix,
            5018 | 5020 | 5038 | 5893 | 6011 | 6200..=6299 | 6304 | 6440..=6599 | 6759 | 6761..=6763
        ) && digits.len() == 16
}

fn prefix(digits: &[u8]) -> u32 {
    digits[..4]
        .iter()
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// Whether the dot at `at` ends a sentence, or the name of a file without its extension.
fn is_no_fraction(text: &[u8], at: usize) -> bool {
    text[at] == b'.' && text.get(at + 1).is_none_or(|next| !next.is_ascii_digit())
}

/// The card in groups of digits, of which the first has four and more.
pub(super) fn in_groups(text: &[u8], groups: &Groups) -> Option<Hit> {
    if groups.count() < 3 {
        return None;
    }
    let mark = groups.mark_before(text, 1);
    let mut digits = [0; 19];
    let mut count = 0;
    for group in 0..groups.count() {
        // "5688-68486/5224805 206" are several numbers.
        if group > 1 && groups.mark_before(text, group) != mark {
            return None;
        }
        let length = groups.len(group);
        digits
            .get_mut(count..count + length)?
            .copy_from_slice(&text[groups.range(group)]);
        count += length;
        let is_last = group + 1 == groups.count();
        if group >= 2
            && (is_last || count >= 13)
            && is_card(&digits[..count])
            && !text
                .get(groups.end(group))
                .is_some_and(|&byte| is_word(byte))
        {
            return Some(Hit {
                start: groups.start(),
                end: groups.end(group),
                kind: Kind::Card,
            });
        }
    }
    None
}

/// Whether these digits are a card's: an issuer's range and length (ISO/IEC 7812-1; the networks'
/// published ranges) and the check digit after Luhn (ISO/IEC 7812-1, annex B).
fn is_card(digits: &[u8]) -> bool {
    if !(13..=19).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let prefix = prefix(digits);
    let length = digits.len();
    let known = match prefix {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        6011 | 6440..=6599 | 6200..=6299 | 8100..=8199 | 3528..=3589 => (16..=19).contains(&length),
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        5000..=5099 | 5600..=5999 | 6000..=6999 => (13..=19).contains(&length),
        _ => false,
    };
    known && luhn(digits)
}

/// The check of ISO/IEC 7812-1, annex B: from the last digit on, every other one is doubled.
pub(super) fn luhn(digits: &[u8]) -> bool {
    /// The sums of the digits of twice a digit.
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let value = |digit: u8| digit - b'0';
    let sum: u32 = digits
        .rchunks(2)
        .map(|pair| match *pair {
            [first, second] => u32::from(DOUBLED[usize::from(value(first))] + value(second)),
            [first] => u32::from(value(first)),
            _ => 0,
        })
        .sum();
    sum.is_multiple_of(10)
}
