//! Colours, and what else a terminal is told between the characters of a text.

use super::Folded;

/// The character that begins a control sequence.
pub(super) const ESCAPE: u8 = 0x1b;

/// No sequence is longer: colours of 24 bits, foreground and background.
const MAX_PARAMETERS: usize = 40;

/// What has more digits is hardly a parameter.
const MAX_DIGITS: usize = 4;

/// Takes the control sequence whose escape character ends at `at` (ECMA-48, 5.4: `[`, parameters, a final byte), as what
/// has no width. Where it ends. What may be text too, as "MRN 1" behind a bracket, is text where words are parted.
pub(super) fn control(text: &[u8], at: usize, folded: &mut Folded) -> Option<usize> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let inside = text[at + 1..].iter().take(MAX_PARAMETERS);
    let end = at
        + 1
        + inside
            .take_while(|byte| matches!(byte, b'0'..=b'?'))
            .count();
    let last = *text.get(end).filter(|byte| matches!(byte, b'@'..=b'~'))?;
    let parameters = &text[at + 1..end];
    let mut numbers = parameters.split(|byte| !byte.is_ascii_digit());
    let is_before_text = text.get(end + 1).is_some_and(|&next| next > b' ');
    let may_be_text = is_before_text && (last != b'm' || parameters.is_empty())
        || numbers.any(|number| number.len() > MAX_DIGITS);
    if may_be_text {
        folded.has_joints = true;
        if folded.parts {
            return None;
        }
    }
    folded.nothing();
    Some(end + 1)
}
