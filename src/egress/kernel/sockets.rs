//! What the kernel says of a socket, and addresses as the kernel writes them.

use std::io;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, BorrowedFd};

pub(super) const IP_UNICAST_IF: i32 = 50;
pub(super) const IPV6_PKTINFO: i32 = 50;
pub(super) const IPV6_UNICAST_IF: i32 = 76;
pub(super) const SO_BINDTOIFINDEX: i32 = 62;
pub(super) const UDP_CORK: i32 = 1;
const SO_COOKIE: i32 = 57;

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// The machine's own: Unix sockets, netlink, ciphers.
    Local,
    /// Unix sockets.
    Unix,
    Tcp,
    Udp,
    /// Anything else that could leave the machine.
    Other,
}

pub(super) fn kind(socket: BorrowedFd<'_>) -> io::Result<Kind> {
    let option = |name| option::<i32>(socket, libc::SOL_SOCKET, name);
    Ok(match option(libc::SO_DOMAIN)? {
        libc::AF_UNIX => Kind::Unix,
        libc::AF_NETLINK | libc::AF_ALG => Kind::Local,
        libc::AF_INET | libc::AF_INET6 => {
            match (option(libc::SO_TYPE)?, option(libc::SO_PROTOCOL)?) {
                (libc::SOCK_STREAM, libc::IPPROTO_TCP) => Kind::Tcp,
                (libc::SOCK_DGRAM, libc::IPPROTO_UDP) => Kind::Udp,
                _ => Kind::Other,
            }
        }
        _ => Kind::Other,
    })
}

/// A number that no other socket has, before or after.
pub(super) fn cookie(socket: BorrowedFd<'_>) -> io::Result<u64> {
    option(socket, libc::SOL_SOCKET, SO_COOKIE)
}

pub(super) fn is_listening(socket: BorrowedFd<'_>) -> bool {
    option::<i32>(socket, libc::SOL_SOCKET, libc::SO_ACCEPTCONN).is_ok_and(|on| on != 0)
}

/// Whether a TCP socket has asked for a connection and has no answer yet.
pub(super) fn is_connecting(socket: BorrowedFd<'_>) -> bool {
    const SYN_SENT: u8 = 2;
    // The first byte of the record is the state.
    option::<u8>(socket, libc::IPPROTO_TCP, libc::TCP_INFO).is_ok_and(|state| state == SYN_SENT)
}

/// Whether what is meant for this machine is sent out by this socket for all that, because it is
/// tied to an interface or writes routes into its packets.
pub(super) fn strays(socket: BorrowedFd<'_>) -> bool {
    const LOOPBACK: u32 = 1;
    let tied = |level, name| {
        option::<u32>(socket, level, name).is_ok_and(|interface| {
            // As a number of this machine, or of the network.
            ![0, LOOPBACK, LOOPBACK.to_be()].contains(&interface)
        })
    };
    tied(libc::SOL_SOCKET, SO_BINDTOIFINDEX)
        || tied(libc::IPPROTO_IP, IP_UNICAST_IF)
        || tied(libc::IPPROTO_IPV6, IPV6_UNICAST_IF)
        || option::<[u8; 40]>(socket, libc::IPPROTO_IP, libc::IP_OPTIONS)
            .is_ok_and(|options| options != [0; 40])
}

/// Whether a UDP socket holds back what it is given, and more may be added to it.
pub(super) fn is_corked(socket: BorrowedFd<'_>) -> bool {
    option::<i32>(socket, libc::IPPROTO_UDP, UDP_CORK).is_ok_and(|on| on != 0)
}

/// Lets a UDP socket without a peer hear that nobody listens where it sent to, as one with a peer
/// does.
pub(super) fn report_errors(socket: BorrowedFd<'_>) {
    let on = 1i32;
    for (level, name) in [
        (libc::IPPROTO_IP, libc::IP_RECVERR),
        (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
    ] {
        // SAFETY: the number is as long as it is said to be. A level that the socket has not got
        // is an error, and no matter.
        unsafe {
            let value = (&raw const on).cast();
            libc::setsockopt(socket.as_raw_fd(), level, name, value, 4);
        }
    }
}

/// The address family that a socket was made for.
pub(super) fn domain(socket: BorrowedFd<'_>) -> io::Result<i32> {
    option(socket, libc::SOL_SOCKET, libc::SO_DOMAIN)
}

fn option<T: Copy>(socket: BorrowedFd<'_>, level: i32, name: i32) -> io::Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = libc::socklen_t::try_from(size_of::<T>()).map_err(io::Error::other)?;
    // SAFETY: the kernel writes at most `length` bytes, and every `T` here is made of numbers.
    unsafe {
        let got = libc::getsockopt(
            socket.as_raw_fd(),
            level,
            name,
            value.as_mut_ptr().cast(),
            &raw mut length,
        );
        if got != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(value.assume_init())
    }
}

type NameCall = unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32;

pub(super) fn peer(socket: BorrowedFd<'_>) -> Option<SocketAddr> {
    named(socket, libc::getpeername)
}

pub(super) fn local(socket: BorrowedFd<'_>) -> Option<SocketAddr> {
    named(socket, libc::getsockname)
}

fn named(socket: BorrowedFd<'_>, call: NameCall) -> Option<SocketAddr> {
    let mut bytes = [0u8; 128];
    let mut length = 128;
    // SAFETY: the kernel writes at most `length` bytes.
    let got = unsafe {
        call(
            socket.as_raw_fd(),
            bytes.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    let length = usize::try_from(length).ok()?;
    (got == 0).then(|| address(bytes.get(..length)?)).flatten()
}

/// The family that an address says it is of.
pub(super) fn family(bytes: &[u8]) -> Option<i32> {
    let [a, b, ..] = *bytes else { return None };
    Some(u16::from_ne_bytes([a, b]).into())
}

/// An IPv4 or IPv6 address as the kernel reads it; `None` when it is of another family or cut.
pub(super) fn address(bytes: &[u8]) -> Option<SocketAddr> {
    let port = u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]);
    match family(bytes)? {
        libc::AF_INET if bytes.len() >= 16 => {
            let octets: [u8; 4] = bytes[4..8].try_into().ok()?;
            Some((Ipv4Addr::from(octets), port).into())
        }
        libc::AF_INET6 if bytes.len() >= 24 => {
            let octets: [u8; 16] = bytes[8..24].try_into().ok()?;
            Some((Ipv6Addr::from(octets).to_canonical(), port).into())
        }
        _ => None,
    }
}
