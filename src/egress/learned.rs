//! The addresses that listed names were resolved to.
//!
//! `EGRESS_ALLOW=worker:8000` names no address, but a connection is made to one. What a listed name
//! was resolved to is kept here, so that the address is reached on the ports of that name and on
//! no other.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use super::AllowList;

/// Far more than the dependencies of one service have; the oldest goes first.
const MAX_ADDRESSES: usize = 1024;

/// Addresses, each with the name that it was found for.
#[derive(Default)]
pub(super) struct Learned {
    entries: VecDeque<(IpAddr, String)>,
}

static LEARNED: Mutex<Learned> = Mutex::new(Learned::new());

/// Remembers that `name` was resolved to `address`. A name that `allow` does not list is forgotten
/// at once.
pub fn learn(allow: &AllowList, name: &str, address: IpAddr) {
    if allow.lists_name(name) {
        LEARNED
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .learn(name, address.to_canonical());
    }
}

/// Whether `address` was found for a name that `allow` lists for `port`.
pub(super) fn admits(allow: &AllowList, address: IpAddr, port: u16) -> bool {
    LEARNED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .admits(allow, address, port)
}

impl Learned {
    pub(super) const fn new() -> Self {
        Self {
            entries: VecDeque::new(),
        }
    }

    pub(super) fn learn(&mut self, name: &str, address: IpAddr) {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let entry = (address, name);
        self.entries.retain(|known| *known != entry);
        if self.entries.len() == MAX_ADDRESSES {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn admits(&self, allow: &AllowList, address: IpAddr, port: u16) -> bool {
        self.entries
            .iter()
            .any(|(known, name)| *known == address && allow.admits(name, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 77, 0, 2));

    #[test]
    fn an_address_is_admitted_on_the_ports_of_its_name_and_no_other() {
        let allow = AllowList::parse(b"worker:8000,db");
        let mut learned = Learned::default();
        assert!(!learned.admits(&allow, ADDRESS, 8000));
        learned.learn("Worker.", ADDRESS);
        assert!(learned.admits(&allow, ADDRESS, 8000));
        assert!(!learned.admits(&allow, ADDRESS, 8001));
        learned.learn("db", ADDRESS);
        assert!(learned.admits(&allow, ADDRESS, 8001));
        assert!(!learned.admits(&AllowList::default(), ADDRESS, 8000));
    }

    #[test]
    fn the_oldest_address_is_forgotten_first() {
        let allow = AllowList::parse(b"worker");
        let mut learned = Learned::default();
        for number in 0..=u32::try_from(MAX_ADDRESSES).unwrap() {
            learned.learn("worker", IpAddr::V4(std::net::Ipv4Addr::from_bits(number)));
            learned.learn("worker", ADDRESS);
        }
        assert_eq!(learned.entries.len(), MAX_ADDRESSES);
        assert!(learned.admits(&allow, ADDRESS, 1));
        assert!(!learned.admits(&allow, IpAddr::V4(std::net::Ipv4Addr::from_bits(0)), 1));
    }
}
