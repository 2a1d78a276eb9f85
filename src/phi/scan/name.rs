//! Names of people, which only a word before them gives away.

use super::class::{is_letter, run};

/// Words that begin with a capital and are no part of a name.
const NO_NAMES: &str = " id record records portal service data safety health care not no is has was \
    created admitted discharged consent count number name date age status type list lookup search \
    api app module error exception table queue file report summary history information info \
    details access account matching index registry cohort study visit encounter monitoring \
    management system server client request response update created deleted updated notes note \
    chart medical and the a an of for with in on at to by or mrn ssn dob phone email fax address \
    zip city state sex gender male female unknown none null undefined true false n/a na \
    satisfaction engagement outcomes outcome education first last full middle advocacy flow \
    volume census intake transfer transport discharge admission billing insurance plan portal's \
    january february march april may june july august september october november december \
    monday tuesday wednesday thursday friday saturday sunday seen reports presents denies \
    line header template ";

const PARTICLES: &str = " de la las los le van von der den del della di da dos das du bin ibn al el ter ten y e st san santa mac mc o ap ben abu af zu ";

const SUFFIXES: &str = " jr sr ii iii iv md phd rn do np pa esq dds mph ";

fn is_in(list: &str, word: &[u8]) -> bool {
    if word.len() > 14 || word.is_empty() {
        return false;
    }
    let mut padded = [b' '; 16];
    padded[1..=word.len()].copy_from_slice(word);
    padded.make_ascii_lowercase();
    let padded = &padded[..word.len() + 2];
    list.as_bytes()
        .windows(padded.len())
        .any(|window| window == padded)
}

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
        let is_capital = first.is_ascii_uppercase() || first >= 0x80;
        let is_particle = is_in(PARTICLES, word);
        let is_suffix = words > 0 && is_in(SUFFIXES, word);
        let is_initial = word.len() == 1 && is_capital && text.get(word_end) == Some(&b'.');
        if !is_suffix && !is_initial && is_in(NO_NAMES, word) && !(is_particle && is_capital) {
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
        let is_initial = word.len() == 1 || is_suffix || is_in(" jr sr st ", word);
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
            && matches!(text.get(at + 1), Some(b' ') | Some(b'A'..=b'Z'))
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

fn is_key(text: &[u8], end: usize) -> bool {
    matches!(text.get(end), Some(b':' | b'='))
}

/// A word of a name: letters, with apostrophes and hyphens inside.
fn word(text: &[u8], start: usize) -> (usize, u8) {
    let Some(&first) = text.get(start).filter(|&&byte| is_letter(byte)) else {
        return (start, 0);
    };
    let mut at = start;
    loop {
        at = run(text, at, is_letter);
        match text.get(at) {
            Some(b'\'' | b'-' | b'`') if text.get(at + 1).is_some_and(|&next| is_letter(next)) => {
                at += 1
            }
            _ => return (at, first),
        }
    }
}

/// Whether all of `value` looks like a person's name: two to five words with capitals.
pub(super) fn is_full_name(value: &[u8]) -> bool {
    let (end, words) = end(value, 0, Expect::Capitals);
    end >= value.len().saturating_sub(1) && (2..=5).contains(&words)
}

/// Whether `word` is a title that a name follows.
pub(super) fn is_title(word: &[u8]) -> bool {
    is_in(" mr mrs ms miss mx dr doctor prof professor rev ", word) && word[0].is_ascii_uppercase()
}

/// Whether `word` says what somebody is, so that a name may follow.
pub(super) fn is_role(word: &[u8]) -> bool {
    is_in(
        " patient pt subject participant mother father spouse wife husband guardian kin attending physician \
          surgeon nurse provider consultant named dear resident caregiver son daughter beneficiary \
          insured subscriber guarantor clinician practitioner radiologist pathologist psychiatrist \
          cardiologist oncologist signed by contact client mr mrs ms witness parent sister brother ",
        word,
    )
}
