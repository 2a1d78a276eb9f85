//! Opening a connection: the one place that does, for every dependency we speak to ourselves.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, Shared};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::code::{Code, Failure, Miss, Step};
use super::probe::Progress;
use super::socket::Socket;
use crate::egress::{self, parse_address};
use crate::mode;

/// How long an address may keep its successor waiting (RFC 8305, 5).
const STAGGER: Duration = Duration::from_millis(250);

/// Where a dependency listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Tcp {
        host: String,
        port: u16,
    },
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Endpoint {
    /// Whether the decision lets this be reached. A Unix socket leaves no machine.
    pub(super) fn admitted(&self, published: &mode::Published) -> Result<(), mode::BlockReason> {
        match self {
            Self::Tcp { host, port } => egress::decide(published, host, *port),
            #[cfg(unix)]
            Self::Unix(_) => Ok(()),
        }
    }
}

/// Opens a connection to `endpoint`, if the mode lets it.
///
/// A name is looked up once it is admitted, and its addresses are tried in turn, each a little
/// after the one before.
pub(super) async fn dial(endpoint: &Endpoint, progress: &Arc<Progress>) -> Result<Socket, Miss> {
    endpoint.admitted(&mode::current()).map_err(Miss::Blocked)?;
    match endpoint {
        Endpoint::Tcp { host, port } => {
            progress.enter(Step::Resolve);
            let addresses = resolve(host).await?;
            progress.enter(Step::Connect);
            let stream = connect_any(&addresses, *port)
                .await
                .map_err(|error| Failure::from_io(&error))?;
            Ok(Socket::new(stream, progress))
        }
        #[cfg(unix)]
        Endpoint::Unix(path) => {
            progress.enter(Step::Connect);
            let stream =
                tokio::net::UnixStream::connect(path)
                    .await
                    .map_err(|error| match error.kind() {
                        // The path is longer than a socket's may be.
                        io::ErrorKind::InvalidInput => {
                            Failure::new(Code::InvalidConfig, "the path is no socket's")
                        }
                        _ => Failure::from_io(&error),
                    })?;
            Ok(Socket::new(stream, progress))
        }
    }
}

/// Looks `host` up. An address is itself, and `localhost` is loopback without being asked for.
///
/// Look-ups of one name share one thread, however many are wanted while a name server is silent.
pub(super) async fn resolve(host: &str) -> Result<Vec<IpAddr>, Miss> {
    if let Some(address) = parse_address(host) {
        return Ok(vec![address]);
    }
    if egress::is_localhost(host) {
        return Ok(vec![
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ]);
    }
    look_up(host)
        .await
        .filter(|addresses| !addresses.is_empty())
        .ok_or_else(|| Miss::failed(Code::DnsFailure, "the name has no address"))
}

type LookUp = Shared<BoxFuture<'static, Option<Vec<IpAddr>>>>;

static LOOKING_UP: LazyLock<Mutex<HashMap<String, LookUp>>> = LazyLock::new(Mutex::default);

fn look_up(host: &str) -> LookUp {
    let mut running = LOOKING_UP.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(shared) = running.get(host) {
        return shared.clone();
    }
    let name = host.to_owned();
    // A task of its own, so that a look-up whose callers all gave up still ends and is forgotten.
    let task = tokio::spawn(async move {
        let found = tokio::net::lookup_host((name.as_str(), 0)).await;
        LOOKING_UP
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&name);
        found
            .ok()
            .map(|found| found.map(|address| address.ip()).collect())
    });
    let shared = task.map(|joined| joined.ok().flatten()).boxed().shared();
    running.insert(host.to_owned(), shared.clone());
    shared
}

async fn connect_any(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter();
    let mut attempts = FuturesUnordered::new();
    let mut first_error = None;
    loop {
        // The next address is tried when one has failed, or has kept the others waiting too long.
        if let Some(address) = waiting.next() {
            attempts.push(TcpStream::connect(SocketAddr::new(*address, port)));
        }
        let attempt = if waiting.as_slice().is_empty() {
            attempts.next().await
        } else {
            match timeout(STAGGER, attempts.next()).await {
                Ok(attempt) => attempt,
                Err(_) => continue,
            }
        };
        match attempt {
            Some(Ok(stream)) => {
                // An answer of five bytes must not wait for a sixth.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Some(Err(error)) => {
                first_error.get_or_insert(error);
            }
            None => {
                return Err(first_error.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
            }
        }
    }
}
