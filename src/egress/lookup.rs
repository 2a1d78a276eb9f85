//! What may be resolved while the network is blocked.
//!
//! A question to a DNS server is a datagram that leaves the machine, with the name in it. Where a
//! question may be asked no port is known, so a name is resolved when it is listed for any.

use std::net::IpAddr;

use super::{AllowList, is_localhost, parse_address};
use crate::mode::{BlockReason, Published};

/// Decides whether the addresses of `host` may be had (`getaddrinfo`): of a listed name, of
/// `localhost`, which the guard answers itself, and of an address, for which no question is asked.
///
/// # Errors
///
/// The reason when it may not be asked.
pub fn decide_lookup(published: &Published, host: &str) -> Result<(), BlockReason> {
    decide(published, |allow| {
        if let Some(address) = parse_address(host) {
            // The system takes these two spellings for names and asks for them.
            let asked_for = host.ends_with('.') || host.starts_with('[');
            return !asked_for && is_local_or_listed(allow, address);
        }
        is_localhost(host) || allow.lists_name(host)
    })
}

/// Decides whether a DNS server may be asked for records of `name`: of a listed name and no other.
/// The question would be asked even for what reads as an address, and for `localhost`, of which no
/// server has to be asked.
///
/// # Errors
///
/// The reason when it may not be asked.
pub fn decide_query(published: &Published, name: &str) -> Result<(), BlockReason> {
    decide(published, |allow| {
        !is_localhost(name) && allow.lists_name(name)
    })
}

/// Decides whether the name of an address may be had: of a listed one, and of loopback, which the
/// guard answers itself.
///
/// # Errors
///
/// The reason when it may not be asked.
pub fn decide_reverse(published: &Published, address: &str) -> Result<(), BlockReason> {
    decide(published, |allow| {
        parse_address(address).is_some_and(|address| is_local_or_listed(allow, address))
    })
}

fn is_local_or_listed(allow: &AllowList, address: IpAddr) -> bool {
    address.is_loopback() || allow.lists_address(address)
}

fn decide(
    published: &Published,
    admits: impl FnOnce(&AllowList) -> bool,
) -> Result<(), BlockReason> {
    match published.snapshot.block_reason {
        Some(reason) if !admits(&published.allow) => Err(reason),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::ChildList;
    use crate::mode::{Inputs, resolve};

    fn published(mode: &[u8], allow: &[u8]) -> Published {
        let inputs = Inputs {
            ros_mode: mode.to_vec(),
            ..Inputs::default()
        };
        Published {
            generation: 0,
            snapshot: resolve(&inputs, None, false),
            since: std::time::SystemTime::UNIX_EPOCH,
            allow: AllowList::parse(allow),
            children: ChildList::default(),
        }
    }

    #[test]
    fn only_listed_names_and_spelt_addresses_are_resolved() {
        let blocked = published(b"STANDBY", b"worker:8000,10.0.0.0/8:5432");
        for (host, admitted) in [
            ("worker", true),
            ("WORKER.", true),
            ("worker.example.org", false),
            ("localhost", true),
            ("localhost.", true),
            ("app.LocalHost", true),
            ("localhost.example.org", false),
            ("127.1", true),
            ("127.0.0.1.", false),
            ("[::1]", false),
            ("0xa000001", true),
            ("10.0.0.1.", false),
            ("192.0.2.1", false),
            ("3221225985", false),
            ("", false),
        ] {
            assert_eq!(decide_lookup(&blocked, host).is_ok(), admitted, "{host}");
        }
    }

    #[test]
    fn a_server_is_asked_for_listed_names_and_nothing_else() {
        let blocked = published(b"STANDBY", b"worker:8000,localhost:5432,10.0.0.0/8");
        for (name, admitted) in [
            ("worker", true),
            ("localhost", false),
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("example.org", false),
        ] {
            assert_eq!(decide_query(&blocked, name).is_ok(), admitted, "{name}");
        }
    }

    #[test]
    fn the_name_of_an_address_is_asked_for_when_the_address_is_listed() {
        let blocked = published(b"STANDBY", b"worker,10.0.0.0/8:5432");
        for (address, admitted) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("127.0.0.2", true),
            ("10.1.1.1", true),
            ("::ffff:10.1.1.1", true),
            ("192.0.2.1", false),
            ("worker", false),
        ] {
            assert_eq!(
                decide_reverse(&blocked, address).is_ok(),
                admitted,
                "{address}"
            );
        }
    }

    #[test]
    fn an_open_mode_resolves_everything() {
        let open = published(b"LIVE", b"");
        for decide in [decide_lookup, decide_query, decide_reverse] {
            assert_eq!(decide(&open, "example.org"), Ok(()));
        }
    }
}
