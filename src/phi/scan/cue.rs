//! Words that announce a value without a separator: "MRN 00123456", "Dr. Smith", "aged 93".

use super::class::{is_boundary_after, is_letter, is_word, run, word_end};
use super::number::digits_end;
use super::value::{self, Announced};
use super::person::{self, Cue, named};
use super::{Hit, address, code, lexicon, name, place, secret, table};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;

/// What the word from `start` to `end` announces.
/// Its letters end at `letters`, and `known` is what the lexicon says of them.
pub(super) fn find(
    text: &[u8],
    start: usize,
    letters: usize,
    end: usize,
    known: u32,
    floor: usize,
) -> Option<Hit> {
    if end - start == 1 {
        return initials(text, start, end, floor);
    }
    // "MRN123456": the cue and the code are one word.
    if letters < end {
        return glued(text, start, letters, end, floor);
    }
    let word = &text[start..end];
    let hit = |start, end, kind| Some(Hit { start, end, kind });
    if known & lexicon::SCHEME != 0 {
        return secret::after_scheme(text, word, end);
    }
    if known & lexicon::DUPLICATE != 0 {
        return if word.eq_ignore_ascii_case(b"entry") {
            table::duplicate_entry(text, end)
        } else {
            table::constrained(text, end)
        };
    }
    if known & lexicon::GEO != 0
        && let Some(hit) = address::position(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::CREDENTIAL != 0
        && text[start..end].iter().all(u8::is_ascii_uppercase)
        && let Some(hit) = name::before_credential(text, start, floor)
    {
        return Some(hit);
    }
    if known & lexicon::BOX != 0
        && let Some(end) = address::box_end(text, start)
    {
        return hit(start, end, Kind::Address);
    }
    if known & lexicon::STATE != 0
        && let Some(zip_end) = address::zip_after_state(text, start, end)
    {
        let zip = run(text, end, |byte| matches!(byte, b' ' | b','));
        let city = address::city_before(text, start, floor);
        return city.or_else(|| hit(zip, zip_end, Kind::Zip));
    }
    if known & lexicon::STATE != 0
        && text[start].is_ascii_uppercase()
        && text[..start].ends_with(b", ")
        && let Some(hit) = place::before_state(text, start, end, floor)
    {
        return Some(hit);
    }
    if known & lexicon::RESIDES != 0
        && let Some(hit) = place::residence(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::AGED != 0 {
        let at = run(text, end, |byte| byte == b' ');
        return value::take(Field::Age, text, at, Announced::Words);
    }
    if known & lexicon::TITLE != 0
        && word[0].is_ascii_uppercase()
        && let Some(hit) = person::titled(text, start, end)
    {
        return Some(hit);
    }
    let is_by = word.eq_ignore_ascii_case(b"by");
    if known & lexicon::ROLE != 0
        && (!is_by || is_signed(text, start))
        && let Some(hit) = named(text, end, role(known)).or_else(|| provider(text, end))
    {
        return Some(hit);
    }
    if known & lexicon::ALIAS != 0
        && let Some(hit) = named(text, end, Cue::Person)
    {
        return Some(hit);
    }
    if known & lexicon::MEETS != 0
        && let Some(hit) = person::met(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::DOTTED_TITLE != 0
        && let Some(hit) = person::dotted_title(text, start, end)
    {
        return Some(hit);
    }
    if known & lexicon::GIVEN != 0
        && let Some(hit) = person::given(text, start, end, floor)
    {
        return Some(hit);
    }
    if known & lexicon::CUE != 0 {
        return announced(text, start, end, floor);
    }
    None
}

fn role(known: u32) -> Cue {
    if known & lexicon::PERSONAL != 0 {
        Cue::Person
    } else {
        Cue::Role
    }
}

/// "prescriber 1234567893": a number after a role that passes the check of a provider's.
fn provider(text: &[u8], end: usize) -> Option<Hit> {
    let start = run(text, end, |byte| byte == b' ');
    let number_end = digits_end(text, start);
    (code::is_npi(&text[start..number_end]) && is_boundary_after(text, number_end)).then_some(Hit {
        start,
        end: number_end,
        kind: Kind::Npi,
    })
}

/// "M.R.N. 123", "S/N 123".
fn initials(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if text[start..].starts_with(b"M.D.") {
        return name::before_credential(text, start, floor);
    }
    if matches!(text[start], b'S' | b's')
        && text
            .get(end..end + 2)
            .is_some_and(|rest| rest.eq_ignore_ascii_case(b"/n"))
    {
        return value_after(Field::Coded(Kind::Device), text, end + 2);
    }
    if matches!(text.get(start..end + 2), Some(b"a/c" | b"A/C")) {
        return value_after(Field::Coded(Kind::Account), text, end + 2);
    }
    if matches!(text[start], b'P' | b'p')
        && let Some(end) = address::box_end(text, start)
    {
        return Some(Hit {
            start,
            end,
            kind: Kind::Address,
        });
    }
    if matches!(text.get(start..end + 2), Some(b"c/o" | b"C/O")) {
        return named(text, end + 2, Cue::Role);
    }
    if text[start] == b'M'
        && let Some(hit) = person::dotted_title(text, start, end)
    {
        return Some(hit);
    }
    if start > 0 && text[start - 1] == b'.' {
        return None;
    }
    let mut letters = 1;
    let mut at = end;
    while letters < 6
        && text.get(at) == Some(&b'.')
        && text.get(at + 1).is_some_and(|&byte| is_letter(byte))
        && is_boundary_after(text, at + 2)
    {
        letters += 1;
        at += 2;
    }
    if letters < 3 {
        return None;
    }
    // Also known as, and another name.
    if text[start..at].eq_ignore_ascii_case(b"a.k.a") || text[start..at].eq_ignore_ascii_case(b"f.k.a") {
        return named(text, at, Cue::Person);
    }
    match field::classify(&text[start..at]) {
        field @ (Field::Strong(_) | Field::Coded(_)) => value_after(field, text, at),
        _ => None,
    }
}

/// "patientId 123456": the words of a cue written as one, which ends at `end`.
pub(super) fn compound(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let is_followed =
        text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(u8::is_ascii_digit);
    if !is_followed || end - start < 5 {
        return None;
    }
    match field::classify(&text[start..end]) {
        field @ (Field::Strong(_) | Field::Coded(_) | Field::Whole(_)) => {
            value_after(field, text, end)
        }
        _ => None,
    }
}

/// A cue of letters with its code right after it, up to `end`.
fn glued(text: &[u8], start: usize, letters: usize, end: usize, floor: usize) -> Option<Hit> {
    if !text[letters..end].iter().all(u8::is_ascii_digit)
        || end - letters < 4
        || lexicon::flags(text, start, letters) & lexicon::CUE == 0
    {
        return None;
    }
    let field = field_before(text, start, letters, floor, false)?;
    value::take(field, text, letters, Announced::Words)
}

/// Whether the word before the one at `start` says that somebody did something: "signed by".
fn is_signed(text: &[u8], start: usize) -> bool {
    let end = text[..start]
        .iter()
        .rposition(|&byte| byte != b' ')
        .map_or(0, |at| at + 1);
    let length = text[..end]
        .iter()
        .rev()
        .take(16)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    lexicon::flags(text, end - length, end) & lexicon::SIGNED != 0
}

fn announced(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    let sign = run(text, end, |byte| byte == b' ');
    let is_numbered = text.get(sign) == Some(&b'#');
    let field = field_before(text, start, end, floor, is_numbered)?;
    if let Field::Whole(Kind::Name) | Field::Name = field {
        let is_name = text[start..end].eq_ignore_ascii_case(b"name") && field != Field::Name;
        return named(text, end, if is_name { Cue::Name } else { Cue::Role });
    }
    // "MR #4512" is a request to merge; a medical record has a longer number.
    if text[start..end].eq_ignore_ascii_case(b"mr") {
        return value_after(field, text, end).filter(|hit| hit.end - hit.start > 5);
    }
    if field == Field::Secret
        && let Some(hit) = one_time_code(text, start, end)
    {
        return Some(hit);
    }
    value_after(field, text, end)
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
    let mut at = run(text, end, |byte| byte == b' ');
    for link in [&b"code"[..], b"is", b"was"] {
        if text[at..].starts_with(link) && !is_word(*text.get(at + link.len())?) {
            at = run(text, at + link.len(), |byte| matches!(byte, b' ' | b':'));
        }
    }
    let digits = digits_end(text, at);
    let is_whole = is_boundary_after(text, digits) && text.get(digits) != Some(&b'.');
    (is_code
        && at > end
        && (3..=8).contains(&(digits - at))
        && is_whole
        && !is_measured(text, digits))
    .then_some(Hit {
        start: at,
        end: digits,
        kind: Kind::Secret,
    })
}

/// The value of `field` after a cue that ends at `end`, and perhaps some words between.
fn value_after(field: Field, text: &[u8], end: usize) -> Option<Hit> {
    let mut at = end;
    for _ in 0..6 {
        at = run(text, at, |byte| {
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
            )
        });
        let next = word_end(text, at);
        let word = &text[at..next];
        if next == at
            || word.iter().any(u8::is_ascii_digit)
            || lexicon::flags(text, at, next) & lexicon::BETWEEN == 0
        {
            break;
        }
        at = next;
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
}

/// The field that the words up to `end` name.
fn field_before(
    text: &[u8],
    start: usize,
    end: usize,
    floor: usize,
    is_numbered: bool,
) -> Option<Field> {
    let mut from = start;
    let mut best = None;
    for _ in 0..4 {
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
            | Field::Name) => best = Some(field),
            // "counts.age": it is one name, and says that this is none.
            Field::About if from < start && !matches!(text[start - 1], b' ' | b'\'') => return None,
            _ => {}
        }
        let mut before = from;
        while before > floor
            && matches!(text[before - 1], b' ' | b'\'' | b'-' | b'_' | b'.')
            && from - before < 2
        {
            before -= 1;
        }
        let word_end = before;
        while before > floor && is_letter(text[before - 1]) && word_end - before < 16 {
            before -= 1;
        }
        if before == word_end || word_end == from {
            break;
        }
        from = before;
    }
    best
}

/// Whether the number that ends at `end` counts something.
fn is_measured(text: &[u8], end: usize) -> bool {
    let at = run(text, end, |byte| byte == b' ');
    text.get(end) == Some(&b'%')
        || lexicon::flags(text, at, word_end(text, at)) & lexicon::MEASURE != 0
}
