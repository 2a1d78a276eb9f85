//! Words that announce a value without a separator: "MRN 00123456", "Dr. Smith", "aged 93".

use super::announced::{announced, is_measured, value_after};
use super::class::{is_boundary_after, is_letter, run, word_before};
use super::number::digits_end;
use super::person::{self, Cue, named};
use super::value::{self, Announced};
use super::{
    Hit, address, age, city, code, compound, constraint, full_name, lexicon, place, quoted, secret,
};
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
    quoted: &mut quoted::Read,
) -> Option<Hit> {
    if end - start == 1 {
        return initials(text, start, end, floor);
    }
    // "MRN123456": the cue and the code are one word.
    if letters < end {
        return compound::glued(text, start, letters, end, floor);
    }
    let word = &text[start..end];
    let hit = |start, end, kind| Some(Hit { start, end, kind });
    if known & lexicon::SCHEME != 0 {
        return secret::after_scheme(text, word, end);
    }
    if known & lexicon::DUPLICATE != 0 {
        return if word.eq_ignore_ascii_case(b"entry") {
            constraint::duplicate_entry(text, end)
        } else if word.eq_ignore_ascii_case(b"constraint") {
            constraint::constrained(text, end)
        } else {
            quoted::value(text, start, end, quoted)
        };
    }
    if known & lexicon::GEO != 0
        && let Some(hit) = address::position(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::CREDENTIAL != 0
        && text[start..end].iter().all(u8::is_ascii_uppercase)
        && let Some(hit) = full_name::before_credential(text, start, floor)
    {
        return Some(hit);
    }
    if known & lexicon::BOX != 0
        && let Some(end) = address::box_end(text, start)
    {
        return hit(start, end, Kind::Address);
    }
    if known & lexicon::STATE != 0
        && let Some(hit) = state(text, start, end, floor)
    {
        return Some(hit);
    }
    if known & lexicon::RESIDES != 0
        && let Some(hit) = place::residence(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::AGED != 0 {
        return aged(text, start, end);
    }
    if known & lexicon::TITLE != 0
        && (word[0].is_ascii_uppercase() || is_title_in_lower_case(text, word, end))
        && let Some(hit) = person::titled(text, start, end)
    {
        return Some(hit);
    }
    if known & lexicon::ROLE != 0 && is_several(word) {
        return person::several(text, end);
    }
    let is_by = word.eq_ignore_ascii_case(b"by");
    if known & lexicon::ROLE != 0
        && (!is_by || is_signed(text, start))
        && (!is_of_anything(word) || is_of_people(text, start))
        && let Some(hit) = named(text, past_degree(text, end), role(known))
            .or_else(|| provider(text, end))
            .or_else(|| {
                let age = (known & lexicon::PERSONAL != 0).then(|| age::of_person(text, end))?;
                age.filter(|_| !is_each(text, start))
            })
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
        return announced(text, start, end, floor)
            .or_else(|| of_person(text, start, end))
            .or_else(|| compound::of_path(text, start, end));
    }
    None
}

/// "Attending MD Featherstone".
fn past_degree(text: &[u8], end: usize) -> usize {
    let degree = end + b" MD".len();
    if text[end..].starts_with(b" MD ") {
        degree
    } else {
        end
    }
}

/// "dr. smith", "mrs smith": "ms." may be milliseconds, and "rev." a revision.
fn is_title_in_lower_case(text: &[u8], word: &[u8], end: usize) -> bool {
    const TITLES: [&[u8]; 4] = [b"dr", b"mr", b"mrs", b"prof"];
    word == b"mrs" || text.get(end) == Some(&b'.') && TITLES.contains(&word)
}

/// Whether a word says whose work somebody does only with the word before it.
fn is_of_anything(role: &[u8]) -> bool {
    const ROLES: [&[u8]; 7] = [
        b"proxy",
        b"worker",
        b"manager",
        b"coordinator",
        b"navigator",
        b"tech",
        b"technician",
    ];
    ROLES.iter().any(|known| role.eq_ignore_ascii_case(known))
}

/// "per patient", "each patient".
fn is_each(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let word = word_before(before, before.len());
    [&b"per"[..], b"each", b"every", b"a"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// "social worker", "research coordinator".
fn is_of_people(text: &[u8], start: usize) -> bool {
    const BEFORE: [&[u8]; 13] = [
        b"lab",
        b"pharmacy",
        b"radiology",
        b"surgical",
        b"social",
        b"case",
        b"care",
        b"nurse",
        b"clinical",
        b"research",
        b"study",
        b"discharge",
        b"patient",
    ];
    let before = text[..start].strip_suffix(b" ").unwrap_or_default();
    let word = word_before(before, before.len());
    BEFORE.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// "Boise, ID 83702", "Boise, ID": the place or the code beside the abbreviation of a state.
fn state(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if let Some(zip_end) = city::zip_after_state(text, start, end, floor) {
        let zip = run(text, end, |byte| matches!(byte, b' ' | b','));
        let city = city::city_before(text, start, floor);
        return city.or(Some(Hit {
            start: zip,
            end: zip_end,
            kind: Kind::Zip,
        }));
    }
    let is_after_comma = text[start].is_ascii_uppercase()
        && text[..start].ends_with(b", ")
        // "Acme, ID# 1".
        && text.get(end) != Some(&b'#');
    is_after_comma.then(|| place::before_state(text, start, end, floor))?
}

/// "aged 93", "ninety-two years old".
fn aged(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let word = &text[start..end];
    if word.eq_ignore_ascii_case(b"ninety") || word.eq_ignore_ascii_case(b"hundred") {
        return age::in_words(text, start, end);
    }
    let at = run(text, end, |byte| byte == b' ');
    value::take(Field::Age, text, at, Announced::Words)
        .filter(|hit| word.eq_ignore_ascii_case(b"aged") || !is_measured(text, hit.end))
}

/// "patients", "nurses".
fn is_several(role: &[u8]) -> bool {
    role.len() > 2 && matches!(role.last(), Some(b's' | b'S')) && !role.contains(&b'\'')
}

/// `[name] ID 4711223`: the code of whom was named right before.
fn of_person(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start..end].eq_ignore_ascii_case(b"id") {
        return None;
    }
    let before = text[..start].trim_ascii_end();
    let before = before
        .strip_suffix(b",")
        .or(before.strip_suffix(b" ("))
        .unwrap_or(before);
    let open = before.iter().rev().take(16).position(|&byte| byte == b'[');
    // The name was found before, and the text is read again.
    let is_after = before.ends_with(b"]")
        && open.is_some_and(|open| before[before.len() - open..].starts_with(b"name"));
    if is_after {
        return value_after(Field::Coded(Kind::Mrn), text, end);
    }
    (text.get(end) == Some(&b'#') && is_insured(text, start))
        .then(|| value_after(Field::Coded(Kind::Plan), text, end))?
}

/// Whether a sentence before `at` is about an insurance: "insurance: Acme, ID# 58595656301".
fn is_insured(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 40;
    const INSURANCE: &[u8] = b"insurance";
    text[at.saturating_sub(NEAR)..at]
        .rsplit(|&byte| matches!(byte, b'\n' | b';'))
        .next()
        .is_some_and(|clause| {
            clause
                .windows(INSURANCE.len())
                .any(|word| word.eq_ignore_ascii_case(INSURANCE))
        })
}

fn role(known: u32) -> Cue {
    if known & lexicon::PERSONAL != 0 {
        Cue::Person
    } else {
        Cue::Role
    }
}

/// "prescriber 1234567893", "provider lookup 1234567893": a number after a role that passes the check of a provider's.
fn provider(text: &[u8], end: usize) -> Option<Hit> {
    let past_blank = |at: usize| run(text, at, |byte| byte == b' ');
    let next = past_blank(end);
    let word = run(text, next, |byte| byte.is_ascii_lowercase());
    let is_asked = matches!(
        &text[next..word],
        b"lookup" | b"search" | b"query" | b"record"
    );
    let start = if is_asked { past_blank(word) } else { next };
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
        return full_name::before_credential(text, start, floor);
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
        && matches!(
            text.get(end..end + 2),
            Some([b'.' | b' ', b'o' | b'O' | b' '])
        )
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
    if text[start..at].eq_ignore_ascii_case(b"a.k.a")
        || text[start..at].eq_ignore_ascii_case(b"f.k.a")
    {
        return named(text, at, Cue::Person);
    }
    match field::classify(&text[start..at]) {
        field @ (Field::Strong(_) | Field::Coded(_)) => value_after(field, text, at),
        _ => None,
    }
}

/// Whether the word before the one at `start` says that somebody did something: "signed by".
fn is_signed(text: &[u8], start: usize) -> bool {
    let end = text[..start]
        .iter()
        .rposition(|&byte| byte != b' ')
        .map_or(0, |at| at + 1);
    let length = word_before(text, end).len();
    lexicon::flags(text, end - length, end) & lexicon::SIGNED != 0
}

#[cfg(test)]
mod tests;
