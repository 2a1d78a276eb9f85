//! The values of fields that words name: which field it is, and where its value begins.

use super::class::{has_digit_within, is_boundary_after, is_letter, is_word, run, word_end};
use super::number::digits_end;
use super::person::{self, Cue, named};
use super::value::{self, Announced};
use super::{Hit, code, keyed, lexicon, name, number};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No phrase that names a field is longer.
const MAX_PHRASE: usize = 32;
const MAX_WORDS: usize = 4;

/// How far behind a cue words may stand before its value.
const FAR: usize = 64;

/// The value of the field that the words up to `end` name.
pub(super) fn announced(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if is_place_in_list(text, end) {
        return None;
    }
    if let Some(hit) = of_policy(text, start, end) {
        return Some(hit);
    }
    let sign = run(text, end, |byte| byte == b' ');
    let is_numbered = text.get(sign) == Some(&b'#');
    let field = field_before(text, start, end, floor, is_numbered)?;
    if let Field::Whole(Kind::Name) | Field::Name = field {
        let word = &text[start..end];
        let ends = |noun: &[u8]| {
            let at = word.len().checked_sub(noun.len());
            at.is_some_and(|at| word[at..].eq_ignore_ascii_case(noun))
        };
        let is_name = (ends(b"name") || ends(b"names")) && field != Field::Name;
        if is_name && let Some(hit) = told_name(text, end) {
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
        && keyed::is_cookie(&text[start..end])
    {
        return None;
    }
    if field == Field::Secret
        && let Some(hit) = one_time_code(text, start, end)
    {
        return Some(hit);
    }
    let hit = value_after(field, text, end);
    // No code is without a digit, nor are more letters before it.
    if hit.is_some() || !has_digit_within(text, end, FAR + value::MAX_LETTERS + 2) {
        return hit;
    }
    on_next_line(field, text, start, end)
        .or_else(|| told_later(field, text, start, end))
        .or_else(|| checked_later(field, text, end))
}

/// "Policy W747916978", but not a policy of retries.
fn of_policy(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start..end].eq_ignore_ascii_case(b"policy") || text.get(end) != Some(&b' ') {
        return None;
    }
    let code = end + 1;
    let stop = word_end(text, code);
    let digits = text[code..stop].iter().filter(|byte| byte.is_ascii_digit());
    let is_code = digits.count() > 5
        && text[code].is_ascii_uppercase()
        && !text[code..stop].iter().any(u8::is_ascii_lowercase);
    is_code.then_some(Hit {
        start: code,
        end: stop,
        kind: Kind::Plan,
    })
}

/// The name after a cue that ends at `end`, in quotes or told: "last name changed from "Doe" …", "last name on file was
/// Doe", "last name `Doe`", "last name .... Doe".
pub(super) fn told_name(text: &[u8], end: usize) -> Option<Hit> {
    const LINKS: [&[u8]; 8] = [
        b"was changed from ",
        b"changed from ",
        b"updated from ",
        b"from ",
        b"on file was ",
        b"on file is ",
        b"on record was ",
        b"on record is ",
    ];
    let mut start = run(text, end, |byte| matches!(byte, b' ' | b'.'));
    let is_line = start > end + 2 || text[start..].starts_with(b"- ");
    if text[start..].starts_with(b"- ") {
        start += 2;
    }
    for link in LINKS {
        if text[start..].starts_with(link) {
            start += link.len();
            break;
        }
    }
    let quote = text
        .get(start)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let start = start + usize::from(quote.is_some());
    let (stop, words) = name::end(text, start, name::Expect::Capitals);
    let ends = match quote {
        Some(quote) => text.get(stop) == Some(&quote),
        None if is_line => matches!(text.get(stop), None | Some(b'\n' | b'\r')),
        None => !person::is_all_wording(text, start, stop),
    };
    (words > 0 && start > end && ends).then_some(Hit {
        start,
        end: stop,
        kind: Kind::Name,
    })
}

/// "MRN⏎00123456": a cue that is all of its line, and its code on the next.
fn on_next_line(field: Field, text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let is_line = start == 0 || text[start - 1] == b'\n';
    let break_at = end + usize::from(text.get(end) == Some(&b'\r'));
    if !is_line || text.get(break_at) != Some(&b'\n') || !matches!(field, Field::Strong(_)) {
        return None;
    }
    let hit = value::take(field, text, break_at + 1, Announced::Words)?;
    let ends = matches!(text.get(hit.end), None | Some(b'\n' | b'\r'));
    (ends && hit.end - hit.start > 4).then_some(hit)
}

/// "MRN on wristband was 00123456": plain words and a verb between a cue and its code.
fn told_later(field: Field, text: &[u8], start: usize, end: usize) -> Option<Hit> {
    const MOST: usize = 7;
    const VERBS: [&[u8]; 7] = [b"is", b"was", b"be", b"read", b"reads", b"shows", b"showed"];
    // Words after these say where, and not what: "in the header".
    const PLACES: [&[u8]; 13] = [
        b"the", b"a", b"an", b"in", b"on", b"at", b"by", b"over", b"per", b"from", b"his", b"her",
        b"their",
    ];
    const NUMBERS: [&[u8]; 4] = [b"number", b"no", b"num", b"id"];
    let is_number = || {
        NUMBERS
            .iter()
            .any(|word| text[start..end].eq_ignore_ascii_case(word))
    };
    match field {
        Field::Strong(Kind::Ssn | Kind::Mrn | Kind::Npi | Kind::Dea | Kind::Mbi | Kind::Vin) => {}
        Field::Coded(_) if is_number() => {}
        _ => return None,
    }
    let limit = text.len().min(end + FAR);
    let near = &text[..limit];
    let is_gap = |byte: u8| matches!(byte, b' ' | b',' | b'(' | b')' | b'"' | b'\'');
    let mut at = end;
    let mut is_place = false;
    for _ in 0..MOST {
        let start = run(near, at, is_gap);
        let stop = run(near, start, |byte| byte.is_ascii_lowercase());
        if start == at || start > at + 2 || stop == start || !is_boundary_after(text, stop) {
            return None;
        }
        let word = &text[start..stop];
        if VERBS.contains(&word) {
            let from = run(near, stop, |byte| {
                is_gap(byte) || matches!(byte, b':' | b'#')
            });
            let hit = value::take(field, text, from, Announced::Words).filter(|hit| {
                hit.end - hit.start > 4 && hit.start > stop && !is_measured(text, hit.end)
            });
            if hit.is_some() {
                return hit;
            }
        } else if !is_place
            && lexicon::flags(text, start, stop) & lexicon::BETWEEN == 0
            && field::classify(word) != Field::Plain
        {
            // It is about something else: "MRN lookup count was 12345".
            return None;
        }
        is_place = PLACES.contains(&word);
        at = stop;
    }
    None
}

/// "npi lookup failed 1234567893": a number in the same line that passes the check of its kind, or is asked "for".
fn checked_later(field: Field, text: &[u8], end: usize) -> Option<Hit> {
    const NEAR: usize = 48;
    const ANNOUNCING: [&[u8]; 5] = [b" for ", b": ", b" (", b" - ", b" ["];
    const SAID: [&[u8]; 12] = [
        b"fail",
        b"found",
        b"match",
        b"lookup",
        b"search",
        b"exist",
        b"invalid",
        b"format",
        b"duplicate",
        b"error",
        b"reject",
        b"conflict",
    ];
    let Field::Strong(kind @ (Kind::Npi | Kind::Ssn | Kind::Mrn)) = field else {
        return None;
    };
    if !has_digit_within(text, end, FAR) {
        return None;
    }
    let limit = text.len().min(end + NEAR);
    let first = run(&text[..limit], end, |byte| {
        is_letter(byte) || matches!(byte, b' ' | b',' | b'(' | b'-' | b'[' | b':')
    });
    let stop = digits_end(text, first);
    if stop - first < 6 {
        return None;
    }
    // "E0289914".
    let letters = text[end..first]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let start = first - if kind == Kind::Mrn { letters } else { 0 };
    let number = &text[first..stop];
    let is_value = match kind {
        Kind::Npi => code::is_npi(number),
        Kind::Ssn => number.len() == 9 && number::is_ssn(&number[..3], &number[3..5], &number[5..]),
        // "MRN lookup failed for 00123456", "MRN already exists: 00123456".
        _ => {
            let between = &text[end..start];
            ANNOUNCING.iter().any(|mark| between.ends_with(mark))
                && SAID
                    .iter()
                    .any(|word| between.windows(word.len()).any(|it| it == *word))
        }
    };
    let is_alone = !is_word(text[start - 1]) && is_boundary_after(text, stop);
    (is_value && is_alone && !is_measured(text, stop)).then_some(Hit {
        start,
        end: stop,
        kind,
    })
}

/// "OTP 482913", "PIN is 4821": digits alone are a secret after these.
fn one_time_code(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let is_code = [
        &b"otp"[..],
        b"pin",
        b"code",
        b"totp",
        b"passcode",
        b"cvv",
        b"cvc",
    ]
    .iter()
    .any(|word| text[start..end].eq_ignore_ascii_case(word));
    if !is_code {
        return None;
    }
    let mut at = run(text, end, |byte| byte == b' ');
    for link in [&b"code"[..], b"is", b"was"] {
        if text[at..].starts_with(link) && !is_word(*text.get(at + link.len())?) {
            at = run(text, at + link.len(), |byte| matches!(byte, b' ' | b':'));
        }
    }
    let digits = digits_end(text, at);
    let is_whole = is_boundary_after(text, digits) && text.get(digits) != Some(&b'.');
    (at > end && (3..=8).contains(&(digits - at)) && is_whole && !is_measured(text, digits))
        .then_some(Hit {
            start: at,
            end: digits,
            kind: Kind::Secret,
        })
}

/// The value of `field` after a cue that ends at `end`, and perhaps some words between.
pub(super) fn value_after(field: Field, text: &[u8], end: usize) -> Option<Hit> {
    if is_source_file(text, end) || is_partition(text, end) {
        return None;
    }
    // "MRN(s) 00123456".
    let mut at = end
        + if text[end..].starts_with(b"(s)") {
            3
        } else {
            0
        };
    for _ in 0..6 {
        at = run(text, at, is_between);
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
        Some(b'[' | b'{' | b'<') => placeholder::length_at(&text[at..]).is_none(),
        Some(b'/') => {
            at == end
                && matches!(field, Field::Strong(_))
                && text.get(at + 1).is_some_and(u8::is_ascii_digit)
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
        .filter(|hit| matches!(field, Field::Strong(_)) || !is_measured(text, hit.end))
        .map(|hit| value::within_request(text, hit))
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

/// Whether a year, and perhaps a month, is glued to the name of a table: "encounters_2026_11", "encounters_y2026m11".
fn is_partition(text: &[u8], at: usize) -> bool {
    let start = at + 1 + usize::from(text.get(at + 1) == Some(&b'y'));
    let year = digits_end(text, start);
    text.get(at) == Some(&b'_')
        && year == start + 4
        && matches!(&text[start..start + 2], b"19" | b"20")
        && (matches!(text.get(year), Some(b'_' | b'm')) || is_boundary_after(text, year))
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
    text.get(end) == Some(&b'%')
        || lexicon::flags(text, at, word_end(text, at)) & lexicon::MEASURE != 0
}
