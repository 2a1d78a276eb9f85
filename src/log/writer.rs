//! The thread that redacts and writes.

use std::time::Duration;

use super::record::Record;
use super::render::Renderer;
use super::sink::Sink;
use super::stream::{self, Attempt, Stream, Way};

/// How long it looks again by itself before it has to be told: telling costs a caller far more
/// than handing over does.
const MOMENT: Duration = Duration::from_millis(2);
/// How long it waits for a reader before it looks whether the other stream has something.
const TURN: Duration = Duration::from_millis(10);
/// How much is redacted before it is written.
const BATCH: usize = 64 << 10;

pub(super) fn run(sink: &'static Sink) {
    let mut lanes = Stream::ALL.map(Lane::new);
    loop {
        for lane in &mut lanes {
            lane.fill(sink);
        }
        let mut full = Vec::new();
        let mut busy = false;
        for lane in &mut lanes {
            match lane.write(sink) {
                State::Nothing => {}
                State::Moved => busy = true,
                State::Full => full.push(lane.stream),
            }
        }
        if busy {
            continue;
        }
        if full.is_empty() {
            sink.rest(MOMENT);
        } else {
            stream::wait(&full, TURN);
        }
    }
}

enum State {
    Nothing,
    Moved,
    Full,
}

/// A stream, and what goes to it next.
struct Lane {
    stream: Stream,
    renderer: Renderer,
    /// Records that are not rendered, from `at` on.
    block: Vec<u8>,
    at: usize,
    /// Lines that are not written, from `written` on, and where each of them ends.
    out: Vec<u8>,
    written: usize,
    ends: Vec<usize>,
    /// What `out` was made of.
    records: u64,
    bytes: usize,
    way: Way,
    told_full: bool,
    /// Nothing can be written, since the last attempt.
    is_broken: bool,
    /// What went out last was not the end of a line, and the rest of it is lost.
    is_torn: bool,
}

impl Lane {
    fn new(stream: Stream) -> Self {
        Self {
            stream,
            renderer: Renderer::new(stream),
            block: Vec::new(),
            at: 0,
            out: Vec::new(),
            written: 0,
            ends: Vec::new(),
            records: 0,
            bytes: 0,
            way: stream.way(),
            told_full: false,
            is_broken: false,
            is_torn: false,
        }
    }

    /// Makes lines of the next records, unless there are lines.
    fn fill(&mut self, sink: &Sink) {
        if !self.out.is_empty() {
            return;
        }
        if self.at == self.block.len() {
            let Some(block) = sink.take(self.stream) else {
                return;
            };
            sink.give_back(std::mem::replace(&mut self.block, block));
            self.at = 0;
        }
        while self.out.len() < BATCH {
            // SAFETY: the sink's blocks hold records, and `at` is where one begins.
            let first = unsafe { Record::first(&self.block[self.at..]) };
            let Some((record, size)) = first else {
                // What cannot be read cannot be stepped over.
                self.bytes += self.block.len() - self.at;
                self.at = self.block.len();
                break;
            };
            self.at += size;
            self.bytes += size;
            self.records += 1;
            let begun = self.out.len();
            if self.is_torn && begun == 0 {
                self.out.push(b'\n');
            }
            if self.renderer.render(&record, &mut self.out).is_ok() {
                self.ends.push(self.out.len());
            } else {
                self.out.truncate(begun);
                sink.unredactable(self.stream);
            }
            if self.at == self.block.len() {
                break;
            }
        }
        self.way = self.stream.way();
        if self.out.is_empty() {
            self.finish(sink);
        }
    }

    fn write(&mut self, sink: &Sink) -> State {
        if self.out.is_empty() {
            return if self.at < self.block.len() {
                State::Moved
            } else {
                State::Nothing
            };
        }
        // What was begun is gone on with first: a line's end must not be left for later.
        let mut next = self.ends.partition_point(|end| *end <= self.written);
        while self.written < self.out.len() {
            let end = self.end_of_piece(&mut next);
            let piece = &self.out[self.written..end];
            match self.stream.write(&mut self.way, piece) {
                Attempt::Written(bytes) => {
                    self.written += bytes;
                    if bytes > 0 {
                        self.tell_moved(sink);
                    }
                    self.tell_room(sink);
                }
                Attempt::Full => {
                    self.tell_full(sink);
                    return State::Full;
                }
                Attempt::Gone(cause) => {
                    self.give_up(sink, cause);
                    return State::Moved;
                }
            }
        }
        self.is_torn = false;
        self.finish(sink);
        State::Moved
    }

    /// The end of the last record that fits the piece, or that of the first.
    fn end_of_piece(&self, next: &mut usize) -> usize {
        while self.ends.get(*next).is_some_and(|end| *end <= self.written) {
            *next += 1;
        }
        let fits = self.ends[*next..].partition_point(|end| end - self.written <= self.way.piece);
        self.ends[*next + fits.saturating_sub(1)]
    }

    fn tell_full(&mut self, sink: &Sink) {
        if !std::mem::replace(&mut self.told_full, true) {
            sink.is_full(self.stream, self.records - self.unwritten());
        }
    }

    fn tell_room(&mut self, sink: &Sink) {
        if std::mem::take(&mut self.told_full) {
            sink.has_room(self.stream);
        }
    }

    /// How many of the lines are not out as a whole.
    fn unwritten(&self) -> u64 {
        let written = self.ends.partition_point(|end| *end <= self.written);
        (self.ends.len() - written) as u64
    }

    fn tell_moved(&mut self, sink: &Sink) {
        sink.wrote();
        if std::mem::take(&mut self.is_broken) {
            sink.is_back(self.stream);
        }
    }

    fn finish(&mut self, sink: &Sink) {
        sink.done(self.stream, self.records, self.bytes);
        self.clear();
    }

    fn give_up(&mut self, sink: &Sink, cause: &'static str) {
        let lost = self.unwritten();
        if self.written > 0 {
            self.is_torn = !self.ends.contains(&self.written);
        }
        self.is_broken = true;
        sink.give_up(self.stream, self.records - lost, Some(cause));
        self.told_full = false;
        self.block.clear();
        self.at = 0;
        self.clear();
    }

    fn clear(&mut self) {
        // A line of unusual length is no reason to keep its room.
        if self.out.capacity() > 4 * BATCH {
            self.out = Vec::new();
        }
        self.out.clear();
        self.ends.clear();
        self.written = 0;
        self.records = 0;
        self.bytes = 0;
    }
}
