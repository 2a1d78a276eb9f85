//! Standard output and standard error, written to without ever waiting longer than asked.
//!
//! The program and its children write to the same streams. What goes out in one call to the system
//! stays in one piece as long as it has no more than `PIPE_BUF` bytes, so whole records go out in
//! pieces no larger than that, a longer one by itself. A file or `/dev/null` takes larger ones.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use super::Level;
use super::settings::settings;

/// One of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Output,
    Error,
}

impl Stream {
    pub(super) const ALL: [Self; 2] = [Self::Output, Self::Error];

    /// Where lines of this level go. Where both streams are one file, all lines take one queue, so
    /// that they stay in their order.
    pub(super) fn of(level: Level) -> Self {
        match level {
            _ if settings().errors_only => Self::Error,
            Level::Debug | Level::Info => Self::Output,
            Level::Warn | Level::Error if Self::are_one() => Self::Output,
            Level::Warn | Level::Error => Self::Error,
        }
    }

    /// Where it can be told that this one is not written to any more: nowhere where both are one, or
    /// where standard output is the program's alone.
    pub(super) fn other(self) -> Option<Self> {
        if settings().errors_only || Self::are_one() {
            return None;
        }
        Some(match self {
            Self::Output => Self::Error,
            Self::Error => Self::Output,
        })
    }

    /// The name that users know it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Output => "stdout",
            Self::Error => "stderr",
        }
    }
}

/// How a stream is written to. Asked before each batch, because the program may put another file
/// there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// How much may go out at once.
    pub(super) piece: usize,
    /// Whether the system may be asked to write what goes at once.
    #[cfg(unix)]
    at_once: bool,
}

/// What became of an attempt to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// So many bytes are gone.
    Written(usize),
    /// Nothing can be written now.
    Full,
    /// Nothing can be written any more, for the reason with this code.
    Gone(&'static str),
}

/// The system's code of what a stream fails with.
fn code(error: &Error) -> &'static str {
    #[cfg(unix)]
    match error.raw_os_error() {
        Some(libc::EBADF) => return "EBADF",
        Some(libc::EIO) => return "EIO",
        _ => {}
    }
    match error.kind() {
        ErrorKind::BrokenPipe => "EPIPE",
        ErrorKind::ConnectionReset => "ECONNRESET",
        ErrorKind::FileTooLarge => "EFBIG",
        ErrorKind::QuotaExceeded => "EDQUOT",
        ErrorKind::ReadOnlyFilesystem => "EROFS",
        ErrorKind::StorageFull => "ENOSPC",
        _ => "error",
    }
}

#[cfg(unix)]
pub(super) use unix::wait;

#[cfg(unix)]
mod unix {
    use super::{Attempt, Duration, Error, Stream, Way, code};
    use std::sync::OnceLock;

    /// What a pipe takes in one piece; the smallest that any system has is 512.
    const PIECE: usize = if libc::PIPE_BUF < 4096 {
        libc::PIPE_BUF
    } else {
        4096
    };
    const LARGE_PIECE: usize = 1 << 20;

    impl Stream {
        fn descriptor(self) -> libc::c_int {
            match self {
                Self::Output => libc::STDOUT_FILENO,
                Self::Error => libc::STDERR_FILENO,
            }
        }

        pub(in crate::log) fn is_terminal(self) -> bool {
            // SAFETY: any number may be asked about.
            unsafe { libc::isatty(self.descriptor()) == 1 }
        }

        /// Whether both are one file, as on a terminal or after `2>&1`. Asked once.
        pub(in crate::log) fn are_one() -> bool {
            static ARE_ONE: OnceLock<bool> = OnceLock::new();
            *ARE_ONE.get_or_init(|| {
                let file = |stream: Self| stream.about().map(|about| (about.st_dev, about.st_ino));
                let output = file(Self::Output);
                output.is_some() && output == file(Self::Error)
            })
        }

        fn about(self) -> Option<libc::stat> {
            // SAFETY: all of its fields may be nought.
            let mut about: libc::stat = unsafe { std::mem::zeroed() };
            // SAFETY: any number may be asked about, and there is room for the answer.
            let asked = unsafe { libc::fstat(self.descriptor(), &raw mut about) };
            (asked == 0).then_some(about)
        }

        pub(in crate::log) fn way(self) -> Way {
            let kind = self.about().map(|about| about.st_mode & libc::S_IFMT);
            let piece = match kind {
                Some(libc::S_IFREG | libc::S_IFBLK) => LARGE_PIECE,
                Some(libc::S_IFCHR) if !self.is_terminal() => LARGE_PIECE,
                _ => PIECE,
            };
            Way {
                piece,
                at_once: matches!(kind, Some(libc::S_IFIFO | libc::S_IFSOCK)),
            }
        }

        /// Writes what goes at once.
        ///
        /// Whether writing waits is a matter of the open file, which other processes share, so it
        /// is not changed here. One that would wait is written to by a call that does not, where the
        /// system has that for it, and else is asked for room first, and has it for a piece if it
        /// has any.
        pub(in crate::log) fn write(self, way: &mut Way, bytes: &[u8]) -> Attempt {
            if way.at_once {
                match self.write_at_once(bytes) {
                    Ok(written) => return Attempt::Written(written),
                    Err(libc::EAGAIN) => return Attempt::Full,
                    // What this call is told, or that there is none, the other one finds out.
                    Err(_) => way.at_once = false,
                }
            }
            let descriptor = self.descriptor();
            // SAFETY: no memory is involved.
            let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
            let bytes = if flags & libc::O_NONBLOCK == 0 {
                if !has_room(&[self], Duration::ZERO) {
                    return Attempt::Full;
                }
                // A file takes any size; what is longer than a piece elsewhere goes by pieces.
                &bytes[..bytes.len().min(way.piece)]
            } else {
                bytes
            };
            // SAFETY: the bytes are there for as many as is said.
            let written = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
            let Ok(written) = usize::try_from(written) else {
                let error = Error::last_os_error();
                return match error.raw_os_error() {
                    Some(libc::EAGAIN | libc::ENOBUFS) => Attempt::Full,
                    Some(libc::EINTR) => Attempt::Written(0),
                    // A disk that is full may have room again, and the lines are lost all the same.
                    _ => Attempt::Gone(code(&error)),
                };
            };
            Attempt::Written(written)
        }

        /// One call that never waits, or the number of the error: `pwritev2` with `RWF_NOWAIT`. It is
        /// called by its number, since older C libraries have no name for it.
        #[cfg(target_os = "linux")]
        fn write_at_once(self, bytes: &[u8]) -> Result<usize, libc::c_int> {
            /// Where the file is; a pipe has no other place.
            const HERE: libc::c_long = -1;
            let part = libc::iovec {
                iov_base: bytes.as_ptr().cast_mut().cast(),
                iov_len: bytes.len(),
            };
            // SAFETY: there is one part, whose bytes are there for as many as is said and are only
            // read.
            let written = unsafe {
                libc::syscall(
                    libc::SYS_pwritev2,
                    self.descriptor(),
                    &raw const part,
                    1_usize,
                    HERE,
                    HERE,
                    libc::RWF_NOWAIT,
                )
            };
            usize::try_from(written)
                .map_err(|_| Error::last_os_error().raw_os_error().unwrap_or_default())
        }

        #[cfg(not(target_os = "linux"))]
        fn write_at_once(self, _: &[u8]) -> Result<usize, libc::c_int> {
            Err(libc::ENOSYS)
        }
    }

    /// Waits until one of the streams has room.
    pub(in crate::log) fn wait(streams: &[Stream], limit: Duration) {
        has_room(streams, limit);
    }

    fn has_room(streams: &[Stream], limit: Duration) -> bool {
        let mut asked: Vec<libc::pollfd> = streams
            .iter()
            .map(|stream| libc::pollfd {
                fd: stream.descriptor(),
                events: libc::POLLOUT,
                revents: 0,
            })
            .collect();
        let millis = libc::c_int::try_from(limit.as_millis()).unwrap_or(libc::c_int::MAX);
        let count = libc::nfds_t::try_from(asked.len()).unwrap_or_default();
        // SAFETY: there are as many as is said.
        unsafe { libc::poll(asked.as_mut_ptr(), count, millis) > 0 }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{Attempt, Duration, Stream, Way, code};
    use std::io::{IsTerminal, Write, stderr, stdout};

    impl Stream {
        pub(in crate::log) fn is_terminal(self) -> bool {
            match self {
                Self::Output => stdout().is_terminal(),
                Self::Error => stderr().is_terminal(),
            }
        }

        pub(in crate::log) fn are_one() -> bool {
            stdout().is_terminal() && stderr().is_terminal()
        }

        pub(in crate::log) fn way(self) -> Way {
            Way { piece: 4096 }
        }

        pub(in crate::log) fn write(self, _: &mut Way, bytes: &[u8]) -> Attempt {
            let written = match self {
                Self::Output => stdout().write_all(bytes).and_then(|()| stdout().flush()),
                Self::Error => stderr().write_all(bytes),
            };
            match written {
                Ok(()) => Attempt::Written(bytes.len()),
                Err(error) => Attempt::Gone(code(&error)),
            }
        }
    }

    pub(in crate::log) fn wait(_: &[Stream], _: Duration) {}
}
#[cfg(not(unix))]
pub(super) use elsewhere::wait;
