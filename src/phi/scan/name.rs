//! Names of people, which only a word before them gives away.

use super::class::{has_digit_within, is_boundary_after, is_letter, run, run_at_most};
use super::{date, lexicon};
use crate::phi::field::{self, Field};

/// No word of a name goes on behind so many letters.
const MAX_WORD: usize = 64;

/// No name begins with more initials.
const MAX_INITIALS: usize = 3;

/// How a name is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// After a separator: its words may be in lower case.
    Anything,
    /// Its words begin with capitals.
    Capitals,
}

/// Where the name that begins at `start` ends, and how many words it has. No name: `start`.
pub(super) fn end(text: &[u8], start: usize, expect: Expect) -> (usize, usize) {
    let mut at = start;
    let mut end = start;
    let mut words = 0;
    let mut initials = 0;
    let mut titles = 0;
    // How many words are before it.
    let mut comma = 0;
    let mut capitals = false;
    while words < 6 {
        let (word_end, first) = word(text, at);
        if word_end == at {
            break;
        }
        let word = &text[at..word_end];
        let known = lexicon::flags(text, at, word_end);
        let is_capital = first.is_ascii_uppercase() || first >= 0x80;
        let is_particle = known & lexicon::PARTICLE != 0;
        let is_suffix = words > 0 && known & lexicon::NAME_SUFFIX != 0;
        let is_initial =
            word.len() == 1 && is_capital && (words > 0 || text.get(word_end) == Some(&b'.'));
        let is_family = words > 0 && word == b"Field";
        let may_be_name = is_suffix || is_initial || is_family || is_particle && is_capital;
        if known & lexicon::NO_NAME != 0 && !may_be_name
            || is_month_or_wording(text, word_end, known, is_capital)
        {
            break;
        }
        let may_be_lower = expect == Expect::Anything
            && match (comma > 0, capitals) {
                // "doe, jane".
                (true, _) => words == 1 && known & lexicon::GIVEN != 0,
                // "Jane Doe arrived".
                (_, true) => !lexicon::ends_name(text, at, word_end),
                _ => words > 0 || !is_sentence(text, at, word_end, known),
            };
        if !(is_capital || is_particle || is_suffix || may_be_lower) {
            break;
        }
        capitals |= is_capital;
        // "A. B. C. D.": a list.
        initials += usize::from(word.len() == 1 && initials == words);
        if initials > MAX_INITIALS || is_next_key(text, at, word_end, words, comma > 0) {
            break;
        }
        // Somebody else: "Dr. Ng, Pt. Doe", "Jane Doe Dr. Ng".
        let is_title = known & lexicon::TITLE != 0;
        let has_dot = text.get(word_end) == Some(&b'.');
        let is_other = is_title || known & lexicon::ROLE != 0 && has_dot;
        let is_second = is_title && has_dot && words > titles && !is_suffix;
        // Something else: "Jane Doe, Ward Four".
        let is_elsewhere = words == comma && words > 1 && is_place(word);
        if is_second || comma > 0 && (is_other || is_elsewhere) {
            break;
        }
        titles += usize::from(is_title && titles == words);
        // A cue of its own: "Dr. Ng NPI 1234567893".
        let may_be_cue =
            known & lexicon::CUE != 0 && (words > 0 || word.iter().all(u8::is_ascii_uppercase));
        if may_be_cue && announces(text, word_end) || words > 0 && begins_label(text, at, word_end)
        {
            break;
        }
        // "Rev B": a letter alone is no name.
        let is_letter_alone = words == 0 && word.len() == 1 && !has_dot;
        if is_letter_alone || text.get(word_end).is_some_and(u8::is_ascii_digit) {
            break;
        }
        if is_capital || expect == Expect::Anything || is_suffix {
            end = word_end;
            words += 1;
        }
        at = word_end;
        let is_initial = word.len() == 1
            || is_suffix
            || word.eq_ignore_ascii_case(b"st")
            || words == 1 && known & lexicon::TITLE != 0;
        if text.get(at) == Some(&b'.')
            && (is_initial || text.get(at + 1).is_some_and(|next| is_letter(*next)))
        {
            at += 1;
            if is_initial {
                end = at;
            }
        }
        if text.get(at) == Some(&b',')
            && comma == 0
            && words <= 3
            && matches!(text.get(at + 1), Some(b' ' | b'A'..=b'Z'))
        {
            comma = words;
            at += 1;
        }
        at = run(text, at, |byte| {
            byte == b' ' || byte == b'+' || byte == b'\t'
        });
        if at > word_end + 4 {
            break;
        }
        if at == word_end + 1 && text.get(at) == Some(&b'"') {
            at = past_nickname(text, at).unwrap_or(at);
        }
        if expect == Expect::Anything && words == 1 && goes_on_below(text, at) {
            at += 1;
        }
    }
    (end, words)
}

/// "checks passed": whether two words in lower case, of which the first is from `start` to `end`, are those of a sentence.
fn is_sentence(text: &[u8], start: usize, end: usize, known: u32) -> bool {
    if text.get(end) != Some(&b' ') || known & lexicon::GIVEN != 0 {
        return false;
    }
    let next = end + 1;
    let stop = run(text, next, is_letter);
    stop > next
        && text[next].is_ascii_lowercase()
        && lexicon::is_wording(text, start, end)
        && lexicon::is_wording(text, next, stop)
        && lexicon::flags(text, next, stop) & lexicon::GIVEN == 0
}

/// Past a name in quotes that opens at `open` and a blank, where the name goes on: `Jane "Janie" Doe`.
fn past_nickname(text: &[u8], open: usize) -> Option<usize> {
    let (end, first) = word(text, open + 1);
    let is_name = first.is_ascii_uppercase() && text.get(end..end + 2) == Some(b"\" ");
    let goes_on = text.get(end + 2).is_some_and(u8::is_ascii_uppercase);
    (is_name && goes_on).then_some(end + 2)
}

/// "Patient: Jane\nDoe": a family name on a line of its own.
fn goes_on_below(text: &[u8], at: usize) -> bool {
    if text.get(at) != Some(&b'\n') || !text.get(at + 1).is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let (end, _) = word(text, at + 1);
    let is_alone = matches!(
        text.get(end),
        None | Some(b'\n' | b'\r' | b',' | b';' | b'.')
    );
    is_alone && end > at + 2 && !lexicon::is_wording(text, at + 1, end)
}

/// Whether a word that ends at `end` and may be one of a name is a month or one of a sentence: "Jane Doe May 3", "Jane Doe
/// will …".
fn is_month_or_wording(text: &[u8], end: usize, known: u32, is_capital: bool) -> bool {
    let may_be_day = known & (lexicon::NO_NAME_IN_LOWER | lexicon::MONTH) != 0;
    may_be_day && before_digit(text, end) || known & lexicon::NO_NAME_IN_LOWER != 0 && !is_capital
}

/// "Name: Jane Doe May 3".
fn before_digit(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(u8::is_ascii_digit)
}

/// A word that is a key of its own: "Name: Jane Doe MRN: 123".
fn is_next_key(text: &[u8], start: usize, end: usize, words: usize, comma: bool) -> bool {
    words > 0
        && (is_key(text, end) && !is_last_of_name(text, start, end)
            || comma && is_key(text, end + 1))
        || words == 0 && text.get(end) == Some(&b'=') && text.get(end + 1) != Some(&b'>')
        || is_compound_key(text, end)
}

/// "patient Ana Ortega-Ruiz: call me", "Ana Ortega=>1": a word with a capital that is no key.
fn is_last_of_name(text: &[u8], start: usize, end: usize) -> bool {
    (text[end] == b':' || text[end..].starts_with(b"=>"))
        && text[start].is_ascii_uppercase()
        && text[end - 1].is_ascii_lowercase()
        && field::classify(&text[start..end]) == Field::Plain
        && !lexicon::is_wording(text, start, end)
}

fn is_key(text: &[u8], end: usize) -> bool {
    matches!(text.get(end), Some(b':' | b'='))
}

/// Whether a word that ends at `end` goes on with an underscore up to a separator: "patients: seq_scan=307229".
fn is_compound_key(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'_')
        && is_key(
            text,
            run_at_most(text, end, MAX_WORD, |byte| {
                byte == b'_' || byte.is_ascii_alphanumeric()
            }),
        )
}

/// Whether a code comes after a word that ends at `end`, and perhaps a sign for "number" between them.
fn announces(text: &[u8], end: usize) -> bool {
    /// Four words, what is around them, and a code are no longer.
    const FAR: usize = 64;
    if !has_digit_within(text, end, FAR) {
        return false;
    }
    let is_gap = |byte: u8| matches!(byte, b' ' | b'.' | b'#' | b':' | b'-' | b'(' | b'+' | b'=');
    let mut at = run_at_most(text, end, 4, is_gap);
    for word in [&b"number"[..], b"num", b"no", b"id"] {
        let is_word = text
            .get(at..at + word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word));
        if is_word && is_boundary_after(text, at + word.len()) {
            at = run_at_most(text, at + word.len(), 4, is_gap);
        }
    }
    let code = run_at_most(text, at, 12, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit()
    });
    at > end && text[at..code].iter().any(u8::is_ascii_digit)
}

/// Whether a word that begins at `start` is none of a code before it: a cue or a key with its value behind a blank or a
/// separator, a title or a month of a date. "717-21-7461/MRN 00188581", "00188581/last_name=Doe".
pub(super) fn begins_own_field(text: &[u8], start: usize) -> bool {
    let end = run(text, start, is_letter);
    if end == start {
        return false;
    }
    let key = run_at_most(text, end, MAX_WORD, |byte| byte == b'_' || is_letter(byte));
    let says = matches!(
        field::classify(&text[start..key]),
        Field::Strong(_) | Field::Coded(_) | Field::Whole(_) | Field::Name | Field::Secret
    );
    if is_key(text, key) {
        return says;
    }
    let known = lexicon::flags(text, start, end);
    let is_before_name = matches!(text[end..], [b' ', b'A'..=b'Z', ..] | [b'.', b' ', ..]);
    says && key == end && text.get(end) == Some(&b' ') && announces(text, end)
        || known & lexicon::TITLE != 0 && is_before_name
        || known & lexicon::MONTH != 0 && date::find_month(text, start, end, false).is_some()
}

/// Whether two words from `start` on name a field that its second, which begins after `end`, does not: "Member ID
/// W123", "Social Security 536228726".
fn begins_label(text: &[u8], start: usize, end: usize) -> bool {
    if text.get(end) != Some(&b' ') {
        return false;
    }
    let next = end + 1;
    let stop = run(text, next, is_letter);
    lexicon::flags(text, next, stop) & (lexicon::CUE | lexicon::KEY) != 0
        && announces(text, stop)
        && matches!(
            field::classify(&text[start..stop]),
            Field::Strong(_) | Field::Whole(_) | Field::Coded(_)
        )
        && field::classify(&text[start..stop]) != field::classify(&text[next..stop])
}

/// Whether the word at `at` is a title.
fn is_title(text: &[u8], at: usize) -> bool {
    lexicon::flags(text, at, run(text, at, is_letter)) & lexicon::TITLE != 0
}

/// A word of a name: letters, with apostrophes and hyphens inside, and the carets that part the names
/// of HL7 (v2.9, 2A.3.88 XPN) and DICOM (PS3.5, 6.2.1 PN).
fn word(text: &[u8], start: usize) -> (usize, u8) {
    let Some(&first) = text.get(start).filter(|&&byte| is_letter(byte)) else {
        return (start, 0);
    };
    let mut at = start;
    loop {
        at = run(text, at, is_letter);
        // "Jane Doe's record".
        let is_possessive =
            matches!(text.get(at..at + 2), Some(b"'s" | b"'S")) && is_boundary_after(text, at + 2);
        match text.get(at) {
            // What goes on and on is no name, and would be read again from each of its parts.
            _ if at - start > MAX_WORD => return (at, first),
            Some(b'/')
                if at > start + 1
                    && text.get(at + 1).is_some_and(u8::is_ascii_uppercase)
                    && text.get(at + 2).is_some_and(|&next| is_letter(next))
                    // "Dr. Ng/Dr. Doe".
                    && !is_title(text, at + 1) =>
            {
                at += 1;
            }
            Some(_) if is_possessive => return (at, first),
            Some(b'\'' | b'-' | b'`' | b'^')
                if text.get(at + 1).is_some_and(|&next| is_letter(next)) =>
            {
                at += 1;
            }
            _ => return (at, first),
        }
    }
}

/// Whether a value of "first" or "last" is a name: words that are none of a sentence.
pub(in super::super) fn is_part(value: &[u8]) -> bool {
    let is_letters = value
        .iter()
        .all(|&byte| is_letter(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.'));
    // "de la Cruz".
    let mut start = 0;
    let mut first = run(value, 0, is_letter);
    while value.get(first) == Some(&b' ')
        && lexicon::flags(value, start, first) & lexicon::PARTICLE != 0
    {
        start = first + 1;
        first = run(value, start, is_letter);
    }
    let is_given = lexicon::flags(value, start, first) & lexicon::GIVEN != 0;
    let is_capital = value
        .get(start)
        .is_some_and(|&byte| byte.is_ascii_uppercase() || byte >= 0x80);
    is_letters
        && (2..=40).contains(&value.len())
        && (is_given || is_capital && !lexicon::is_wording(value, start, first))
}

/// Whether the other part of a name is named near the key from `start` to `end`: `first` has a `last`.
pub(in super::super) fn has_counterpart(text: &[u8], start: usize, end: usize) -> bool {
    const NEAR: usize = 64;
    const FIRST: (&[&[u8]], &[u8]) = (&[b"first", b"given", b"middle"], b"fgm");
    const LAST: (&[&[u8]], &[u8]) = (&[b"last", b"family", b"surname"], b"lfs");
    let Some(key) = text.get(start..end) else {
        return false;
    };
    let (others, initials) = match key.first().map(u8::to_ascii_lowercase) {
        Some(b'l') => FIRST,
        Some(b'f') if key.len() == 6 => FIRST,
        _ => LAST,
    };
    let is_key = |at: usize| {
        (at == 0 || !is_letter(text[at - 1]))
            && others.iter().any(|other| {
                let end = at + other.len();
                text.get(at..end)
                    .is_some_and(|word| word.eq_ignore_ascii_case(other))
                    && matches!(
                        text.get(past_name(text, end)),
                        Some(b'"' | b'\'' | b':' | b'=' | b' ' | b'\\' | b']')
                    )
            })
    };
    let (from, to) = (start.saturating_sub(NEAR), text.len().min(end + NEAR));
    (from..to).any(|at| initials.contains(&(text[at] | 0x20)) && is_key(at))
}

/// Whether a word is where somebody lies: "Ward".
fn is_place(word: &[u8]) -> bool {
    const PLACES: [&[u8]; 10] = [
        b"ward",
        b"room",
        b"bed",
        b"unit",
        b"floor",
        b"bay",
        b"clinic",
        b"hospital",
        b"department",
        b"station",
    ];
    PLACES.iter().any(|place| word.eq_ignore_ascii_case(place))
}

/// Past the noun of a key of two words: "last_name", "lastName".
fn past_name(text: &[u8], at: usize) -> usize {
    let noun = at + usize::from(matches!(text.get(at), Some(b'_' | b'-')));
    let is_noun = text
        .get(noun..noun + 4)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"name"));
    if is_noun { noun + 4 } else { at }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_word_that_is_a_part_of_a_key_is_no_name() {
        for text in [
            "relation patients: seq_scan=307229 idx_scan=80394",
            "patient: row_count=3",
        ] {
            assert_eq!(redact_text(text), text);
        }
        assert_eq!(redact_text("patient: ng_ana"), "patient: [name]_ana");
    }

    #[test]
    fn a_name_in_carets_goes_whole() {
        for (text, redacted) in [
            ("PATIENT: DOE^JANE", "PATIENT: [name]"),
            ("patient_name=DOE^JANE^M", "patient_name=[name]"),
            ("Dr. SMITH^JOHN saw", "Dr. [name] saw"),
        ] {
            assert_eq!(redact_text(text), redacted);
        }
    }

    #[test]
    fn a_name_goes_on_behind_its_title_and_its_nickname() {
        for (text, redacted) in [
            (
                "Patient: Ulrika \"Ulli\" Quist was late",
                "Patient: [name] was late",
            ),
            (
                "Surgeon: Dr. Featherstone  Nurse: Ng",
                "Surgeon: [name]  Nurse: [name]",
            ),
            (
                "patient[name][first]=Ulrika&patient[name][last]=Stone",
                "patient[name][first]=[name]&patient[name][last]=[name]",
            ),
            (
                "Patient name (Last, First): Quist, Ulrika",
                "Patient name (Last, First): [name]",
            ),
            (
                "last name on file was Quist",
                "last name on file was [name]",
            ),
            ("no last name `Quist`", "no last name `[name]`"),
            ("Last name ..... Stone", "Last name ..... [name]"),
        ] {
            assert_eq!(redact_text(text), redacted);
        }
        let text = "the service name is changed from \"blue\" to \"green\"";
        assert_eq!(redact_text(text), text);
    }
}
