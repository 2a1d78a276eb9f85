//! Numbers that stand right after a word.

use super::number::{Groups, ssn};
use super::{Hit, phone};

/// The words that a phone number may stand to without a space.
const PHONE_WORDS: [&[u8]; 6] = [b"cell", b"fax", b"mobile", b"ph", b"phone", b"tel"];

/// A number right after the letters of a word that ends at `end`: "x536-22-8726", "tel617-555-1212".
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let digits = end.checked_sub(3).filter(|&at| at > start)?;
    let is_three = text[digits..end].iter().all(u8::is_ascii_digit)
        && !text[digits - 1].is_ascii_digit()
        && text.get(end) == Some(&b'-');
    if !is_three {
        return None;
    }
    let groups = Groups::read(text, digits);
    let is_phone_word = || {
        let word = &text[start..digits];
        PHONE_WORDS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    };
    ssn(text, &groups)
        .filter(|hit| hit.end - hit.start == 11)
        .or_else(|| {
            phone::in_groups(text, &groups)
                .filter(|hit| hit.end - hit.start == 12 && is_phone_word())
        })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_number_right_after_its_word_is_found() {
        assert_eq!(redact_text("SSN536-22-8726"), "SSN[ssn]");
        assert_eq!(redact_text("tel617-555-1212"), "tel[phone]");
        assert_eq!(redact_text("build617-555-1212"), "build617-555-1212");
    }
}
