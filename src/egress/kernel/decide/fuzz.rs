//! Properties of what is read out of a caller's memory.

use super::{LONGEST_ADDRESS, MOST_PARTS, read_message};
use crate::egress::kernel::caller::Caller;
use crate::egress::kernel::notify::Call;
use crate::egress::kernel::sockets;

/// Where a caller may point: nowhere, to no memory, to the last byte there could be, or to something.
fn pointed(tag: u8, real: u64) -> u64 {
    [0, 8, u64::MAX, real][usize::from(tag & 3)]
}

/// Input: two bytes of pointers, a count of parts, a length of the address, an address, and parts.
/// Whatever a caller describes, what is taken is bounded, and a bad pointer is an error.
pub(crate) fn caller_memory(bytes: &[u8]) {
    let [tags, more, count, length, rest @ ..] = bytes else {
        return;
    };
    let buffer = [rest, &[0; 256]].concat();
    let at = |bytes: &[u8]| u64::try_from(bytes.as_ptr().expose_provenance()).unwrap_or(0);
    let number = |place: usize| {
        let bytes = rest
            .get(place..place + 8)
            .and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_ne_bytes)
    };
    // As `struct msghdr` lies in memory.
    let header: Vec<u8> = [
        pointed(*tags, at(&buffer)),
        if more & 1 == 0 {
            u64::from(*length)
        } else {
            number(0)
        },
        pointed(tags >> 2, at(&buffer)),
        if more & 2 == 0 {
            u64::from(*count)
        } else {
            number(8)
        },
        pointed(tags >> 4, at(&buffer)),
        number(16),
        number(24),
    ]
    .iter()
    .flat_map(|word| word.to_ne_bytes())
    .collect();
    let call = Call {
        id: 0,
        // SAFETY: a plain call that cannot fail.
        thread: unsafe { libc::gettid() },
        number: libc::SYS_sendmsg,
        arguments: [0; 6],
    };
    let caller = Caller::of(&call).expect("a thread of this process");
    if let Ok(message) = read_message(&caller, pointed(tags >> 6, at(&header))) {
        assert!(message.to.len() <= LONGEST_ADDRESS && message.parts.len() <= MOST_PARTS);
        assert!(tags >> 6 == 3, "there was a message where none could be");
        assert!(message.to.is_empty() || buffer.starts_with(&message.to));
        as_the_kernel_reads_it(&message.to);
    }
    as_the_kernel_reads_it(rest);
}

fn as_the_kernel_reads_it(bytes: &[u8]) {
    let read = sockets::address(bytes);
    match sockets::family(bytes) {
        Some(libc::AF_INET) => assert_eq!(read.is_some(), bytes.len() >= 16),
        Some(libc::AF_INET6) => assert_eq!(read.is_some(), bytes.len() >= 24),
        _ => assert_eq!(read, None),
    }
    if let Some(address) = read {
        assert_eq!(address.port().to_be_bytes(), bytes[2..4]);
        assert_eq!(address.ip(), address.ip().to_canonical());
    }
}
