//! Places below a state (45 CFR 164.514(b)(2)(i)(B)) in sentences: where somebody lives, and a city before its
//! state.

use super::class::{is_boundary_after, is_letter, run, word_end};
use super::{Hit, lexicon};
use crate::phi::Kind;

/// No name of a city has more words.
const MAX_WORDS: usize = 4;

/// The place after a word that says that somebody lives there, which ends at `end`: "lives in Boise".
pub(super) fn residence(text: &[u8], end: usize) -> Option<Hit> {
    const PREPOSITIONS: [&[u8]; 11] = [
        b"in", b"at", b"near", b"outside", b"of", b"from", b"to", b"is", b"around", b"by",
        b"within",
    ];
    let mut at = run(text, end, |byte| matches!(byte, b' ' | b':'));
    let stop = word_end(text, at);
    if at == end || at > end + 2 || !PREPOSITIONS.contains(&&text[at..stop]) {
        return None;
    }
    // What moves, and what belongs to a place, may be a thing: its state has to be named.
    at = run(text, stop, |byte| byte == b' ');
    for article in [&b"the city of "[..], b"the town of ", b"downtown ", b"the "] {
        if text[at..].starts_with(article) {
            at += article.len();
            break;
        }
    }
    let is_in = matches!(&text[stop - 2..stop], b"in" | b"at" | b"ar" | b"of" | b"is");
    let (city_end, words) = city(text, at);
    if words == 0 {
        return None;
    }
    let with_state = state_after(text, city_end);
    let is_place = is_in && !lexicon::is_wording(text, at, word_end(text, at));
    (is_place || with_state).then_some(Hit {
        start: at,
        end: city_end,
        kind: Kind::Address,
    })
}

/// Words with capitals up to a mark that ends them. How many there are says the second number.
fn city(text: &[u8], start: usize) -> (usize, usize) {
    let (mut at, mut end, mut words) = (start, start, 0);
    while words < MAX_WORDS {
        let word = run(text, at, |byte| {
            is_letter(byte) || matches!(byte, b'\'' | b'-')
        });
        if word == at
            || !(text[at].is_ascii_uppercase() || text[at] >= 0x80)
            || text.get(word) == Some(&b'/')
        {
            break;
        }
        // The state is not taken with its city: "Boise Idaho".
        if words > 0
            && lexicon::flags(text, at, word) & lexicon::STATE != 0
            && !is_boundary_word(text, word)
        {
            break;
        }
        end = word;
        words += 1;
        let dot = usize::from(text.get(word) == Some(&b'.') && word - at <= 3);
        at = word + dot;
        if text.get(at) != Some(&b' ') {
            break;
        }
        at += 1;
    }
    (end, words)
}

/// "Iowa City": a word goes on after the state's name.
fn is_boundary_word(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b' ') && text.get(end + 1).is_some_and(u8::is_ascii_uppercase)
}

/// Whether a state comes after a city that ends at `end`: ", ID", ", Idaho".
fn state_after(text: &[u8], end: usize) -> bool {
    let at = run(text, end, |byte| matches!(byte, b' ' | b','));
    let stop = word_end(text, at);
    (1..=2).contains(&(at - end)) && is_state(text, at, stop)
}

/// A state by its abbreviation in capitals (USPS Publication 28, appendix B) or its name.
fn is_state(text: &[u8], start: usize, end: usize) -> bool {
    let word = &text[start..end];
    let is_written = match word.len() {
        0 | 1 => false,
        2 => word.iter().all(u8::is_ascii_uppercase),
        _ => word[0].is_ascii_uppercase(),
    };
    is_written && lexicon::flags(text, start, end) & lexicon::STATE != 0
}

/// The city before the state from `start` to `end` and a comma: "Boise, ID".
pub(super) fn before_state(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    let hit = super::city::city_before(text, start, floor)?;
    let ends =
        is_boundary_after(text, end) && !matches!(text.get(end), Some(b'-' | b'_' | b'/' | b'='));
    let last = text[hit.start..hit.end]
        .iter()
        .rposition(|&byte| byte == b' ')
        .map_or(hit.start, |space| hit.start + space + 1);
    let is_common = |at: usize, end: usize| {
        lexicon::flags(text, at, end) & lexicon::STATE == 0 && lexicon::is_wording(text, at, end)
    };
    let is_word = lexicon::flags(text, start, end) & lexicon::STATE_AND_WORD != 0;
    let is_common = is_common(hit.start, word_end(text, hit.start))
        && is_common(last, hit.end)
        && (is_word || last == hit.start);
    (ends && is_state(text, start, end) && !is_common).then_some(hit)
}
