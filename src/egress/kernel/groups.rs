//! Multicast groups: the network is told of every member, and asks again and again.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, BorrowedFd};

/// A group that somebody on this machine has joined on an interface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    interface: i32,
    pub address: IpAddr,
}

/// The groups of all interfaces but loopback, whoever joined them: a socket does not say which are
/// its own.
///
/// # Errors
///
/// When a table is there and cannot be read.
pub(super) fn joined() -> io::Result<Vec<Group>> {
    let read = |table| match fs::read_to_string(table) {
        // A system without the protocol.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    };
    let mut groups = parse_v4(&read("/proc/self/net/igmp")?);
    groups.extend(parse_v6(&read("/proc/self/net/igmp6")?));
    Ok(groups)
}

/// Leaves those of `groups` that the socket is in, and returns whether there was any.
pub(super) fn leave(socket: BorrowedFd<'_>, groups: &[Group]) -> bool {
    groups
        .iter()
        .filter(|group| leave_one(socket, **group))
        .count()
        > 0
}

fn leave_one(socket: BorrowedFd<'_>, group: Group) -> bool {
    match group.address {
        IpAddr::V4(address) => {
            let request = libc::ip_mreqn {
                imr_multiaddr: libc::in_addr {
                    s_addr: address.to_bits().to_be(),
                },
                imr_address: libc::in_addr { s_addr: 0 },
                imr_ifindex: group.interface,
            };
            set(socket, libc::IPPROTO_IP, libc::IP_DROP_MEMBERSHIP, &request)
        }
        IpAddr::V6(address) => {
            let request = libc::ipv6_mreq {
                ipv6mr_multiaddr: libc::in6_addr {
                    s6_addr: address.octets(),
                },
                ipv6mr_interface: group.interface.cast_unsigned(),
            };
            set(
                socket,
                libc::IPPROTO_IPV6,
                libc::IPV6_DROP_MEMBERSHIP,
                &request,
            )
        }
    }
}

fn set<T>(socket: BorrowedFd<'_>, level: i32, name: i32, value: &T) -> bool {
    let length = libc::socklen_t::try_from(size_of::<T>()).unwrap_or(0);
    // SAFETY: the record is as long as it is said to be.
    unsafe {
        let value = std::ptr::from_ref(value).cast();
        libc::setsockopt(socket.as_raw_fd(), level, name, value, length) == 0
    }
}

/// An interface has a line of its own, and a line for each of its groups that starts with a tab.
fn parse_v4(table: &str) -> Vec<Group> {
    let mut interface = None;
    let mut groups = vec![];
    for line in table.lines().skip(1) {
        let mut words = line.split_ascii_whitespace();
        if line.starts_with('\t') {
            // As it lies in memory, read as a number of this machine.
            let bits = words
                .next()
                .and_then(|word| u32::from_str_radix(word, 16).ok());
            if let (Some(interface), Some(bits)) = (interface, bits) {
                let address = Ipv4Addr::from(bits.to_ne_bytes()).into();
                groups.push(Group { interface, address });
            }
        } else {
            let number = words.next().and_then(|word| word.parse().ok());
            interface = number.filter(|_| words.next() != Some("lo"));
        }
    }
    groups
}

fn parse_v6(table: &str) -> Vec<Group> {
    let parse = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let interface = words.next()?.parse().ok()?;
        let device = words.next()?;
        let bits = u128::from_str_radix(words.next()?, 16).ok()?;
        (device != "lo").then(|| Group {
            interface,
            address: Ipv6Addr::from_bits(bits).into(),
        })
    };
    table.lines().filter_map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn reads_the_groups_of_every_interface_but_loopback() {
        let v4 = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n\
                  1\tlo        :     1      V3\n\
                  \t\t\t\t010000E0     1 0:00000000\t\t0\n\
                  2\teth0      :     2      V3\n\
                  \t\t\t\t030201EF     1 0:00000000\t\t0\n\
                  \t\t\t\t010000E0     1 0:00000000\t\t0\n";
        let group = |address: &str| Group {
            interface: 2,
            address: address.parse().unwrap(),
        };
        assert_eq!(parse_v4(v4), [group("239.1.2.3"), group("224.0.0.1")]);
        let v6 = "1    lo              ff020000000000000000000000000001     1 0000000C 0\n\
                  2    eth0            ff150000000000000000000000000123     1 00000004 0\n";
        assert_eq!(parse_v6(v6), [group("ff15::123")]);
        assert_eq!(parse_v4(""), []);
    }
}
