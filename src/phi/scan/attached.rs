//! Dates that are parts of names: of files, models, images and versions.

use super::class::{is_word, word_before};
use super::date::find;

/// Whether a date from `start` to `end` is a version, or part of a name of a file, a model or an image. It is none beside what was taken
/// up to `floor`: "03/14/1957-03/20/1957", "536-22-8726/March 14, 1957".
pub(super) fn is_attached(text: &[u8], start: usize, end: usize, floor: usize) -> bool {
    let before = match text[..start] {
        _ if floor > 0 && start == floor + 1 => false,
        // "b.1957-03-03" is born.
        [.., one, b'.'] if text[..start].len() < 3 || !is_word(text[start - 3]) => {
            is_word(one) && one.is_ascii_digit()
        }
        [.., other, b'-' | b'.' | b'/' | b'@'] => is_word(other),
        [.., b'v'] => true,
        [.., other, b':'] if is_word(other) => is_tag(text, start - 1),
        [.., b' '] => {
            text[start..].starts_with(b"20")
                && word_before(text, start - 1).eq_ignore_ascii_case(b"version")
        }
        _ => false,
    };
    before || name_goes_on(text, end) && !is_first_of_two(text, start, end)
}

/// Whether a name goes on after a date that ends at `end`.
fn name_goes_on(text: &[u8], end: usize) -> bool {
    match text.get(end..end + 2) {
        Some([b'-' | b'_', next]) => is_word(*next),
        Some([b'.', next]) => next.is_ascii_lowercase(),
        _ => false,
    }
}

/// Whether the date from `start` to `end`, without hyphens, has one and another date after it, with which nothing goes on.
fn is_first_of_two(text: &[u8], start: usize, end: usize) -> bool {
    text[end] == b'-'
        && !text[start..end].contains(&b'-')
        && text[end + 1].is_ascii_digit()
        && find(text, end + 1, false)
            .is_some_and(|other| other.time_end.is_none() && !name_goes_on(text, other.end))
}

/// Whether the colon at `colon` is before the tag of an image: "registry.local/api:2024-11-03".
fn is_tag(text: &[u8], colon: usize) -> bool {
    const LONGEST: usize = 96;
    let reference = text[..colon].iter().rev().take(LONGEST);
    let reference = reference.take_while(|&&byte| is_word(byte) || b"/.-_:".contains(&byte));
    let (before, reference) = text[..colon].split_at(colon - reference.count());
    let is_image = before.ends_with(b"image ") && text[colon..].starts_with(b":20");
    reference.contains(&b'/') || is_image && !reference.iter().any(u8::is_ascii_uppercase)
}
