//! Names of people, which only a word before them gives away.

use super::class::{is_letter, run};
use super::lexicon;

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
    let mut comma = false;
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
        let may_be_name = is_suffix || is_initial || is_particle && is_capital;
        if known & lexicon::NO_NAME != 0 && !may_be_name {
            break;
        }
        if known & lexicon::NO_NAME_IN_LOWER != 0 && (!is_capital || before_digit(text, word_end)) {
            break;
        }
        if !(is_capital || is_particle || is_suffix || expect == Expect::Anything && !comma) {
            break;
        }
        // A word that is a key of its own: "Name: Jane Doe MRN: 123".
        if words > 0 && is_key(text, word_end) {
            break;
        }
        if text.get(word_end).is_some_and(u8::is_ascii_digit) {
            break;
        }
        if is_capital || expect == Expect::Anything || is_suffix {
            end = word_end;
            words += 1;
        }
        at = word_end;
        let is_initial = word.len() == 1 || is_suffix || word.eq_ignore_ascii_case(b"st");
        if text.get(at) == Some(&b'.')
            && (is_initial || text.get(at + 1).is_some_and(|next| is_letter(*next)))
        {
            at += 1;
            if is_initial {
                end = at;
            }
        }
        if text.get(at) == Some(&b',')
            && !comma
            && words <= 3
            && matches!(text.get(at + 1), Some(b' ' | b'A'..=b'Z'))
        {
            comma = true;
            at += 1;
        }
        at = run(text, at, |byte| {
            byte == b' ' || byte == b'+' || byte == b'\t'
        });
        if at > word_end + 4 {
            break;
        }
    }
    (end, words)
}

/// "Name: Jane Doe May 3".
fn before_digit(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(u8::is_ascii_digit)
}

fn is_key(text: &[u8], end: usize) -> bool {
    matches!(text.get(end), Some(b':' | b'='))
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
        match text.get(at) {
            Some(b'\'' | b'-' | b'`' | b'^')
                if text.get(at + 1).is_some_and(|&next| is_letter(next)) =>
            {
                at += 1;
            }
            _ => return (at, first),
        }
    }
}

/// The name before a credential at `start`: "Jane Doe, MD", "Jane Doe M.D.".
pub(super) fn before_credential(text: &[u8], start: usize, floor: usize) -> Option<super::Hit> {
    let before = text[floor..start].trim_ascii_end();
    let before = before.strip_suffix(b",").unwrap_or(before);
    let end = floor + before.len();
    let is_name = |byte: u8| is_letter(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.' | b',');
    let length = before
        .iter()
        .rev()
        .take(48)
        .take_while(|byte| is_name(**byte))
        .count();
    let words = &before[before.len() - length..];
    let is_first = |at: usize| at == 0 && length < 48 || at > 0 && words[at - 1] == b' ';
    let at = (0..length).find(|&at| is_first(at) && is_full_name(&words[at..]))?;
    (end < start).then_some(super::Hit {
        start: end - (length - at),
        end,
        kind: crate::phi::Kind::Name,
    })
}

/// Whether all of `value` looks like a person's name: two to five words with capitals.
pub(super) fn is_full_name(value: &[u8]) -> bool {
    let (end, words) = end(value, 0, Expect::Capitals);
    end >= value.len().saturating_sub(1) && (2..=5).contains(&words)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

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
}
