//! Whether the JavaScript event loop of the main thread turns, watched from outside of it.
//!
//! A native thread asks the loop to call back, ten times a second and never again before the last
//! question is answered: so a loop that is stuck costs nothing, and one that turns a call each. How
//! long an answer takes is the lag. Only while somebody wants to know: a probe server, or a
//! reader of the metrics within the last minutes.

mod pulse;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::history::{History, SLOTS};
use crate::runtime;
use crate::telemetry::{Exposition, Histogram, Kind};

pub use pulse::{PATIENCE, Pulse};

/// How often the loop is asked.
const PERIOD: Duration = Duration::from_millis(100);

/// How long the lag is measured after the metrics were read: Prometheus gives up a series that is
/// missing for as long.
const INTEREST: Duration = Duration::from_secs(300);

/// A stall that is told to the log: as long as this, and people notice.
const STALL: Duration = Duration::from_millis(500);

/// The upper bounds of the histogram in seconds, each with its spelling.
const BOUNDS: &[(f64, &str)] = &[
    (0.001, "0.001"),
    (0.005, "0.005"),
    (0.01, "0.01"),
    (0.025, "0.025"),
    (0.05, "0.05"),
    (0.1, "0.1"),
    (0.25, "0.25"),
    (0.5, "0.5"),
    (1.0, "1.0"),
    (2.5, "2.5"),
    (5.0, "5.0"),
    (10.0, "10.0"),
    (30.0, "30.0"),
];

static SHARED: LazyLock<EventLoop> = LazyLock::new(EventLoop::default);

/// The loop of this process's main thread.
pub fn shared() -> &'static EventLoop {
    &SHARED
}

type Ask = Box<dyn Fn() -> bool + Send + Sync>;

/// What is known of a loop.
pub struct EventLoop {
    ask: OnceLock<Ask>,
    pulse: Pulse,
    /// The lag that the last answer had, in nanoseconds; [`NEVER`] before the first.
    last: AtomicU64,
    delays: Histogram,
    /// The worst lag of each slot of the last minutes.
    worst: Mutex<History<Duration>>,
    interest: Mutex<Interest>,
    begun: AtomicBool,
    wanted: Notify,
}

const NEVER: u64 = u64::MAX;

#[derive(Default)]
struct Interest {
    watchers: usize,
    until: Option<Instant>,
}

/// Keeps the loop watched until it is dropped.
pub struct Watch(&'static EventLoop);

impl Default for EventLoop {
    fn default() -> Self {
        Self {
            ask: OnceLock::new(),
            pulse: Pulse::default(),
            last: AtomicU64::new(NEVER),
            delays: Histogram::new(BOUNDS),
            worst: Mutex::default(),
            interest: Mutex::default(),
            begun: AtomicBool::new(false),
            wanted: Notify::new(),
        }
    }
}

impl EventLoop {
    /// `ask` makes the loop call [`Self::answered`] as soon as it turns, and says whether the
    /// question went out. It is called on a native thread.
    pub fn attach(&'static self, ask: impl Fn() -> bool + Send + Sync + 'static) {
        // A second one would be of the same loop.
        let _ = self.ask.set(Box::new(ask));
        // A worker thread may have started a probe server before.
        if self.is_wanted() {
            self.begin();
        }
    }

    /// The loop has turned. Called on its own thread.
    pub fn answered(&self) {
        let Some(lag) = self.pulse.answered() else {
            return;
        };
        let nanos = u64::try_from(lag.as_nanos()).unwrap_or(NEVER);
        self.last.store(nanos, Ordering::Relaxed);
        self.delays.observe(lag.as_secs_f64());
        lock(&self.worst).note(Instant::now(), |before| {
            before.map_or(lag, |worst| worst.max(lag))
        });
        if lag >= STALL {
            let milliseconds = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(milliseconds, "the event loop turns again after a stall");
        }
    }

    /// How long the open question has waited; nought while the loop answers.
    pub fn stuck_for(&self) -> Duration {
        self.pulse.unanswered()
    }

    /// The lag at this moment: that of the open question when it is the longer one. `None` before
    /// the first answer.
    pub fn lag(&self) -> Option<Duration> {
        let open = self.pulse.unanswered();
        match self.last.load(Ordering::Relaxed) {
            NEVER => (open > PERIOD).then_some(open),
            last => Some(Duration::from_nanos(last).max(open)),
        }
    }

    /// The worst lag of each slot of the last minutes, the oldest first, with the one that is open.
    pub fn worst(&self) -> [Option<Duration>; SLOTS] {
        let mut worst = lock(&self.worst).slots(Instant::now());
        let open = self.stuck_for();
        if open > PATIENCE
            && let Some(newest) = worst.last_mut()
        {
            *newest = Some(newest.unwrap_or_default().max(open));
        }
        worst
    }

    /// Puts a question now, beside those of the beat.
    pub fn ask(&self) {
        if let Some(ask) = self.ask.get() {
            self.pulse.ask(ask);
        }
    }

    /// Somebody reads the metrics: the loop is watched for some minutes.
    pub fn is_of_interest(&'static self) {
        lock(&self.interest).until = Some(Instant::now() + INTEREST);
        self.begin();
    }

    /// Watches the loop for as long as the answer is kept.
    pub fn watch(&'static self) -> Watch {
        lock(&self.interest).watchers += 1;
        self.begin();
        Watch(self)
    }

    /// The gauge and the histogram; nothing before the loop was watched.
    pub fn expose(&self, out: &mut Exposition) {
        let Some(lag) = self.lag() else { return };
        let name = "nodejs_eventloop_lag_seconds";
        out.family(
            Kind::Gauge,
            name,
            "How long the event loop of the main thread takes to turn: now while it is stuck, else when it was last asked.",
        );
        out.sample_f64(name, &[], lag.as_secs_f64());
        let name = "nodejs_eventloop_delay_seconds";
        out.family(
            Kind::Histogram,
            name,
            "How long the event loop of the main thread took to turn when it was asked, ten times a second.",
        );
        self.delays.expose(name, &[], out);
    }

    fn begin(&'static self) {
        if self.ask.get().is_none() {
            return;
        }
        self.wanted.notify_one();
        if self.begun.swap(true, Ordering::AcqRel) {
            return;
        }
        match runtime::answering() {
            Ok(runtime) => drop(runtime.spawn(self.beat())),
            Err(_) => self.begun.store(false, Ordering::Release),
        }
    }

    async fn beat(&'static self) {
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if self.is_wanted() {
                self.ask();
                ticks.tick().await;
            } else {
                self.wanted.notified().await;
            }
        }
    }

    fn is_wanted(&self) -> bool {
        let interest = lock(&self.interest);
        interest.watchers > 0 || interest.until.is_some_and(|until| Instant::now() < until)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.0.interest).watchers -= 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::Format;

    fn shown(turns: &EventLoop) -> String {
        let mut out = Exposition::new(Format::Text);
        turns.expose(&mut out);
        out.finish()
    }

    #[test]
    fn shows_nothing_before_it_was_watched() {
        assert_eq!(shown(&EventLoop::default()), "");
    }

    #[test]
    fn shows_the_lag_of_the_open_question_and_counts_the_answer() {
        let turns: &'static EventLoop = Box::leak(Box::default());
        turns.attach(|| true);
        turns.ask();
        turns.answered();
        assert!(turns.lag() < Some(Duration::from_millis(50)));
        turns.ask();
        std::thread::sleep(Duration::from_millis(60));
        assert!(turns.lag() >= Some(Duration::from_millis(60)));
        assert!(turns.stuck_for() >= Duration::from_millis(60));
        assert!(turns.worst()[SLOTS - 1] >= Some(Duration::from_millis(60)));
        turns.answered();
        assert_eq!(turns.stuck_for(), Duration::ZERO);
        let shown = shown(turns);
        assert!(shown.contains("nodejs_eventloop_delay_seconds_bucket{le=\"0.05\"} 1\n"));
        assert!(shown.contains("nodejs_eventloop_delay_seconds_count 2\n"));
    }

    #[test]
    fn is_asked_only_while_somebody_wants_to_know() {
        let turns: &'static EventLoop = Box::leak(Box::default());
        assert!(!turns.is_wanted());
        let watches = [turns.watch(), turns.watch()];
        assert!(turns.is_wanted());
        drop(watches);
        assert!(!turns.is_wanted());
        turns.is_of_interest();
        assert!(turns.is_wanted());
        lock(&turns.interest).until = Some(Instant::now());
        assert!(!turns.is_wanted());
    }

    #[test]
    fn is_asked_by_whoever_wanted_to_know_before_it_was_there() {
        let turns: &'static EventLoop = Box::leak(Box::default());
        let _watch = turns.watch();
        let (asked, answer) = std::sync::mpsc::channel();
        turns.attach(move || asked.send(()).is_ok());
        assert_eq!(answer.recv_timeout(Duration::from_secs(10)), Ok(()));
    }

    #[test]
    fn an_answer_that_nobody_asked_for_counts_for_nothing() {
        let turns = EventLoop::default();
        turns.answered();
        assert_eq!(turns.lag(), None);
    }
}
