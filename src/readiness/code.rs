//! What can be wrong with a dependency, as a closed set of codes.

use std::borrow::Cow;
use std::fmt;

use crate::mode::BlockReason;

/// Why a check failed. The set is closed: an answer never carries a server's own words, since
/// those hold hosts, users and, at worst, patients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The credentials were refused, or none were given where some are needed.
    AuthFailed,
    /// The check was given up because its owner closed.
    Cancelled,
    /// The host is there and nothing listens on the port.
    ConnectionRefused,
    /// The name has no address, or the name server did not answer.
    DnsFailure,
    /// Anything that has no code of its own.
    Error,
    /// The worker answered with this HTTP status.
    Http(u16),
    /// The URL, or a file that it names, cannot be used; or the database it names does not exist.
    InvalidConfig,
    /// There is no URL.
    NotConfigured,
    /// The server answers and takes no writes, and writes were asked for.
    ReadOnly,
    /// The server is up and not serving yet: recovery, shutdown, or loading its data.
    StartingUp,
    /// The whole answer did not come in time.
    Timeout,
    /// The handshake failed: no TLS, a certificate that is expired or another host's.
    TlsError,
    /// The server has no connection left.
    TooManyConnections,
    /// An answer came and is not the one that was asked for.
    UnexpectedReply,
    /// There is no way to the host.
    Unreachable,
}

impl Code {
    /// The code that is written `name`, for a check whose outcome is found elsewhere.
    ///
    /// Anything else is [`Code::Error`]: the set stays closed.
    pub fn from_name(name: &str) -> Self {
        [
            Self::AuthFailed,
            Self::Cancelled,
            Self::ConnectionRefused,
            Self::DnsFailure,
            Self::InvalidConfig,
            Self::NotConfigured,
            Self::ReadOnly,
            Self::StartingUp,
            Self::Timeout,
            Self::TlsError,
            Self::TooManyConnections,
            Self::UnexpectedReply,
            Self::Unreachable,
        ]
        .into_iter()
        .find(|code| code.to_string() == name)
        .unwrap_or(Self::Error)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AuthFailed => "auth_failed",
            Self::Cancelled => "cancelled",
            Self::ConnectionRefused => "connection_refused",
            Self::DnsFailure => "dns_failure",
            Self::Error => "error",
            Self::Http(status) => return write!(f, "http_{status}"),
            Self::InvalidConfig => "invalid_config",
            Self::NotConfigured => "not_configured",
            Self::ReadOnly => "read_only",
            Self::StartingUp => "starting_up",
            Self::Timeout => "timeout",
            Self::TlsError => "tls_error",
            Self::TooManyConnections => "too_many_connections",
            Self::UnexpectedReply => "unexpected_reply",
            Self::Unreachable => "unreachable",
        })
    }
}

/// How far a check had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// Reading the URL and the files it names.
    Configure,
    /// Looking the name up.
    Resolve,
    /// Opening the connection.
    Connect,
    /// TLS, authentication and whatever else comes before the first question.
    Handshake,
    /// Asking and waiting for the answer.
    Query,
}

impl Step {
    pub(super) fn from_u8(value: u8) -> Self {
        [
            Self::Configure,
            Self::Resolve,
            Self::Connect,
            Self::Handshake,
            Self::Query,
        ]
        .into_iter()
        .find(|step| *step as u8 == value)
        .unwrap_or(Self::Configure)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configure => "configure",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Handshake => "handshake",
            Self::Query => "query",
        })
    }
}

/// A failed check: the code for everybody, and a cause for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code that answers carry.
    pub code: Code,
    /// Words of ours, an `errno` name or a server's error *code*; never a server's text.
    pub cause: Cow<'static, str>,
    /// What a server or a library said of it, for the log alone, which redacts it.
    pub text: Option<String>,
}

/// A text beyond this is no message, and cut somewhere it could hide what is to be redacted.
const LONGEST_TEXT: usize = 1000;

impl Failure {
    pub(super) fn new(code: Code, cause: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            cause: cause.into(),
            text: None,
        }
    }

    /// The same with what was said of it.
    pub(super) fn told(mut self, text: impl fmt::Display) -> Self {
        let text = text.to_string();
        self.text = (text.len() <= LONGEST_TEXT).then_some(text);
        self
    }

    /// The same with what an error says, and those that it came from.
    pub(super) fn told_by(self, error: &(dyn std::error::Error + 'static)) -> Self {
        let chain = std::iter::successors(Some(error), |error| error.source());
        let texts: Vec<String> = chain.map(ToString::to_string).collect();
        self.told(texts.join(": "))
    }

    /// The failure that an input or output error stands for.
    pub(super) fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::ConnectionRefused => {
                Self::new(Code::ConnectionRefused, "connection refused")
            }
            // A Unix socket that is not there: the server that makes it is not.
            ErrorKind::NotFound => Self::new(Code::ConnectionRefused, "no such socket"),
            ErrorKind::PermissionDenied => Self::new(Code::Unreachable, "permission denied"),
            ErrorKind::HostUnreachable => Self::new(Code::Unreachable, "host unreachable"),
            ErrorKind::NetworkUnreachable => Self::new(Code::Unreachable, "network unreachable"),
            ErrorKind::NetworkDown => Self::new(Code::Unreachable, "network down"),
            ErrorKind::AddrNotAvailable => Self::new(Code::Unreachable, "address not available"),
            ErrorKind::TimedOut => Self::new(Code::Timeout, "timed out"),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => Self::new(
                Code::UnexpectedReply,
                "the connection was closed before the answer was whole",
            ),
            #[cfg(unix)]
            _ if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                Self::new(Code::Error, "no file descriptor is left")
            }
            // The operating system did not say it, so a library did, of what it read.
            _ if error.raw_os_error().is_none() => {
                Self::new(Code::UnexpectedReply, "the answer is not in the protocol")
            }
            _ => Self::new(Code::Error, "input or output error").told(error),
        }
    }
}

/// Why a check has no good result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// It was not attempted: the mode does not allow it.
    Blocked(BlockReason),
    /// It was attempted and failed.
    Failed(Failure),
}

impl Miss {
    pub(super) fn failed(code: Code, cause: impl Into<Cow<'static, str>>) -> Self {
        Self::Failed(Failure::new(code, cause))
    }

    /// The same miss, met in a TLS handshake: a peer that hangs up there, or speaks something else,
    /// is no TLS server.
    pub(super) fn in_tls_handshake(self) -> Self {
        match self {
            Self::Failed(Failure {
                code: Code::UnexpectedReply | Code::Error,
                cause,
                text,
            }) => Self::Failed(Failure {
                code: Code::TlsError,
                cause,
                text,
            }),
            other => other,
        }
    }

    /// The miss inside an error, when one of ours travelled through a library as its cause; else
    /// what an input or output error or a TLS error in the chain stands for.
    pub(super) fn within(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(miss) = error.downcast_ref::<Self>() {
                return Some(miss.clone());
            }
            if error.is::<rustls::Error>() {
                return Some(Self::failed(Code::TlsError, "the handshake failed"));
            }
            if let Some(io) = error.downcast_ref::<std::io::Error>() {
                // An input or output error hides what it wraps from `source`.
                let wrapped = io.get_ref().and_then(|inner| Self::within(inner));
                return Some(wrapped.unwrap_or_else(|| Self::Failed(Failure::from_io(io))));
            }
            next = error.source();
        }
        None
    }
}

impl From<Failure> for Miss {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(reason) => write!(f, "blocked: {reason}"),
            Self::Failed(failure) => write!(f, "{}: {}", failure.code, failure.cause),
        }
    }
}

impl std::error::Error for Miss {}
