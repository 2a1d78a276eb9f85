//! Dates of the calendar, in the spellings that people and databases use.

use super::announced::is_measured;
use super::class::{is_boundary_after, run, word_before};
use super::ip;
use super::number::digits_end;
use crate::phi::number::of_bytes;

/// A date, up to `end`, and where the time of day that follows it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub end: usize,
    pub time_end: Option<usize>,
}

/// The date that the digit at `start` begins. `cued` says that a date is expected there: then also
/// without separators, or a month and a year alone.
pub(super) fn find(text: &[u8], start: usize, cued: bool) -> Option<Found> {
    let first = digits_end(text, start);
    let end = match first - start {
        4 => year_first(text, start, first)
            .or_else(|| cued.then(|| year_and_month(text, start, first)).flatten()),
        1 | 2 => day_or_month_first(text, start, first, cued),
        8 if cued => is_compact(&text[start..first]).then_some(first),
        _ => None,
    }?;
    let time_end = time_end(text, end);
    if time_end.is_none() && !is_boundary_after(text, end) {
        return None;
    }
    Some(Found { end, time_end })
}

/// The date that the month's name at `start` begins, a word up to `word_end`.
pub(super) fn find_month(text: &[u8], start: usize, word_end: usize, cued: bool) -> Option<Found> {
    month(&text[start..word_end])?;
    let mut at = word_end + usize::from(text.get(word_end) == Some(&b'.'));
    at = gap(text, at);
    if text.get(at..at + 4) == Some(b"the ") {
        at += 4;
    }
    let digits = digits_end(text, at);
    let end = match digits - at {
        1 | 2 if number(&text[at..digits]) <= 31 => {
            let day = ordinal_end(text, digits);
            let year_start = gap(text, comma(text, day));
            match year_end(text, year_start, true) {
                Some(end) if year_start > day => end,
                _ if cued || day > digits => day,
                _ => return None,
            }
        }
        4 if cued && is_year(&text[at..digits]) => digits,
        _ => return None,
    };
    Some(Found {
        end,
        time_end: time_end(text, end),
    })
}

fn year_first(text: &[u8], start: usize, year: usize) -> Option<usize> {
    let separator = *text.get(year)?;
    if !matches!(separator, b'-' | b'/' | b'.') || !is_year(&text[start..year]) {
        return None;
    }
    let month = digits_end(text, year + 1);
    if month == year + 1 {
        let word = run(text, month, |byte| byte.is_ascii_alphabetic());
        self::month(&text[month..word])?;
        let day = (text.get(word) == Some(&separator)).then(|| digits_end(text, word + 1))?;
        return (day > word + 1 && is_day(&text[word + 1..day])).then_some(day);
    }
    if text.get(month) != Some(&separator) || !is_month(&text[year + 1..month]) {
        return None;
    }
    let day = digits_end(text, month + 1);
    // Versions that are dates have dots, and seldom noughts before a digit.
    let is_version = separator == b'.'
        && (day - start != 10 || text.get(day) == Some(&b'.') || ip::is_version(text, start));
    (is_day(&text[month + 1..day]) && !is_version).then_some(day)
}

fn year_and_month(text: &[u8], start: usize, year: usize) -> Option<usize> {
    if !is_year(&text[start..year]) {
        return None;
    }
    match text.get(year) {
        Some(b'-' | b'/' | b'.') => {
            let month = digits_end(text, year + 1);
            is_month(&text[year + 1..month]).then_some(month)
        }
        _ => Some(year),
    }
}

fn day_or_month_first(text: &[u8], start: usize, first: usize, cued: bool) -> Option<usize> {
    let separator = *text.get(first)?;
    if matches!(separator, b'/' | b'-' | b'.' | b' ') {
        // "12. 3. 1957"
        let second_start = if separator == b'.' && text.get(first + 1) == Some(&b' ') {
            first + 2
        } else {
            first + 1
        };
        let second = digits_end(text, second_start);
        if second > second_start {
            let (one, two) = (&text[start..first], &text[second_start..second]);
            let is_pair = is_day(one) && is_day(two) && (is_month(one) || is_month(two));
            if text.get(second) == Some(&separator) && is_pair && (separator != b' ' || cued) {
                let third = second + second_start - first;
                let two_digits = match separator {
                    b'/' => true,
                    b'-' => one.len() == 2 && two.len() == 2 || cued,
                    _ => one.len() == 2 && two.len() == 2 && !ip::is_version(text, start) || cued,
                };
                let end = year_end(text, third, two_digits)?;
                // Dots part days from months in that order: "12.16.10" is a version.
                if !cued && separator == b'.' && end == third + 2 && !is_month(two) {
                    return None;
                }
                if !cued && separator == b'.' && end == third + 2 && is_step(text, start, end) {
                    return None;
                }
                if !cued && end == third + 2 && is_progression(one, two, &text[third..end]) {
                    return None;
                }
                // A fourth number makes it an address or a version.
                let goes_on = text.get(end) == Some(&separator)
                    && text.get(end + 1).is_some_and(u8::is_ascii_digit);
                return (!goes_on).then_some(end);
            }
            if cued
                && separator != b' '
                && is_month(one)
                && second - second_start == 4
                && is_year(two)
            {
                return Some(second);
            }
            return (cued && separator == b'/' && is_pair).then_some(second);
        }
    }
    // "3 March 1957", "3rd of March, 1957", "03-MAR-57", "03MAR1957"
    if !separator.is_ascii_alphabetic() && !matches!(separator, b' ' | b'-' | b'/' | b'_' | b'.') {
        return None;
    }
    if !is_day(&text[start..first]) {
        return None;
    }
    let day = ordinal_end(text, first);
    let mut word = gap(text, day + usize::from(text.get(day) == Some(&b'.')));
    if text.get(word..word + 3) == Some(b"of ") {
        word += 3;
    }
    let word_end = run(text, word, |byte| byte.is_ascii_alphabetic());
    month(&text[word..word_end])?;
    let after = word_end + usize::from(text.get(word_end) == Some(&b'.'));
    let year = gap(text, comma(text, after));
    match year_end(text, year, true) {
        Some(end) => Some(end),
        None => (cued || day > first).then_some(word_end),
    }
}

/// "upgraded from 20.11.21 to 22.4.1": versions are what software is moved between.
fn is_step(text: &[u8], start: usize, end: usize) -> bool {
    const NEAR: usize = 48;
    const VERBS: [&[u8]; 6] = [
        b"upgrad",
        b"downgrad",
        b"bump",
        b"install",
        b"migrat",
        b"roll",
    ];
    let before = &text[start.saturating_sub(NEAR)..start];
    let after = &text[end..text.len().min(end + NEAR / 2)];
    let is_in = |part: &[u8]| {
        (0..part.len()).any(|at| {
            let byte = part[at].to_ascii_lowercase();
            VERBS.iter().any(|verb| {
                byte == verb[0]
                    && part
                        .get(at..at + verb.len())
                        .is_some_and(|word| word.eq_ignore_ascii_case(verb))
            })
        })
    };
    let is_said = is_in(before) || is_in(after);
    let from = [&b"->"[..], b" to"]
        .iter()
        .find_map(|link| before.trim_ascii_end().strip_suffix(*link));
    let is_moved = from.is_some_and(|from| {
        let from = from.trim_ascii_end();
        let length = from
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
            .count();
        let other = &from[from.len() - length..];
        other.split(|&byte| byte == b'.').count() == 3 && other.len() != end - start
    });
    let is_built = matches!(text.get(end), Some(b'-' | b'+'))
        && text.get(end + 1).is_some_and(u8::is_ascii_alphabetic);
    is_said || is_moved || is_built
}

/// "10-20-30": numbers that rise by the same are a row of counts rather than a day, a month and a year of two
/// digits.
fn is_progression(one: &[u8], two: &[u8], three: &[u8]) -> bool {
    let (one, two, three) = (number(one), number(two), number(three));
    one < two && two < three && two - one == three - two
}

/// Past a space, a hyphen or a slash, or nothing.
fn gap(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < at + 3 && matches!(text.get(end), Some(b' ' | b'-' | b'/' | b'_')) {
        end += 1;
    }
    end
}

fn comma(text: &[u8], at: usize) -> usize {
    at + usize::from(text.get(at) == Some(&b','))
}

fn ordinal_end(text: &[u8], at: usize) -> usize {
    if !text.get(at).is_some_and(u8::is_ascii_alphabetic) {
        return at;
    }
    match text.get(at..at + 2) {
        Some(suffix)
            if [b"st", b"nd", b"rd", b"th"]
                .iter()
                .any(|known| suffix.eq_ignore_ascii_case(*known))
                && is_boundary_after(text, at + 2) =>
        {
            at + 2
        }
        _ => at,
    }
}

fn year_end(text: &[u8], start: usize, two_digits: bool) -> Option<usize> {
    let start = start + usize::from(text.get(start) == Some(&b'\''));
    let end = digits_end(text, start);
    match end - start {
        4 => is_year(&text[start..end]).then_some(end),
        2 => (two_digits && text.get(end) != Some(&b':')).then_some(end),
        _ => None,
    }
}

/// The end of the time of day after a date that ends at `date`.
fn time_end(text: &[u8], date: usize) -> Option<usize> {
    let mut at = date;
    match text.get(at)? {
        b'T' | b't' | b' ' | b',' | b':' | b'_' => at += 1,
        _ => return None,
    }
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    if text.get(at..at + 3) == Some(b"at ") || text.get(at..at + 3) == Some(b"AT ") {
        at += 3;
    }
    let hours = digits_end(text, at);
    if !(1..=2).contains(&(hours - at)) || number(&text[at..hours]) > 24 {
        return None;
    }
    // "2026-11-27_14-02-11" of a run.
    if text[date] == b'_' && text.get(hours) == Some(&b'-') && hours == at + 2 {
        let minutes = digits_end(text, hours + 1);
        let seconds = digits_end(text, (minutes + 1).min(text.len()));
        let is_time = minutes == hours + 3
            && number(&text[hours + 1..minutes]) < 60
            && text[minutes..].starts_with(b"-")
            && seconds == minutes + 3
            && is_boundary_after(text, seconds);
        return is_time.then_some(seconds);
    }
    if text.get(hours) != Some(&b':') {
        // "5 PM"
        let marker = gap(text, hours);
        let is_half = text
            .get(marker + 1)
            .is_some_and(|m| m.eq_ignore_ascii_case(&b'm'))
            && matches!(text.get(marker), Some(b'a' | b'p' | b'A' | b'P'));
        return (is_half && is_boundary_after(text, marker + 2)).then_some(marker + 2);
    }
    let end = run(text, hours, |byte| {
        byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',')
    });
    (end >= hours + 3 && text[hours + 1].is_ascii_digit())
        .then(|| end + usize::from(text.get(end) == Some(&b'Z')))
}

/// Eight digits that are a year, a month and a day.
pub(super) fn is_compact(digits: &[u8]) -> bool {
    digits.len() == 8
        && digits.iter().all(u8::is_ascii_digit)
        && (is_year(&digits[..4]) && is_month(&digits[4..6]) && is_day(&digits[6..])
            || is_year(&digits[4..])
                && (is_month(&digits[..2]) && is_day(&digits[2..4])
                    || is_day(&digits[..2]) && is_month(&digits[2..4])))
}

fn number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .take(9)
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

fn is_year(digits: &[u8]) -> bool {
    digits.len() == 4 && (1850..=2150).contains(&number(digits))
}

fn is_month(digits: &[u8]) -> bool {
    is_up_to(digits, 12)
}

fn is_day(digits: &[u8]) -> bool {
    is_up_to(digits, 31)
}

/// Whether one or two digits are a number from 1 to `most`.
fn is_up_to(digits: &[u8], most: u8) -> bool {
    let number = match *digits {
        [one] => one - b'0',
        [ten, one] => (ten - b'0') * 10 + (one - b'0'),
        _ => return false,
    };
    (1..=most).contains(&number)
}

/// The month that a word names, in full or in three or four letters.
pub(super) fn month(word: &[u8]) -> Option<u8> {
    const MONTHS: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    /// Their first three letters.
    const FIRST: [u64; MONTHS.len()] = {
        let mut first = [0; MONTHS.len()];
        let mut at = 0;
        while at < first.len() {
            first[at] = of_bytes(MONTHS[at].split_at(3).0);
            at += 1;
        }
        first
    };
    if word.len() < 3 || word.len() > 9 {
        return None;
    }
    let first = of_bytes(&word[..3]) | 0x0020_2020;
    let place = FIRST.iter().position(|&known| known == first)?;
    let is_short = word.len() == 3 || word.eq_ignore_ascii_case(b"sept");
    (is_short || word.eq_ignore_ascii_case(MONTHS[place])).then_some(())?;
    u8::try_from(place + 1).ok()
}

/// Whether all of `value` is a moment as JavaScript writes it: 2025-11-03T08:14:22.123Z (ECMA-262, 21.4.1.32).
pub(in super::super) fn is_moment(value: &[u8]) -> bool {
    const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
    value.len() == FORM.len()
        && value.iter().zip(FORM).all(|(byte, form)| {
            if *form == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == form
            }
        })
}

/// The day in digits alone after a word for what is done with a patient, or with what was taken of one: "specimen
/// collected 19810415".
pub(super) fn done_on(text: &[u8], start: usize, end: usize) -> Option<usize> {
    const DONE: [&[u8]; 4] = [b"examined", b"visited", b"treated", b"operated"];
    const TAKEN: [&[u8]; 3] = [b"collected", b"drawn", b"sampled"];
    const SAMPLES: [&[u8]; 10] = [
        b"specimen",
        b"sample",
        b"blood",
        b"lab",
        b"labs",
        b"swab",
        b"urine",
        b"tissue",
        b"plasma",
        b"serum",
    ];
    if !is_compact(&text[start..end]) || !is_boundary_after(text, end) {
        return None;
    }
    let is =
        |known: &[&[u8]], word: &[u8]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let before = text[..start].strip_suffix(b" ")?;
    let before = before.strip_suffix(b" on").unwrap_or(before);
    let word = word_before(before, before.len());
    let sample = before[..before.len() - word.len()].trim_ascii_end();
    let is_done =
        is(&DONE, word) || is(&TAKEN, word) && is(&SAMPLES, word_before(sample, sample.len()));
    (is_done && !is_measured(text, end)).then_some(end)
}

/// Whether a value in an object about a day may be one: "1957", "03/14", "2024-03-01T10:00:00Z".
pub(in super::super) fn is_date_like(value: &[u8]) -> bool {
    let is_part = |byte: &u8| !byte.is_ascii_alphabetic() || matches!(byte, b'T' | b'Z');
    value.first().is_some_and(u8::is_ascii_digit) && value.iter().all(is_part)
        || value
            .split(|byte| !byte.is_ascii_alphabetic())
            .any(|word| month(word).is_some())
}
