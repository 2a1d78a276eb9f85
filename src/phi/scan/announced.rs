//! The values of fields that words name: which field it is, and where its value begins.

use super::class::{
    self, has_digit_within, is_boundary_after, is_letter, is_word, run, run_at_most, word_end,
};
use super::number::digits_end;
use super::person::{Cue, named};
use super::value::{self, Announced};
use super::{Hit, held, ip, lexicon, list, told, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No phrase that names a field is longer.
const MAX_PHRASE: usize = 32;
const MAX_WORDS: usize = 4;

/// The value of the field that the words up to `end` name.
pub(super) fn announced(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if is_place_in_list(text, end) {
        return None;
    }
    if let Some(hit) = of_policy(text, start, end).or_else(|| of_device(text, start, end)) {
        return Some(hit);
    }
    let sign = run(text, end, |byte| byte == b' ');
    let is_numbered = text.get(sign) == Some(&b'#');
    let field = field_before(text, start, end, floor, is_numbered).or_else(|| {
        // "password # …": nothing that has a number.
        is_numbered.then(|| field_before(text, start, end, floor, false))?
    })?;
    if let Field::Whole(Kind::Name) | Field::Name = field {
        let word = &text[start..end];
        let ends = |noun: &[u8]| class::ends_with(word, noun);
        let is_name = (ends(b"name") || ends(b"names")) && field != Field::Name;
        if is_name && let Some(hit) = told::name(text, end) {
            return Some(hit);
        }
        // In a column of its own.
        let aligned = run(text, end, |byte| byte == b' ');
        if is_name && aligned > end + 2 {
            return named(text, aligned - 1, Cue::Name);
        }
        return named(text, end, if is_name { Cue::Name } else { Cue::Role });
    }
    // "MR #4512" is a request to merge; a medical record has a longer number.
    if text[start..end].eq_ignore_ascii_case(b"mr") {
        return value_after(field, text, end).filter(|hit| hit.end - hit.start > 5);
    }
    // All of a header is one, which its separator finds, and not its first code with digits alone.
    if field == Field::Secret
        && matches!(text.get(sign), Some(b':' | b'='))
        && held::is_cookie(&text[start..end])
    {
        return None;
    }
    if field == Field::Secret
        && let Some(hit) = told::one_time_code(text, start, end)
    {
        return Some(hit);
    }
    let hit = value_after(field, text, end);
    // No code is without a digit, nor are more letters before it.
    if hit.is_some() || !has_digit_within(text, end, told::FAR + value::MAX_LETTERS + 2) {
        return hit;
    }
    told::on_next_line(field, text, start, end)
        .or_else(|| told::later(field, text, start, end))
        .or_else(|| told::checked(field, text, end))
}

/// "Policy W747916978", but not a policy of retries.
fn of_policy(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    const OF_SOFTWARE: [&[u8]; 6] = [
        b"retry",
        b"backoff",
        b"cache",
        b"network",
        b"security",
        b"retention",
    ];
    const OF_INSURANCE: [&[u8]; 5] = [b"payer", b"insurance", b"health", b"medical", b"dental"];
    let before = class::word_before(text, start.saturating_sub(1));
    let is_of_software = OF_SOFTWARE
        .iter()
        .any(|known| before.eq_ignore_ascii_case(known));
    // "query plan 48291007".
    let is_of_insurance = OF_INSURANCE
        .iter()
        .any(|known| before.eq_ignore_ascii_case(known));
    let word = &text[start..end];
    let is_policy = word.eq_ignore_ascii_case(b"policy")
        || is_of_insurance && word.eq_ignore_ascii_case(b"plan");
    if is_of_software || !is_policy {
        return None;
    }
    let code = run_at_most(text, end, 3, |byte| matches!(byte, b' ' | b':' | b'='));
    let stop = word_end(text, code);
    let word = &text[code..stop];
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_code = code > end
        && digits > if digits == word.len() { 7 } else { 5 }
        && !word.iter().any(u8::is_ascii_lowercase)
        && !is_measured(text, stop);
    is_code.then_some(Hit {
        start: code,
        end: stop,
        kind: Kind::Plan,
    })
}

/// "device 20:0b:f2:ca:12:1a": only an address of hardware says which one it is.
fn of_device(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start..end].eq_ignore_ascii_case(b"device") || text.get(end) != Some(&b' ') {
        return None;
    }
    let (from, to) = (end + 1, end + 18);
    let is_address = whole::is_hardware_address(text.get(from..to)?);
    (is_address && is_boundary_after(text, to)).then_some(Hit {
        start: from,
        end: to,
        kind: Kind::Device,
    })
}

/// The value of `field` after a cue that ends at `end`, and perhaps some words between.
pub(super) fn value_after(field: Field, text: &[u8], end: usize) -> Option<Hit> {
    if is_source_file(text, end) || is_partition(text, end) {
        return None;
    }
    // "MRN(s) 00123456".
    let mut at = match field {
        Field::Secret => end,
        _ => past_stars(text, list::past_plural(text, end)),
    };
    for _ in 0..6 {
        at = run(text, at, is_between);
        // "expected mrn to equal 28991442".
        if text[at..].starts_with(b"to equal ") {
            at += 9;
            continue;
        }
        let next = word_end(text, at);
        let word = &text[at..next];
        let known = lexicon::flags(text, at, next);
        // "license CA D1234567".
        let is_issuer = || {
            field == Field::Coded(Kind::License)
                && known & lexicon::STATE != 0
                && word.len() == 2
                && word.iter().all(u8::is_ascii_uppercase)
        };
        if known & lexicon::BETWEEN == 0 && !is_issuer() {
            break;
        }
        at = next;
    }
    // "MRN [28991442] not found", "MRN/28991442".
    let is_mark = match text.get(at) {
        Some(b'[' | b'{' | b'<') => {
            placeholder::length_at(&text[at..]).is_none()
                && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        }
        Some(b'/') => {
            let code = &text[at + 1..word_end(text, at + 1)];
            let digits = code.iter().filter(|byte| byte.is_ascii_digit()).count();
            // "Member ID/W747916978", but not the number of a row in a path.
            let is_code = match field {
                Field::Strong(Kind::Date) => {
                    let end = at + 1 + code.len();
                    digits == code.len() && matches!(text.get(end), Some(b'-' | b'/' | b'.'))
                }
                Field::Strong(_) => code.first().is_some_and(u8::is_ascii_digit) && digits > 4,
                _ => digits > 6,
            };
            at == end && is_code
        }
        _ => false,
    };
    if is_mark && matches!(field, Field::Strong(_) | Field::Coded(_)) {
        at += 1;
    }
    if at == end
        || !text
            .get(at)
            .is_some_and(|&byte| is_word(byte) || matches!(byte, b'+' | b'*'))
    {
        return None;
    }
    let is_in_parentheses = field == Field::Whole(Kind::Phone) || text[at..].starts_with(b"01)");
    let at = at - usize::from(text[at - 1] == b'(' && is_in_parentheses);
    value::take(field, text, at, Announced::Words)
        .filter(|hit| text.get(hit.end) != Some(&b'@'))
        // "member fd12:3456::1".
        .filter(|hit| {
            !text[hit.start..hit.end].contains(&b':')
                || ip::end_v6(text, hit.start).is_none_or(|end| end <= hit.end)
        })
        .filter(|hit| {
            let is_sure = matches!(field, Field::Strong(_) | Field::Coded(Kind::Date));
            is_sure || !is_measured(text, hit.end)
        })
        .map(|hit| value::within_request(text, hit))
}

/// Past the stars of Markdown around a cue: "**MRN** 00123456".
fn past_stars(text: &[u8], end: usize) -> usize {
    let stars = run(text, end, |byte| byte == b'*');
    if stars - end < 3 && text.get(stars) == Some(&b' ') {
        stars
    } else {
        end
    }
}

/// Whether the extension of a file of source code comes at `at`: "patient.ts:570:11" is a place in one.
pub(super) fn is_source_file(text: &[u8], at: usize) -> bool {
    const EXTENSIONS: [&[u8]; 18] = [
        b"ts", b"js", b"tsx", b"jsx", b"mts", b"cts", b"mjs", b"cjs", b"py", b"rs", b"go", b"rb",
        b"java", b"kt", b"cs", b"php", b"vue", b"sql",
    ];
    text.get(at) == Some(&b'.')
        && text.get(at + 1).is_some_and(u8::is_ascii_lowercase)
        && EXTENSIONS.contains(&&text[at + 1..word_end(text, at + 1)])
}

/// Whether a year, and perhaps a month and a day, is glued to the name of a table: "encounters_2026_11",
/// "encounters_y2026m11". A code has more digits.
fn is_partition(text: &[u8], at: usize) -> bool {
    if text.get(at) != Some(&b'_') || !text[..at].ends_with(b"s") {
        return false;
    }
    let mut start = at + 1 + usize::from(text.get(at + 1) == Some(&b'y'));
    let year = digits_end(text, start);
    if year != start + 4 || !matches!(&text[start..start + 2], b"19" | b"20") {
        return false;
    }
    start = year;
    while matches!(text.get(start), Some(b'_' | b'm' | b'd')) {
        let end = digits_end(text, start + 1);
        if !(1..=2).contains(&(end - start - 1)) {
            break;
        }
        start = end;
    }
    is_boundary_after(text, start) && text.get(start) != Some(&b'_')
}

/// Whether an age is one of a thing that programs keep.
fn is_of_machine(name: &[u8]) -> bool {
    const THINGS: [&[u8]; 8] = [
        b"wal",
        b"connection",
        b"message",
        b"replica",
        b"token",
        b"cache",
        b"snapshot",
        b"lease",
    ];
    let first = run(name, 0, is_letter);
    THINGS
        .iter()
        .any(|thing| name[..first].eq_ignore_ascii_case(thing))
}

/// What stands between a cue, the words after it and its value.
fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'#'
            | b'.'
            | b'-'
            | b'('
            | b')'
            | b'\t'
            | b','
            | b'\''
            | b'"'
            | b':'
            | b'='
            | b'_'
            | b'|'
            | b'`'
            | b'>'
    )
}

/// The field that the words up to `end` name.
pub(super) fn field_before(
    text: &[u8],
    start: usize,
    end: usize,
    floor: usize,
    is_numbered: bool,
) -> Option<Field> {
    let mut from = start;
    let mut best = None;
    for words in 1.. {
        let name = &text[from..end];
        let field = if is_numbered {
            field::classify_numbered(name)
        } else {
            field::classify(name)
        };
        match field {
            Field::Person => best = Some(Field::Coded(Kind::Mrn)),
            Field::PersonLike if name.eq_ignore_ascii_case(b"subject") => {
                best = Some(Field::Coded(Kind::Mrn));
            }
            Field::PersonLike if name.eq_ignore_ascii_case(b"contact") => {
                best = Some(Field::Whole(Kind::Phone));
            }
            Field::PersonLike if name.eq_ignore_ascii_case(b"member") => {
                best = Some(Field::Coded(Kind::Plan));
            }
            // "Admit policy number": of less than it is of.
            Field::Coded(Kind::Date) if best.is_some() => {}
            Field::Secret => best = Some(field),
            field @ (Field::Strong(_)
            | Field::Whole(_)
            | Field::Coded(_)
            | Field::Zip
            | Field::Age
            | Field::Routing
            | Field::Provider
            | Field::Name) => best = Some(field),
            // "counts.age": it is one name, and says that this is none.
            Field::About if from < start && !matches!(text[start - 1], b' ' | b'\'') => {
                return None;
            }
            // "WAL age 95".
            Field::About
                if words == 2
                    && best == Some(Field::Age)
                    && (from == 0 || matches!(text[from - 1], b' ' | b'\n' | b'(' | b'['))
                    && is_of_machine(name) =>
            {
                return None;
            }
            _ => {}
        }
        if words == MAX_WORDS {
            break;
        }
        match word_before(text, from, floor) {
            Some(before) if end - before <= MAX_PHRASE => from = before,
            _ => break,
        }
    }
    best
}

/// Where the word begins that stands before the one at `start`, with a blank or another mark between them.
fn word_before(text: &[u8], start: usize, floor: usize) -> Option<usize> {
    const MARKS: usize = 2;
    const LETTERS: usize = 16;
    let mut stop = start;
    let least = floor.max(start.saturating_sub(MARKS));
    while stop > least && matches!(text[stop - 1], b' ' | b'\'' | b'-' | b'_' | b'.') {
        stop -= 1;
    }
    let mut at = stop;
    let least = floor.max(stop.saturating_sub(LETTERS));
    while at > least && is_letter(text[at - 1]) {
        at -= 1;
    }
    (at < stop && stop < start).then_some(at)
}

/// Whether a place in a list comes next: "patient.0.lastName".
fn is_place_in_list(text: &[u8], end: usize) -> bool {
    const MOST: usize = 4;
    let digits = digits_end(text, end + 1);
    text.get(end) == Some(&b'.')
        && (1..=MOST).contains(&digits.saturating_sub(end + 1))
        && text.get(digits) == Some(&b'.')
        && text.get(digits + 1).is_some_and(|&byte| is_letter(byte))
}

/// Whether the number that ends at `end` counts something.
pub(super) fn is_measured(text: &[u8], end: usize) -> bool {
    let at = run(text, end, |byte| byte == b' ');
    let word = word_end(text, at);
    // "zip=85781 bytes=18": the next key.
    let is_key = matches!(text.get(word), Some(b'=' | b':'));
    text.get(end) == Some(&b'%')
        || !is_key && lexicon::flags(text, at, word) & lexicon::MEASURE != 0
}
