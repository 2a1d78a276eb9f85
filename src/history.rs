//! What was seen in the last minutes, in slots of equal length: bounded, and honest about gaps.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How long a slot is: kubelet asks once in ten seconds unless told otherwise.
pub const SLOT: Duration = Duration::from_secs(10);

/// How many slots are kept: ten minutes.
pub const SLOTS: usize = 60;

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The last [`SLOTS`] slots.
#[derive(Clone, Debug)]
pub struct History<T> {
    /// The number of the last slot of `slots`.
    newest: u64,
    /// A ring; slot `n` is at `n % SLOTS`.
    slots: [Option<T>; SLOTS],
}

impl<T: Copy> Default for History<T> {
    fn default() -> Self {
        Self {
            newest: 0,
            slots: [None; SLOTS],
        }
    }
}

impl<T: Copy> History<T> {
    /// Takes note of something at `now`: `merge` gets what the slot holds already.
    pub fn note(&mut self, now: Instant, merge: impl FnOnce(Option<T>) -> T) {
        self.advance(now);
        let slot = &mut self.slots[place(self.newest)];
        *slot = Some(merge(*slot));
    }

    /// The slots as of `now`, the oldest first.
    pub fn slots(&mut self, now: Instant) -> [Option<T>; SLOTS] {
        self.advance(now);
        let oldest = place(self.newest) + 1;
        std::array::from_fn(|at| self.slots[(oldest + at) % SLOTS])
    }

    fn advance(&mut self, now: Instant) {
        let number = now.saturating_duration_since(*BEGAN).as_secs() / SLOT.as_secs();
        for passed in (self.newest + 1..=number).rev().take(SLOTS) {
            self.slots[place(passed)] = None;
        }
        self.newest = self.newest.max(number);
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(history: &mut History<u32>, now: Instant) -> Vec<(usize, u32)> {
        let slots = history.slots(now).into_iter().enumerate();
        slots.filter_map(|(at, slot)| Some((at, slot?))).collect()
    }

    #[test]
    fn forgets_what_is_older_than_it_holds_and_keeps_the_gaps() {
        let began = *BEGAN;
        let mut history = History::default();
        history.note(began, |_| 1);
        history.note(began + SLOT / 2, |before| before.unwrap_or(0) + 1);
        history.note(began + 3 * SLOT, |_| 7);
        let now = began + 3 * SLOT;
        assert_eq!(filled(&mut history, now), [(SLOTS - 4, 2), (SLOTS - 1, 7)]);
        let now = began + 60 * SLOT;
        assert_eq!(filled(&mut history, now), [(2, 7)]);
        assert_eq!(filled(&mut history, began + 1000 * SLOT), []);
    }
}
