//! Public addresses of the Internet. Addresses that mean something inside a network only stay: RFC
//! 1918, 6598, 3927, 1122, 2544, 1112 and 4193, as RFC 6890 and IANA's special-purpose registries list
//! them. Those set aside for documentation (RFC 5737, 3849) are in no network and in every example:
//! they are taken to be public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Hit;
use super::class::{is_word, run, run_at_most};
use crate::phi::Kind;

/// What is found of dotted or coloned numbers: a public address, or one to step over.
pub(super) enum Address {
    Public(Hit),
    Other(usize),
}

/// Four numbers with dots that begin at `start`.
pub(super) fn find_v4(text: &[u8], start: usize) -> Option<Address> {
    // The end of a longer number, as of an object identifier: "1.2.840.10008.1.2.4.70".
    if start > 1 && text[start - 1] == b'.' && text[start - 2].is_ascii_digit() {
        return None;
    }
    let first = text[start..]
        .iter()
        .take(4)
        .position(|byte| !byte.is_ascii_digit())?;
    if text[start + first] != b'.' {
        return None;
    }
    let mut at = start;
    let mut octets = [0u8; 4];
    for (place, octet) in octets.iter_mut().enumerate() {
        if place > 0 {
            if text.get(at) != Some(&b'.') {
                return None;
            }
            at += 1;
        }
        let end;
        (*octet, end) = self::octet(text, at).filter(|(_, end)| end - at <= 3)?;
        at = end;
    }
    match text.get(at) {
        // More than four numbers are an object identifier, or the like.
        Some(b'.') if text.get(at + 1).is_some_and(u8::is_ascii_digit) => {
            let end = run(text, at, |byte| byte.is_ascii_digit() || byte == b'.');
            return Some(Address::Other(end));
        }
        Some(b'-') if text.get(at + 1).is_some_and(u8::is_ascii_alphabetic) && !is_word(b'-') => {
            return Some(Address::Other(at));
        }
        Some(b'-') if octets[0] < 10 && is_revision(text, at + 1) => {
            return Some(Address::Other(at));
        }
        Some(&byte) if is_word(byte) => return None,
        _ => {}
    }
    Some(
        if is_public_v4(Ipv4Addr::from(octets)) && (has_port(text, at) || !is_version(text, start))
        {
            Address::Public(Hit {
                start,
                end: at,
                kind: Kind::Ip,
            })
        } else {
            Address::Other(at)
        },
    )
}

/// Whether a port comes after what ends at `at`: "worker/8.8.4.4:80" of Java.
fn has_port(text: &[u8], at: usize) -> bool {
    let end = run_at_most(text, (at + 1).min(text.len()), 6, |byte| {
        byte.is_ascii_digit()
    });
    text.get(at) == Some(&b':')
        && (3..=6).contains(&(end - at))
        && text
            .get(end)
            .is_none_or(|&byte| !is_word(byte) && byte != b'.')
}

/// The public address of version 6 in the brackets that open at `open`: the host of a URL.
pub(super) fn host_v6(text: &[u8], open: usize) -> Option<Hit> {
    (text.get(open) == Some(&b'[')).then_some(())?;
    let start = open + 1;
    let (address, end) = v6_at(text, start)?;
    let is_closed = text.get(end) == Some(&b']');
    (is_closed && is_public_v6(address)).then_some(Hit {
        start,
        end,
        kind: Kind::Ip,
    })
}

/// Where the address of version 6 ends that begins at `start`.
pub(super) fn end_v6(text: &[u8], start: usize) -> Option<usize> {
    v6_at(text, start).map(|(_, end)| end)
}

fn v6_at(text: &[u8], start: usize) -> Option<(Ipv6Addr, usize)> {
    const LONGEST: usize = 46;
    let end = run_at_most(text, start, LONGEST, |byte| {
        byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
    });
    let address = std::str::from_utf8(&text[start..end]).ok()?.parse().ok()?;
    Some((address, end))
}

/// One of the four numbers of an address, in up to four digits from `start` on, and where it ends.
fn octet(text: &[u8], start: usize) -> Option<(u8, usize)> {
    let mut at = start;
    let mut number = 0u16;
    while at < start + 4
        && let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit())
    {
        number = number * 10 + u16::from(digit - b'0');
        at += 1;
    }
    let octet = u8::try_from(number).ok()?;
    (at > start).then_some((octet, at))
}

/// Whether what begins at `start` is the revision of a package of a distribution: "1.2.5.1-2".
fn is_revision(text: &[u8], start: usize) -> bool {
    let end = run_at_most(text, start, 3, |byte| byte.is_ascii_digit());
    (1..=2).contains(&(end - start)) && !matches!(text.get(end), Some(b'.' | b'-' | b'/' | b':'))
}

/// A public address in the name of a host that begins at `start`: "ec2-198-51-100-7.compute-1.example.com".
pub(super) fn in_host(text: &[u8], start: usize) -> Option<Hit> {
    let before = &text[..start];
    if before.last().is_some_and(|&byte| is_word(byte)) {
        return None;
    }
    let mut at = start;
    let mut octets = [0u8; 4];
    for (place, octet) in octets.iter_mut().enumerate() {
        if place > 0 {
            (text.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        (*octet, at) = self::octet(text, at)?;
    }
    let is_named = before.ends_with(b"ec2-") || before.ends_with(b"ip-");
    let is_in_domain = match text.get(at) {
        Some(b'.') => is_domain(text, at),
        next => is_named && next.is_none_or(|&byte| !is_word(byte) && byte != b'-'),
    };
    (is_in_domain && is_public_v4(Ipv4Addr::from(octets))).then_some(Hit {
        start,
        end: at,
        kind: Kind::Ip,
    })
}

/// Whether the rest of a host's name, from a dot on, is two labels and more and no ending of a file.
fn is_domain(text: &[u8], start: usize) -> bool {
    const FILES: [&[u8]; 8] = [
        b"gz", b"bz2", b"xz", b"zip", b"zst", b"log", b"json", b"txt",
    ];
    let end = run_at_most(text, start, MAX_HOST, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
    });
    let rest = &text[start..end];
    let rest = rest.strip_suffix(b".").unwrap_or(rest);
    let Some(dot) = rest.iter().rposition(|&byte| byte == b'.') else {
        return false;
    };
    let top = &rest[dot + 1..];
    dot > 1 && top.len() > 1 && top.iter().all(u8::is_ascii_alphabetic) && !FILES.contains(&top)
}

/// Whether what ends in an at sign before an address is a user of its host: "root@", "ssh jane@".
fn is_user(before: &[u8]) -> bool {
    const USERS: [&[u8]; 6] = [
        b"root",
        b"admin",
        b"user",
        b"ubuntu",
        b"deploy",
        b"ec2-user",
    ];
    const TOOLS: [&[u8]; 3] = [b"ssh", b"scp", b"sftp"];
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let part = |text: &[u8]| text.len() - text.iter().rev().take_while(is_part).count();
    let before = &before[..before.len() - 1];
    let (before, user) = before.split_at(part(before));
    let before = before.trim_ascii_end();
    USERS.contains(&user) || TOOLS.contains(&&before[part(before)..])
}

/// A product's version has its name and a slash before it ("Chrome/120.0.0.0"), a hyphen, or the word.
pub(super) fn is_version(text: &[u8], start: usize) -> bool {
    let before = &text[start.saturating_sub(40)..start];
    match before {
        [.., letter, b'/' | b'-' | b'_'] if letter.is_ascii_alphabetic() => return true,
        // "rails@7.0.8.1", but "root@50.221.90.125".
        [.., letter, b'@'] if letter.is_ascii_alphabetic() => return !is_user(before),
        // The last two are object identifiers (RFC 3061).
        [.., b'=', b'=']
        | [.., b'^' | b'~']
        | [.., b'o', b'i', b'd', b':']
        | [.., b'O', b'I', b'D', b':'] => return true,
        _ => {}
    }
    let mut before = before;
    for _ in 0..3 {
        let end = before
            .iter()
            .rposition(u8::is_ascii_alphanumeric)
            .map_or(0, |at| at + 1);
        if before.len() - end > 4 {
            return false;
        }
        let length = before[..end]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let word = &before[end - length..end];
        if word.len() >= 7 && word[word.len() - 7..].eq_ignore_ascii_case(b"version") {
            return true;
        }
        if word.eq_ignore_ascii_case(b"v") && before.len() == end {
            return true;
        }
        let is = |known: &[&[u8]]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
        if is(&[
            b"ver",
            b"build",
            b"release",
            b"firmware",
            b"driver",
            b"semver",
        ]) {
            return true;
        }
        if !is(&[b"to", b"is", b"was", b"from", b"tag", b"number"]) {
            return false;
        }
        before = &before[..end - length];
    }
    false
}

/// An address of version 6 whose first colon is at `colon`. It begins no earlier than `floor`.
pub(super) fn find_v6(text: &[u8], colon: usize, floor: usize) -> Option<Address> {
    let hex = text[floor..colon]
        .iter()
        .rev()
        .take(5)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    if hex > 4 {
        return None;
    }
    let start = colon - hex;
    let goes_on = match text[floor..start] {
        // "client:2a02:8109::1".
        [.., before, b':'] => before.is_ascii_hexdigit() || before == b':',
        [.., before] => is_word(before) || before == b'.',
        [] => false,
    };
    if goes_on {
        return None;
    }
    let mut end = colon;
    let mut colons = 0;
    while end < text.len()
        && end - start < 46
        && (text[end].is_ascii_hexdigit() || matches!(text[end], b':' | b'.'))
    {
        colons += usize::from(text[end] == b':');
        end += 1;
    }
    while end > start && matches!(text[end - 1], b'.')
        || (end > start + 2 && text[end - 1] == b':' && text[end - 2] != b':')
    {
        end -= 1;
    }
    if colons < 2 || text.get(end).is_some_and(|&byte| is_word(byte)) {
        return None;
    }
    let address: Ipv6Addr = std::str::from_utf8(&text[start..end]).ok()?.parse().ok()?;
    Some(if is_public_v6(address) {
        Address::Public(Hit {
            start,
            end,
            kind: Kind::Ip,
        })
    } else {
        Address::Other(end)
    })
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && second & 0xc0 == 64;
    let benchmark = first == 198 && second & 0xfe == 18;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || shared
        || benchmark
        || first == 0
        || first >= 224
        || (first == 192 && second == 0 && address.octets()[2] == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let first = address.segments()[0];
    // Global unicast is 2000::/3 (RFC 4291), and the well-known prefix of translators (RFC 6052).
    first & 0xe000 == 0x2000 || (first == 0x64 && address.segments()[1] == 0xff9b)
}

/// The longest name of a host (RFC 1035, 2.3.4), and a port.
const MAX_HOST: usize = 253 + 6;

/// Whether all of `value` is an address that means something inside a network only.
pub(super) fn is_private(value: &[u8]) -> bool {
    let address = std::str::from_utf8(value)
        .ok()
        .and_then(|value| value.parse().ok());
    match address {
        Some(IpAddr::V4(address)) => !is_public_v4(address),
        Some(IpAddr::V6(address)) => !is_public_v6(address),
        None => false,
    }
}

/// Whether an address of the network begins at `start`.
pub(super) fn begins_network_address(text: &[u8], start: usize) -> bool {
    let end = run_at_most(text, start, MAX_HOST, |byte| {
        is_of_host(byte) || matches!(byte, b':' | b'[' | b']' | b'*')
    });
    let value = &text[start..end];
    is_network_address(value.strip_suffix(b":").unwrap_or(value))
        || text.get(start) == Some(&b'/') && is_network_address(word(text, start))
        || text[start..].starts_with(b"unix:")
}

/// The bytes from `start` up to a blank.
fn word(text: &[u8], start: usize) -> &[u8] {
    let end = run_at_most(text, start, MAX_HOST, |byte| byte > b' ');
    &text[start..end]
}

/// Whether `value` is an address of the network: that of a host, any host with a port, a URL, or the path of a socket.
pub(super) fn is_network_address(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let Some(address) = std::str::from_utf8(value)
        .ok()
        .filter(|address| !address.contains(' '))
    else {
        return false;
    };
    let has_port = || {
        let (host, port) = address.rsplit_once(':')?;
        let is_port =
            (2..=4).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
        // "worker:8080" and "NODE-7:8080", but not "Springfield:6270".
        let is_name = host.bytes().all(is_of_host)
            && (host
                .bytes()
                .any(|byte| byte.is_ascii_digit() || byte == b'-')
                || host
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'.'))
            && host.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_host = is_name || matches!(host, "" | "*" | "[::]" | "[::1]");
        Some(is_port && is_host)
    };
    // Of a URL the host is looked at by itself.
    let is_url = || {
        let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'+')
    };
    let is_path = || {
        const ROOTS: [&str; 5] = ["/run/", "/var/", "/tmp/", "/dev/", "/etc/"];
        address.starts_with('/') && value.ends_with(b".sock")
            || ROOTS.iter().any(|root| address.starts_with(root))
    };
    matches!(address, "localhost" | "?")
        || address.parse::<IpAddr>().is_ok()
        || address.parse::<std::net::SocketAddr>().is_ok()
        || has_port() == Some(true)
        || is_url()
        || is_path()
}

/// Whether a name of a host may have the byte (RFC 1123, 2.1).
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_public_address_in_the_name_of_a_host_is_found() {
        for (text, expected) in [
            (
                "PTR ec2-198-51-100-7.compute-1.example.com",
                "PTR ec2-[ip].compute-1.example.com",
            ),
            ("83-12-44-9.dyn.example.net", "[ip].dyn.example.net"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "ip-10-0-1-5.ec2.internal",
            "report-8-11-21-10.tar.gz",
            "steps 8-2-3-4 done",
            "app8-2-3-4.example.com",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
