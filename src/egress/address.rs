//! Addresses in every spelling that a resolver accepts, in one canonical form.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The canonical form of an address: an IPv4 address that is wrapped in IPv6 is unwrapped.
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Reads an address in any spelling: `10.0.0.1`, `2130706433`, `0x7f.1`, `::ffff:10.0.0.1`,
/// `[::1]`, `fe80::1%eth0`. `None` is a name, or nothing at all.
///
/// ```
/// use researchflow_core::egress::parse_address;
///
/// let loopback = parse_address("127.0.0.1");
/// assert_eq!(parse_address("2130706433"), loopback);
/// assert_eq!(parse_address("0x7f.1"), loopback);
/// assert_eq!(parse_address("::ffff:127.0.0.1"), loopback);
/// assert_eq!(parse_address("localhost"), None);
/// ```
pub fn parse_address(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    if bare.contains(':') {
        let unscoped = bare.split_once('%').map_or(bare, |(address, _)| address);
        return unscoped
            .parse::<Ipv6Addr>()
            .ok()
            .map(IpAddr::V6)
            .map(canonical);
    }
    let undotted = bare.strip_suffix('.').unwrap_or(bare);
    numeric(undotted).map(IpAddr::V4)
}

/// The spellings of `inet_aton`: one to four numbers, each decimal, octal or hexadecimal, the last
/// of which fills what is left of the 32 bits.
fn numeric(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text
        .split('.')
        .map(number)
        .collect::<Option<Vec<_>>>()
        .filter(|parts| parts.len() <= 4)?;
    let (last, leading) = parts.split_last()?;
    let rest_bits = 32 - 8 * u32::try_from(leading.len()).ok()?;
    if u64::from(*last) >= 1u64 << rest_bits || leading.iter().any(|part| *part > 255) {
        return None;
    }
    let high = leading
        .iter()
        .zip([24, 16, 8])
        .fold(0, |bits, (part, shift)| bits | (part << shift));
    Some(Ipv4Addr::from_bits(high | last))
}

fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    // `from_str_radix` takes a sign, which no address has.
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_that_address() {
        let expected = Some(IpAddr::V4(Ipv4Addr::new(10, 77, 0, 2)));
        for spelling in [
            "10.77.0.2",
            "10.77.0.2.",
            "10.77.2",
            "10.5046274",
            "172818434",
            "0xa4d0002",
            "0xA.0x4D.0.2",
            "012.0115.0.02",
            "::ffff:10.77.0.2",
            "[::ffff:10.77.0.2]",
            "::FFFF:0a4d:2",
            "::ffff:a4d:2%eth0",
        ] {
            assert_eq!(parse_address(spelling), expected, "{spelling}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            ".",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.256",
            "4294967296",
            "08",
            "+1",
            "1..2",
            "1.2.3.4:80",
            "worker",
            "0xg",
            "0x",
            "10.0x.0.1",
            "::1::",
            "1.2.3.-4",
        ] {
            assert_eq!(parse_address(text), None, "{text}");
        }
    }
}
