//! `EGRESS_ALLOW`: the declared internal dependencies.

use std::net::IpAddr;

use super::address::parse_address;
use super::is_localhost;

/// The longest name that DNS has (RFC 1035, 2.3.4: 255 bytes as it is sent), without the last dot.
pub(super) const LONGEST_NAME: usize = 253;

/// A parsed list of `host`, `host:port`, `ip`, `ip:port`, `cidr` and `cidr:port`, separated by
/// commas. An IPv6 address that has a port stands in brackets: `[fd00::/8]:5432`.
///
/// ```
/// use researchflow_core::egress::AllowList;
///
/// let list = AllowList::parse(b"postgres:5432, 10.0.0.0/8");
/// assert!(list.admits("postgres", 5432));
/// assert!(!list.admits("postgres", 22));
/// assert!(list.admits("10.1.2.3", 6379));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<Entry>,
    /// The places, counted from one, of entries that are none of the forms.
    malformed: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    host: Host,
    /// `None` admits every port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    Network { address: IpAddr, prefix: u8 },
}

impl AllowList {
    /// Parses the list. A malformed entry admits nothing and is told of by
    /// [`AllowList::warnings`]; empty entries are passed over.
    pub fn parse(text: &[u8]) -> Self {
        let mut list = Self::default();
        for (index, entry) in text.split(|byte| *byte == b',').enumerate() {
            let entry = entry.trim_ascii();
            if entry.is_empty() {
                continue;
            }
            match str::from_utf8(entry).ok().and_then(Entry::parse) {
                Some(entry) => list.entries.push(entry),
                None => list.malformed.push(index + 1),
            }
        }
        list
    }

    /// Whether the list names `host` on `port`. `host` is a name or an address in any spelling.
    pub fn admits(&self, host: &str, port: u16) -> bool {
        let address = parse_address(host);
        self.entries
            .iter()
            .filter(|entry| entry.port.is_none_or(|allowed| allowed == port))
            .any(|entry| match (&entry.host, address) {
                (Host::Name(name), None) => {
                    name.eq_ignore_ascii_case(host.strip_suffix('.').unwrap_or(host))
                }
                (
                    Host::Network {
                        address: network,
                        prefix,
                    },
                    Some(address),
                ) => contains(*network, *prefix, address),
                _ => false,
            })
    }

    /// The names on the list that somebody has to be asked for, each with its port; no port is
    /// every port. `localhost` is none of them.
    pub fn names(&self) -> impl Iterator<Item = (&str, Option<u16>)> {
        self.entries.iter().filter_map(|entry| match &entry.host {
            Host::Name(name) if !is_localhost(name) => Some((name.as_str(), entry.port)),
            Host::Name(_) | Host::Network { .. } => None,
        })
    }

    /// The entries that name this port; those without a port are not among them.
    #[cfg(target_os = "linux")]
    pub(super) fn naming_port(&self, port: u16) -> Self {
        let names_it = |entry: &&Entry| entry.port == Some(port);
        Self {
            entries: self.entries.iter().filter(names_it).cloned().collect(),
            malformed: vec![],
        }
    }

    /// Whether the list names the name `host`, on whatever port. An address is no name.
    pub fn lists_name(&self, host: &str) -> bool {
        let name = host.strip_suffix('.').unwrap_or(host);
        self.entries.iter().any(
            |entry| matches!(&entry.host, Host::Name(known) if known.eq_ignore_ascii_case(name)),
        )
    }

    /// Whether the list names the address, on whatever port.
    pub fn lists_address(&self, address: IpAddr) -> bool {
        self.entries.iter().any(|entry| match entry.host {
            Host::Network {
                address: network,
                prefix,
            } => contains(network, prefix, address),
            Host::Name(_) => false,
        })
    }

    /// One sentence for each malformed entry, by its place in the list and never by its text.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.malformed.iter().map(|place| {
            format!(
                "EGRESS_ALLOW entry {place}: expected host, host:port, ip, cidr or cidr:port; \
                 it admits nothing"
            )
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = split_port(text)?;
        Some(Self {
            host: Host::parse(host)?,
            port,
        })
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let (base, prefix) = match text.split_once('/') {
            Some((base, prefix)) => (base, Some(prefix)),
            None => (text, None),
        };
        let Some(address) = parse_address(base) else {
            return (prefix.is_none() && is_name(base))
                .then(|| Self::Name(base.strip_suffix('.').unwrap_or(base).to_owned()));
        };
        let bits = if address.is_ipv4() { 32 } else { 128 };
        // An IPv4 address that is wrapped in IPv6 has the wrapping counted too: `::ffff:10.0.0.0/104`.
        let wrapping: u8 = if address.is_ipv4() && base.contains(':') {
            96
        } else {
            0
        };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                let prefix: u8 = digits.parse().ok()?;
                prefix
                    .checked_sub(wrapping)
                    .filter(|prefix| *prefix <= bits)?
            }
            Some(_) => return None,
            None => bits,
        };
        Some(Self::Network { address, prefix })
    }
}

/// Splits `host:port`, `[v6]:port` and `v6`. `None` when a port is written and is not one.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        // Brackets are IPv6's: anything else inside them is a mistake.
        if !host.contains(':') {
            return None;
        }
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(parse_port(port)?))),
            None if after.is_empty() => Some((host, None)),
            None => None,
        };
    }
    match text.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Some((text, None)),
        Some((host, port)) => Some((host, Some(parse_port(port)?))),
        None => Some((text, None)),
    }
}

fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

/// A host name as Docker and Kubernetes write it: letters, digits, hyphens and underscores,
/// between single dots, and not all digits (that would be an address).
fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    text.len() <= LONGEST_NAME
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => same_bits(
            network.to_bits().into(),
            address.to_bits().into(),
            32 - prefix,
        ),
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            same_bits(network.to_bits(), address.to_bits(), 128 - prefix)
        }
        _ => false,
    }
}

fn same_bits(left: u128, right: u128, ignored: u8) -> bool {
    let shifted = |bits: u128| bits.checked_shr(ignored.into()).unwrap_or(0);
    shifted(left) == shifted(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admits_what_an_entry_names_and_nothing_else() {
        let cases: &[(&str, &str, u16, bool)] = &[
            ("worker", "worker", 8000, true),
            ("worker", "WORKER.", 1, true),
            ("worker", "worker.evil.example", 8000, false),
            ("worker:8000", "worker", 8001, false),
            ("10.77.0.2:7001", "10.77.0.2", 7001, true),
            ("10.77.0.2:7001", "10.77.0.2", 7002, false),
            ("10.77.0.2:7001", "10.77.0.3", 7001, false),
            ("10.77.0.2", "::ffff:10.77.0.2", 9, true),
            ("10.0.0.0/8:5432", "10.255.0.1", 5432, true),
            ("10.0.0.0/8:5432", "11.0.0.1", 5432, false),
            ("0.0.0.0/0", "203.0.113.9", 443, true),
            ("0.0.0.0/0", "2001:db8::1", 443, false),
            ("fd00::/8", "fd12::1", 443, true),
            ("fd00::/8", "fe80::1", 443, false),
            ("[fd00::1]:6379", "fd00::1", 6379, true),
            ("[fd00::1]:6379", "fd00::1", 6380, false),
            ("[fd00::/8]:6379", "fd99::1", 6379, true),
            ("::/0", "2001:db8::1", 443, true),
            ("::ffff:10.0.0.0/104", "10.1.2.3", 443, true),
            ("::ffff:10.0.0.0/104", "11.1.2.3", 443, false),
            ("[::ffff:0:0/96]:443", "203.0.113.9", 443, true),
            (" a , b:1 ,, ", "b", 1, true),
            ("", "worker", 8000, false),
        ];
        for (list, host, port, admitted) in cases {
            let parsed = AllowList::parse(list.as_bytes());
            assert_eq!(parsed.warnings().count(), 0, "{list}");
            assert_eq!(
                parsed.admits(host, *port),
                *admitted,
                "{list} {host}:{port}"
            );
        }
    }

    #[test]
    fn a_malformed_entry_admits_nothing_and_is_reported_by_its_place() {
        for entry in [
            "http://worker:8000",
            "worker:",
            "worker:0",
            "worker:65536",
            "worker:+80",
            "*.example.org",
            "*",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "fd00::/129",
            "::ffff:10.0.0.0/8",
            "::ffff:10.0.0.0/129",
            "[worker]:80",
            "[fd00::1]x",
            "[fd00::1",
            "wor ker",
            "-worker",
            "a..b",
            "worker/8",
            "user@worker",
            "300.1.1.1",
            "w\u{f6}rker",
        ] {
            let list = AllowList::parse(format!("ok:1,{entry}").as_bytes());
            assert_eq!(list.entries.len(), 1, "{entry}");
            let warnings: Vec<_> = list.warnings().collect();
            assert_eq!(
                warnings,
                [
                    "EGRESS_ALLOW entry 2: expected host, host:port, ip, cidr or cidr:port; \
                  it admits nothing"
                ],
                "{entry}"
            );
        }
    }

    #[test]
    fn a_name_that_no_dns_could_hold_is_malformed() {
        let name = |length: usize| "a.".repeat(127)[..length].to_owned();
        for (entry, malformed) in [
            (name(253), 0),
            (format!("{}.", name(253)), 0),
            (format!("{}aa", name(253)), 1),
        ] {
            let list = AllowList::parse(entry.as_bytes());
            assert_eq!(list.warnings().count(), malformed, "{} bytes", entry.len());
        }
    }
}
