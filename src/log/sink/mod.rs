//! Where records wait for the writer: a queue for each stream, bounded in bytes.
//!
//! A queue that is full makes its callers wait a little as long as the writer gets on, because a
//! burst is no reason to lose lines. It does not make them wait for a reader that stands still, and
//! for a slow one only as long as their common patience lasts: beyond that, lines are dropped,
//! counted, and announced in one line on the stream that they are missing from, once it is read again.

mod drain;
mod patience;
mod state;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::record::Record;
use super::stream::Stream;
use super::{Level, Parts, clock, counts, writer};
use state::{State, Writer};

pub use patience::Patience;

static SHARED: LazyLock<Sink> = LazyLock::new(Sink::default);

/// The sink of the process.
pub(super) fn shared() -> &'static Sink {
    &SHARED
}

#[derive(Default)]
pub(super) struct Sink {
    /// Records that are neither written nor given up, for signal handlers, which must not lock.
    records: AtomicU64,
    /// Whether lines could not be written: the end of the process has to tell of them.
    lost: AtomicBool,
    /// Changes with every piece that is written, and so while a batch or a long line is under way.
    pieces: AtomicU64,
    state: Mutex<State>,
    /// Something came for the writer.
    arrived: Condvar,
    /// Something was written or given up.
    moved: Condvar,
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

    /// Whether lines could not be written so far. It does not lock.
    pub(super) fn has_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    /// How many records are neither written nor given up. It does not lock.
    pub(super) fn waiting(&self) -> u64 {
        self.records.load(Ordering::SeqCst)
    }

    /// The process ends: tells each stream what could not be written to the other and was not told
    /// before. Whether there is something to wait for.
    pub(super) fn tell_at_end(&'static self) -> bool {
        let mut state = self.lock();
        for stream in Stream::ALL {
            if state.tell_other(stream, clock::now()) {
                self.records.fetch_add(1, Ordering::SeqCst);
            }
        }
        let is_told = state.has_records();
        if is_told {
            self.wake(state);
        }
        is_told
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
                        self.give_up(stream, 0, None);
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

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
        sink.give_up(stream, 1, None);
        assert!(sink.take(stream).is_none());
        assert!(!sink.lock().has_records());
        sink.is_back(stream);
        assert!(sink.lock().has_records());
        let told = String::from_utf8_lossy(&sink.take(stream).unwrap()).into_owned();
        assert!(
            told.contains(r#""unredactable":0,"unwritten":1}"#),
            "{told}"
        );
        // That line is lost too, which nobody logged, and what it said is said again.
        sink.give_up(stream, 0, None);
        sink.is_back(stream);
        let told = String::from_utf8_lossy(&sink.take(stream).unwrap()).into_owned();
        assert!(
            told.contains(r#""unredactable":0,"unwritten":1}"#),
            "{told}"
        );
        assert!(sink.take(stream).is_none());
    }
}
