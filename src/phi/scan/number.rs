//! Numbers that their shape gives away: Social Security, telephone and card numbers.

use super::class::is_word;
use super::{Hit, keyed};
use crate::phi::Kind;

/// Groups of digits with single separators between them, from `start` on.
pub(super) struct Groups {
    /// Start and end of each.
    bounds: [(usize, usize); MAX_GROUPS],
    count: usize,
}

/// A card of nineteen digits in fours has five, and one more shows that it goes on.
const MAX_GROUPS: usize = 6;

impl Groups {
    pub fn read(text: &[u8], start: usize) -> Self {
        let mut groups = Self {
            bounds: [(0, 0); MAX_GROUPS],
            count: 0,
        };
        let mut at = start;
        while groups.count < MAX_GROUPS {
            let end = digits_end(text, at);
            if end == at {
                break;
            }
            groups.bounds[groups.count] = (at, end);
            groups.count += 1;
            let gap = separator_end(text, end);
            if gap == end || !text.get(gap).is_some_and(u8::is_ascii_digit) {
                break;
            }
            at = gap;
        }
        groups
    }

    fn len(&self, group: usize) -> usize {
        if group < self.count {
            self.bounds[group].1 - self.bounds[group].0
        } else {
            0
        }
    }

    fn end(&self, group: usize) -> usize {
        self.bounds[group].1
    }

    /// The mark between a group and the one before it; none where only blanks are.
    fn mark_before(&self, text: &[u8], group: usize) -> Option<u8> {
        let between = &text[self.end(group - 1)..self.bounds[group].0];
        between
            .iter()
            .copied()
            .find(|byte| !matches!(byte, b' ' | b'\t'))
    }
}

pub(super) fn digits_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at].is_ascii_digit() {
        at += 1;
    }
    at
}

/// One separator, with a space on either side: "536 - 22 - 8726".
fn separator_end(text: &[u8], at: usize) -> usize {
    let spaces = |mut at: usize| {
        let limit = at + 2;
        while at < limit && matches!(text.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        at
    };
    let mark = spaces(at);
    match text.get(mark) {
        // A plus sign is a space in a form (WHATWG URL, 5.1).
        Some(b'-' | b'.' | b'/' | b'_' | b'+') => spaces(mark + 1),
        _ => mark,
    }
}

/// A number that begins at `start`, where no word and no number goes on.
pub(super) fn find(text: &[u8], start: usize) -> Option<Hit> {
    let first = digits_end(text, start);
    if let Some(hit) = international_access(text, start, first) {
        return Some(hit);
    }
    // One (the country), three (an area), or four and more (a card).
    match first - start {
        1 if text[start] != b'1' => return None,
        2 => return None,
        _ => {}
    }
    let next = separator_end(text, first);
    if next == first || !text.get(next).is_some_and(u8::is_ascii_digit) {
        return bare(text, start, first);
    }
    let second = digits_end(text, next) - next;
    if !matches!((first - start, second), (1, 3) | (3, 2 | 3) | (4.., 4..)) {
        return None;
    }
    let groups = Groups::read(text, start);
    card(text, &groups)
        .or_else(|| ssn(text, &groups))
        .or_else(|| phone(text, &groups))
}

fn hit(start: usize, end: usize, kind: Kind) -> Hit {
    Hit { start, end, kind }
}

/// Digits alone say nothing, unless they are a card's.
fn bare(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let ends = text
        .get(end)
        .is_none_or(|&byte| !is_word(byte) && byte != b'.' || ends_sentence(text, end));
    (ends && is_bare_card(&text[start..end]) && !keyed::counts(text, start)).then_some(Hit {
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

fn ends_sentence(text: &[u8], at: usize) -> bool {
    text[at] == b'.'
        && text
            .get(at + 1)
            .is_none_or(|next| !next.is_ascii_alphanumeric())
}

/// Three, two and four digits. The Social Security Administration gives no area 000, 666 or 9xx, no
/// group 00 and no serial 0000 (SSA, "Social Security Number Randomization"; POMS RM 10201.035). The
/// IRS gives 9xx areas with groups from 50 on as taxpayer numbers (IRM 3.21.263).
pub(super) fn ssn(text: &[u8], groups: &Groups) -> Option<Hit> {
    if (groups.len(0), groups.len(1), groups.len(2)) != (3, 2, 4)
        || !(ends_number(text, groups.end(2)) || is_hyphenated(text, groups))
    {
        return None;
    }
    let digits = |group: usize| &text[groups.bounds[group].0..groups.bounds[group].1];
    is_ssn(digits(0), digits(1), digits(2)).then_some(Hit {
        start: groups.bounds[0].0,
        end: groups.end(2),
        kind: Kind::Ssn,
    })
}

/// With single hyphens it is itself also where letters go on: "536-22-8726x".
fn is_hyphenated(text: &[u8], groups: &Groups) -> bool {
    let next = text.get(groups.end(2));
    groups.end(2) - groups.bounds[0].0 == 11
        && text[groups.end(0)] == b'-'
        && text[groups.end(1)] == b'-'
        && next.is_some_and(u8::is_ascii_alphabetic)
}

pub(super) fn is_ssn(area: &[u8], group: &[u8], serial: &[u8]) -> bool {
    let is_taxpayer = area[0] == b'9' && group[0] >= b'5';
    area != b"000"
        && area != b"666"
        && (area[0] != b'9' || is_taxpayer)
        && group != b"00"
        && serial != b"0000"
}

/// A number of the North American Numbering Plan: area and exchange do not begin with 0 or 1 (ATIS-0300051).
pub(super) fn phone(text: &[u8], groups: &Groups) -> Option<Hit> {
    let national = usize::from(groups.len(0) == 1 && text[groups.bounds[0].0] == b'1');
    let lengths = (
        groups.len(national),
        groups.len(national + 1),
        groups.len(national + 2),
    );
    if lengths != (3, 3, 4) {
        return None;
    }
    let first = |group: usize| text[groups.bounds[group].0];
    if first(national) < b'2' || first(national + 1) < b'2' {
        return None;
    }
    let end = groups.end(national + 2);
    if !ends_number(text, end) {
        return None;
    }
    Some(hit(
        groups.bounds[0].0,
        extension_end(text, end),
        Kind::Phone,
    ))
}

/// Ten digits after an at sign where somebody is to be called back: "c/b @ 2125550123".
pub(super) fn phone_at(text: &[u8], at: usize) -> Option<Hit> {
    const NEAR: usize = 24;
    if text.get(at + 1) != Some(&b' ') {
        return None;
    }
    let start = at + 2;
    let end = digits_end(text, start);
    let before = &text[at.saturating_sub(NEAR)..at];
    let is_called = [&b"c/b"[..], b"call", b"cb "].iter().any(|word| {
        before
            .windows(word.len())
            .any(|it| it.eq_ignore_ascii_case(word))
    });
    (end - start == 10 && ends_number(text, end) && is_called).then_some(hit(
        start,
        end,
        Kind::Phone,
    ))
}

/// "(212) 555-0123", from the parenthesis on.
pub(super) fn phone_in_parentheses(text: &[u8], start: usize) -> Option<Hit> {
    let area = start + 1 + usize::from(text.get(start + 1) == Some(&b' '));
    let area_end = digits_end(text, area);
    if !(2..=5).contains(&(area_end - area)) {
        return None;
    }
    let close = area_end + usize::from(text.get(area_end) == Some(&b' '));
    if text.get(close) != Some(&b')') {
        return None;
    }
    let mut rest = close + 1;
    while matches!(text.get(rest), Some(b' ' | b'-' | b'.' | b'+')) && rest < close + 4 {
        rest += 1;
    }
    let groups = Groups::read(text, rest);
    let mut digits = 0;
    for group in 0..groups.count {
        digits += groups.len(group);
        if (6..=8).contains(&digits) && ends_number(text, groups.end(group)) {
            return Some(hit(
                start,
                extension_end(text, groups.end(group)),
                Kind::Phone,
            ));
        }
    }
    None
}

/// An international number: a plus sign and up to fifteen digits (ITU-T E.164).
pub(super) fn international_phone(text: &[u8], start: usize) -> Option<Hit> {
    let mut at = start + 1;
    let mut digits = 0;
    let mut end = at;
    loop {
        match text.get(at) {
            Some(byte) if byte.is_ascii_digit() => {
                digits += 1;
                at += 1;
                end = at;
            }
            Some(b' ' | b'-' | b'.' | b'(' | b')' | b'/') if at - end < 3 && digits > 0 => at += 1,
            _ => break,
        }
        if digits > 15 {
            return None;
        }
    }
    (digits >= 8 && !text.get(end).is_some_and(|&byte| is_word(byte)) && text[start + 1] != b'0')
        .then(|| Hit {
            start,
            end: extension_end(text, end),
            kind: Kind::Phone,
        })
}

/// The same after the prefix for calls abroad (ITU-T E.164, annex A): "0044 20 7946 0123".
fn international_access(text: &[u8], start: usize, first: usize) -> Option<Hit> {
    if !text[start..].starts_with(b"00")
        || !(3..=5).contains(&(first - start))
        || text[start + 2] == b'0'
    {
        return None;
    }
    let groups = Groups::read(text, start);
    let mut digits = 0;
    let mut end = None;
    for group in 0..groups.count {
        digits += groups.len(group);
        if group >= 2
            && (11..=17).contains(&digits)
            && groups.len(group) >= 3
            && ends_number(text, groups.end(group))
        {
            end = Some(groups.end(group));
        }
    }
    end.map(|end| hit(start, end, Kind::Phone))
}

/// Past "ext. 12", "x12" or "#12".
pub(super) fn extension_end(text: &[u8], end: usize) -> usize {
    let mut at = end;
    while matches!(text.get(at), Some(b' ' | b',' | b';')) && at < end + 3 {
        at += 1;
    }
    let rest = &text[at..];
    let word = [&b"extension"[..], b"ext", b"x", b"#"]
        .into_iter()
        .find(|word| {
            rest.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        });
    let Some(word) = word else {
        return end;
    };
    at += word.len();
    while matches!(text.get(at), Some(b' ' | b'.' | b':' | b'=')) && at < end + 16 {
        at += 1;
    }
    match digits_end(text, at) {
        digits
            if (1..=7).contains(&(digits - at))
                && !text.get(digits).is_some_and(|&byte| is_word(byte)) =>
        {
            digits
        }
        _ => end,
    }
}

/// Whether a number that ends at `end` is not part of a longer one.
pub(super) fn ends_number(text: &[u8], end: usize) -> bool {
    match text.get(end) {
        None => true,
        Some(b'-' | b'/' | b'.') => !text.get(end + 1).is_some_and(u8::is_ascii_digit),
        // "x12" is an extension.
        Some(b'x' | b'e') => text
            .get(end + 1)
            .is_some_and(|next| next.is_ascii_digit() || *next == b'x' || *next == b't'),
        Some(&byte) => !is_word(byte),
    }
}

fn card(text: &[u8], groups: &Groups) -> Option<Hit> {
    let mut digits = [0; 19];
    let mut count = 0;
    for group in 0..groups.count {
        // "5688-68486/5224805 206" are several numbers.
        if group > 1 && groups.mark_before(text, group) != groups.mark_before(text, 1) {
            return None;
        }
        for &digit in &text[groups.bounds[group].0..groups.bounds[group].1] {
            *digits.get_mut(count)? = digit;
            count += 1;
        }
        let is_last = group + 1 == groups.count;
        if group >= 2
            && groups.len(0) >= 4
            && (is_last || count >= 13)
            && is_card(&digits[..count])
            && ends_number(text, groups.end(group))
        {
            return Some(hit(groups.bounds[0].0, groups.end(group), Kind::Card));
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

/// The check of ISO/IEC 7812-1, annex B.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn ten_digits_after_an_at_sign_are_a_phone_where_somebody_is_called() {
        assert_eq!(
            redact_text("pls c/b sister @ 2125550123"),
            "pls c/b sister @ [phone]"
        );
        let text = "seek @ 2125550123";
        assert_eq!(redact_text(text), text);
    }
}
