//! Redis: `PING` over one kept connection; only the reply `PONG` is good.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use redis::{
    Cmd, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, ServerError, Value, cmd,
    parse_redis_value,
};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::code::{Code, Failure, Miss, Step};
use super::dial::{Endpoint, dial};
use super::probe::{Checking, MAX_CONNECTION_AGE, Probe, Progress};
use super::socket::Socket;
use super::target::{has_at_behind_host, is_ambiguous};
use super::tls::{Settings, Verify};
use crate::mode::{BlockReason, Published};

/// How long a line Redis may answer with. Its errors are a sentence or two.
const LINE_LIMIT: usize = 4 << 10;

/// The first bytes of the protocol's other replies (RESP3, types).
const OTHER_REPLIES: &[u8] = b":$*_#,(!=%~>|";

/// A parsed Redis URL.
#[derive(Clone, Debug)]
pub(super) struct Target {
    endpoint: Endpoint,
    login: RedisConnectionInfo,
    tls: Option<Settings>,
}

impl Target {
    /// Parses `redis://`, `rediss://` and `unix://` URLs, and `valkey` for `redis`.
    ///
    /// The error has nothing to say, since a URL is full of what must not be said.
    pub(super) fn parse(url: &str, ca_file: Option<&Path>) -> Result<Self, ()> {
        if is_ambiguous(url) {
            return Err(());
        }
        // The parser of the library takes TLS URLs only where the library does the TLS.
        let (plain, tls) = match url.split_once("://") {
            Some(("rediss" | "valkeys", rest)) => (format!("redis://{rest}"), true),
            _ => (url.to_owned(), false),
        };
        let info = plain.as_str().into_connection_info().map_err(drop)?;
        let endpoint = match info.addr() {
            ConnectionAddr::Tcp(..) if has_at_behind_host(url) => return Err(()),
            ConnectionAddr::Tcp(host, port) => Endpoint::Tcp {
                host: host.clone(),
                port: *port,
            },
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => Endpoint::Unix(path.clone()),
            _ => return Err(()),
        };
        Ok(Self {
            endpoint,
            login: info.redis_settings().clone(),
            tls: tls.then(|| Settings {
                verify: Verify::Full,
                ca_file: ca_file.map(Path::to_owned),
                public_roots: true,
                identity: None,
            }),
        })
    }
}

/// A Redis server, asked `PING`.
pub(super) struct Redis {
    target: Target,
    progress: Arc<Progress>,
    kept: Mutex<Option<Connection>>,
}

impl Redis {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            progress: Arc::default(),
            kept: Mutex::default(),
        }
    }

    async fn ask(&self) -> Result<(), Miss> {
        self.progress.begin();
        // Taken, and put back when the answer is good: a check that is dropped takes its
        // connection, and the question in it, along.
        let kept = self.lock().take();
        if let Some(connection) = kept.filter(|kept| kept.since.elapsed() < MAX_CONNECTION_AGE) {
            match self.ping(connection).await {
                // The server may have ended a kept connection long ago; only a new one tells.
                Err(Miss::Failed(Failure {
                    code: Code::UnexpectedReply | Code::Error,
                    ..
                })) => {}
                answered => return answered,
            }
        }
        let connection = self.connect().await?;
        self.ping(connection).await
    }

    async fn ping(&self, mut connection: Connection) -> Result<(), Miss> {
        self.progress.enter(Step::Query);
        match connection.ask(&cmd("PING")).await? {
            Answer::Word(word) if word == "PONG" => {}
            Answer::Word(_) => {
                return Err(Miss::failed(
                    Code::UnexpectedReply,
                    "the reply to PING is not PONG",
                ));
            }
            Answer::Refusal(refusal) => return Err(refused(&refusal, Code::UnexpectedReply)),
        }
        *self.lock() = Some(connection);
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, Miss> {
        let Target {
            endpoint,
            login,
            tls,
        } = &self.target;
        let mut socket = dial(endpoint, &self.progress).await?;
        self.progress.enter(Step::Handshake);
        if let (Some(settings), Endpoint::Tcp { host, .. }) = (tls, endpoint) {
            socket = self.encrypt(socket, settings, host).await?;
        }
        let mut connection = Connection {
            socket,
            since: Instant::now(),
        };
        if login.username().is_some() || login.password().is_some() {
            let mut auth = cmd("AUTH");
            auth.arg(login.username())
                .arg(login.password().unwrap_or_default());
            connection.must(&auth, Code::AuthFailed).await?;
        }
        if login.db() != 0 {
            let mut select = cmd("SELECT");
            select.arg(login.db());
            connection.must(&select, Code::InvalidConfig).await?;
        }
        Ok(connection)
    }

    async fn encrypt(
        &self,
        socket: Socket,
        settings: &Settings,
        host: &str,
    ) -> Result<Socket, Miss> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Miss::failed(Code::InvalidConfig, "the host is no TLS name"))?;
        let stream = TlsConnector::from(Arc::new(settings.load().await?))
            .connect(name, socket)
            .await
            .map_err(|error| tls_miss(&error))?;
        Ok(Socket::new(stream, &self.progress))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Connection>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe for Redis {
    fn check(&self) -> Checking<'_> {
        Box::pin(self.ask())
    }

    fn admitted(&self, published: &Published) -> Result<(), BlockReason> {
        self.target.endpoint.admitted(published)
    }

    fn disconnect(&self) {
        drop(self.lock().take());
    }

    fn step(&self) -> Step {
        self.progress.step()
    }

    fn secrets(&self) -> Vec<String> {
        let login = &self.target.login;
        [login.username(), login.password()]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect()
    }
}

/// An open connection with no question in it.
struct Connection {
    socket: Socket,
    since: Instant,
}

enum Answer {
    Word(String),
    Refusal(ServerError),
}

impl Connection {
    /// Asks what is answered by a word. The library writes the question and reads the answer; what
    /// is between is ours, so that a server that hangs up at once is still heard.
    async fn ask(&mut self, question: &Cmd) -> Result<Answer, Miss> {
        let write = self.socket.write_all(&question.get_packed_command()).await;
        let line = match (self.line().await, write) {
            (Ok(line), _) => line,
            (Err(miss), Ok(())) => return Err(miss),
            (Err(_), Err(error)) => return Err(io_miss(&error)),
        };
        match parse_redis_value(&line) {
            Ok(Value::Okay) => Ok(Answer::Word("OK".to_owned())),
            Ok(Value::SimpleString(word)) => Ok(Answer::Word(word)),
            Ok(Value::ServerError(refusal)) => Ok(Answer::Refusal(refusal)),
            _ => Err(no_word()),
        }
    }

    /// Asks what must be answered by `OK`; a refusal without a code of its own is `otherwise`.
    async fn must(&mut self, question: &Cmd, otherwise: Code) -> Result<(), Miss> {
        match self.ask(question).await? {
            Answer::Word(word) if word == "OK" => Ok(()),
            Answer::Word(_) => Err(no_word()),
            Answer::Refusal(refusal) => Err(refused(&refusal, otherwise)),
        }
    }

    /// Reads one line and nothing behind it.
    async fn line(&mut self) -> Result<Vec<u8>, Miss> {
        let mut line = Vec::with_capacity(64);
        loop {
            let read = self
                .socket
                .read_buf(&mut line)
                .await
                .map_err(|error| io_miss(&error))?;
            if read == 0 || line.len() > LINE_LIMIT || !may_be_a_line(&line) {
                return Err(no_word());
            }
            if !matches!(line.first(), Some(b'+' | b'-')) {
                continue;
            }
            match line.iter().position(|byte| *byte == b'\n') {
                Some(end) if end + 1 == line.len() => return Ok(line),
                Some(_) if line.starts_with(b"+") => return Err(no_word()),
                Some(end) => {
                    line.truncate(end + 1);
                    return Ok(line);
                }
                None => {}
            }
        }
    }
}

/// A word or a refusal is one line, and its first byte says so. Another kind of reply is waited for
/// to its end, so that half of one counts as late, and what is no reply at all is known at once.
fn may_be_a_line(read: &[u8]) -> bool {
    match read.first() {
        Some(b'+' | b'-') => true,
        Some(kind) if OTHER_REPLIES.contains(kind) => parse_redis_value(read).is_err(),
        _ => false,
    }
}

fn no_word() -> Miss {
    Miss::failed(
        Code::UnexpectedReply,
        "the reply is not one whole line of the protocol",
    )
}

fn io_miss(error: &std::io::Error) -> Miss {
    Miss::within(error).unwrap_or_else(|| Failure::from_io(error).into())
}

fn tls_miss(error: &std::io::Error) -> Miss {
    Miss::within(error).map_or_else(
        || {
            Failure::new(Code::TlsError, "the handshake failed")
                .told_by(error)
                .into()
        },
        Miss::in_tls_handshake,
    )
}

fn refused(refusal: &ServerError, otherwise: Code) -> Miss {
    let code = match refusal.code() {
        "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => Code::AuthFailed,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" => Code::StartingUp,
        "MISCONF" | "READONLY" | "NOREPLICAS" => Code::ReadOnly,
        // Under `-ERR` Redis says several things, and this one in words only.
        _ if refusal
            .details()
            .is_some_and(|words| words.contains("max number of clients")) =>
        {
            Code::TooManyConnections
        }
        _ => otherwise,
    };
    let words = refusal.details().unwrap_or_default();
    Failure::new(code, "the server refused")
        .told(format_args!("{} {words}", refusal.code()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hosts_sockets_and_logins() {
        let target = Target::parse("rediss://user:p%40ss@cache:6380/3", None).unwrap();
        assert_eq!(
            target.endpoint,
            Endpoint::Tcp {
                host: "cache".to_owned(),
                port: 6380
            }
        );
        assert_eq!(target.login.username(), Some("user"));
        assert_eq!(target.login.password(), Some("p@ss"));
        assert_eq!(target.login.db(), 3);
        assert!(target.tls.is_some());

        let target = Target::parse("unix:///run/redis.sock?pass=secret", None).unwrap();
        assert_eq!(target.endpoint, Endpoint::Unix("/run/redis.sock".into()));
        assert_eq!(target.login.password(), Some("secret"));
    }

    #[test]
    fn refuses_what_is_no_usable_url() {
        for url in [
            "",
            "redis://",
            "cache:6379",
            "http://cache",
            "redis://h/x",
            "redis://h:p",
            "redis://:pa@ss#x@127.0.0.1",
            "redis://user:12?x@127.0.0.1",
            "redis://user:12?x=@127.0.0.1",
        ] {
            assert!(Target::parse(url, None).is_err(), "{url}");
        }
    }
}
