//! The addresses of the names on the list.
//!
//! A name server may answer late or never, so nobody waits long for one: names are looked up by
//! threads of their own, what is found is kept beside what was known, and a lookup that fails takes
//! nothing away. What the program itself has resolved counts too; what is found here counts here
//! alone, so that level `process` stays as strict as it is by itself.

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::exempt;
use crate::egress::AllowList;
use crate::egress::learned::{self, Learned};

/// How long a connect to an address that is not known may wait for a lookup, from its start.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long a lookup's answer, or its failure, counts before an address that is not among what is
/// known makes it worth another.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(1);

/// How many names are looked up at the same time; the others wait their turn.
const MOST_AT_ONCE: usize = 32;

#[derive(Default)]
struct Names {
    lookups: HashMap<String, Lookup>,
    queue: VecDeque<String>,
    threads: usize,
    found: Learned,
}

struct Lookup {
    asked: Instant,
    ended: Option<Instant>,
}

static NAMES: LazyLock<Mutex<Names>> = LazyLock::new(Mutex::default);
static ENDED: Condvar = Condvar::new();

/// Starts to look up every name on the list and waits for none.
pub(super) fn look_up(allow: &AllowList) {
    let mut names = lock();
    for (name, _) in allow.names() {
        names.ask(name);
    }
}

/// Whether `to` is known for an address of a name that is listed for its port.
pub(super) fn admits(allow: &AllowList, to: SocketAddr) -> bool {
    learned::admits(allow, to.ip(), to.port()) || lock().admits(allow, to)
}

/// Looks for `to` among the addresses of the names that are listed for its port, and returns when
/// it is found, or is not going to be found in time.
pub(super) fn look_for(allow: &AllowList, to: SocketAddr) {
    let wanted: Vec<&str> = allow
        .names()
        .filter(|(_, port)| port.is_none_or(|port| port == to.port()))
        .map(|(name, _)| name)
        .collect();
    let mut names = lock();
    for name in &wanted {
        names.ask(name);
    }
    while !names.admits(allow, to) {
        let left = wanted.iter().filter_map(|name| names.left(name)).max();
        let Some(left) = left.filter(|left| !left.is_zero()) else {
            return;
        };
        names = ENDED
            .wait_timeout(names, left)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

impl Names {
    fn admits(&self, allow: &AllowList, to: SocketAddr) -> bool {
        self.found.admits(allow, to.ip(), to.port())
    }

    /// Puts a name into the queue, unless it is there or was looked up a moment ago.
    fn ask(&mut self, name: &str) {
        let recent = self.lookups.get(name).is_some_and(|lookup| {
            lookup
                .ended
                .is_none_or(|ended| ended.elapsed() < LOOK_UP_AGAIN)
        });
        if recent {
            return;
        }
        let lookup = Lookup {
            asked: Instant::now(),
            ended: None,
        };
        self.lookups.insert(name.to_owned(), lookup);
        self.queue.push_back(name.to_owned());
        if self.threads < MOST_AT_ONCE {
            let started = thread::Builder::new()
                .name("rf-egress-names".to_owned())
                .spawn(look_up_queued);
            self.threads += usize::from(started.is_ok());
        }
        if self.threads == 0 {
            // Nobody is going to take it out; the next one that asks tries again.
            self.queue.clear();
            self.lookups.retain(|_, lookup| lookup.ended.is_some());
        }
    }

    /// How long the lookup of `name` is still worth waiting for.
    fn left(&self, name: &str) -> Option<Duration> {
        let lookup = self.lookups.get(name)?;
        let running = lookup.ended.is_none();
        running.then(|| PATIENCE.saturating_sub(lookup.asked.elapsed()))
    }
}

fn look_up_queued() {
    let _exempt = exempt::this_thread();
    let mut names = lock();
    while let Some(name) = names.queue.pop_front() {
        drop(names);
        let found = (name.as_str(), 0).to_socket_addrs();
        names = lock();
        for address in found.into_iter().flatten() {
            names.found.learn(&name, address.ip().to_canonical());
        }
        if let Some(lookup) = names.lookups.get_mut(&name) {
            lookup.ended = Some(Instant::now());
        }
        ENDED.notify_all();
    }
    names.threads -= 1;
}

fn lock() -> MutexGuard<'static, Names> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_not_looked_up_and_what_is_found_counts_here_alone() {
        let local = "127.0.0.1:8002".parse().unwrap();
        let allow = AllowList::parse(b"localhost:8002");
        look_up(&allow);
        look_for(&allow, local);
        assert!(!lock().lookups.contains_key("localhost"));
        assert!(!admits(&allow, local));
        // A name that every machine can look up without asking a name server.
        lock().ask("localhost");
        while lock().lookups["localhost"].ended.is_none() {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(admits(&allow, local));
        assert!(!learned::admits(&allow, local.ip(), local.port()));
    }
}
