//! Where a call may go.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::dns::{self, Resolvers};
use crate::egress::AllowList;

/// How long an address that is not among a name's may be tried before the name is looked up again.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(1);

/// How long the addresses of a name are good for.
const FRESH: Duration = Duration::from_secs(10);

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
    names: Mutex<HashMap<String, Arc<Mutex<Known>>>>,
    /// Sockets that were told that they are connected to a name server.
    asking: Mutex<BTreeMap<u64, SocketAddr>>,
    refused: AtomicU64,
}

#[derive(Default)]
struct Known {
    addresses: HashSet<IpAddr>,
    at: Option<Instant>,
}

impl Judge {
    pub(super) fn new(allow: AllowList) -> Self {
        Self {
            allow,
            names: Mutex::default(),
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
    pub(super) fn verdict(&self, to: SocketAddr) -> Verdict {
        if self.allow.admits(&to.ip().to_string(), to.port()) {
            return Verdict::Open;
        }
        let local = to.ip().is_loopback() || to.ip().is_unspecified();
        // A name server on loopback passes on what it is asked, so it is no local matter.
        if to.port() == dns::PORT && (local || Resolvers::read().servers.contains(&to.ip())) {
            return Verdict::NameServer;
        }
        if local || self.is_of_a_name(to) {
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

    fn is_of_a_name(&self, to: SocketAddr) -> bool {
        self.allow
            .names()
            .filter(|(_, port)| port.is_none_or(|port| port == to.port()))
            .any(|(name, _)| self.resolves_to(name, to.ip()))
    }

    fn resolves_to(&self, name: &str, address: IpAddr) -> bool {
        let known = Arc::clone(lock(&self.names).entry(name.to_owned()).or_default());
        let mut known = lock(&known);
        let age = known.at.map(|at| at.elapsed());
        let listed = known.addresses.contains(&address);
        if listed && age.is_some_and(|age| age < FRESH) {
            return true;
        }
        if age.is_none_or(|age| age >= LOOK_UP_AGAIN) {
            known.addresses = (name, 0)
                .to_socket_addrs()
                .map(|found| found.map(|found| found.ip().to_canonical()).collect())
                .unwrap_or_default();
            known.at = Some(Instant::now());
        }
        known.addresses.contains(&address)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
