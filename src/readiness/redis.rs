//! Redis: `PING` over one kept connection; only the reply `PONG` is good.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, RedisError,
    Value,
};
use rustls::pki_types::ServerName;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::code::{Code, Failure, Miss, Step};
use super::dial::{Endpoint, dial};
use super::probe::{Checking, MAX_CONNECTION_AGE, Probe, Progress};
use super::socket::Socket;
use super::tls::{Settings, Verify};
use crate::mode::{BlockReason, Published};

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
        // The parser of the library takes TLS URLs only where the library does the TLS.
        let (plain, tls) = match url.split_once("://") {
            Some(("rediss" | "valkeys", rest)) => (format!("redis://{rest}"), true),
            _ => (url.to_owned(), false),
        };
        let info = plain.as_str().into_connection_info().map_err(drop)?;
        let endpoint = match info.addr() {
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
            // A user who may do nothing but PING can be checked too.
            login: info.redis_settings().clone().set_skip_set_lib_name(),
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
        let reply: Value = redis::cmd("PING")
            .query_async(&mut connection.client)
            .await
            .map_err(|error| redis_miss(&error))?;
        if !matches!(&reply, Value::SimpleString(word) if word == "PONG") {
            return Err(Miss::failed(
                Code::UnexpectedReply,
                "the reply to PING is not PONG",
            ));
        }
        *self.lock() = Some(connection);
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, Miss> {
        let mut socket = dial(&self.target.endpoint, &self.progress).await?;
        self.progress.enter(Step::Handshake);
        if let (Some(settings), Endpoint::Tcp { host, .. }) =
            (&self.target.tls, &self.target.endpoint)
        {
            socket = self.encrypt(socket, settings, host).await?;
        }
        // The deadline of the check is the only one.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let (client, driver) =
            MultiplexedConnection::new_with_config(&self.target.login, socket, config)
                .await
                .map_err(|error| redis_miss(&error))?;
        Ok(Connection {
            client,
            driver: tokio::spawn(driver),
            since: Instant::now(),
        })
    }

    async fn encrypt(
        &self,
        socket: Socket,
        settings: &Settings,
        host: &str,
    ) -> Result<Socket, Miss> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Miss::failed(Code::InvalidConfig, "the host is no TLS name"))?;
        let stream = TlsConnector::from(Arc::new(settings.load()?))
            .connect(name, socket)
            .await
            .map_err(|error| tls_miss(&error))?;
        // What is inside is bounded already.
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
}

/// A connection and the task that drives it; both end together.
struct Connection {
    client: MultiplexedConnection,
    driver: JoinHandle<()>,
    since: Instant,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

fn tls_miss(error: &std::io::Error) -> Miss {
    Miss::within(error).map_or_else(
        || Miss::failed(Code::TlsError, "the handshake failed"),
        Miss::in_tls_handshake,
    )
}

fn redis_miss(error: &RedisError) -> Miss {
    let code = match error.code() {
        Some("NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED") => Code::AuthFailed,
        Some("LOADING" | "MASTERDOWN" | "CLUSTERDOWN") => Code::StartingUp,
        Some("MISCONF" | "READONLY" | "NOREPLICAS") => Code::ReadOnly,
        _ => {
            if let Some(miss) = Miss::within(error) {
                return miss;
            }
            match error.kind() {
                redis::ErrorKind::AuthenticationFailed => Code::AuthFailed,
                redis::ErrorKind::InvalidClientConfig => Code::InvalidConfig,
                redis::ErrorKind::Server(_) if says_full(error) => Code::TooManyConnections,
                redis::ErrorKind::Extension
                | redis::ErrorKind::Io
                | redis::ErrorKind::Parse
                | redis::ErrorKind::Server(_) => Code::UnexpectedReply,
                _ => Code::Error,
            }
        }
    };
    Miss::failed(code, "the server refused, or the driver gave up")
}

/// Redis has no error code of its own for this.
fn says_full(error: &RedisError) -> bool {
    error
        .detail()
        .is_some_and(|text| text.contains("max number of clients"))
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
        ] {
            assert!(Target::parse(url, None).is_err(), "{url}");
        }
    }
}
