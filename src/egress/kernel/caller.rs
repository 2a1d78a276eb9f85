//! The process that made a call: its memory and its sockets.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::notify::Call;

pub(super) struct Caller {
    /// Whether it is a thread of this process, whose descriptors are ours.
    pub own: bool,
    thread: libc::pid_t,
    memory: File,
}

impl Caller {
    /// Fails where this process may not look into that one.
    pub(super) fn of(call: &Call) -> io::Result<Self> {
        let thread = call.thread;
        Ok(Self {
            own: Path::new(&format!("/proc/self/task/{thread}")).exists(),
            thread,
            memory: OpenOptions::new()
                .read(true)
                .write(true)
                .open(format!("/proc/{thread}/mem"))?,
        })
    }

    pub(super) fn read(&self, address: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.memory.read_exact_at(&mut bytes, address)?;
        Ok(bytes)
    }

    pub(super) fn write(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        self.memory.write_all_at(bytes, address)
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
