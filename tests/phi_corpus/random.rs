//! Chance with a seed, so that every run makes the same corpus: SplitMix64 (Steele, Lea, Flood 2014).

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub fn one_in(&mut self, chances: u64) -> bool {
        self.next() % chances == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.next() as usize % choices.len()]
    }

    /// `#` becomes a digit, `%` one from 2 to 9, `?` a capital, `~` a small letter, `^` a hexadecimal digit.
    pub fn fill(&mut self, form: &str) -> String {
        form.chars()
            .map(|c| match c {
                '#' => char::from(b'0' + self.between(0, 9) as u8),
                '%' => char::from(b'0' + self.between(2, 9) as u8),
                '?' => char::from(b'A' + self.between(0, 25) as u8),
                '~' => char::from(b'a' + self.between(0, 25) as u8),
                '^' => char::from(b"0123456789abcdef"[self.between(0, 15) as usize]),
                other => other,
            })
            .collect()
    }
}
