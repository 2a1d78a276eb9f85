//! Names that were read before. A service logs the same few hundred field names for ever.

use std::cell::RefCell;

use super::{Field, read};

const SLOTS: usize = 512;
const MAX_NAME: usize = 30;

#[derive(Clone, Copy)]
struct Slot {
    name: [u8; MAX_NAME],
    length: u8,
    field: Field,
}

const EMPTY: Slot = Slot {
    name: [0; MAX_NAME],
    length: 0,
    field: Field::Plain,
};

thread_local! {
    static CACHE: RefCell<Box<[Slot; SLOTS]>> = RefCell::new(Box::new([EMPTY; SLOTS]));
}

/// What the name of a field says of its value.
pub(in super::super) fn classify(name: &[u8]) -> Field {
    if name.is_empty() || name.len() > MAX_NAME {
        return read(name);
    }
    CACHE.with_borrow_mut(|cache| {
        let slot = &mut cache[place(name)];
        if usize::from(slot.length) == name.len() && slot.name[..name.len()] == *name {
            return slot.field;
        }
        let field = read(name);
        slot.name[..name.len()].copy_from_slice(name);
        slot.length = u8::try_from(name.len()).unwrap_or(0);
        slot.field = field;
        field
    })
}

/// A place from the first and the last bytes and the length, which tell most names apart.
fn place(name: &[u8]) -> usize {
    let take = name.len().min(8);
    let mut first = [0; 8];
    let mut last = [0; 8];
    first[..take].copy_from_slice(&name[..take]);
    last[..take].copy_from_slice(&name[name.len() - take..]);
    let mixed =
        (u64::from_le_bytes(first) ^ u64::from_le_bytes(last).rotate_left(29) ^ name.len() as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 55) as usize % SLOTS
}
