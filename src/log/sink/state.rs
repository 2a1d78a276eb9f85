//! The queues, and what else is known under the sink's lock.

use std::time::{Duration, Instant};

use super::{Level, Parts, Record, Stream};
use crate::log::queue::Queue;

/// Records are kept in blocks, so that the writer takes many at once and a burst is given back.
pub(super) const BLOCK: usize = 64 << 10;

/// The most that callers wait for a slow reader, one after the other; a twentieth of the time that
/// passes is given back to them.
const MOST_PATIENCE: Duration = Duration::from_millis(40);
const RECOVERY: u32 = 20;

/// What the lock guards.
pub(super) struct State {
    pub(super) queues: [Queue; 2],
    pub(super) spare: Vec<Vec<u8>>,
    pub(super) writer: Writer,
    /// How many wait for `moved`.
    pub(super) waiting: usize,
    pub(super) patience: Duration,
    patience_at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// No record has come yet.
    NotStarted,
    /// It looks for itself, now or in a moment.
    Working,
    /// It has to be told.
    Asleep,
    /// There is none, and no line is ever written.
    Missing,
}

impl Default for State {
    fn default() -> Self {
        Self {
            queues: Default::default(),
            spare: Vec::new(),
            writer: Writer::NotStarted,
            waiting: 0,
            patience: MOST_PATIENCE,
            patience_at: Instant::now(),
        }
    }
}

impl State {
    pub(super) fn append(&mut self, stream: Stream, record: &Record<'_>, size: usize) {
        let queue = &mut self.queues[stream as usize];
        queue.bytes += size;
        queue.came += 1;
        match queue.blocks.back_mut() {
            Some(block) if block.len() + size <= BLOCK => record.append(block),
            _ => {
                let mut block = self.spare.pop().unwrap_or_default();
                block.reserve(size.max(BLOCK));
                record.append(&mut block);
                queue.blocks.push_back(block);
            }
        }
    }

    /// Says how many lines are missing so far. Whether any are.
    pub(super) fn announce(&mut self, stream: Stream, millis: u64) -> bool {
        let queue = &mut self.queues[stream as usize];
        if !queue.has_to_tell() {
            return false;
        }
        let dropped = std::mem::take(&mut queue.dropped);
        let fields = dropped.to_json();
        queue.announced.add(dropped);
        queue.announced_at = queue.came + 1;
        queue.told_of = 0;
        self.say(
            stream,
            Level::Warn,
            "log lines were dropped",
            &fields,
            millis,
        );
        true
    }

    /// Says on the other stream how many lines of this one could not be written, and why. Whether
    /// there are any that nobody was told of, and somebody to tell.
    pub(super) fn tell_other(&mut self, stream: Stream, millis: u64) -> bool {
        let queue = &mut self.queues[stream as usize];
        let (Some((lines, cause)), Some(other)) = (queue.untold(), stream.other()) else {
            return false;
        };
        let listener = &self.queues[other as usize];
        if lines == 0 || listener.is_broken || listener.is_abandoned {
            return false;
        }
        let queue = &mut self.queues[stream as usize];
        if queue.is_abandoned {
            queue.abandoned = 0;
        } else {
            queue.told_of += lines;
            queue.is_told = true;
        }
        let name = stream.name();
        let fields = format!(r#"{{"stream":"{name}","code":"{cause}","lines":{lines}}}"#);
        self.say(
            other,
            Level::Error,
            "log lines could not be written",
            &fields,
            millis,
        );
        true
    }

    /// A line of our own.
    fn say(&mut self, stream: Stream, level: Level, message: &str, fields: &str, millis: u64) {
        let parts = Parts {
            origin: r#""module":"logger""#,
            context: "",
            fields,
            message,
        };
        let record = Record {
            millis,
            level,
            parts,
        };
        self.append(stream, &record, parts.size());
        let queue = &mut self.queues[stream as usize];
        queue.own.push_back(queue.came);
    }

    pub(super) fn went(&self) -> [u64; 2] {
        self.queues.each_ref().map(|queue| queue.went)
    }

    pub(super) fn has_records(&self) -> bool {
        let mut queues = self.queues.iter();
        queues.any(|queue| !queue.blocks.is_empty() || queue.has_to_tell())
    }

    pub(super) fn recover(&mut self, now: Instant) {
        let passed = now.duration_since(self.patience_at);
        self.patience_at = now;
        self.patience = MOST_PATIENCE.min(self.patience + passed / RECOVERY);
    }
}
