//! What becomes of a call: it is judged on a copy of its address, and the judge itself carries it
//! out with that copy, so that nothing the caller changes meanwhile makes a difference.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::caller::{Caller, low_half};
use super::judge::{Judge, Verdict, is_local};
use super::notify::{Answer, Call};
use super::sockets::{self, Kind};

const REFUSED: Answer = Answer::Failed(libc::EACCES);
const LONGEST_ADDRESS: usize = 128;
const LONGEST_DATAGRAM: usize = 65_535;
const MOST_PARTS: usize = 1024;

/// `still_waits` is asked once what the caller is was looked up.
pub(super) fn decide(call: &Call, judge: &Judge, still_waits: impl Fn() -> bool) -> Answer {
    let answer = match Caller::of(call) {
        Ok(_) if !still_waits() => REFUSED,
        Ok(caller) => {
            let decided = match call.number {
                libc::SYS_connect => connect(call, &caller, judge),
                _ => send(call, &caller, judge),
            };
            decided.unwrap_or_else(|error| Answer::Failed(code(&error)))
        }
        Err(_) => REFUSED,
    };
    if answer == REFUSED {
        judge.count_refusal();
    }
    answer
}

fn code(error: &io::Error) -> i32 {
    // Memory that cannot be read is the only error that has no number.
    error
        .raw_os_error()
        .map_or(libc::EFAULT, |code| match code {
            libc::EIO => libc::EFAULT,
            libc::EPERM => libc::EACCES,
            code => code,
        })
}

/// The socket, or nothing where this process may not have it.
fn socket_of(caller: &Caller, argument: u64) -> io::Result<Option<OwnedFd>> {
    match caller.socket(argument) {
        Ok(socket) => Ok(Some(socket)),
        Err(error)
            if !caller.own
                && matches!(
                    error.raw_os_error(),
                    Some(libc::EPERM | libc::EACCES | libc::ENOSYS)
                ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn connect(call: &Call, caller: &Caller, judge: &Judge) -> io::Result<Answer> {
    let length = usize::try_from(low_half(call.arguments[2])).unwrap_or(usize::MAX);
    if !(2..=LONGEST_ADDRESS).contains(&length) {
        return Ok(Answer::Failed(libc::EINVAL));
    }
    let Some(socket) = socket_of(caller, call.arguments[0])? else {
        let family = sockets::family(&caller.read(call.arguments[1], length)?);
        return Ok(unseen(family));
    };
    let to = caller.read(call.arguments[1], length)?;
    let family = sockets::family(&to);
    let kind = sockets::kind(socket.as_fd())?;
    match kind {
        Kind::Unix if caller.own => return Ok(carry_out_connect(&socket, &to)),
        // A path means another thing to another process: the kernel has to look at it there.
        Kind::Unix | Kind::Local => return Ok(Answer::Continue),
        Kind::Tcp | Kind::Udp => {}
        Kind::Other => return Ok(REFUSED),
    }
    if family == Some(libc::AF_UNSPEC) {
        judge.forget_asking(sockets::cookie(socket.as_fd())?);
        return Ok(carry_out_connect(&socket, &to));
    }
    let Some(address) = sockets::address(&to) else {
        return Ok(match family {
            Some(libc::AF_INET | libc::AF_INET6) => Answer::Failed(libc::EINVAL),
            _ => Answer::Failed(libc::EAFNOSUPPORT),
        });
    };
    let cookie = sockets::cookie(socket.as_fd())?;
    if is_local(address) && sockets::strays(socket.as_fd()) {
        return Ok(REFUSED);
    }
    match judge.verdict(address) {
        Verdict::Open => {
            judge.forget_asking(cookie);
            Ok(carry_out_connect(&socket, &to))
        }
        // The kernel is not told, so that each message has to come by here.
        Verdict::NameServer if kind == Kind::Udp && judge.allows_names() => {
            judge.remember_asking(cookie, address);
            sockets::report_errors(socket.as_fd());
            Ok(Answer::Done(0))
        }
        _ => Ok(REFUSED),
    }
}

/// What becomes of a call on a socket that cannot be looked at: what names no address of a
/// network is the kernel's to do, with Landlock below it.
fn unseen(family: Option<i32>) -> Answer {
    match family {
        None | Some(libc::AF_UNIX | libc::AF_NETLINK) => Answer::Continue,
        _ => REFUSED,
    }
}

fn carry_out_connect(socket: &OwnedFd, to: &[u8]) -> Answer {
    let length = libc::socklen_t::try_from(to.len()).unwrap_or(0);
    // SAFETY: the address is as long as it is said to be.
    let done = unsafe { libc::connect(socket.as_raw_fd(), to.as_ptr().cast(), length) };
    if done == 0 {
        return Answer::Done(0);
    }
    Answer::Failed(
        io::Error::last_os_error()
            .raw_os_error()
            .unwrap_or(libc::EACCES),
    )
}

/// A message as `sendmsg` describes it.
struct Message {
    to: Vec<u8>,
    parts: Vec<(u64, usize)>,
    /// Whether something goes with it: descriptors, or where it is to leave from.
    control: bool,
}

fn send(call: &Call, caller: &Caller, judge: &Judge) -> io::Result<Answer> {
    let arguments = &call.arguments;
    let socket = socket_of(caller, arguments[0])?;
    let kind = match &socket {
        Some(socket) => sockets::kind(socket.as_fd())?,
        None => Kind::Udp,
    };
    match kind {
        // What goes to a peer was judged when it was connected.
        Kind::Local | Kind::Tcp | Kind::Unix => return Ok(Answer::Continue),
        Kind::Udp => {}
        Kind::Other => return Ok(REFUSED),
    }
    let (messages, flags) = match call.number {
        libc::SYS_sendto => {
            let length = usize::try_from(low_half(arguments[5])).unwrap_or(usize::MAX);
            let message = Message {
                to: read_address(caller, arguments[4], length)?,
                parts: vec![(
                    arguments[1],
                    usize::try_from(arguments[2]).unwrap_or(usize::MAX),
                )],
                control: false,
            };
            (vec![message], arguments[3])
        }
        libc::SYS_sendmsg => (vec![read_message(caller, arguments[1])?], arguments[2]),
        libc::SYS_sendmmsg => {
            let count = u64::from(low_half(arguments[2]).cast_unsigned()).min(MOST_PARTS as u64);
            let messages = (0..count)
                .map(|index| read_message(caller, element(arguments[1], index, MMSGHDR)))
                .collect::<io::Result<Vec<_>>>()?;
            (messages, arguments[3])
        }
        _ => return Ok(REFUSED),
    };
    let Some(socket) = socket else {
        let refused = messages
            .iter()
            .any(|message| unseen(sockets::family(&message.to)) == REFUSED);
        return Ok(if refused { REFUSED } else { Answer::Continue });
    };
    let flags = low_half(flags);
    let mut sent = 0;
    for message in &messages {
        match datagram(caller, socket.as_fd(), message, flags, judge) {
            Ok(length) if call.number == libc::SYS_sendmmsg => {
                let slot = element(arguments[1], sent, MMSGHDR).saturating_add(MSGHDR);
                let length = u32::try_from(length).unwrap_or(u32::MAX);
                caller.write(slot, &length.to_ne_bytes())?;
                sent += 1;
            }
            Ok(length) => return Ok(Answer::Done(length)),
            Err(error) if sent == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(Answer::Done(i64::try_from(sent).unwrap_or(i64::MAX)))
}

fn datagram(
    caller: &Caller,
    socket: BorrowedFd<'_>,
    message: &Message,
    flags: i32,
    judge: &Judge,
) -> io::Result<i64> {
    let refused = || io::Error::from_raw_os_error(libc::EACCES);
    if message.control {
        return Err(refused());
    }
    let asked = judge.asks(sockets::cookie(socket)?);
    let (to, verdict) = if message.to.is_empty() {
        match asked {
            Some(server) => (written(server, socket)?, Verdict::NameServer),
            // Connected, if at all, to what was open then.
            None => (vec![], Verdict::Open),
        }
    } else {
        let address = sockets::address(&message.to).ok_or_else(refused)?;
        if is_local(address) && sockets::strays(socket) {
            return Err(refused());
        }
        (message.to.clone(), judge.verdict(address))
    };
    let mut payload = Vec::new();
    for (start, length) in &message.parts {
        if payload.len().saturating_add(*length) > LONGEST_DATAGRAM {
            return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
        }
        payload.append(&mut caller.read(*start, *length)?);
    }
    match verdict {
        Verdict::Open => {}
        // A question that is held back could be added to.
        Verdict::NameServer
            if judge.may_ask(&payload)
                && flags & libc::MSG_MORE == 0
                && !sockets::is_corked(socket) => {}
        _ => return Err(refused()),
    }
    let (pointer, length) = match to.len() {
        0 => (std::ptr::null(), 0),
        length => (to.as_ptr(), libc::socklen_t::try_from(length).unwrap_or(0)),
    };
    // SAFETY: both buffers are as long as they are said to be.
    let sent = unsafe {
        libc::sendto(
            socket.as_raw_fd(),
            payload.as_ptr().cast(),
            payload.len(),
            flags | libc::MSG_NOSIGNAL,
            pointer.cast(),
            length,
        )
    };
    if sent < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(i64::try_from(sent).unwrap_or(i64::MAX))
}

/// The address of a name server as the kernel reads it.
fn written(server: std::net::SocketAddr, socket: BorrowedFd<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(28);
    let family_of = |family: i32| u16::try_from(family).unwrap_or(0).to_ne_bytes();
    match (server.ip(), sockets::domain(socket)? == libc::AF_INET6) {
        (std::net::IpAddr::V4(ip), false) => {
            bytes.extend(family_of(libc::AF_INET));
            bytes.extend(server.port().to_be_bytes());
            bytes.extend(ip.octets());
            bytes.extend([0; 8]);
        }
        (ip, _) => {
            let ip = match ip {
                std::net::IpAddr::V4(ip) => ip.to_ipv6_mapped(),
                std::net::IpAddr::V6(ip) => ip,
            };
            bytes.extend(family_of(libc::AF_INET6));
            bytes.extend(server.port().to_be_bytes());
            bytes.extend([0; 4]);
            bytes.extend(ip.octets());
            bytes.extend([0; 4]);
        }
    }
    Ok(bytes)
}

const MSGHDR: u64 = 56;
const MMSGHDR: u64 = 64;
const IOVEC: u64 = 16;

fn element(start: u64, index: u64, size: u64) -> u64 {
    start.saturating_add(index.saturating_mul(size))
}

fn read_message(caller: &Caller, at: u64) -> io::Result<Message> {
    let header = caller.read(at, 56)?;
    let number = |at: usize| u64::from_ne_bytes(header[at..at + 8].try_into().unwrap_or_default());
    let name_length = usize::try_from(low_half(number(8))).unwrap_or(usize::MAX);
    let count = number(24);
    if count > MOST_PARTS as u64 {
        return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
    }
    let parts = (0..count)
        .map(|index| {
            let part = caller.read(element(number(16), index, IOVEC), 16)?;
            let half =
                |at: usize| u64::from_ne_bytes(part[at..at + 8].try_into().unwrap_or_default());
            Ok((half(0), usize::try_from(half(8)).unwrap_or(usize::MAX)))
        })
        .collect::<io::Result<Vec<_>>>()?;
    Ok(Message {
        to: read_address(caller, number(0), name_length)?,
        parts,
        control: number(32) != 0 && number(40) != 0,
    })
}

fn read_address(caller: &Caller, at: u64, length: usize) -> io::Result<Vec<u8>> {
    if at == 0 || length == 0 {
        return Ok(vec![]);
    }
    if length > LONGEST_ADDRESS {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    caller.read(at, length)
}
