//! Colours that are written between the characters of a text for a terminal.

/// The character that begins a control sequence.
pub(super) const ESCAPE: u8 = 0x1b;

/// No sequence is longer: colours of 24 bits, foreground and background.
const MAX_PARAMETERS: usize = 40;

/// Where the sequence ends whose escape character ends at `at`, if it is "Select Graphic Rendition"
/// (ECMA-48, 8.3.117: `[`, parameters of digits and marks, `m`) or "Erase in Line" (8.3.41), which
/// `grep` writes beside it.
pub(super) fn colour_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let end = at
        + 1
        + text[at + 1..]
            .iter()
            .take(MAX_PARAMETERS)
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
            .count();
    matches!(text.get(end), Some(b'm' | b'K')).then_some(end + 1)
}
