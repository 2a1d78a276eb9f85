//! Properties of the allow list and of addresses.

use std::net::IpAddr;

use super::{AllowList, canonical, is_local, is_localhost, is_loopback, parse_address};
use crate::fuzz::lines;

/// Input: a list, a host, a port. An entry opens what it names and nothing else, alone as in company.
pub(crate) fn allow_list(bytes: &[u8]) {
    let Some([list, host, port]) = lines(bytes) else {
        AllowList::parse(bytes);
        return;
    };
    let port = port.trim_ascii().parse().unwrap_or(5432);
    let parsed = AllowList::parse(list.as_bytes());
    let entries: Vec<&str> = list
        .split(',')
        .filter(|entry| !entry.trim_ascii().is_empty())
        .collect();
    let alone = |entry: &&str| AllowList::parse(entry.as_bytes());
    let malformed = |list: &AllowList| list.warnings().count();
    assert_eq!(
        malformed(&parsed),
        entries
            .iter()
            .map(alone)
            .filter(|list| malformed(list) == 1)
            .count()
    );
    assert_eq!(
        parsed.admits(host, port),
        entries
            .iter()
            .map(alone)
            .any(|list| list.admits(host, port))
    );
    for entry in &entries {
        let list = alone(entry);
        if malformed(&list) == 1 {
            assert_eq!(list.names().count(), 0);
            assert!(!list.admits(host, port) && !list.lists_name(host));
        }
    }
    for (name, port) in parsed.names() {
        assert!(name.len() <= 253 && name.is_ascii() && !is_localhost(name));
        assert!(parsed.lists_name(name) && parsed.admits(name, port.unwrap_or(1)));
    }
    match parse_address(host) {
        // However it is spelt.
        Some(address) => {
            let plain = address.to_string();
            assert_eq!(parsed.admits(host, port), parsed.admits(&plain, port));
            assert!(!parsed.lists_name(host) && !parsed.lists_name(&plain));
            assert!(parsed.lists_address(address) || !parsed.admits(host, port));
        }
        None => assert!(parsed.lists_name(host) || !parsed.admits(host, port)),
    }
    // No warning says anything of what is in the list.
    for warning in parsed.warnings() {
        let said = warning.replace(|character: char| character.is_ascii_digit(), "");
        assert_eq!(
            said,
            "EGRESS_ALLOW entry : expected host, host:port, ip, cidr or cidr:port; it admits nothing"
        );
    }
}

/// Input: a host. What the system takes for an address is one here, and the same one.
pub(crate) fn address(bytes: &[u8]) {
    let Ok(host) = str::from_utf8(bytes) else {
        return;
    };
    let parsed = parse_address(host);
    if let Some(address) = parsed {
        assert_eq!(canonical(address), address);
        assert_eq!(parse_address(&address.to_string()), parsed);
        assert_eq!(parse_address(&format!("[{address}]")), parsed);
        // The name of an interface may be anything.
        assert!(!is_localhost(host) || host.contains('%'));
        assert_eq!(is_local(host), address.is_loopback());
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        assert_eq!(parsed, Some(canonical(address)));
    }
    assert!(is_local(host) || !is_loopback(host));
    #[cfg(target_os = "linux")]
    as_the_system_has_it(host, parsed);
}

#[cfg(target_os = "linux")]
fn as_the_system_has_it(host: &str, parsed: Option<IpAddr>) {
    let system = numeric_host(host);
    if system.is_some() {
        assert_eq!(parsed, system, "{host:?}");
    } else if parsed.is_some() {
        // What the system would ask a name server for, `decide_lookup` refuses by these marks; and of an
        // interface that is not there it asks nobody.
        let is_marked = host.ends_with('.') || host.starts_with('[') || host.contains('%');
        assert!(is_marked, "{host:?}");
    }
}

/// What `getaddrinfo` makes of the host without asking anybody.
#[cfg(target_os = "linux")]
fn numeric_host(host: &str) -> Option<IpAddr> {
    use std::net::{Ipv4Addr, Ipv6Addr};

    let host = std::ffi::CString::new(host).ok()?;
    let mut found = std::ptr::null_mut();
    // SAFETY: all of its fields may be nought.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_flags = libc::AI_NUMERICHOST;
    hints.ai_socktype = libc::SOCK_STREAM;
    // SAFETY: the text ends with a nought, and `found` is released below.
    let failed = unsafe {
        libc::getaddrinfo(
            host.as_ptr(),
            std::ptr::null(),
            &raw const hints,
            &raw mut found,
        )
    };
    if failed != 0 {
        return None;
    }
    // SAFETY: the system has filled in an address of the family that it says.
    unsafe {
        let address = (*found).ai_addr;
        let address = if (*found).ai_family == libc::AF_INET {
            let v4 = address.cast::<libc::sockaddr_in>().read_unaligned();
            IpAddr::V4(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()))
        } else {
            let v6 = address.cast::<libc::sockaddr_in6>().read_unaligned();
            IpAddr::V6(Ipv6Addr::from(v6.sin6_addr.s6_addr))
        };
        libc::freeaddrinfo(found);
        Some(canonical(address))
    }
}
