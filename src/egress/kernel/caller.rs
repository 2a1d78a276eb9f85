//! The process that made a call: its memory and its sockets.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::notify::Call;

pub(super) struct Caller {
    /// Whether it is a thread of this process, whose descriptors and memory are ours.
    pub own: bool,
    thread: libc::pid_t,
    /// Nothing for this process, which may not open its own memory after it has changed its user.
    memory: Option<File>,
}

impl Caller {
    /// Fails where this process may not look into that one.
    pub(super) fn of(call: &Call) -> io::Result<Self> {
        let thread = call.thread;
        let own = Path::new(&format!("/proc/self/task/{thread}")).exists();
        let open = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(format!("/proc/{thread}/mem"))
        };
        Ok(Self {
            own,
            thread,
            memory: if own { None } else { Some(open()?) },
        })
    }

    pub(super) fn read(&self, address: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        match &self.memory {
            Some(memory) => memory.read_exact_at(&mut bytes, address)?,
            None => own_memory(
                libc::SYS_process_vm_readv,
                address,
                bytes.as_mut_ptr(),
                length,
            )?,
        }
        Ok(bytes)
    }

    pub(super) fn write(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        match &self.memory {
            Some(memory) => memory.write_all_at(bytes, address),
            None => own_memory(
                libc::SYS_process_vm_writev,
                address,
                bytes.as_ptr().cast_mut(),
                bytes.len(),
            ),
        }
    }

    /// The socket behind the caller's descriptor, which stays that one whatever the caller does.
    pub(super) fn socket(&self, argument: u64) -> io::Result<OwnedFd> {
        let number = low_half(argument);
        let descriptor = if self.own {
            // SAFETY: a plain call; a number that is no descriptor is an error.
            unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) }
        } else {
            let process = open_process(self.process()?)?;
            take(&process, number)
        };
        owned(descriptor.into())
    }

    fn process(&self) -> io::Result<libc::pid_t> {
        fs::read_to_string(format!("/proc/{}/status", self.thread))?
            .lines()
            .find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
            .ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// Whether sockets can be taken from child processes: some container runtimes do not let it.
pub(super) fn can_take_sockets() -> bool {
    // The process group leader is this process: it may take what it has anyway.
    let Ok(process) = open_process(std::process::id().cast_signed()) else {
        return false;
    };
    owned(take(&process, process.as_raw_fd()).into()).is_ok()
}

/// Copies between `ours` and an address that may be nobody's, which is an error and no crash.
fn own_memory(call: libc::c_long, address: u64, ours: *mut u8, length: usize) -> io::Result<()> {
    let part = |start: *mut libc::c_void| libc::iovec {
        iov_base: start,
        iov_len: length,
    };
    let theirs = usize::try_from(address).map_err(io::Error::other)?;
    let (local, remote) = (
        part(ours.cast()),
        part(std::ptr::without_provenance_mut(theirs)),
    );
    // As wide as a register: what is passed on the stack is read whole.
    let (one, no_flags): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: our side is as long as it is said to be, and the kernel checks the other.
    let copied = unsafe {
        libc::syscall(
            call,
            libc::getpid(),
            &raw const local,
            one,
            &raw const remote,
            one,
            no_flags,
        )
    };
    match usize::try_from(copied) {
        Ok(copied) if copied == length => Ok(()),
        _ => Err(io::Error::from_raw_os_error(libc::EFAULT)),
    }
}

fn open_process(process: libc::pid_t) -> io::Result<OwnedFd> {
    // SAFETY: a plain call that makes a descriptor.
    owned(unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) })
}

fn take(process: &OwnedFd, number: i32) -> i32 {
    // SAFETY: a plain call that makes a descriptor.
    let taken = unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), number, 0) };
    i32::try_from(taken).unwrap_or(-1)
}

fn owned(made: i64) -> io::Result<OwnedFd> {
    match i32::try_from(made) {
        // SAFETY: the kernel has just made it for us.
        Ok(descriptor) if descriptor >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// An `int` as it comes in a register: the other half is noise.
pub(super) fn low_half(argument: u64) -> i32 {
    let bytes = argument.to_ne_bytes();
    let [a, b, c, d] = if cfg!(target_endian = "little") {
        [bytes[0], bytes[1], bytes[2], bytes[3]]
    } else {
        [bytes[4], bytes[5], bytes[6], bytes[7]]
    };
    i32::from_ne_bytes([a, b, c, d])
}
