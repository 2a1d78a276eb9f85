//! Names that were read before. A service logs the same few hundred field names for ever.

use std::cell::RefCell;

use super::{Field, read};
use crate::phi::kind::Kind;
use crate::phi::number;

/// Each has room for two names of one place.
const SLOTS: usize = 512;
const MAX_NAME: usize = 32;

#[derive(Clone, Copy)]
struct Slot {
    name: Name,
    field: Field,
    is_word: bool,
}

/// A short name as numbers: its first and last bytes, those between them, and its length.
#[derive(Clone, Copy)]
struct Name([u64; 4], usize);

const EMPTY: Slot = Slot {
    name: Name([0; 4], 0),
    field: Field::Plain,
    is_word: true,
};

thread_local! {
    static CACHE: RefCell<[[Slot; 2]; SLOTS]> = const { RefCell::new([[EMPTY; 2]; SLOTS]) };
}

/// What the name of a field says of its value in text, where a word may also be one of a sentence.
pub(in super::super) fn classify(name: &[u8]) -> Field {
    match classify_name(name).0 {
        Field::Record(Kind::Plan) => Field::Coded(Kind::Plan),
        Field::Record(_) => Field::Plain,
        field => field,
    }
}

/// What the name of a field of JSON says of its value, and whether the name is of letters alone, in which nobody is identified.
pub(in super::super) fn classify_name(name: &[u8]) -> (Field, bool) {
    if name.is_empty() {
        return (Field::Plain, true);
    }
    let Some(short) = Name::read(name) else {
        return (read(name), is_word(name));
    };
    CACHE.with_borrow_mut(|cache| {
        let [slot, other] = &mut cache[short.place()];
        if !slot.name.is(&short) {
            // The one that was asked for last is first.
            std::mem::swap(slot, other);
            if !slot.name.is(&short) {
                *slot = Slot {
                    name: short,
                    field: read(name),
                    is_word: is_word(name),
                };
            }
        }
        (slot.field, slot.is_word)
    })
}

fn is_word(name: &[u8]) -> bool {
    name.iter()
        .all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

impl Name {
    #[inline]
    fn read(name: &[u8]) -> Option<Self> {
        let length = name.len();
        let at = |start: usize| number::of_bytes(&name[start..start + 8]);
        let numbers = match length {
            1..=8 => [number::of_bytes(name), 0, 0, 0],
            9..=16 => [at(0), at(length - 8), 0, 0],
            17..=MAX_NAME => [at(0), at(length - 8), at(8), at(length - 16)],
            _ => return None,
        };
        Some(Self(numbers, length))
    }

    #[inline]
    fn is(&self, other: &Self) -> bool {
        self.0 == other.0 && self.1 == other.1
    }

    #[inline]
    fn place(&self) -> usize {
        let [first, last, ..] = self.0;
        let mixed =
            (first ^ last.rotate_left(29) ^ self.1 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> 32).unwrap_or(0) % SLOTS
    }
}
