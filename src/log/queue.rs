//! What waits for one stream, and how much may.

use std::collections::VecDeque;
use std::time::Instant;

use super::Level;
use super::dropped::Dropped;

/// How many bytes may wait for each stream.
const LIMIT: usize = 16 << 20;
/// Beyond this, `debug` is dropped first and then `info`: they share a stream.
const DEBUG_LIMIT: usize = LIMIT / 8 * 6;
const INFO_LIMIT: usize = LIMIT / 8 * 7;
/// Once no more than this is waiting, the lines that are missing are announced.
const CALM: usize = LIMIT / 2;

/// What a stream says whose reader takes nothing.
const NOBODY_READS: &str = "EAGAIN";

#[derive(Default)]
pub(super) struct Queue {
    pub(super) blocks: VecDeque<Vec<u8>>,
    /// Bytes that are not written, with those that the writer has taken.
    pub(super) bytes: usize,
    /// Records that came, and those of them that are written or given up.
    pub(super) came: u64,
    pub(super) went: u64,
    /// Those of the writer's that are written or given up and not among them yet, when it last had to
    /// wait for a reader.
    pub(super) settled: u64,
    /// Which records are lines of our own: nobody logged them, so they are not missed.
    pub(super) own: VecDeque<u64>,
    pub(super) dropped: Dropped,
    /// What was told last, in the records up to this one, which is not known to be written.
    pub(super) announced: Dropped,
    pub(super) announced_at: u64,
    /// Whether the last attempt to write failed for good, as on a full disk: a line that tells what
    /// is missing would be missing too.
    pub(super) is_broken: bool,
    /// Whether the end of the process does not wait for it any more.
    pub(super) is_abandoned: bool,
    /// How many lines that costs, until the other stream is told.
    pub(super) abandoned: u64,
    /// What the last attempt to write failed with, and how many of the lines that it cost the other
    /// stream was told of.
    pub(super) cause: Option<&'static str>,
    pub(super) told_of: u64,
    /// Whether the other stream was told before the end of the process, which it is once.
    pub(super) is_told: bool,
    /// Since when the stream has taken nothing.
    pub(super) full_since: Option<Instant>,
}

impl Queue {
    pub(super) fn lacks_room(&self, size: usize, level: Level) -> bool {
        let limit = match level {
            Level::Debug => DEBUG_LIMIT,
            Level::Info => INFO_LIMIT,
            Level::Warn | Level::Error => LIMIT,
        };
        self.bytes + size > limit
    }

    pub(super) fn has_to_tell(&self) -> bool {
        !self.is_broken && !self.dropped.is_none()
    }

    /// How many lines are neither written nor given up, where so many of the writer's are.
    pub(super) fn missing(&self, settled: u64) -> u64 {
        let settled = self.went + settled;
        let own = self.own.iter().filter(|record| **record > settled).count() as u64;
        self.came.saturating_sub(settled).saturating_sub(own)
    }

    /// How many lines could not be written that neither stream tells of yet, and why.
    pub(super) fn untold(&self) -> Option<(u64, &'static str)> {
        if self.is_abandoned {
            return Some((self.abandoned, NOBODY_READS));
        }
        Some((
            self.dropped.unwritten.saturating_sub(self.told_of),
            self.cause?,
        ))
    }

    pub(super) fn is_calm(&self) -> bool {
        self.bytes <= CALM
    }
}
