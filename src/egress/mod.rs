//! What may be reached while the network is blocked.
//!
//! Loopback and Unix sockets leave no machine and stay open. Everything else needs an entry in
//! `EGRESS_ALLOW`. A name that is not on the list is refused as a name: it is never resolved.

mod address;
mod allow;
mod audit;
mod children;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
pub mod kernel;
mod learned;
mod lookup;

pub use address::{canonical, parse_address};
pub use allow::AllowList;
pub use audit::{AuditSubscription, at_audit_end, audits, set_audit};
pub use children::ChildList;
pub use learned::learn;
pub use lookup::{decide_lookup, decide_query, decide_reverse};

use crate::mode::{BlockReason, Published};

/// Decides whether `host` may be reached on `port` under the decision `published`.
///
/// `host` is a name or an address in any spelling; addresses are judged in canonical form.
///
/// # Errors
///
/// The reason when it may not be reached.
///
/// ```
/// use researchflow_core::{egress, mode};
///
/// // Nothing has read the environment here, so the process is closed.
/// let published = mode::current();
/// assert!(egress::decide(&published, "127.0.0.1", 5432).is_ok());
/// assert!(egress::decide(&published, "db.example.org", 5432).is_err());
/// ```
pub fn decide(published: &Published, host: &str, port: u16) -> Result<(), BlockReason> {
    match published.snapshot.block_reason {
        Some(reason) if !is_local(host) && !published.allow.admits(host, port) => Err(reason),
        _ => Ok(()),
    }
}

/// Decides whether a socket may be connected to `host` on `port`, or a datagram sent there.
///
/// As [`decide`], and an address is also admitted on the ports of the listed names that were
/// resolved to it (see [`learn`]).
///
/// # Errors
///
/// The reason when it may not be reached.
pub fn decide_connect(published: &Published, host: &str, port: u16) -> Result<(), BlockReason> {
    decide(published, host, port).or_else(|reason| match parse_address(host) {
        Some(address) if learned::admits(&published.allow, address, port) => Ok(()),
        _ => Err(reason),
    })
}

/// Decides whether a program may be started; `this_node` as in [`ChildList::admits`].
///
/// # Errors
///
/// The reason when it may not.
pub fn decide_child(published: &Published, file: &str, this_node: bool) -> Result<(), BlockReason> {
    match published.snapshot.block_reason {
        Some(reason) if !published.children.admits(file, this_node) => Err(reason),
        _ => Ok(()),
    }
}

/// Whether `host` is loopback: an address of it in any spelling, or the name `localhost`.
pub fn is_local(host: &str) -> bool {
    parse_address(host).map_or_else(|| is_localhost(host), |address| address.is_loopback())
}

/// Whether `host` is a name that stands for loopback without being looked up: `localhost` and what
/// is below it (RFC 6761, 6.3).
///
/// ```
/// use researchflow_core::egress::is_localhost;
///
/// assert!(is_localhost("LOCALHOST."));
/// assert!(is_localhost("app.localhost"));
/// assert!(!is_localhost("localhost.example.org"));
/// ```
pub fn is_localhost(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

/// Whether `address` is one of loopback, in any spelling.
pub fn is_loopback(address: &str) -> bool {
    parse_address(address).is_some_and(|address| address.is_loopback())
}
