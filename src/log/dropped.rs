//! Lines that are missing.

use super::Level;

/// Lines that are not announced yet.
#[derive(Default)]
pub(super) struct Dropped {
    pub(super) by_level: [u64; Level::ALL.len()],
    pub(super) unredactable: u64,
}

impl Dropped {
    pub(super) fn is_none(&self) -> bool {
        self.unredactable == 0 && self.by_level.iter().all(|count| *count == 0)
    }

    /// How many of each level, as the fields of a line.
    pub(super) fn to_json(&self) -> String {
        let mut counts: Vec<String> = Level::ALL
            .iter()
            .zip(self.by_level)
            .map(|(level, count)| format!("\"{}\":{count}", level.as_str()))
            .collect();
        counts.push(format!("\"unredactable\":{}", self.unredactable));
        format!("{{{}}}", counts.join(","))
    }
}
