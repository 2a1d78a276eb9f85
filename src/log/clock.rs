//! Times of day, as lines show them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// Writes times as ISO 8601 in UTC. Lines come many to the second, so the last one is kept.
#[derive(Default)]
pub(super) struct Clock {
    second: u64,
    shown: String,
}

impl Clock {
    /// Appends the time, as `2026-01-31T12:00:00.000Z`.
    pub(super) fn write(&mut self, millis: u64, out: &mut Vec<u8>) {
        let (second, millis) = (millis / 1000, millis % 1000);
        if self.shown.is_empty() || self.second != second {
            self.second = second;
            let time = UNIX_EPOCH + Duration::from_secs(second);
            self.shown = humantime::format_rfc3339_seconds(time).to_string();
            // The fraction and the zone follow.
            self.shown.pop();
        }
        out.extend_from_slice(self.shown.as_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "each is one decimal digit")]
        let digit = |value: u64| b'0' + (value % 10) as u8;
        out.extend_from_slice(&[
            b'.',
            digit(millis / 100),
            digit(millis / 10),
            digit(millis),
            b'Z',
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_the_library_writes() {
        let mut clock = Clock::default();
        for millis in [
            0,
            7,
            999,
            1000,
            1_764_064_800_012,
            1_764_064_800_999,
            951_782_399_500,
        ] {
            let mut out = Vec::new();
            clock.write(millis, &mut out);
            let time = UNIX_EPOCH + Duration::from_millis(millis);
            let expected = humantime::format_rfc3339_millis(time).to_string();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
