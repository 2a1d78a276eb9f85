//! Numbers that their shape gives away: which kind groups of digits are, and those of Social Security.

use std::ops::Range;

use super::class::{is_boundary_after, is_word};
use super::{Hit, address, attached, card, date, phone};
use crate::phi::Kind;

/// Groups of digits with single separators between them, from `start` on.
pub(super) struct Groups {
    /// Start and end of each.
    bounds: [(usize, usize); MAX_GROUPS],
    count: usize,
}

/// A card of nineteen digits in fours has five, and one more shows that it goes on.
const MAX_GROUPS: usize = 6;
/// No number has more digits: a card's (ISO/IEC 7812-1).
const MAX_DIGITS: usize = 19;

impl Groups {
    pub fn read(text: &[u8], start: usize) -> Self {
        Self::read_at_most(text, start, MAX_GROUPS)
    }

    fn read_at_most(text: &[u8], start: usize, most: usize) -> Self {
        let mut groups = Self {
            bounds: [(0, 0); MAX_GROUPS],
            count: 0,
        };
        let mut at = start;
        let mut digits = 0;
        while groups.count < most && digits <= MAX_DIGITS {
            let end = digits_end(text, at);
            if end == at {
                break;
            }
            digits += end - at;
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

    pub fn start(&self) -> usize {
        self.bounds[0].0
    }

    pub fn range(&self, group: usize) -> Range<usize> {
        self.bounds[group].0..self.bounds[group].1
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn len(&self, group: usize) -> usize {
        if group < self.count {
            self.bounds[group].1 - self.bounds[group].0
        } else {
            0
        }
    }

    pub fn end(&self, group: usize) -> usize {
        self.bounds[group].1
    }

    /// Whether the number of the groups up to `last` ends with it. It does where the mark after it is another one than
    /// those inside, or where the same groups come again: "212-555-0123/212-555-0124", "536-22-8726-536-22-8727".
    pub fn ends(&self, text: &[u8], last: usize) -> bool {
        let end = self.end(last);
        if ends_number(text, end) {
            return true;
        }
        let after = match text.get(end) {
            Some(mark @ (b'-' | b'/' | b'.')) => *mark,
            _ => return false,
        };
        let inside = self.mark_before(text, 1);
        // Behind a point may be a fraction, and behind points a revision: "1.415.555.2671-1".
        if after != b'.' && inside != Some(b'.') && inside != Some(after) {
            return true;
        }
        let next = Groups::read_at_most(text, end + 1, last + 1);
        // "10.0.0.0/24".
        let is_length =
            next.count() == 1 && next.len(0) <= 2 && is_boundary_after(text, next.end(0));
        let is_other = after == b'/' && inside != Some(after) && !is_length;
        is_other || (0..=last).all(|group| next.len(group) == self.len(group))
    }

    /// The mark between a group and the one before it; none where only blanks are.
    pub fn mark_before(&self, text: &[u8], group: usize) -> Option<u8> {
        let between = &text[self.end(group - 1)..self.bounds[group].0];
        between
            .iter()
            .copied()
            .find(|byte| !matches!(byte, b' ' | b'\t'))
    }
}

#[inline]
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
    if text[start] == b'0'
        && let Some(hit) = phone::international_access(text, start, first)
    {
        return Some(hit);
    }
    // One (the country), three (an area), or four and more (a card).
    match first - start {
        1 if text[start] != b'1' => return None,
        0 | 2 => return None,
        _ => {}
    }
    // What comes after a whole card may be anything: "4111111111111111 12/27".
    if let Some(hit) = card::bare(text, start, first) {
        return Some(hit);
    }
    let next = separator_end(text, first);
    if next == first || !text.get(next).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    match (first - start, digits_end(text, next) - next) {
        (1, 3) | (3, 2 | 3) => {
            let groups = Groups::read_at_most(text, start, 4);
            ssn(text, &groups).or_else(|| phone::in_groups(text, &groups))
        }
        (4.., 4..) => card::in_groups(text, &Groups::read(text, start)),
        _ => None,
    }
}

/// Three, two and four digits. The Social Security Administration gives no area 000, 666 or 9xx, no
/// group 00 and no serial 0000 (SSA, "Social Security Number Randomization"; POMS RM 10201.035). The
/// IRS gives 9xx areas with groups from 50 on as taxpayer numbers (IRM 3.21.263).
pub(super) fn ssn(text: &[u8], groups: &Groups) -> Option<Hit> {
    if (groups.len(0), groups.len(1), groups.len(2)) != (3, 2, 4)
        || !(groups.ends(text, 2) || is_hyphenated(text, groups))
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

/// With single hyphens it is itself also where letters go on, or the number of a dependant: "536-22-8726x",
/// "536-22-8726-01".
fn is_hyphenated(text: &[u8], groups: &Groups) -> bool {
    let end = groups.end(2);
    let is_dependant = text.get(end) == Some(&b'-')
        && digits_end(text, end + 1) == end + 3
        && is_boundary_after(text, end + 3)
        && text.get(end + 3) != Some(&b'-');
    end - groups.bounds[0].0 == 11
        && text[groups.end(0)] == b'-'
        && text[groups.end(1)] == b'-'
        && (is_dependant || text.get(end).is_some_and(u8::is_ascii_alphabetic))
}

pub(super) fn is_ssn(area: &[u8], group: &[u8], serial: &[u8]) -> bool {
    let is_taxpayer = area[0] == b'9' && group[0] >= b'5';
    area != b"000"
        && area != b"666"
        && (area[0] != b'9' || is_taxpayer)
        && group != b"00"
        && serial != b"0000"
}

/// Whether the digits from `start` to `end` begin a date or an address, and go on with no number before them.
pub(super) fn begins_date_or_address(text: &[u8], start: usize, end: usize) -> bool {
    let date = date::find(text, start, false);
    date.is_some_and(|date| !attached::is_attached(text, start, date.end, start - 1))
        || address::find(text, start, end).is_some()
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

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_number_is_found_whatever_numbers_are_beside_it() {
        for (text, expected) in [
            ("charge 4111111111111111 123", "charge [card] 123"),
            ("4111111111111111 12/27 123", "[card] 12/27 123"),
            ("4111-1111-1111-1111-0327", "[card]-0327"),
            ("4111 1111 1111 1111/4111 1111 1111 1111", "[card]/[card]"),
            ("536-22-8726/536-22-8727", "[ssn]/[ssn]"),
            ("536-22-8726.536-22-8727", "[ssn].[ssn]"),
            ("seen 536-22-8726-01", "seen [ssn]-01"),
            ("03/14/1957-03/20/1957", "[date]-[date]"),
            ("3 March 1957/4 March 1957", "[date]/[date]"),
            ("212.555.0123.212.555.0124", "[phone].[phone]"),
            ("(212) 555-0123/1957-03-14", "[phone]/[date]"),
            ("212-555-0123 x 212-555-0124", "[phone] x [phone]"),
            ("+44 20 7946 0958 12/27", "[phone]/27"),
            ("+1 212 555 0123 1957-03-14", "[phone] [date]"),
            ("0049 30/1234567", "[phone]"),
            ("0049 151-234-56789", "[phone]"),
            ("+44 20 7946 0958 212-555-0123", "[phone] [phone]"),
            ("0044 20 7946 0958 / 212-555-0123", "[phone] / [phone]"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        let cards = "4111111111111111 ".repeat(9);
        assert_eq!(redact_text(&cards), "[card] ".repeat(9));
        for text in [
            "4111111111111112 12/27",
            "1700000000000000 1226",
            "4111111111111111.25",
            "123-45 6793.5",
            "version 212.555.0123.17",
            "libfoo 1.415.555.2671-1",
            "lib-123-45-6789-2.so",
            "order 123-45-6789-2024-01",
            "backup_2024-01-01-2024-01-31",
            "report-2024-01-01-2024-01-31.csv",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
