//! Texts that were read before and had nothing in them. A service logs the same messages, routes and stacks for ever.

use std::cell::RefCell;

use crate::phi::number;

const SLOTS: usize = 512;
/// No longer text is kept.
const MAX_TEXT: usize = 2048;

thread_local! {
    static SEEN: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// The last text whose hash has this place: all of its bytes, so that no other is taken for it.
#[derive(Clone, Default)]
struct Slot(Vec<u8>);

/// Whether `text` is known to have nothing in it.
pub(super) fn is_known(text: &[u8]) -> bool {
    text.len() <= MAX_TEXT
        && SEEN.with_borrow(|seen| seen.get(place(text)).is_some_and(|slot| slot.0 == text))
}

/// Keeps `text`, in which nothing was found.
pub(super) fn keep(text: &[u8]) {
    if text.len() > MAX_TEXT {
        return;
    }
    SEEN.with_borrow_mut(|seen| {
        if seen.is_empty() {
            seen.resize(SLOTS, Slot::default());
        }
        let slot = &mut seen[place(text)].0;
        slot.clear();
        slot.extend_from_slice(text);
    });
}

fn place(text: &[u8]) -> usize {
    let mix = |hash: u64, bytes: u64| (hash ^ bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(text.len() as u64, |hash, word| {
        mix(hash, u64::from_le_bytes(*word)).rotate_left(29)
    });
    usize::try_from(mix(hash, number::of_bytes(rest)) >> 40).unwrap_or(0) % SLOTS
}
