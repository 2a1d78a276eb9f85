//! How the readiness checks last came out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::exposition::{Exposition, Kind};

/// How many checks are shown. A program has a handful; more names than this come from one that
/// makes them up as it goes, and those are left out.
const PLACES: usize = 64;

/// The dependencies that every program has; their places are kept.
const ALWAYS: [&str; 3] = ["db", "redis", "worker"];

/// The last outcome of each check, by name.
#[derive(Debug)]
pub struct Checks {
    places: Mutex<Vec<Place>>,
}

#[derive(Debug)]
struct Place {
    name: String,
    /// `None` before the first run, and while the mode does not let the check be made.
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    up: bool,
    took: Duration,
}

impl Default for Checks {
    fn default() -> Self {
        let place = |name: &str| Place {
            name: name.to_owned(),
            last: None,
        };
        Self {
            places: Mutex::new(ALWAYS.into_iter().map(place).collect()),
        }
    }
}

impl Checks {
    /// Takes note of a run: whether it came out ok, and how long it took.
    pub fn observe(&self, name: &str, up: bool, took: Duration) {
        self.note(name, Some(Last { up, took }));
    }

    /// Takes note that the mode does not let the check be made: nothing is known, so nothing is
    /// shown. A nought would be an alarm in every deliberate STANDBY.
    pub fn withdraw(&self, name: &str) {
        self.note(name, None);
    }

    pub(super) fn expose(&self, out: &mut Exposition) {
        let places = self.lock();
        let known = || {
            places
                .iter()
                .filter_map(|place| place.last.map(|last| (place.name.as_str(), last)))
        };
        let name = "readiness_check_up";
        out.family(
            Kind::Gauge,
            name,
            "1 when the last run of the check came out ok, 0 when it failed. Absent while the mode blocks the check.",
        );
        for (check, last) in known() {
            out.sample(name, &[("check", check)], u8::from(last.up));
        }
        let name = "readiness_check_duration_seconds";
        out.family(
            Kind::Gauge,
            name,
            "How long the last run of the check took.",
        );
        for (check, last) in known() {
            out.sample_f64(name, &[("check", check)], last.took.as_secs_f64());
        }
    }

    fn note(&self, name: &str, last: Option<Last>) {
        let mut places = self.lock();
        if let Some(place) = places.iter_mut().find(|place| place.name == name) {
            place.last = last;
        } else if last.is_some() && places.len() < PLACES {
            places.push(Place {
                name: name.to_owned(),
                last,
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exposition::Format;
    use super::*;

    fn shown(checks: &Checks) -> Vec<String> {
        let mut out = Exposition::new(Format::Text);
        checks.expose(&mut out);
        let page = out.finish();
        let samples = page.lines().filter(|line| !line.starts_with('#'));
        samples.map(str::to_owned).collect()
    }

    #[test]
    fn shows_the_last_run_and_nothing_of_what_is_blocked() {
        let checks = Checks::default();
        let took = Duration::from_millis(2);
        checks.observe("db", true, took);
        checks.observe("db", false, took);
        checks.observe("redis", true, took);
        checks.withdraw("redis");
        checks.withdraw("never-made");
        assert_eq!(
            shown(&checks),
            [
                "readiness_check_up{check=\"db\"} 0",
                "readiness_check_duration_seconds{check=\"db\"} 0.002"
            ]
        );
    }

    #[test]
    fn shows_sixty_four_checks_and_always_the_dependencies() {
        let checks = Checks::default();
        for at in 0..1_000 {
            checks.observe(&format!("c{at}"), true, Duration::ZERO);
        }
        for name in ALWAYS {
            checks.observe(name, false, Duration::ZERO);
        }
        let shown = shown(&checks);
        assert_eq!(shown.len(), 2 * PLACES);
        for name in ALWAYS {
            assert!(shown.contains(&format!("readiness_check_up{{check=\"{name}\"}} 0")));
        }
    }
}
