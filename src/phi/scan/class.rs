//! What a byte can begin, in a table of 256.

/// Nothing begins here.
pub(super) const PLAIN: u8 = 0;
/// A letter, or a byte of a character beyond ASCII.
pub(super) const LETTER: u8 = 1;
/// A digit.
pub(super) const DIGIT: u8 = 2;
/// A mark that something may begin or end at.
pub(super) const MARK: u8 = 3;

pub(super) static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [PLAIN; 256];
    let mut byte: u8 = 0;
    loop {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => LETTER,
            b'0'..=b'9' => DIGIT,
            b'@' | b':' | b'=' | b'[' | b'{' | b'+' | b'(' | b'-' | b'>' | b'|' | b'\n' => MARK,
            _ => PLAIN,
        };
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

#[inline]
pub(super) fn is_letter(byte: u8) -> bool {
    CLASS[usize::from(byte)] == LETTER
}

#[inline]
pub(in super::super) fn is_word(byte: u8) -> bool {
    matches!(CLASS[usize::from(byte)], LETTER | DIGIT)
}

/// Whether a text ends in `end`, in any case.
pub(in super::super) fn ends_with(text: &[u8], end: &[u8]) -> bool {
    let start = text.len().checked_sub(end.len());
    start.is_some_and(|start| text[start..].eq_ignore_ascii_case(end))
}

/// Whether no word goes on at `at`.
#[inline]
pub(super) fn is_boundary_after(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|&byte| !is_word(byte))
}

/// Where the run of letters and digits that `at` is in ends.
#[inline]
pub(super) fn word_end(text: &[u8], at: usize) -> usize {
    run(text, at, is_word)
}

/// The word of letters that ends at `end`, or the last letters of a longer one.
pub(super) fn word_before(text: &[u8], end: usize) -> &[u8] {
    const MOST: usize = 16;
    let letters = text[..end]
        .iter()
        .rev()
        .take(MOST)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    &text[end - letters..end]
}

/// Where the run of bytes that satisfy `goes_on` ends.
#[inline]
pub(super) fn run(text: &[u8], mut at: usize, goes_on: impl Fn(u8) -> bool) -> usize {
    while at < text.len() && goes_on(text[at]) {
        at += 1;
    }
    at
}

/// The same, no further than `most`.
pub(super) fn run_at_most(
    text: &[u8],
    at: usize,
    most: usize,
    goes_on: impl Fn(u8) -> bool,
) -> usize {
    let end = text.len().min(at.saturating_add(most));
    run(&text[..end], at, goes_on)
}

/// Where `part` is in `text` first.
pub(super) fn first_place(text: &[u8], part: &[u8]) -> Option<usize> {
    (0..text.len()).find(|&at| text[at] == part[0] && text[at..].starts_with(part))
}

/// Where `part` is in `text` last.
pub(super) fn last_place(text: &[u8], part: &[u8]) -> Option<usize> {
    (0..text.len()).rfind(|&at| text[at] == part[0] && text[at..].starts_with(part))
}

/// Where the line that `at` is in ends, no further than `most`. Most are longer, which many bytes at once tell.
pub(super) fn line_end(text: &[u8], at: usize, most: usize) -> usize {
    let near = &text[at..text.len().min(at + most)];
    if near.contains(&b'\n') {
        run(text, at, |byte| byte != b'\n')
    } else {
        at + near.len()
    }
}

/// Where the line that `end` is in begins, no further than `most` before it.
pub(super) fn line_start(text: &[u8], end: usize, most: usize) -> usize {
    let from = end.saturating_sub(most);
    let near = &text[from..end];
    let is_break = |&byte: &u8| byte == b'\n';
    if near.contains(&b'\n') {
        from + near.iter().rposition(is_break).map_or(0, |at| at + 1)
    } else {
        from
    }
}

/// Whether there is a digit among the next `most` bytes. It looks at all of them, many at once.
pub(super) fn has_digit_within(text: &[u8], at: usize, most: usize) -> bool {
    next(text, at, most)
        .iter()
        .fold(0, |any, byte| any | u8::from(byte.is_ascii_digit()))
        > 0
}

/// Whether one of the next `most` bytes is one of `sought`. It looks at all of them, many at once.
pub(super) fn has_one_of<const N: usize>(
    text: &[u8],
    at: usize,
    most: usize,
    sought: [u8; N],
) -> bool {
    let is_sought = |byte: u8| {
        sought
            .iter()
            .fold(0, |any, &one| any | u8::from(byte == one))
    };
    next(text, at, most)
        .iter()
        .fold(0, |any, &byte| any | is_sought(byte))
        > 0
}

fn next(text: &[u8], at: usize, most: usize) -> &[u8] {
    let end = text.len().min(at.saturating_add(most));
    text.get(at..end).unwrap_or_default()
}

/// Where the run of bytes from `at` on ends that need no attention in a JSON string.
pub(in super::super) fn plain_run(json: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    while let Some(chunk) = json.get(at..at + 8).and_then(|chunk| chunk.try_into().ok()) {
        let chunk = u64::from_le_bytes(chunk);
        let zero_in = |x: u64| x.wrapping_sub(ONES) & !x & HIGHS;
        let found = zero_in(chunk ^ (ONES * 0x22))
            | zero_in(chunk ^ (ONES * 0x5c))
            | (chunk.wrapping_sub(ONES * 0x20) & !chunk & HIGHS);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while at < json.len() && json[at] >= 0x20 && !matches!(json[at], b'"' | b'\\') {
        at += 1;
    }
    at
}
