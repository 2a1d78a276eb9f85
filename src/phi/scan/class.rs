//! What a byte can begin, in a table of 256.

/// Nothing begins here.
pub(super) const PLAIN: u8 = 0;
/// A letter, or a byte of a character beyond ASCII.
pub(super) const LETTER: u8 = 1;
/// A digit.
pub(super) const DIGIT: u8 = 2;
/// A mark that something may begin or end at.
pub(super) const MARK: u8 = 3;

pub(super) static CLASS: [u8; 256] = {
    let mut table = [PLAIN; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => LETTER,
            b'0'..=b'9' => DIGIT,
            b'@' | b':' | b'=' | b'[' | b'{' | b'+' | b'(' | b'-' => MARK,
            _ => PLAIN,
        };
        byte += 1;
    }
    table
};

pub(super) fn is_letter(byte: u8) -> bool {
    CLASS[usize::from(byte)] == LETTER
}

pub(super) fn is_word(byte: u8) -> bool {
    matches!(CLASS[usize::from(byte)], LETTER | DIGIT)
}

/// Whether a word has ended before `at`.
pub(super) fn is_boundary_before(text: &[u8], at: usize) -> bool {
    at == 0 || !is_word(text[at - 1])
}

/// Whether no word goes on at `at`.
pub(super) fn is_boundary_after(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|&byte| !is_word(byte))
}

/// Where the run of letters and digits that `at` is in ends.
pub(super) fn word_end(text: &[u8], at: usize) -> usize {
    run(text, at, is_word)
}

/// Where the run of bytes that satisfy `test` ends.
pub(super) fn run(text: &[u8], mut at: usize, test: impl Fn(u8) -> bool) -> usize {
    while at < text.len() && test(text[at]) {
        at += 1;
    }
    at
}
