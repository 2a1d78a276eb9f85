//! The value that a key or a cue word announces.

use super::class::{has_digit_within, is_boundary_after, is_word, run, run_at_most, word_end};
use super::number::{self, digits_end};
use super::phone::extension_end;
use super::{Hit, address, city, code, date, ip, name, person, secret, whole};
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No code has more letters before its first digit.
pub(super) const MAX_LETTERS: usize = 64;

/// How sure it is that a value of the field comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// By a key and a separator.
    Key,
    /// By words alone.
    Words,
}

/// What of the text from `start` on is a value of `field`, without quotes.
pub(super) fn take(field: Field, text: &[u8], start: usize, by: Announced) -> Option<Hit> {
    if start >= text.len() || placeholder::length_at(&text[start..]).is_some() {
        return None;
    }
    let by_key = by == Announced::Key;
    if by_key && matches!(field, Field::Secret | Field::Place) && is_nothing(text, start) {
        return None;
    }
    let is_open = matches!(field, Field::Place | Field::Name | Field::Whole(Kind::Name));
    if by_key && is_open && is_told(text, start) {
        return None;
    }
    let (end, kind) = match field {
        // "Deceased: Jane Doe".
        Field::Strong(Kind::Date)
            if by_key && !text[start].is_ascii_digit() && full_name_end(text, start).is_some() =>
        {
            (full_name_end(text, start)?, Kind::Name)
        }
        Field::Strong(Kind::Date) | Field::Coded(Kind::Date) => (
            // A day is expected after words too, but not every number is one: "admitted 12 jobs".
            date_end(text, start).filter(|&end| {
                by_key || end - start >= 4 || !text[start..end].iter().all(u8::is_ascii_digit)
            })?,
            Kind::Date,
        ),
        Field::Day => (
            date_end(text, start)
                .filter(|_| by_key || text[start].is_ascii_digit())
                .filter(|_| is_compact_word(text, start))?,
            Kind::Date,
        ),
        Field::Strong(Kind::Mrn) if code::uuid_end(text, start).is_some() => return None,
        // "Study subject: Jane Doe".
        Field::Strong(Kind::Mrn)
            if by_key
                && text[start].is_ascii_uppercase()
                && code_end(text, start, Kind::Mrn, 3).is_none() =>
        {
            (full_name_end(text, start)?, Kind::Name)
        }
        Field::Strong(kind) | Field::Whole(kind @ (Kind::Card | Kind::Phone)) => (
            code_end(text, start, kind, if by_key { 3 } else { 4 })?,
            kind,
        ),
        Field::Coded(_)
            if !by_key
                && (code::uuid_end(text, start).is_some() || begins_with_word(text, start)) =>
        {
            return None;
        }
        Field::Coded(Kind::Ssn) => (code_end(text, start, Kind::Ssn, 9)?, Kind::Ssn),
        Field::Coded(kind) => (
            code_end(text, start, kind, if by_key { 4 } else { 5 })
                .filter(|&end| !whole::is_operators_code(kind, &text[start..end]))?,
            kind,
        ),
        Field::Name if whole::is_error_name(&text[start..word_end(text, start)]) => return None,
        Field::Place if ip::begins_network_address(text, start) => {
            return None;
        }
        Field::Person if by_key && code_end(text, start, Kind::Mrn, 5).is_some() => {
            (code_end(text, start, Kind::Mrn, 5)?, Kind::Mrn)
        }
        Field::Whole(Kind::Name) | Field::PersonLike if npi_end(text, start).is_some() => {
            (npi_end(text, start)?, Kind::Npi)
        }
        Field::Whole(Kind::Name) | Field::Person | Field::Name if by_key => {
            (name_end(text, start, name::Expect::Anything)?, Kind::Name)
        }
        Field::PersonLike if by_key => (full_name_end(text, start)?, Kind::Name),
        Field::Age => {
            let end = digits_end(text, start);
            (
                (super::is_great_age(&text[start..end]) && is_in_years(text, end))
                    .then_some(end)?,
                Kind::Age,
            )
        }
        Field::Place if by_key && text[start] > b' ' => {
            (address::labelled_end(text, start), Kind::Address)
        }
        Field::Zip => (
            city::zip_end(text, start).or_else(|| {
                let is_code = by_key || text[start].is_ascii_uppercase();
                foreign_zip(text, start).filter(|_| is_code)
            })?,
            Kind::Zip,
        ),
        Field::Routing => {
            // The word before says enough for nine digits, whatever their check.
            let end = digits_end(text, start);
            (
                (end - start == 9 && is_boundary_after(text, end)).then_some(end)?,
                Kind::Account,
            )
        }
        Field::Provider => (npi_end(text, start)?, Kind::Npi),
        Field::Secret if !by_key => (secret::spoken_end(text, start)?, Kind::Secret),
        Field::Secret => (secret::value_end(text, start), Kind::Secret),
        _ => return None,
    };
    let end = end.max(own_end(text, start));
    (end > start).then_some(Hit { start, end, kind })
}

/// A value of a query without the status of the answer after it: "GET /x?mrn=00123456 404".
pub(super) fn within_request(text: &[u8], mut hit: Hit) -> Hit {
    const MAX_NAME: usize = 64;
    let is_set = hit.start > 0 && text[hit.start - 1] == b'=';
    let Some(blank) = text[hit.start..hit.end]
        .iter()
        .rposition(|&byte| byte == b' ')
        .filter(|_| is_set)
    else {
        return hit;
    };
    let name = text[..hit.start - 1].iter().rev().take(MAX_NAME);
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']');
    let length = name.take_while(|&&byte| is_name(byte)).count();
    let is_in_query = matches!(text[..hit.start - 1 - length].last(), Some(b'?' | b'&'));
    if is_in_query && is_http_status(&text[hit.start + blank + 1..hit.end]) {
        hit.end = hit.start + blank;
    }
    hit
}

/// A status of HTTP that has a meaning (RFC 9110, 15; IANA's registry of them).
fn is_http_status(digits: &[u8]) -> bool {
    let status = digits.iter().take(4).fold(0u16, |status, digit| {
        status * 10 + u16::from(digit.wrapping_sub(b'0') % 10)
    });
    digits.len() == 3
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(status, 200..=208 | 226 | 300..=308 | 400..=451 | 500..=511)
}

/// The end of what has a form of its own and begins at `start`, so that nothing is left of it whatever it
/// was announced as: "password: 4111 1111 1111 1111".
fn own_end(text: &[u8], start: usize) -> usize {
    if !is_word(text[start]) {
        return start;
    }
    number::find(text, start)
        .or_else(|| code::find(text, start, word_end(text, start)))
        .map_or(start, |hit| hit.end)
}

/// "null" and its like, which stand for no value where text has no types, or say what became of it.
fn is_nothing(text: &[u8], start: usize) -> bool {
    const LONGEST: usize = 10;
    const NOT: [&[u8]; 8] = [
        b"not set",
        b"not found",
        b"not provided",
        b"not configured",
        b"not valid",
        b"not present",
        b"not required",
        b"not available",
    ];
    let end = run_at_most(text, start, LONGEST + 1, |byte| {
        byte > b' ' && !matches!(byte, b',' | b';' | b'}' | b']' | b')' | b'&')
    });
    whole::is_status(&text[start..end].to_ascii_lowercase())
        || NOT.iter().any(|words| text[start..].starts_with(words))
}

/// What a validation says of a field: "first_name: String should have at least 1 character", "address: must not be blank".
fn is_told(text: &[u8], start: usize) -> bool {
    const FIRST: [&[u8]; 13] = [
        b"string", b"value", b"input", b"this", b"too", b"must", b"should", b"cannot", b"is",
        b"has", b"field", b"length", b"text",
    ];
    const SECOND: [&[u8]; 8] = [
        b"should", b"must", b"is", b"cannot", b"field", b"long", b"short", b"not",
    ];
    let first = word_end(text, start);
    let second = word_end(text, (first + 1).min(text.len()));
    text.get(first) == Some(&b' ')
        && SECOND.contains(&&text[first + 1..second])
        && FIRST
            .iter()
            .any(|known| text[start..first].eq_ignore_ascii_case(known))
}

/// "portal-v2", "consumer-1", "java:42": the names of things begin with a word, codes of people do not.
fn begins_with_word(text: &[u8], start: usize) -> bool {
    let letters = run(text, start, |byte| byte.is_ascii_lowercase());
    letters - start >= 3 && !text.get(letters).is_some_and(u8::is_ascii_digit)
}

/// An age has no unit but years: "93", "93y", "93F", but not "95s".
fn is_in_years(text: &[u8], end: usize) -> bool {
    is_boundary_after(text, end) || matches!(text[end], b'y' | b'Y' | b'M' | b'F')
}

fn is_compact_word(text: &[u8], start: usize) -> bool {
    date::is_compact(&text[start..digits_end(text, start)])
}

fn date_end(text: &[u8], start: usize) -> Option<usize> {
    let start = past_weekday(text, start);
    let word = word_end(text, start);
    let begins_with_digit = text.get(start).is_some_and(u8::is_ascii_digit);
    let found = if begins_with_digit {
        date::find(text, start, true)
    } else {
        date::find_month(
            text,
            start,
            run(text, start, |byte| byte.is_ascii_alphabetic()),
            true,
        )
    };
    match found {
        Some(found) => Some(found.time_end.unwrap_or(found.end)),
        None if word > start && begins_with_digit => Some(word),
        None => None,
    }
}

/// "Mon May 18 1981", as JavaScript writes it; "Tuesday, March 14 2023".
fn past_weekday(text: &[u8], start: usize) -> usize {
    const DAYS: [&[u8]; 7] = [
        b"Mon ", b"Tue ", b"Wed ", b"Thu ", b"Fri ", b"Sat ", b"Sun ",
    ];
    let word = word_end(text, start);
    if word - start > 5 && text[..word].ends_with(b"day") && text[start].is_ascii_uppercase() {
        return run(text, word, |byte| matches!(byte, b',' | b' '));
    }
    if text
        .get(start..start + 4)
        .is_some_and(|day| DAYS.contains(&day))
    {
        start + 4
    } else {
        start
    }
}

/// The end of a number that passes the check of a provider's.
fn npi_end(text: &[u8], start: usize) -> Option<usize> {
    let end = digits_end(text, start);
    (code::is_npi(&text[start..end]) && is_boundary_after(text, end)).then_some(end)
}

fn name_end(text: &[u8], start: usize, expect: name::Expect) -> Option<usize> {
    let (end, words) = name::end(text, start, expect);
    (words > 0).then_some(end)
}

/// The end of a name of two words and more that are not all of a sentence.
fn full_name_end(text: &[u8], start: usize) -> Option<usize> {
    let (end, words) = name::end(text, start, name::Expect::Capitals);
    (words > 1 && !person::is_all_wording(text, start, end)).then_some(end)
}

fn foreign_zip(text: &[u8], start: usize) -> Option<usize> {
    // "zip:amd64" is a package.
    if begins_with_word(text, start)
        || run(text, start, |byte| byte.is_ascii_lowercase()) > start + 2
    {
        return None;
    }
    let first = word_end(text, start);
    let second = word_end(text, first + usize::from(text.get(first) == Some(&b' ')));
    let end = if text[first..second].iter().any(u8::is_ascii_digit) {
        second
    } else {
        first
    };
    (text[start..end].iter().any(u8::is_ascii_digit) && (3..=10).contains(&(end - start)))
        .then_some(end)
}

/// The end of a code: letters and digits with single marks inside, at least `least` long, with a
/// digit.
fn code_end(text: &[u8], start: usize, kind: Kind, least: usize) -> Option<usize> {
    if let Some(end) = code::gs1_end(text, start) {
        return Some(end);
    }
    let from = start + usize::from(matches!(text[start], b'+' | b'#' | b'('));
    if !has_digit_within(text, from, MAX_LETTERS) {
        return None;
    }
    let known = from + 2 < text.len() && is_word(text[from]);
    let known_end = known
        .then(|| code::find(text, from, word_end(text, from)))
        .flatten()
        .map_or(0, |hit| hit.end);
    let mut code = Code::default();
    let mut at = from;
    let mut end = from;
    while at < text.len() {
        let word = run(text, at, |byte| is_word(byte) || byte == b'*');
        if word == at {
            break;
        }
        code.read(&text[at..word]);
        end = word;
        // What the word announces is found after it: "implant UDI (01)…".
        if code.digits == 0 && text[word..].starts_with(b" (01)") {
            return None;
        }
        if code.digits == 0 && end - from > MAX_LETTERS {
            return None;
        }
        let Some(next) = code.next_part(text, word, kind) else {
            break;
        };
        at = next;
    }
    let end = end.max(known_end);
    if kind == Kind::Phone {
        return (code.digits >= 7).then(|| extension_end(text, end));
    }
    (code.digits > 0 && code.digits + code.letters >= least).then_some(end)
}

#[derive(Default)]
struct Code {
    digits: usize,
    letters: usize,
    last_is_digits: bool,
    is_upper: bool,
}

impl Code {
    fn read(&mut self, part: &[u8]) {
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        self.digits += digits;
        self.letters += part.len() - digits;
        self.last_is_digits = digits == part.len();
        self.is_upper = !part.iter().any(u8::is_ascii_lowercase);
    }

    /// Whether what was read is enough for a code of any kind.
    fn is_whole(&self) -> bool {
        self.digits > 3 && self.digits + self.letters > 4
    }

    /// Where the next part begins after one that ends at `end`.
    fn next_part(&self, text: &[u8], end: usize, kind: Kind) -> Option<usize> {
        let goes_on = |at: usize| {
            text.get(at)
                .is_some_and(|&byte| is_word(byte) || byte == b'*')
        };
        if matches!(text.get(end), Some(b'-' | b'.' | b'/' | b'_' | b'#' | b':'))
            && goes_on(end + 1)
        {
            let is_other = self.is_whole() && name::begins_own_field(text, end + 1);
            return (!is_other).then_some(end + 1);
        }
        let mut at = end;
        // In a form that was sent a plus is a blank (WHATWG URL, 5.1).
        while at < end + 3 && matches!(text.get(at), Some(b' ' | b'+' | b'-' | b'(' | b')' | b'.'))
        {
            at += 1;
        }
        if at == end
            || !text[end..at]
                .iter()
                .any(|&byte| matches!(byte, b' ' | b'+' | b'(' | b')'))
        {
            return None;
        }
        // After a space only a group of digits goes on, and only in numbers that are written so.
        let group = digits_end(text, at);
        let is_fraction =
            text.get(group) == Some(&b'.') && text.get(group + 1).is_some_and(u8::is_ascii_digit);
        let is_group =
            group > at && is_boundary_after(text, group) && group - at <= 7 && !is_fraction;
        let after_letters = self.digits == 0 && self.letters <= 4 && self.is_upper;
        let in_groups = self.last_is_digits && self.digits < 19 && is_grouped(kind);
        let goes_on = is_group && (in_groups || after_letters);
        // "MRN 28991442 14 March 1957".
        let is_other = self.is_whole()
            && number::begins_date_or_address(text, at, group)
            && !is_among_groups(text, at);
        (goes_on && !is_other).then_some(at)
    }
}

/// Whether more digits come after a date in digits that begins at `start`: "28991442 1957-03-14/7781".
fn is_among_groups(text: &[u8], start: usize) -> bool {
    date::find(text, start, false).is_some_and(|date| {
        let is_in_digits = !text[start..date.end].iter().any(u8::is_ascii_alphabetic);
        is_in_digits && matches!(text[date.end..], [b' ' | b'/' | b'.', b'0'..=b'9', ..])
    })
}

fn is_grouped(kind: Kind) -> bool {
    !matches!(kind, Kind::Dea | Kind::Vin | Kind::Mbi)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_weekday_that_ends_a_text_is_no_date() {
        for text in ["dob Mon ", "DOB: Tue ", "born Wed "] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn nothing_is_left_of_a_number_in_groups_whatever_it_was_announced_as() {
        for (text, redacted) in [
            ("password: 4111 1111 1111 1111", "password: [secret]"),
            ("api_key=536-22-8726", "api_key=[secret]"),
            ("install zip:amd64 3.0-13", "install zip:amd64 3.0-13"),
            (
                "dob: Mon May 18 1981 00:00:00 GMT+0000",
                "dob: [date] GMT+0000",
            ),
            (
                "implant UDI (01)00889914000011(17)301231(10)AB12(21)S1 scanned",
                "implant UDI [device] scanned",
            ),
            (
                "api_key=\nDE89 3704 0044 0532 0130 00",
                "api_key=\n[secret]",
            ),
        ] {
            assert_eq!(redact_text(text), redacted);
        }
    }
}
