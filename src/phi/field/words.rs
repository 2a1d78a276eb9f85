//! The words of a field's name, however it is spelt: camel, Pascal, snake, kebab, dotted, shouted.

/// More than any name needs; of a longer one the end is read, where the noun is.
const MAX_BYTES: usize = 80;
const MAX_WORDS: usize = 12;

/// The words, in lower case.
pub(super) struct Words {
    text: [u8; MAX_BYTES + MAX_WORDS],
    bounds: [(u8, u8); MAX_WORDS],
    count: usize,
}

impl Words {
    pub fn split(name: &[u8]) -> Self {
        let name = &name[name.len().saturating_sub(MAX_BYTES)..];
        let mut words = Self {
            text: [0; MAX_BYTES + MAX_WORDS],
            bounds: [(0, 0); MAX_WORDS],
            count: 0,
        };
        let mut at = 0;
        while at < name.len() {
            let start = at;
            let Some(first) = sort(name[at]) else {
                at += 1;
                continue;
            };
            at += 1;
            let mut before = first;
            while let Some(now) = name.get(at).copied().and_then(sort) {
                let next_is_lower = name.get(at + 1).copied().and_then(sort) == Some(Sort::Lower);
                let begins = match (before, now) {
                    (Sort::Lower, Sort::Upper) => true,
                    // The last capital of "SSNValue" begins a word; that of "MRNs" does not.
                    (Sort::Upper, Sort::Upper) => next_is_lower && !is_plural(name, at + 1),
                    (Sort::Digit, other) | (other, Sort::Digit) => other != Sort::Digit,
                    _ => false,
                };
                if begins {
                    break;
                }
                before = now;
                at += 1;
            }
            // The s of "patient's".
            let possessive = start > 0 && name[start - 1] == b'\'' && name[start..at] == *b"s";
            if !possessive {
                words.push(&name[start..at]);
            }
        }
        words
    }

    fn push(&mut self, word: &[u8]) {
        let word = synonym(word, self.count == 0);
        if self.count == MAX_WORDS {
            self.bounds.rotate_left(1);
            self.count -= 1;
        }
        let start = match self.count {
            0 => 0,
            count => usize::from(self.bounds[count - 1].1) + 1,
        };
        let end = start + word.len();
        if end > self.text.len() {
            return;
        }
        self.text[start..end].copy_from_slice(word);
        self.text[start..end].make_ascii_lowercase();
        if start > 0 {
            self.text[start - 1] = b' ';
        }
        let bound = |place| u8::try_from(place).unwrap_or(u8::MAX);
        self.bounds[self.count] = (bound(start), bound(end));
        self.count += 1;
    }

    /// Replaces the word at `place` by its parts, when it is several written as one.
    pub fn part(&mut self, place: usize, lengths: &[usize]) {
        let (start, end) = self.bounds[place];
        let mut parts = [(0usize, 0usize); MAX_WORDS];
        let mut at = usize::from(start);
        for (part, length) in parts.iter_mut().zip(lengths) {
            *part = (at, at + length);
            at += length;
        }
        debug_assert_eq!(at, usize::from(end));
        let source = self.text;
        let after: Vec<(u8, u8)> = self.bounds[place + 1..self.count].to_vec();
        self.count = place;
        for &(from, to) in &parts[..lengths.len()] {
            self.push(&source[from..to]);
        }
        for (from, to) in after {
            self.push(&source[usize::from(from)..usize::from(to)]);
        }
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn get(&self, place: usize) -> &[u8] {
        self.phrase(place, place + 1)
    }

    /// The words from `from` up to `to`, with a space between them.
    pub fn phrase(&self, from: usize, to: usize) -> &[u8] {
        if from >= to {
            return &[];
        }
        &self.text[usize::from(self.bounds[from].0)..usize::from(self.bounds[to - 1].1)]
    }
}

/// One word for those that mean the same.
fn synonym(word: &[u8], is_first: bool) -> &[u8] {
    let is = |known: &[u8]| word.eq_ignore_ascii_case(known);
    if is(b"no") || is(b"num") || is(b"nbr") || is(b"nr") || is(b"nos") {
        b"number"
    } else if !is_first && (is(b"identifier") || is(b"ident")) {
        b"id"
    } else if is(b"licence") {
        b"license"
    } else if is(b"dt") {
        b"date"
    } else if is(b"admsn") {
        b"admission"
    } else if is(b"disch") {
        b"discharge"
    } else if !is_first && is(b"nm") {
        b"name"
    } else if !is_first && is(b"cd") {
        b"code"
    } else if !is_first && is(b"addr") {
        b"address"
    } else {
        word
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Lower,
    Upper,
    Digit,
}

fn sort(byte: u8) -> Option<Sort> {
    match byte {
        b'a'..=b'z' | 0x80.. => Some(Sort::Lower),
        b'A'..=b'Z' => Some(Sort::Upper),
        b'0'..=b'9' => Some(Sort::Digit),
        _ => None,
    }
}

fn is_plural(name: &[u8], at: usize) -> bool {
    name.get(at) == Some(&b's')
        && name
            .get(at + 1)
            .is_none_or(|next| !next.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_same_words_in_every_spelling() {
        for name in [
            "nextOfKinName",
            "NextOfKinName",
            "next_of_kin_name",
            "next-of-kin-name",
            "NEXT_OF_KIN_NAME",
            "next.of.kin.name",
            "Next of kin's name",
        ] {
            let words = Words::split(name.as_bytes());
            assert_eq!(words.phrase(0, words.len()), b"next of kin name", "{name}");
        }
        for (name, expected) in [
            ("patientSSN", "patient ssn"),
            ("SSNLast4", "ssn last 4"),
            ("homeAddressLine1", "home address line 1"),
            ("MRNs", "mrns"),
            ("x-api-key", "x api key"),
            ("", ""),
        ] {
            let words = Words::split(name.as_bytes());
            assert_eq!(words.phrase(0, words.len()), expected.as_bytes(), "{name}");
        }
    }

    #[test]
    fn words_written_as_one_are_parted() {
        let mut words = Words::split(b"the_patientname_1");
        words.part(1, &[7, 4]);
        assert_eq!(words.phrase(0, words.len()), b"the patient name 1");
    }
}
