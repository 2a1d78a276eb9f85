//! Texts that were read before and had nothing in them. A service logs the same messages, routes and stacks for ever.

use std::cell::RefCell;

use crate::phi::number;

const SLOTS: usize = 512;
/// No longer text is kept.
const MAX_TEXT: usize = 2048;

thread_local! {
    static SEEN: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// A text, its hash, and that of the one that came last in its place. All of the bytes are compared, so that no other
/// text is taken for it.
#[derive(Clone, Default)]
struct Slot {
    hash: u64,
    missed: u64,
    text: Vec<u8>,
}

/// Whether `text`, of this hash, is known to have nothing in it.
pub(super) fn is_known(text: &[u8], hash: u64) -> bool {
    SEEN.with_borrow(|seen| {
        seen.get(place(hash))
            .is_some_and(|slot| slot.hash == hash && slot.text == text)
    })
}

/// Notes that nothing was found in `text`. It is kept when it comes a second time: what comes once puts nothing out.
pub(super) fn note(text: &[u8], hash: u64) {
    SEEN.with_borrow_mut(|seen| {
        if seen.is_empty() {
            seen.resize(SLOTS, Slot::default());
        }
        let slot = &mut seen[place(hash)];
        if slot.missed != hash {
            slot.missed = hash;
        } else if text.len() <= MAX_TEXT {
            slot.hash = hash;
            slot.text.clear();
            slot.text.extend_from_slice(text);
        }
    });
}

pub(super) fn hash(text: &[u8]) -> u64 {
    let mix = |hash: u64, bytes: u64| (hash ^ bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = text[..text.len().min(MAX_TEXT)].as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word)).rotate_left(29)
    });
    mix(hash, number::of_bytes(rest))
}

fn place(hash: u64) -> usize {
    usize::try_from(hash >> 40).unwrap_or(0) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phi::redact_json;

    #[test]
    fn a_text_is_known_from_the_second_time_on_and_no_other_is() {
        let text = b"listening on 10.0.0.1:8080";
        let hash = hash(text);
        for is_there in [false, false, true] {
            assert_eq!(is_known(text, hash), is_there);
            note(text, hash);
        }
        assert!(!is_known(b"listening on 10.0.0.1:8081", hash));
    }

    #[test]
    fn what_comes_again_is_read_as_it_was_the_first_time() {
        let lines = [
            (
                r#"{"message":"seen by Dr. Ada Byron"}"#,
                r#"{"message":"seen by Dr. [name]"}"#,
            ),
            (
                r#"{"message":"released 2025-11-03"}"#,
                r#"{"message":"released [date]"}"#,
            ),
            // The same text is none of a person's where it is a version.
            (
                r#"{"version":"released 2025-11-03"}"#,
                r#"{"version":"released 2025-11-03"}"#,
            ),
            (
                r#"{"message":"job 17 done"}"#,
                r#"{"message":"job 17 done"}"#,
            ),
        ];
        for (line, expected) in lines.iter().cycle().take(4 * lines.len()) {
            let mut out = Vec::new();
            redact_json(line.as_bytes(), &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), *expected);
        }
    }
}
