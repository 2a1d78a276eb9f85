//! Ages over 89 that their unit gives away.

use super::Hit;
use super::class::{is_word, run};
use super::number::digits_end;
use crate::phi::kind::Kind;

/// "93-year-old", "93 y/o", "93yo".
pub(super) fn find(text: &[u8], start: usize) -> Option<Hit> {
    let end = digits_end(text, start);
    if !super::is_great_age(&text[start..end]) {
        return None;
    }
    let at = run(text, end, |byte| matches!(byte, b' ' | b'-'));
    let rest = &text[at..];
    let is_age = [
        &b"year-old"[..],
        b"year old",
        b"years old",
        b"years-old",
        b"years of age",
        b"y/o",
        b"yo ",
        b"yo",
        b"yr old",
        b"yr-old",
        b"yrs old",
        b"y.o",
        b"yrs of age",
        b"y o ",
    ]
    .iter()
    .any(|unit| {
        rest.get(..unit.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(unit))
            && (unit.len() > 2 || !rest.get(2).is_some_and(|&byte| is_word(byte)))
    });
    is_age.then_some(Hit {
        start,
        end,
        kind: Kind::Age,
    })
}
