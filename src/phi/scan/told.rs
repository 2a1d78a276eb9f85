//! Values that a sentence tells of later: "last name on file was …", "MRN lookup failed for …", "MRN⏎…".

use super::announced::is_measured;
use super::class::{has_digit_within, is_boundary_after, is_letter, is_word, run};
use super::number::digits_end;
use super::value::{self, Announced};
use super::{Hit, code, lexicon, name, number, person};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;

/// How far behind a cue words may stand before its value.
pub(super) const FAR: usize = 64;

/// The name after a cue that ends at `end`, in quotes or told: "last name changed from "Doe" …", "last name on file was
/// Doe", "last name `Doe`", "last name .... Doe".
pub(super) fn name(text: &[u8], end: usize) -> Option<Hit> {
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
pub(super) fn on_next_line(field: Field, text: &[u8], start: usize, end: usize) -> Option<Hit> {
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
pub(super) fn later(field: Field, text: &[u8], start: usize, end: usize) -> Option<Hit> {
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
pub(super) fn checked(field: Field, text: &[u8], end: usize) -> Option<Hit> {
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
pub(super) fn one_time_code(text: &[u8], start: usize, end: usize) -> Option<Hit> {
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
