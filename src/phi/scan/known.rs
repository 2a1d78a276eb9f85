//! Short lists of words, in which most words are not.

/// Words that are looked for, and by their first bytes how long they are, as bits: most words are as none of them.
pub(super) struct Known {
    words: &'static [&'static [u8]],
    lengths: [u32; 128],
}

impl Known {
    pub const fn new(words: &'static [&'static [u8]]) -> Self {
        let mut lengths = [0; 128];
        let mut place = 0;
        while place < words.len() {
            let word = words[place];
            lengths[word[0] as usize] |= 1 << word.len();
            place += 1;
        }
        Self { words, lengths }
    }

    /// Whether `word`, in any case, is one of them.
    pub fn has(&self, word: &[u8]) -> bool {
        let first = word.first().map_or(0, u8::to_ascii_lowercase);
        let lengths = self.lengths.get(usize::from(first)).unwrap_or(&0);
        word.len() < 32
            && lengths & 1 << word.len() != 0
            && self
                .words
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known))
    }
}
