//! Where records wait for the writer: a queue for each stream, bounded in bytes.
//!
//! A queue that is full makes its callers wait a little as long as the writer gets on, because a
//! burst is no reason to lose lines. It does not make them wait for a reader that stands still, and
//! for a slow one only as long as their common patience lasts: beyond that, lines are dropped,
//! counted, and announced in one line on the stream that they are missing from, once it is read again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::dropped::Dropped;
use super::queue::Queue;
use super::record::Record;
use super::stream::Stream;
use super::{Level, Parts, clock, counts, writer};

/// Records are kept in blocks, so that the writer takes many at once and a burst is given back.
const BLOCK: usize = 64 << 10;
/// Blocks that are kept for use again.
const SPARE_BLOCKS: usize = 16;

/// How often a flush looks whether anything was written meanwhile: pieces of a batch are not told.
const GLANCE: Duration = Duration::from_millis(50);

/// A reader that has taken nothing for so long is not waited for.
const STANDSTILL: Duration = Duration::from_millis(30);
/// The most that callers wait for a slow reader, one after the other; a twentieth of the time that
/// passes is given back to them.
const MOST_PATIENCE: Duration = Duration::from_millis(40);
const RECOVERY: u32 = 20;

static SHARED: LazyLock<Sink> = LazyLock::new(Sink::default);

/// The sink of the process.
pub(super) fn shared() -> &'static Sink {
    &SHARED
}

/// Whether a caller waits for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Not at all: it has something better to do.
    None,
    /// A little, as said above.
    Some,
}

#[derive(Default)]
pub(super) struct Sink {
    /// Records that are neither written nor given up, for signal handlers, which must not lock.
    records: AtomicU64,
    /// Changes with every piece that is written, and so while a batch or a long line is under way.
    pieces: AtomicU64,
    state: Mutex<State>,
    /// Something came for the writer.
    arrived: Condvar,
    /// Something was written or given up.
    moved: Condvar,
}

struct State {
    queues: [Queue; 2],
    spare: Vec<Vec<u8>>,
    writer: Writer,
    /// How many wait for `moved`.
    waiting: usize,
    patience: Duration,
    patience_at: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
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

impl Sink {
    pub(super) fn push(&'static self, level: Level, parts: &Parts<'_>, patience: Patience) {
        let millis = clock::now();
        let record = Record {
            millis,
            level,
            parts: *parts,
        };
        let size = parts.size();
        let stream = Stream::of(level);
        let mut state = self.lock();
        if state.writer == Writer::Missing || state.queues[stream as usize].lacks_room(size, level)
        {
            let has_room;
            (state, has_room) = match patience {
                _ if state.writer == Writer::Missing => (state, false),
                Patience::None => (state, false),
                Patience::Some => self.wait_for_room(state, stream, size, level),
            };
            if !has_room {
                state.queues[stream as usize].dropped.by_level[level as usize] += 1;
                drop(state);
                counts::drop_lines(1);
                return;
            }
        }
        let is_calm = state.queues[stream as usize].is_calm();
        let announced = is_calm && state.announce(stream, millis);
        let came = 1 + u64::from(announced);
        self.records.fetch_add(came, Ordering::SeqCst);
        state.append(stream, &record, size);
        self.wake(state);
    }

    /// Waits until all that has come before is written or given up, as long as that gets on: for
    /// `standstill` without anything being written, and for `limit` in all. Whether it was in time.
    pub(super) fn flush(&self, standstill: Duration, limit: Duration) -> bool {
        let mut now = Instant::now();
        let end = now + limit;
        let mut deadline = now + standstill;
        let mut state = self.lock();
        for stream in Stream::ALL {
            if state.announce(stream, clock::now()) {
                self.records.fetch_add(1, Ordering::Relaxed);
            }
        }
        let came = state.queues.each_ref().map(|queue| queue.came);
        let mut went = state.went();
        let mut pieces = self.pieces.load(Ordering::Relaxed);
        loop {
            if went[0] >= came[0] && went[1] >= came[1] {
                return true;
            }
            let left = deadline.min(end).saturating_duration_since(now);
            if left.is_zero() || state.writer == Writer::Missing {
                return false;
            }
            self.arrived.notify_one();
            state = self.wait_for_move(state, left.min(GLANCE));
            now = Instant::now();
            let before = (went, pieces);
            went = state.went();
            pieces = self.pieces.load(Ordering::Relaxed);
            if (went, pieces) != before {
                deadline = now + standstill;
            }
        }
    }

    /// How many records are neither written nor given up. It does not lock.
    pub(super) fn waiting(&self) -> u64 {
        self.records.load(Ordering::SeqCst)
    }

    /// Waits for a burst to be written, within the bounds that are said above.
    fn wait_for_room<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        stream: Stream,
        size: usize,
        level: Level,
    ) -> (MutexGuard<'a, State>, bool) {
        let mut now = Instant::now();
        let mut moved_at = now;
        state.recover(now);
        loop {
            let queue = &state.queues[stream as usize];
            if !queue.lacks_room(size, level) {
                return (state, true);
            }
            let stands = queue
                .full_since
                .is_some_and(|since| now.duration_since(since) > STANDSTILL);
            if stands || state.patience.is_zero() || state.writer == Writer::Missing {
                return (state, false);
            }
            let is_slow = queue.full_since.is_some();
            let went = queue.went;
            self.arrived.notify_one();
            state = self.wait_for_move(state, Duration::from_millis(2));
            let waited = now.elapsed();
            now += waited;
            if state.queues[stream as usize].went != went {
                moved_at = now;
            }
            // A writer that is busy with redacting gets on; one that the system holds does not.
            if is_slow || now.duration_since(moved_at) > STANDSTILL {
                state.patience = state.patience.saturating_sub(waited);
            }
        }
    }

    fn wait_for_move<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        limit: Duration,
    ) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let (mut state, _) = self
            .moved
            .wait_timeout(state, limit)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }

    fn wake(&'static self, mut state: MutexGuard<'_, State>) {
        match state.writer {
            Writer::Working | Writer::Missing => {}
            Writer::Asleep => {
                state.writer = Writer::Working;
                drop(state);
                self.arrived.notify_one();
            }
            Writer::NotStarted => {
                let started = thread::Builder::new()
                    .name("rf-log".to_owned())
                    .spawn(move || writer::run(self));
                let is_missing = started.is_err();
                state.writer = if is_missing {
                    Writer::Missing
                } else {
                    Writer::Working
                };
                drop(state);
                #[cfg(unix)]
                super::exit::flush_at_exit();
                if is_missing {
                    for stream in Stream::ALL {
                        self.give_up(stream, 0);
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the writer does with the queues.
impl Sink {
    /// The oldest block of a stream. After the last, where lines are missing, comes one that says so.
    pub(super) fn take(&self, stream: Stream) -> Option<Vec<u8>> {
        let mut state = self.lock();
        if state.queues[stream as usize].blocks.is_empty() && state.announce(stream, clock::now()) {
            self.records.fetch_add(1, Ordering::Relaxed);
        }
        state.queues[stream as usize].blocks.pop_front()
    }

    /// Gives a block back, to be used again.
    pub(super) fn give_back(&self, mut block: Vec<u8>) {
        let mut state = self.lock();
        if state.spare.len() < SPARE_BLOCKS && block.capacity() <= 2 * BLOCK {
            block.clear();
            state.spare.push(block);
        }
    }

    /// A piece is written.
    pub(super) fn wrote(&self) {
        self.pieces.fetch_add(1, Ordering::Relaxed);
    }

    /// A stream that took nothing any more takes something again: what is missing can be told.
    pub(super) fn is_back(&self, stream: Stream) {
        self.lock().queues[stream as usize].is_broken = false;
    }

    /// Records of so many bytes are written, or given up.
    pub(super) fn done(&self, stream: Stream, records: u64, bytes: usize) {
        self.records.fetch_sub(records, Ordering::Relaxed);
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        queue.went += records;
        queue.bytes -= bytes;
        queue.full_since = None;
        if queue.went >= queue.announced_at {
            queue.announced = Dropped::default();
        }
        if state.waiting > 0 {
            drop(state);
            self.moved.notify_all();
        }
    }

    /// Nobody will read the stream: what waits for it is given up, all but the records that are
    /// settled already.
    pub(super) fn give_up(&self, stream: Stream, settled: u64) {
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        let waiting = queue.came - queue.went;
        queue.went = queue.came;
        queue.bytes = 0;
        queue.blocks.clear();
        queue.full_since = None;
        queue.is_broken = true;
        let lost = waiting.saturating_sub(settled);
        // What was told in a line that is lost was not told.
        queue.dropped.add(std::mem::take(&mut queue.announced));
        queue.dropped.unwritten += lost;
        self.records.fetch_sub(waiting, Ordering::Relaxed);
        drop(state);
        counts::drop_lines(lost);
        self.moved.notify_all();
    }

    /// A record could not be redacted.
    pub(super) fn unredactable(&self, stream: Stream) {
        self.lock().queues[stream as usize].dropped.unredactable += 1;
        counts::drop_lines(1);
    }

    /// The stream takes nothing at the moment, or takes something again.
    pub(super) fn set_full(&self, stream: Stream, full: bool) {
        let mut state = self.lock();
        let queue = &mut state.queues[stream as usize];
        queue.full_since = full.then(|| queue.full_since.unwrap_or_else(Instant::now));
    }

    /// Waits a moment for records, and longer where none have come within it.
    pub(super) fn rest(&self, moment: Duration) {
        let state = self.lock();
        if state.has_records() {
            return;
        }
        let (mut state, _) = self
            .arrived
            .wait_timeout(state, moment)
            .unwrap_or_else(PoisonError::into_inner);
        if state.has_records() {
            return;
        }
        state.writer = Writer::Asleep;
        while !state.has_records() && state.writer == Writer::Asleep {
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.writer = Writer::Working;
    }
}

impl State {
    fn append(&mut self, stream: Stream, record: &Record<'_>, size: usize) {
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
    fn announce(&mut self, stream: Stream, millis: u64) -> bool {
        let queue = &mut self.queues[stream as usize];
        if !queue.has_to_tell() {
            return false;
        }
        let dropped = std::mem::take(&mut queue.dropped);
        let fields = dropped.to_json();
        queue.announced.add(dropped);
        queue.announced_at = queue.came + 1;
        let parts = Parts {
            origin: r#""module":"logger""#,
            context: "",
            fields: &fields,
            message: "log lines were dropped",
        };
        let record = Record {
            millis,
            level: Level::Warn,
            parts,
        };
        self.append(stream, &record, parts.size());
        true
    }

    fn went(&self) -> [u64; 2] {
        self.queues.each_ref().map(|queue| queue.went)
    }

    fn has_records(&self) -> bool {
        let mut queues = self.queues.iter();
        queues.any(|queue| !queue.blocks.is_empty() || queue.has_to_tell())
    }

    fn recover(&mut self, now: Instant) {
        let passed = now.duration_since(self.patience_at);
        self.patience_at = now;
        self.patience = MOST_PATIENCE.min(self.patience + passed / RECOVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: Parts<'_> = Parts {
        origin: r#""module":"m""#,
        context: "",
        fields: "",
        message: "a line",
    };

    fn sink(writer: Writer) -> &'static Sink {
        let sink: &'static Sink = Box::leak(Box::default());
        sink.lock().writer = writer;
        sink
    }

    #[test]
    fn drops_and_counts_at_once_where_there_is_no_writer() {
        let sink = sink(Writer::Missing);
        let before = counts::dropped();
        for patience in [Patience::None, Patience::Some] {
            sink.push(Level::Info, &PARTS, patience);
        }
        assert_eq!(sink.waiting(), 0);
        assert_eq!(sink.lock().queues[Stream::Output as usize].bytes, 0);
        assert!(counts::dropped() >= before + 2);
    }

    #[test]
    fn a_flush_goes_on_while_pieces_are_written_and_ends_when_none_are() {
        let sink = sink(Writer::Working);
        sink.push(Level::Info, &PARTS, Patience::None);
        let pieces = thread::spawn(move || {
            for _ in 0..15 {
                thread::sleep(Duration::from_millis(40));
                sink.wrote();
            }
        });
        let begun = Instant::now();
        assert!(!sink.flush(Duration::from_millis(200), Duration::from_secs(5)));
        assert!(begun.elapsed() >= Duration::from_millis(600));
        assert!(begun.elapsed() < Duration::from_secs(4));
        pieces.join().unwrap();
    }

    #[test]
    fn tells_of_lines_that_were_given_up_once_the_stream_is_back() {
        let sink = sink(Writer::Working);
        let stream = Stream::Output;
        sink.push(Level::Info, &PARTS, Patience::None);
        sink.push(Level::Info, &PARTS, Patience::None);
        sink.give_up(stream, 1);
        assert!(sink.take(stream).is_none());
        assert!(!sink.lock().has_records());
        sink.is_back(stream);
        assert!(sink.lock().has_records());
        let told = String::from_utf8_lossy(&sink.take(stream).unwrap()).into_owned();
        assert!(
            told.contains(r#""unredactable":0,"unwritten":1}"#),
            "{told}"
        );
        // That line is lost too, and what it said is said again.
        sink.give_up(stream, 0);
        sink.is_back(stream);
        let told = String::from_utf8_lossy(&sink.take(stream).unwrap()).into_owned();
        assert!(
            told.contains(r#""unredactable":0,"unwritten":2}"#),
            "{told}"
        );
        assert!(sink.take(stream).is_none());
    }
}
