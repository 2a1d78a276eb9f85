//! Trying it: a guard that was not seen to hold is not said to hold.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::egress::AllowList;

/// Addresses that belong to nobody (RFC 5737).
const NOBODY: [Ipv4Addr; 3] = [
    Ipv4Addr::new(192, 0, 2, 1),
    Ipv4Addr::new(198, 51, 100, 1),
    Ipv4Addr::new(203, 0, 113, 1),
];
const DISCARD: u16 = 9;

/// How long a trial is repeated that the judge had no thread for.
const PATIENCE: Duration = Duration::from_millis(500);

type Trial = fn(SocketAddr) -> io::Result<()>;

/// What is tried, in the order in which it is: the first sends nothing even where nothing holds it.
const TRIALS: [(&str, Trial); 6] = [
    ("UDP connect", udp_connect),
    ("UDP send", udp_send),
    ("TCP connect", tcp_connect),
    ("TCP fast open", fast_open),
    ("raw socket", raw_socket),
    ("io_uring", io_uring),
];

/// An address that nothing may be sent to; `None` when `EGRESS_ALLOW` names them all.
pub(super) fn address(allow: &AllowList) -> Option<SocketAddr> {
    NOBODY
        .iter()
        .find(|address| !allow.admits(&address.to_string(), DISCARD))
        .map(|address| SocketAddr::from((*address, DISCARD)))
}

/// Whether it is one of those addresses: no name stands for them.
pub(super) fn is_nobodys(address: IpAddr) -> bool {
    NOBODY.iter().any(|nobodys| address == *nobodys)
}

/// Tries every way out on this thread. The names of those that were refused, or of the first that
/// was not.
pub(super) fn ways_out(to: SocketAddr) -> Result<Vec<&'static str>, &'static str> {
    TRIALS
        .iter()
        .map(|(name, attempt)| match patiently(|| attempt(to)) {
            Err(error) if is_refusal(&error) => Ok(*name),
            _ => Err(*name),
        })
        .collect()
}

/// Connects to a listener of this thread on loopback and passes a byte.
pub(super) fn loopback() -> io::Result<()> {
    patiently(pass_a_byte)
}

/// Tries again while the judge has its hands full, which says nothing about what it holds.
fn patiently(attempt: impl Fn() -> io::Result<()>) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(error)
                if error.raw_os_error() == Some(libc::EAGAIN) && start.elapsed() < PATIENCE =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

fn pass_a_byte() -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut near = TcpStream::connect(listener.local_addr()?)?;
    let (mut far, _) = listener.accept()?;
    near.write_all(b"x")?;
    far.read_exact(&mut [0])
}

/// A thread from before the guard, which tries the ways out once it is told to.
pub(super) struct Elder {
    begin: Sender<SocketAddr>,
    thread: JoinHandle<Option<Result<Vec<&'static str>, &'static str>>>,
}

impl Elder {
    pub(super) fn new() -> io::Result<Self> {
        let (begin, told) = channel();
        let thread = thread::Builder::new()
            .name("rf-egress-try".to_owned())
            .spawn(move || told.recv().ok().map(ways_out))?;
        Ok(Self { begin, thread })
    }

    pub(super) fn ways_out(self, to: SocketAddr) -> Result<Vec<&'static str>, &'static str> {
        let _ = self.begin.send(to);
        self.thread
            .join()
            .ok()
            .flatten()
            .unwrap_or(Err("a thread that was there before"))
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EACCES | libc::EPERM))
}

fn udp_connect(to: SocketAddr) -> io::Result<()> {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?.connect(to)
}

fn udp_send(to: SocketAddr) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.send_to(b"x", to).map(drop)
}

fn tcp_connect(to: SocketAddr) -> io::Result<()> {
    let socket = socket(libc::SOCK_STREAM)?;
    let address = written(to);
    // SAFETY: the address is as long as it is said to be.
    check(unsafe { libc::connect(socket.as_raw_fd(), (&raw const address).cast(), 16) }.into())
}

fn fast_open(to: SocketAddr) -> io::Result<()> {
    let socket = socket(libc::SOCK_STREAM)?;
    let address = written(to);
    // SAFETY: the address is as long as it is said to be.
    let sent = unsafe {
        libc::sendto(
            socket.as_raw_fd(),
            b"x".as_ptr().cast(),
            1,
            libc::MSG_FASTOPEN,
            (&raw const address).cast(),
            16,
        )
    };
    check(i64::try_from(sent).unwrap_or(-1))
}

fn raw_socket(_: SocketAddr) -> io::Result<()> {
    socket(libc::SOCK_RAW).map(drop)
}

fn io_uring(_: SocketAddr) -> io::Result<()> {
    // SAFETY: without a record the kernel makes nothing, if it gets so far.
    check(unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, 0) })
}

fn socket(kind: i32) -> io::Result<OwnedFd> {
    let kind = kind | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: a plain call that makes a descriptor.
    let made = unsafe { libc::socket(libc::AF_INET, kind, 0) };
    check(made.into())?;
    // SAFETY: the kernel has just made it for us.
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}

fn written(to: SocketAddr) -> libc::sockaddr_in {
    let SocketAddr::V4(to) = to else {
        unreachable!("the addresses that are tried are IPv4")
    };
    libc::sockaddr_in {
        sin_family: libc::sa_family_t::try_from(libc::AF_INET).unwrap_or(0),
        sin_port: to.port().to_be(),
        sin_addr: libc::in_addr {
            s_addr: to.ip().to_bits().to_be(),
        },
        sin_zero: [0; 8],
    }
}

fn check(result: i64) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
