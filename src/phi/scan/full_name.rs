//! Full names: of whole values, and before a credential.

use super::class::{is_letter, run};
use super::{lexicon, name};

/// No full name has more words.
const MAX_FULL: usize = 5;

/// No full name before a credential is longer.
const MAX_BEFORE: usize = 48;

/// The name before a credential at `start`: "Jane Doe, MD", "Jane Doe M.D.".
pub(super) fn before_credential(text: &[u8], start: usize, floor: usize) -> Option<super::Hit> {
    // It is a word of its own.
    if !text[floor..start].ends_with(b" ") && !text[floor..start].ends_with(b",") {
        return None;
    }
    let before = text[floor..start].trim_ascii_end();
    let before = before.strip_suffix(b",").unwrap_or(before);
    // Behind a credential was no name, nor is it one.
    let last = run_back(before, is_letter);
    if lexicon::flags(before, last, before.len()) & lexicon::CREDENTIAL != 0 {
        return None;
    }
    let end = floor + before.len();
    let is_name = |byte: u8| is_letter(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.' | b',');
    let last = run_back(before, |byte| is_name(byte) && byte != b' ');
    if !may_end_name(&before[last..]) {
        return None;
    }
    let mut words = &before[run_back(before, is_name)..];
    if words.len() == MAX_BEFORE {
        // A word that was cut off is none.
        words = &words[run(words, 0, |byte| byte != b' ')..];
    }
    let name = words.len() - full_name_start(words)?;
    (end < start).then_some(super::Hit {
        start: end - name,
        end,
        kind: crate::phi::Kind::Name,
    })
}

/// Where the letters begin that `text` ends in, no further than a name before a credential may.
fn run_back(text: &[u8], goes_on: impl Fn(u8) -> bool) -> usize {
    let letters = text.iter().rev().take(MAX_BEFORE);
    text.len() - letters.take_while(|&&byte| goes_on(byte)).count()
}

/// Where the longest full name begins that ends where `words` do.
pub(super) fn full_name_start(words: &[u8]) -> Option<usize> {
    let last = words.len() - words.iter().rev().take_while(|&&byte| byte != b' ').count();
    if !may_end_name(&words[last..]) {
        return None;
    }
    let mut start = None;
    let mut capitals = 0;
    for at in (0..words.len()).rev() {
        if at > 0 && words[at - 1] != b' ' {
            continue;
        }
        // Each word with a capital counts, so that no name begins before more of them.
        capitals += usize::from(words[at].is_ascii_uppercase());
        if capitals > MAX_FULL {
            break;
        }
        if is_full_name(&words[at..]) {
            start = Some(at);
        }
    }
    start
}

/// Whether a word may be the last of a full name, by its capital.
fn may_end_name(word: &[u8]) -> bool {
    let is_capital = |&byte: &u8| is_letter(byte) && !byte.is_ascii_lowercase();
    word.first().is_some_and(is_capital) || lexicon::flags_of(word) & lexicon::NAME_SUFFIX != 0
}

/// Whether all of `value` looks like a person's name: two to five words with capitals.
pub(super) fn is_full_name(value: &[u8]) -> bool {
    let (end, words) = name::end(value, 0, name::Expect::Capitals);
    end >= value.len().saturating_sub(1) && (2..=MAX_FULL).contains(&words)
}
