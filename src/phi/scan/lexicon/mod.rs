//! The words that the reading of text knows, in one table: a look at a filter of four KiB tells most
//! words from them.

mod english;
mod given;
mod words;

use std::sync::LazyLock;

use super::class::{is_letter, run};
use crate::phi::{field, number};

pub(super) use words::*;

/// No known word is longer.
const MAX_WORD: usize = 16;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::of_words);
/// The many words of sentences, which are only looked at where a name may be.
static WORDING: LazyLock<Lexicon> = LazyLock::new(Lexicon::of_sentences);

const SLOTS: usize = 4096;
const FILTER_BITS: usize = 1 << 15;

#[derive(Clone, Copy)]
struct Entry {
    word: (u64, u64),
    flags: u32,
}

struct Lexicon {
    filter: [u64; FILTER_BITS / 64],
    entries: Vec<Entry>,
}

impl Lexicon {
    fn of_words() -> Self {
        let mut lexicon = Self::new();
        for (flag, words) in WORDS {
            for word in words.split_ascii_whitespace() {
                lexicon.add(word.as_bytes(), *flag);
            }
        }
        for (word, announces) in field::last_words() {
            let flags = if announces { CUE | KEY } else { KEY };
            lexicon.add(&word, flags);
            if word.len() > 1 && !word.ends_with(b"s") && word.len() < MAX_WORD {
                let mut plural = word.clone();
                plural.push(b's');
                lexicon.add(&plural, flags);
            }
        }
        lexicon
    }

    fn of_sentences() -> Self {
        let mut lexicon = Self::new();
        for words in [english::ENGLISH, english::PRODUCTS] {
            for word in words.split_ascii_whitespace() {
                lexicon.add(word.as_bytes(), NO_NAME);
            }
        }
        lexicon
    }

    fn new() -> Self {
        let empty = Entry {
            word: (0, 0),
            flags: 0,
        };
        Self {
            filter: [0; FILTER_BITS / 64],
            entries: vec![empty; SLOTS],
        }
    }

    fn flags(&self, text: &[u8], start: usize, end: usize) -> u32 {
        let word = load(text, start, end);
        if word.0 == 0 {
            return 0;
        }
        let hash = hash(word);
        let bit = place(hash) % FILTER_BITS;
        if self.filter[bit / 64] & 1 << (bit % 64) == 0 {
            return 0;
        }
        let mut slot = place(hash >> 32) % SLOTS;
        loop {
            let entry = &self.entries[slot];
            if entry.flags == 0 || entry.word == word {
                return entry.flags;
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    fn add(&mut self, word: &[u8], flag: u32) {
        let word = load(word, 0, word.len());
        if word.0 == 0 {
            return;
        }
        let hash = hash(word);
        let bit = place(hash) % FILTER_BITS;
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mut slot = place(hash >> 32) % SLOTS;
        while self.entries[slot].flags != 0 && self.entries[slot].word != word {
            slot = (slot + 1) % SLOTS;
        }
        self.entries[slot].word = word;
        self.entries[slot].flags |= flag;
    }
}

/// What is known of the word from `start` to `end`, in any case.
pub(super) fn flags(text: &[u8], start: usize, end: usize) -> u32 {
    LEXICON.flags(text, start, end)
}

/// Whether the word from `start` to `end` is one of sentences and titles, and of fields of software.
pub(super) fn is_wording(text: &[u8], start: usize, end: usize) -> bool {
    let known = flags(text, start, end);
    known & (NO_NAME | MONTH | COMMON | STATE | BETWEEN | MEASURE | LINK) != 0
        || known & GIVEN == 0
            && (known & (CUE | KEY | ROLE | MEETS | BELONGS | RESIDES | SIGNED) != 0
                || WORDING.flags(text, start, end) != 0
                || field::is_known_word(&text[start..end])
                || is_derived(&text[start..end]))
}

/// Whether the word from `start` to `end`, in lower case, is no part of a name: one of sentences, or a cue of its own.
pub(super) fn ends_name(text: &[u8], start: usize, end: usize) -> bool {
    // "no-show".
    let first = run(text, start, is_letter);
    let is_joined = first < end
        && text[first] == b'-'
        && flags(text, start, first) & PARTICLE == 0
        && is_wording(text, start, first);
    is_joined
        || flags(text, start, end) & (AGED | CUE | SCHEME | TITLE) != 0
        || is_wording(text, start, end)
}

/// An ending that English gives to things and qualities, and seldom to families.
fn is_derived(word: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 9] = [
        b"tion", b"sion", b"ness", b"ology", b"ized", b"ility", b"ancy", b"ency", b"ically",
    ];
    word.len() > 6
        && ENDINGS
            .iter()
            .any(|ending| word[word.len() - ending.len()..].eq_ignore_ascii_case(ending))
}

/// The same for a word by itself.
pub(super) fn flags_of(word: &[u8]) -> u32 {
    flags(word, 0, word.len())
}

/// The word's bytes in lower case as two numbers, noughts after its end. Of what is too long, noughts.
#[inline]
fn load(text: &[u8], start: usize, end: usize) -> (u64, u64) {
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let Some(&(keep_first, keep_second)) = KEEP.get((end - start).wrapping_sub(1)) else {
        return (0, 0);
    };
    // Most words have enough text after them to be read with it.
    let (first, second) = if let Some(bytes) = text[start..].first_chunk::<MAX_WORD>() {
        (number::of_bytes(&bytes[..8]), number::of_bytes(&bytes[8..]))
    } else {
        let (first, second) = text[start..end].split_at((end - start).min(8));
        (number::of_bytes(first), number::of_bytes(second))
    };
    ((first | LOWER) & keep_first, (second | LOWER) & keep_second)
}

/// Which bits of the two numbers are a word's, by its length, from one on.
const KEEP: [(u64, u64); MAX_WORD] = {
    let mut keep = [(u64::MAX, u64::MAX); MAX_WORD];
    let mut bytes = 1;
    while bytes < MAX_WORD {
        keep[bytes - 1] = if bytes < 8 {
            ((1 << (8 * bytes)) - 1, 0)
        } else {
            (u64::MAX, (1 << (8 * (bytes - 8))) - 1)
        };
        bytes += 1;
    }
    keep
};

fn place(hash: u64) -> usize {
    usize::try_from(hash & 0xffff_ffff).unwrap_or(0)
}

fn hash((first, second): (u64, u64)) -> u64 {
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_in_any_case_and_anywhere() {
        let text = b"see PATIENT, and a very long text around";
        assert_ne!(flags(text, 4, 11) & ROLE, 0);
        assert_ne!(flags_of(b"Mrn") & CUE, 0);
        assert_ne!(flags_of(b"anesthesiologist") & ROLE, 0);
        assert_eq!(flags_of(b"patients!"), 0);
        assert_eq!(flags_of(b""), 0);
        assert_eq!(flags_of("ü".as_bytes()), 0);
    }
}
