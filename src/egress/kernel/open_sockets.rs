//! Sockets that are open already when the guard comes.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::groups::{self, Group};
use super::judge::{Judge, Verdict, is_local};
use super::sockets::{self, Kind};

/// What was found open, and ended but for rings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub connections: usize,
    pub others: usize,
    /// Rings of `io_uring`. What is asked of one passes no filter.
    pub rings: usize,
}

/// The descriptors that it takes, had while there are any to have.
pub(super) struct Open {
    /// Read when it comes to that, so it lists what is open then.
    listing: fs::ReadDir,
    nothing: fs::File,
}

impl Open {
    pub(super) fn prepare() -> io::Result<Self> {
        Ok(Self {
            listing: fs::read_dir("/proc/self/fd")?,
            nothing: fs::File::open("/dev/null")?,
        })
    }

    /// Ends what leads to where nothing may go: TCP connections that this machine opened, UDP and
    /// raw sockets that have a peer or are in a multicast group, and sockets of kinds that the guard
    /// knows nothing of.
    ///
    /// The filter is on already, so no other is opened meanwhile.
    ///
    /// # Errors
    ///
    /// When not all could be looked at; the others are ended all the same.
    pub(super) fn end(self, judge: &Judge) -> io::Result<Found> {
        let (sockets, rings) = list(self.listing)?;
        let joined = groups::joined();
        let mut groups = joined.as_deref().unwrap_or_default().to_vec();
        groups.retain(|group| judge.verdict_at_once((group.address, 0).into()) != Verdict::Open);
        let mut found = end_all(&sockets, &groups, &self.nothing, judge);
        found.rings = rings;
        joined.map(|_| found)
    }
}

fn end_all(sockets: &[i32], groups: &[Group], nothing: &fs::File, judge: &Judge) -> Found {
    let listening = listening_ports(sockets);
    let mut ended = Found::default();
    for &number in sockets {
        // A second descriptor, so that it stays what it is while it is looked at. Where none is to
        // be had, the number itself has to do.
        let copy = duplicate(number);
        let socket = copy.as_ref().map_or_else(|| by_number(number), AsFd::as_fd);
        let Ok(kind) = sockets::kind(socket) else {
            continue;
        };
        match kind {
            Kind::Local | Kind::Unix => {}
            Kind::Tcp => {
                if !sockets::is_listening(socket) && leads_out(socket, &listening, judge) {
                    reset(socket);
                    ended.connections += 1;
                }
            }
            Kind::Udp => {
                let left = groups::leave(socket, groups);
                let leads_out = sockets::peer(socket).is_some_and(|peer| {
                    let strays = is_local(peer) && sockets::strays(socket);
                    strays || judge.verdict_at_once(peer) != Verdict::Open
                });
                if leads_out {
                    disconnect(socket);
                }
                ended.others += usize::from(leads_out || left);
            }
            Kind::Other => {
                replace(number, socket, nothing);
                ended.others += 1;
            }
        }
    }
    ended
}

fn leads_out(socket: BorrowedFd<'_>, listening: &HashSet<u16>, judge: &Judge) -> bool {
    let Some(peer) = sockets::peer(socket) else {
        // On its way: where to is not said. A socket that was never used is shut for nothing.
        return sockets::is_connecting(socket);
    };
    // A connection that came in has the port of a listener.
    let came_in = sockets::local(socket).is_some_and(|local| listening.contains(&local.port()));
    !came_in && judge.verdict_at_once(peer) != Verdict::Open
}

/// Ends a connection at once, with an error for whoever reads from it: an ordinary end would make
/// half of an answer look like all of it. What was waiting to be sent is not sent.
pub(super) fn reset(socket: BorrowedFd<'_>) {
    if !disconnect(socket) {
        // SAFETY: a plain call.
        unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_RDWR) };
    }
}

fn disconnect(socket: BorrowedFd<'_>) -> bool {
    let nowhere = [0u8; 16];
    // SAFETY: the address is as long as it is said to be; all zeros is "no family".
    unsafe { libc::connect(socket.as_raw_fd(), nowhere.as_ptr().cast(), 16) == 0 }
}

/// Puts a file without content in the place of a socket, if that is still what the number stands for.
fn replace(number: i32, socket: BorrowedFd<'_>, nothing: &fs::File) {
    let there = sockets::cookie(by_number(number));
    if there.is_ok() && there.ok() == sockets::cookie(socket).ok() {
        // SAFETY: a plain call on a descriptor of this process.
        unsafe { libc::dup3(nothing.as_raw_fd(), number, libc::O_CLOEXEC) };
    }
}

/// The descriptors that are sockets, and how many are rings of `io_uring`.
fn list(listing: fs::ReadDir) -> io::Result<(Vec<i32>, usize)> {
    let (mut sockets, mut rings) = (vec![], 0);
    for entry in listing {
        let name = entry?.file_name();
        let Some(number) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let target = match fs::read_link(format!("/proc/self/fd/{number}")) {
            Ok(target) => target,
            // Closed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let target = target.as_os_str().to_string_lossy();
        if target.starts_with("socket:") {
            sockets.push(number);
        }
        rings += usize::from(target == "anon_inode:[io_uring]");
    }
    Ok((sockets, rings))
}

fn duplicate(number: i32) -> Option<OwnedFd> {
    // SAFETY: a plain call that makes a descriptor.
    let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
    // SAFETY: the kernel has just made it for us.
    (copy >= 0).then(|| unsafe { OwnedFd::from_raw_fd(copy) })
}

/// For system calls only: a number that is no socket's any more is an error of each.
fn by_number(number: i32) -> BorrowedFd<'static> {
    // SAFETY: nothing but system calls is done with it, and nothing is closed.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// The ports that this process, or another of this machine, listens on.
fn listening_ports(sockets: &[i32]) -> HashSet<u16> {
    let own = sockets
        .iter()
        .map(|number| by_number(*number))
        .filter(|socket| sockets::is_listening(*socket))
        .filter_map(|socket| Some(sockets::local(socket)?.port()));
    let all = ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| table.lines().filter_map(listening_port).collect::<Vec<_>>())
        .collect::<Vec<_>>();
    own.chain(all).collect()
}

/// The port of a line of `/proc/net/tcp`, if it is a listener's.
fn listening_port(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace();
    let local = words.nth(1)?;
    let state = words.nth(1)?;
    if state != "0A" {
        return None;
    }
    u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()
}
