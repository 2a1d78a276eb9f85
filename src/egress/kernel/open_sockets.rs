//! Sockets that are open already when the guard comes.

use std::collections::HashSet;
use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use super::groups;
use super::judge::{Judge, Verdict, is_local};
use super::sockets::{self, Kind};

/// What was found open and ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    pub connections: usize,
    pub others: usize,
}

/// Ends what leads to where nothing may go: TCP connections that this machine opened, UDP and raw
/// sockets that have a peer or are in a multicast group, and sockets of kinds that the guard knows
/// nothing of.
///
/// The filter is on already, so no other is opened meanwhile.
pub(super) fn end(judge: &Judge) -> Ended {
    let sockets = all();
    let listening = listening_ports(&sockets);
    let mut groups = groups::joined();
    groups.retain(|group| judge.verdict_at_once((group.address, 0).into()) != Verdict::Open);
    let mut ended = Ended::default();
    for (number, socket) in &sockets {
        let socket = socket.as_fd();
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
                let left = groups::leave(socket, &groups);
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
                replace(*number, socket);
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
fn replace(number: i32, socket: BorrowedFd<'_>) {
    // SAFETY: it is only asked about; a number that is no socket's any more is an error.
    let there = sockets::cookie(unsafe { BorrowedFd::borrow_raw(number) });
    let Ok(nothing) = fs::File::open("/dev/null") else {
        return;
    };
    if there.is_ok() && there.ok() == sockets::cookie(socket).ok() {
        // SAFETY: a plain call on a descriptor of this process.
        unsafe { libc::dup3(nothing.as_raw_fd(), number, libc::O_CLOEXEC) };
    }
}

/// How many rings of io_uring are open. What is asked of one passes no filter.
pub(super) fn rings() -> usize {
    numbers()
        .iter()
        .filter_map(|number| fs::read_link(format!("/proc/self/fd/{number}")).ok())
        .filter(|target| target.as_os_str() == "anon_inode:[io_uring]")
        .count()
}

fn numbers() -> Vec<i32> {
    fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// The sockets of this process, each held so that it is looked at once and stays what it is.
fn all() -> Vec<(i32, OwnedFd)> {
    numbers()
        .into_iter()
        .filter_map(|number| {
            let target = fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
            if !target.to_str()?.starts_with("socket:") {
                return None;
            }
            // SAFETY: a plain call that makes a descriptor.
            let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
            // SAFETY: the kernel has just made it for us.
            (copy >= 0).then(|| (number, unsafe { OwnedFd::from_raw_fd(copy) }))
        })
        .collect()
}

/// The ports that this process, or another of this machine, listens on.
fn listening_ports(sockets: &[(i32, OwnedFd)]) -> HashSet<u16> {
    let own = sockets
        .iter()
        .filter(|(_, socket)| sockets::is_listening(socket.as_fd()))
        .filter_map(|(_, socket)| Some(sockets::local(socket.as_fd())?.port()));
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
