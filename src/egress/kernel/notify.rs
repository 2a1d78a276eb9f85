//! The kernel's side of a call that waits for the judge.

use std::io;
use std::os::fd::RawFd;

/// A call that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub id: u64,
    /// The thread that made it.
    pub thread: libc::pid_t,
    pub number: i64,
    pub arguments: [u64; 6],
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Answer {
    /// The kernel carries it out.
    Continue,
    /// It failed, with this error.
    Failed(i32),
    /// The judge has carried it out, with this result.
    Done(i64),
}

#[repr(C)]
#[derive(Default)]
struct Notification {
    id: u64,
    pid: u32,
    flags: u32,
    number: i32,
    arch: u32,
    instruction_pointer: u64,
    arguments: [u64; 6],
}

#[repr(C)]
struct Response {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

const RECEIVE: libc::c_ulong = 0xc050_2100;
const SEND: libc::c_ulong = 0xc018_2101;
const ID_VALID: libc::c_ulong = 0x4008_2102;
const FLAG_CONTINUE: u32 = 1;
const GET_NOTIF_SIZES: libc::c_ulong = 3;

/// Whether the kernel's records are of the size that is known here.
pub(super) fn is_known() -> bool {
    let mut sizes = [0u16; 3];
    // SAFETY: the kernel fills in three numbers of 16 bits.
    let got = unsafe { libc::syscall(libc::SYS_seccomp, GET_NOTIF_SIZES, 0, sizes.as_mut_ptr()) };
    got == 0
        && usize::from(sizes[0]) == size_of::<Notification>()
        && usize::from(sizes[1]) == size_of::<Response>()
}

/// Waits for a call. `None`: it has gone away meanwhile, ask again.
pub(super) fn receive(listener: RawFd) -> io::Result<Option<Call>> {
    let mut seen = Notification::default();
    // SAFETY: the record is of the size that the kernel was asked for, and zeroed as it wants it.
    if unsafe { libc::ioctl(listener, RECEIVE as _, &raw mut seen) } != 0 {
        let error = io::Error::last_os_error();
        return match error.raw_os_error() {
            Some(libc::EINTR | libc::ENOENT) => Ok(None),
            _ => Err(error),
        };
    }
    Ok(Some(Call {
        id: seen.id,
        thread: seen.pid.cast_signed(),
        number: seen.number.into(),
        arguments: seen.arguments,
    }))
}

/// Whether the call still waits, so that the thread that made it is still the same.
pub(super) fn waits(listener: RawFd, call: &Call) -> bool {
    // SAFETY: the kernel reads one number of 64 bits.
    unsafe { libc::ioctl(listener, ID_VALID as _, &raw const call.id) == 0 }
}

/// Ends the wait. Who made the call may be gone, which is no matter.
pub(super) fn answer(listener: RawFd, id: u64, answer: Answer) {
    let (value, error, flags) = match answer {
        Answer::Continue => (0, 0, FLAG_CONTINUE),
        Answer::Failed(error) => (0, -error, 0),
        Answer::Done(value) => (value, 0, 0),
    };
    let response = Response {
        id,
        value,
        error,
        flags,
    };
    // SAFETY: the record is as the kernel has it.
    unsafe { libc::ioctl(listener, SEND as _, &raw const response) };
}
