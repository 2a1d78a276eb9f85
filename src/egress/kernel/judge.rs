//! Where a call may go.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::dns::{self, Resolvers};
use super::{names, verify};
use crate::egress::AllowList;

/// How many sockets may wait to ask a name server.
const ASKING: usize = 4096;

/// What may be done with a destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It may be reached.
    Open,
    /// It is a name server: it may be asked for names on the list.
    NameServer,
    /// It may not be reached.
    Refused,
}

/// Loopback and `EGRESS_ALLOW` as it was when the guard was put on.
pub(super) struct Judge {
    allow: AllowList,
    /// The entries that name the port of name servers: they open it for whatever is asked.
    for_any_question: AllowList,
    /// Sockets that were told that they are connected to a name server.
    asking: Mutex<BTreeMap<u64, SocketAddr>>,
    refused: AtomicU64,
}

impl Judge {
    pub(super) fn new(allow: AllowList) -> Self {
        Self {
            for_any_question: allow.naming_port(dns::PORT),
            allow,
            asking: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    pub(super) fn allows_names(&self) -> bool {
        self.allow.names().next().is_some()
    }

    /// How many calls were refused.
    pub(super) fn refusals(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Forgets the refusals so far, which were of trials.
    pub(super) fn count_from_zero(&self) {
        self.refused.store(0, Ordering::Relaxed);
    }

    pub(super) fn count_refusal(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Judges an address that a socket is to be connected to, or that something is to be sent to.
    ///
    /// Takes a moment when it may be a new address of a name on the list.
    pub(super) fn verdict(&self, to: SocketAddr) -> Verdict {
        let verdict = self.verdict_at_once(to);
        if verdict != Verdict::Refused || verify::is_nobodys(to.ip()) {
            return verdict;
        }
        names::look_for(&self.allow, to);
        self.verdict_at_once(to)
    }

    /// As [`Judge::verdict`], by what is known without asking anybody.
    pub(super) fn verdict_at_once(&self, to: SocketAddr) -> Verdict {
        let local = is_local(to);
        if to.port() == dns::PORT {
            // A name server on loopback passes on what it is asked, so it is no local matter; and
            // who declares a network has not declared what may be asked of its name servers.
            return if admits(&self.for_any_question, to) {
                Verdict::Open
            } else if local
                || admits(&self.allow, to)
                || Resolvers::read().servers.contains(&to.ip())
            {
                Verdict::NameServer
            } else {
                Verdict::Refused
            };
        }
        if local || admits(&self.allow, to) {
            return Verdict::Open;
        }
        Verdict::Refused
    }

    /// Whether a message to a name server asks for a name on the list and nothing else.
    pub(super) fn may_ask(&self, message: &[u8]) -> bool {
        let Some(asked) = dns::question(message) else {
            return false;
        };
        let resolvers = Resolvers::read();
        self.allow
            .names()
            .any(|(name, _)| resolvers.stands_for(&asked, name))
    }

    pub(super) fn remember_asking(&self, socket: u64, server: SocketAddr) {
        let mut asking = lock(&self.asking);
        asking.insert(socket, server);
        if asking.len() > ASKING {
            asking.pop_first();
        }
    }

    pub(super) fn forget_asking(&self, socket: u64) {
        lock(&self.asking).remove(&socket);
    }

    pub(super) fn asks(&self, socket: u64) -> Option<SocketAddr> {
        lock(&self.asking).get(&socket).copied()
    }
}

/// Whether an address stays on this machine.
pub(super) fn is_local(to: SocketAddr) -> bool {
    to.ip().is_loopback() || to.ip().is_unspecified()
}

/// Whether the list has the address, or a name that was resolved to it.
fn admits(allow: &AllowList, to: SocketAddr) -> bool {
    allow.admits(&to.ip().to_string(), to.port()) || names::admits(allow, to)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::egress::learn;

    fn judge(list: &str) -> Judge {
        Judge::new(AllowList::parse(list.as_bytes()))
    }

    #[test]
    fn the_port_of_name_servers_is_open_to_questions_unless_an_entry_names_it() {
        use Verdict::{NameServer, Open, Refused};
        let named = AllowList::parse(b"dns.of.judge.test");
        learn(&named, "dns.of.judge.test", [10, 90, 0, 1].into());
        for (list, to, verdict) in [
            ("", "10.90.0.9:53", Refused),
            ("", "127.0.0.53:53", NameServer),
            ("", "[::1]:53", NameServer),
            ("", "127.0.0.1:54", Open),
            ("10.90.0.0/16", "10.90.0.9:53", NameServer),
            ("10.90.0.0/16", "10.90.0.9:54", Open),
            ("10.90.0.9", "10.90.0.9:53", NameServer),
            ("10.90.0.9:53", "10.90.0.9:53", Open),
            ("10.90.0.9,10.90.0.0/16:53", "10.90.0.9:53", Open),
            ("10.90.0.9:5353", "10.90.0.9:53", Refused),
            ("127.0.0.1:53", "127.0.0.1:53", Open),
            ("dns.of.judge.test", "10.90.0.1:53", NameServer),
            ("dns.of.judge.test:53", "10.90.0.1:53", Open),
            ("dns.of.judge.test:54", "10.90.0.1:53", Refused),
        ] {
            let found = judge(list).verdict_at_once(to.parse().unwrap());
            assert_eq!(found, verdict, "{list} {to}");
        }
    }

    #[test]
    fn a_lookup_that_fails_takes_nothing_away_and_is_not_waited_for() {
        let judge = judge("gone.invalid:8000");
        learn(&judge.allow, "gone.invalid", [10, 90, 1, 1].into());
        let start = Instant::now();
        for _ in 0..3 {
            let unknown = "10.90.1.2:8000".parse().unwrap();
            assert_eq!(judge.verdict(unknown), Verdict::Refused);
            let known = "10.90.1.1:8000".parse().unwrap();
            assert_eq!(judge.verdict(known), Verdict::Open);
        }
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn a_name_server_is_asked_for_listed_names_and_never_for_localhost() {
        let asked = judge("localhost,app.localhost:80,worker");
        let question = |name: &str| {
            let mut message = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
            for label in name.split('.') {
                message.push(u8::try_from(label.len()).unwrap());
                message.extend(label.as_bytes());
            }
            message.extend([0, 0, 1, 0, 1]);
            message
        };
        assert!(asked.may_ask(&question("worker")));
        assert!(!asked.may_ask(&question("localhost")));
        assert!(!asked.may_ask(&question("app.localhost")));
        assert!(!judge("localhost:80").allows_names());
    }
}
