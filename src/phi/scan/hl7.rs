//! Segments of HL7 v2 messages that hold nothing but a person: PID, NK1, GT1, IN1 and their like (HL7
//! v2.5.1, chapters 3 and 6). Their fields have no names, so all of them go.

use super::Hit;
use super::class::run;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

const SEGMENTS: [&[u8]; 8] = [
    b"PID", b"PD1", b"NK1", b"GT1", b"IN1", b"IN2", b"IN3", b"MRG",
];

/// The fields of the segment whose name is from `start` to `end`, where a bar is.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !SEGMENTS.contains(&&text[start..end]) || placeholder::length_at(&text[end + 1..]).is_some()
    {
        return None;
    }
    let last = run(text, end + 1, |byte| !matches!(byte, b'\n' | b'\r'));
    Some(Hit {
        start: end + 1,
        end: last,
        kind: Kind::Name,
    })
}
