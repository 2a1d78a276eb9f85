//! Names of providers: the one label that callers choose.
//!
//! A label is readable by everybody who may read metrics, and each new one costs memory here and
//! in every Prometheus that scrapes. So a name is taken as it stands or not at all: nothing is
//! mended, cut or escaped into something that can still be read.

use std::sync::{Mutex, OnceLock, PoisonError};

/// How many names have a series of their own; all others share `other`.
pub(super) const PLACES: usize = 64;

/// The longest name.
const LONGEST: usize = 40;

/// The most digits in a name. `ai21`, `gpt4all`, `claude-3.5` and `us-east-1` have fewer than
/// four; the shortest numbers that point at a person have four: a year of birth, or the last
/// digits of a social security, card or record number.
const MOST_DIGITS: usize = 3;

const OTHER: &str = "other";

/// The place of a provider in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderId(u32);

impl ProviderId {
    /// The place that all names share which have none of their own.
    pub const OTHER: Self = Self(64);

    /// The place with this number; [`Self::OTHER`] when there is none.
    pub fn from_number(number: u32) -> Self {
        Self(number.min(Self::OTHER.0))
    }

    /// The number of the place.
    pub fn number(self) -> u32 {
        self.0
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Whether `name` may be shown: up to 40 of `a-z 0-9 _ . -` in any case, at least one of them a
/// letter and at most three of them digits.
///
/// ```
/// use researchflow_core::telemetry::is_clean_name;
///
/// assert!(is_clean_name("openai") && is_clean_name("Azure-OpenAI"));
/// assert!(!is_clean_name("jo@example.org") && !is_clean_name("123-45-6789"));
/// ```
pub fn is_clean_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    name.len() <= LONGEST
        && name.bytes().all(allowed)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && name.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS
}

/// The names that have a place, in the order in which they came.
#[derive(Debug)]
pub(super) struct Names {
    places: [OnceLock<String>; PLACES],
    giving: Mutex<()>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            places: [const { OnceLock::new() }; PLACES],
            giving: Mutex::new(()),
        }
    }
}

impl Names {
    /// The place of `name`, a new one if need be and if there is one left.
    pub(super) fn id(&self, name: &str) -> ProviderId {
        if !is_clean_name(name) || name.eq_ignore_ascii_case(OTHER) {
            return ProviderId::OTHER;
        }
        let (found, free) = self.find(name);
        if found != ProviderId::OTHER || free.is_none() {
            return found;
        }
        let _giving = self.giving.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster with this name, or with the place.
        match self.find(name) {
            (ProviderId::OTHER, Some((id, place))) => {
                // It is free, and stays so while nobody else gives places.
                let _ = place.set(name.to_ascii_lowercase());
                id
            }
            (found, _) => found,
        }
    }

    /// The name at a place; `None` while it is free.
    pub(super) fn name(&self, id: ProviderId) -> Option<&str> {
        match self.places.get(id.index()) {
            Some(place) => place.get().map(String::as_str),
            None => Some(OTHER),
        }
    }

    /// Where `name` is, and the first free place where it is nowhere.
    fn find(&self, name: &str) -> (ProviderId, Option<(ProviderId, &OnceLock<String>)>) {
        for (place, number) in self.places.iter().zip(0..) {
            let id = ProviderId(number);
            match place.get() {
                Some(taken) if taken.eq_ignore_ascii_case(name) => return (id, None),
                Some(_) => {}
                None => return (ProviderId::OTHER, Some((id, place))),
            }
        }
        (ProviderId::OTHER, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_of_providers() {
        for name in [
            "openai",
            "Anthropic",
            "azure-openai.eu-west-1",
            "gpt4all",
            "ai21",
            "claude-3.5",
            "office365",
            "local_llm",
            "x",
        ] {
            assert!(is_clean_name(name), "{name}");
        }
    }

    #[test]
    fn refuses_what_could_point_at_a_person_or_break_a_line() {
        let long = "a".repeat(41);
        for name in [
            "",
            "jo@example.org",
            "a\"b",
            "a\nb",
            "a\\b",
            "a b",
            "a,b",
            "a=b",
            "{a}",
            "naïve",
            "\u{212a}elvin",
            "123-45-6789",
            "555-0199",
            "20240131",
            "mrn-1234567",
            "ssn-6789",
            "born-1980",
            "...",
            "10.0.0.1",
            long.as_str(),
        ] {
            assert!(!is_clean_name(name), "{name}");
            assert_eq!(Names::default().id(name), ProviderId::OTHER);
        }
    }

    #[test]
    fn one_name_has_one_place_in_any_case_and_from_any_thread() {
        let names = Names::default();
        std::thread::scope(|scope| {
            let ids: Vec<_> = (0..8)
                .map(|thread| {
                    let names = &names;
                    scope.spawn(move || {
                        (0..40)
                            .map(|at| format!("{}{}", if thread % 2 == 0 { "P" } else { "p" }, at))
                            .map(|name| (names.id(&name), name.to_lowercase()))
                            .collect::<Vec<_>>()
                    })
                })
                .flat_map(|thread| thread.join().expect("the thread ends"))
                .collect();
            assert!(
                ids.iter()
                    .all(|(id, name)| names.name(*id) == Some(name.as_str()))
            );
        });
        assert_eq!(
            names
                .places
                .iter()
                .filter(|place| place.get().is_some())
                .count(),
            40
        );
    }

    #[test]
    fn the_sixty_fifth_name_is_other() {
        let names = Names::default();
        let last = (0..PLACES).map(|at| names.id(&format!("p{at}"))).last();
        assert_eq!(last.map(ProviderId::number), Some(63));
        assert_eq!(names.id("one-more"), ProviderId::OTHER);
        assert_eq!(names.id("P63"), ProviderId::from_number(63));
        assert_eq!(names.name(ProviderId::OTHER), Some("other"));
        assert_eq!(names.id("Other"), ProviderId::OTHER);
    }
}
