//! Lines that are missing.

use super::Level;

/// Lines that are not announced yet.
#[derive(Default)]
pub(super) struct Dropped {
    pub(super) by_level: [u64; Level::ALL.len()],
    pub(super) unredactable: u64,
    /// Those that had room and could not be written: a disk was full, or nobody read any more.
    pub(super) unwritten: u64,
}

impl Dropped {
    pub(super) fn is_none(&self) -> bool {
        self.lines() == 0
    }

    pub(super) fn lines(&self) -> u64 {
        self.unredactable + self.unwritten + self.by_level.iter().sum::<u64>()
    }

    pub(super) fn add(&mut self, more: Self) {
        for (count, more) in self.by_level.iter_mut().zip(more.by_level) {
            *count += more;
        }
        self.unredactable += more.unredactable;
        self.unwritten += more.unwritten;
    }

    /// How many of each level, as the fields of a line.
    pub(super) fn to_json(&self) -> String {
        let mut counts: Vec<String> = Level::ALL
            .iter()
            .zip(self.by_level)
            .map(|(level, count)| format!("\"{}\":{count}", level.as_str()))
            .collect();
        counts.push(format!("\"unredactable\":{}", self.unredactable));
        counts.push(format!("\"unwritten\":{}", self.unwritten));
        format!("{{{}}}", counts.join(","))
    }
}
