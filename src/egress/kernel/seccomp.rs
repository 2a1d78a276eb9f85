//! The system call filter: what is refused outright, and what is handed to the judge.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

use seccompiler::SeccompCmpArgLen::{Dword, Qword};
use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
    sock_filter,
};

use super::sockets;

/// What a refused call is told.
const REFUSED: u32 = libc::EACCES.cast_unsigned();

const RET: u16 = 0x06;
const RET_ALLOW: u32 = 0x7fff_0000;
#[cfg(target_arch = "x86_64")]
const RET_ERRNO: u32 = 0x0005_0000;
const RET_TRACE: u32 = 0x7ff0_0000;
const RET_USER_NOTIF: u32 = 0x7fc0_0000;
const JUMP: u16 = 0x05;
#[cfg(target_arch = "x86_64")]
const X32_BIT: u32 = 0x4000_0000;

const SET_MODE_FILTER: libc::c_ulong = 1;
const TSYNC: libc::c_ulong = 1;
const NEW_LISTENER: libc::c_ulong = 8;
const TSYNC_ESRCH: libc::c_ulong = 16;
const WAIT_KILLABLE_RECV: libc::c_ulong = 32;

const TYPE_MASK: u64 = 0xf;
const TCP_REPAIR: i32 = 19;
const TCP_FASTOPEN_CONNECT: i32 = 30;
const IPV6_2292PKTOPTIONS: i32 = 6;
const IPV6_2292RTHDR: i32 = 5;
const IPV6_RTHDR: i32 = 57;
/// `IP_ADD_MEMBERSHIP`, `IP_UNBLOCK_SOURCE`, `IP_BLOCK_SOURCE`, `IP_ADD_SOURCE_MEMBERSHIP`,
/// `IP_DROP_SOURCE_MEMBERSHIP`, `IP_MSFILTER`.
const GROUPS: [i32; 6] = [35, 37, 38, 39, 40, 41];
/// `IPV6_JOIN_GROUP`, `IPV6_JOIN_ANYCAST`.
const GROUPS_V6: [i32; 2] = [20, 27];
/// `MCAST_JOIN_GROUP`, `MCAST_BLOCK_SOURCE`, `MCAST_UNBLOCK_SOURCE`, `MCAST_JOIN_SOURCE_GROUP`,
/// `MCAST_LEAVE_SOURCE_GROUP`, `MCAST_MSFILTER`.
const GROUPS_OF_ANY_VERSION: [i32; 6] = [42, 43, 44, 46, 47, 48];

/// Which threads a filter is put on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Threads {
    All,
    This,
}

/// The filter. `plain_sends` hands sends without an address to the judge too, which is needed
/// where names may be looked up: the resolver of libc sends that way.
pub(super) fn program(plain_sends: bool) -> Option<BpfProgram> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).ok()?;
    let compile = |rules, action| -> Option<BpfProgram> {
        SeccompFilter::new(rules, SeccompAction::Allow, action, arch)
            .ok()?
            .try_into()
            .ok()
    };
    let mut refusing = compile(refused()?, SeccompAction::Errno(REFUSED))?;
    let mut judging = compile(judged(plain_sends)?, SeccompAction::Trace(0))?;
    // seccompiler has no word for handing a call over, and its "trace" is ours to rewrite.
    for instruction in &mut judging {
        if instruction.code == RET && instruction.k == RET_TRACE {
            instruction.k = RET_USER_NOTIF;
        }
    }
    // One program, so that there is no moment at which half of it is in force: what the first
    // part lets through goes on to the second.
    let end = refusing.len();
    for (at, instruction) in refusing.iter_mut().enumerate() {
        if instruction.code == RET && instruction.k == RET_ALLOW {
            instruction.code = JUMP;
            instruction.k = u32::try_from(end - at - 1).ok()?;
        }
    }
    let mut whole = foreign_calls();
    whole.append(&mut refusing);
    whole.append(&mut judging);
    Some(whole)
}

/// Puts the filter on, for good. What it hands over is read from the descriptor.
///
/// # Safety
///
/// The judge has to be ready: from here on it is asked.
pub(super) unsafe fn apply(program: &BpfProgram, threads: Threads) -> io::Result<OwnedFd> {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(io::Error::other)?,
        filter: program.as_ptr().cast_mut().cast(),
    };
    let flags = NEW_LISTENER
        | WAIT_KILLABLE_RECV
        | match threads {
            Threads::All => TSYNC | TSYNC_ESRCH,
            Threads::This => 0,
        };
    // SAFETY: plain calls; the program outlives them.
    let made = unsafe {
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, flags, &raw const filter)
    };
    match i32::try_from(made) {
        // SAFETY: the kernel has just made it for us.
        Ok(listener) if listener >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(listener) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Calls by the numbers of x32, which no rule below knows.
fn foreign_calls() -> BpfProgram {
    #[cfg(target_arch = "x86_64")]
    let program = vec![
        sock_filter {
            code: 0x20,
            jt: 0,
            jf: 0,
            k: 0,
        },
        sock_filter {
            code: 0x45,
            jt: 0,
            jf: 1,
            k: X32_BIT,
        },
        sock_filter {
            code: RET,
            jt: 0,
            jf: 0,
            k: RET_ERRNO | REFUSED,
        },
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let program = Vec::<sock_filter>::new();
    program
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn judged(plain_sends: bool) -> Option<Rules> {
    let sends = if plain_sends {
        vec![]
    } else {
        vec![SeccompRule::new(vec![SeccompCondition::new(4, Qword, Ne, 0).ok()?]).ok()?]
    };
    Some(BTreeMap::from([
        (libc::SYS_connect, vec![]),
        // The judge's own tools, and nobody else's.
        (libc::SYS_pidfd_getfd, vec![]),
        (libc::SYS_process_vm_writev, vec![]),
        (libc::SYS_sendmmsg, vec![]),
        (libc::SYS_sendmsg, vec![]),
        (libc::SYS_sendto, sends),
    ]))
}

fn refused() -> Option<Rules> {
    let fast_open = libc::MSG_FASTOPEN.cast_unsigned().into();
    let with_flag = |argument| rule(&[(argument, MaskedEq(fast_open), fast_open)]);
    let rules = BTreeMap::from([
        // Requests in a ring are carried out past every filter, so none is made. One that is there
        // may be entered: libuv keeps one for epoll, and aborts when it may not.
        (libc::SYS_io_uring_register, vec![]),
        (libc::SYS_io_uring_setup, vec![]),
        // Another process, that is not held, could be made to do it; the kernel starts one itself for
        // a key of the type that resolves names.
        (libc::SYS_ptrace, vec![]),
        (libc::SYS_request_key, vec![]),
        // A send that connects as well.
        (libc::SYS_sendmmsg, vec![with_flag(3)?]),
        (libc::SYS_sendmsg, vec![with_flag(2)?]),
        (libc::SYS_sendto, vec![with_flag(3)?]),
        (libc::SYS_setsockopt, refused_options()?),
        (libc::SYS_socket, refused_sockets()?),
    ]);
    Some(rules)
}

/// Options by which a packet goes where its address does not say, or is sent by no call of its own.
fn refused_options() -> Option<Vec<SeccompRule>> {
    let tcp = [TCP_FASTOPEN_CONNECT, TCP_REPAIR].map(|name| (libc::IPPROTO_TCP, name));
    // Questions to a name server could be added to after they were judged.
    let udp = [sockets::UDP_CORK].map(|name| (libc::IPPROTO_UDP, name));
    // Source routes: the packet goes elsewhere first.
    let routes = [
        (libc::IPPROTO_IP, libc::IP_OPTIONS),
        (libc::IPPROTO_IPV6, IPV6_2292PKTOPTIONS),
        (libc::IPPROTO_IPV6, IPV6_2292RTHDR),
        (libc::IPPROTO_IPV6, IPV6_RTHDR),
    ];
    // By an interface that is named even what is addressed to loopback goes out.
    let interfaces = [
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE),
        (libc::SOL_SOCKET, sockets::SO_BINDTOIFINDEX),
        (libc::IPPROTO_IP, sockets::IP_UNICAST_IF),
        (libc::IPPROTO_IPV6, sockets::IPV6_PKTINFO),
        (libc::IPPROTO_IPV6, sockets::IPV6_UNICAST_IF),
    ];
    // The kernel tells the network of who joins a group, and of what is wanted from it.
    let groups = GROUPS.map(|name| (libc::IPPROTO_IP, name));
    let groups_v6 = GROUPS_V6.map(|name| (libc::IPPROTO_IPV6, name));
    let any_version = [libc::IPPROTO_IP, libc::IPPROTO_IPV6]
        .into_iter()
        .flat_map(|level| GROUPS_OF_ANY_VERSION.map(|name| (level, name)));
    tcp.into_iter()
        .chain(udp)
        .chain(routes)
        .chain(interfaces)
        .chain(groups)
        .chain(groups_v6)
        .chain(any_version)
        .map(|(level, name)| {
            let number = |value: i32| u64::from(value.cast_unsigned());
            rule(&[(1, Eq, number(level)), (2, Eq, number(name))])
        })
        .collect()
}

/// All but Unix sockets, TCP, UDP, netlink (libc asks it for the interfaces) and the kernel's
/// ciphers.
fn refused_sockets() -> Option<Vec<SeccompRule>> {
    let number = |value: i32| u64::from(value.cast_unsigned());
    let known = [
        libc::AF_UNIX,
        libc::AF_INET,
        libc::AF_INET6,
        libc::AF_NETLINK,
        libc::AF_ALG,
    ];
    let mut rules = vec![rule(&known.map(|family| (0, Ne, number(family))))?];
    for family in [libc::AF_INET, libc::AF_INET6].map(number) {
        for kind in 0..=TYPE_MASK {
            let of_kind = [(0, Eq, family), (1, MaskedEq(TYPE_MASK), kind)];
            let protocol = match i32::try_from(kind) {
                Ok(libc::SOCK_STREAM) => libc::IPPROTO_TCP,
                Ok(libc::SOCK_DGRAM) => libc::IPPROTO_UDP,
                _ => {
                    rules.push(rule(&of_kind)?);
                    continue;
                }
            };
            rules.push(rule(&[
                of_kind[0].clone(),
                of_kind[1].clone(),
                (2, Ne, 0),
                (2, Ne, number(protocol)),
            ])?);
        }
    }
    Some(rules)
}

fn rule(conditions: &[(u8, seccompiler::SeccompCmpOp, u64)]) -> Option<SeccompRule> {
    let conditions = conditions
        .iter()
        .map(|(argument, operator, value)| {
            SeccompCondition::new(*argument, Dword, operator.clone(), *value).ok()
        })
        .collect::<Option<Vec<_>>>()?;
    SeccompRule::new(conditions).ok()
}
