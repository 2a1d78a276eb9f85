//! Colours, and what else a terminal is told between the characters of a text.

use super::Folded;

/// The character that begins a control sequence.
pub(super) const ESCAPE: u8 = 0x1b;

/// No sequence is longer: colours of 24 bits, foreground and background.
const MAX_PARAMETERS: usize = 40;

/// What has more digits is no parameter.
const MAX_DIGITS: usize = 4;

/// Takes the control sequence whose escape character ends at `at` (ECMA-48, 5.4: `[`, parameters, intermediate bytes, a
/// final one), as what has no width. Where it ends.
pub(super) fn control(text: &[u8], at: usize, folded: &mut Folded) -> Option<usize> {
    if text.get(at) != Some(&b'[') {
        return None;
    }
    let count = |from: usize, is_inside: fn(u8) -> bool| {
        let rest = text[from..].iter().take(MAX_PARAMETERS);
        rest.take_while(|byte| is_inside(**byte)).count()
    };
    let parameters = at + 1 + count(at + 1, |byte| matches!(byte, b'0'..=b'?'));
    let end = parameters + count(parameters, |byte| matches!(byte, b' '..=b'/'));
    let mut numbers = text[at + 1..parameters].split(|byte| !byte.is_ascii_digit());
    let is_one = matches!(text.get(end), Some(b'@'..=b'~'))
        && numbers.all(|number| number.len() <= MAX_DIGITS);
    is_one.then(|| {
        folded.nothing();
        end + 1
    })
}
