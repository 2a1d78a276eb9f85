//! Opening a connection to Postgres: which host, by TLS or not, and logging in.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::target::{Host, Target};
use super::{first_cells, postgres_miss, read_only};
use crate::readiness::code::{Code, Failure, Miss, Step};
use crate::readiness::dial::{Endpoint, dial};
use crate::readiness::probe::Progress;
use crate::readiness::socket::Socket;

/// How long a host may keep the next one waiting, where there are several.
const PATIENCE: Duration = Duration::from_millis(500);

/// Opens connections for the pool by our own dialling, so that the mode is asked first.
pub(super) struct Connect {
    target: Arc<Target>,
    progress: Arc<Progress>,
}

type Connected = Result<(Client, JoinHandle<()>), tokio_postgres::Error>;

impl deadpool_postgres::Connect for Connect {
    fn connect(
        &self,
        config: &tokio_postgres::Config,
    ) -> Pin<Box<dyn Future<Output = Connected> + Send + '_>> {
        let config = config.clone();
        Box::pin(self.open(config))
    }
}

impl Connect {
    pub(super) fn new(target: &Arc<Target>, progress: &Arc<Progress>) -> Self {
        Self {
            target: Arc::clone(target),
            progress: Arc::clone(progress),
        }
    }

    /// Tries the hosts in turn, as libpq does: the first that lets us in, and is of the kind that
    /// was asked for, is the one. A host that refuses the credentials ends the search.
    async fn open(&self, config: tokio_postgres::Config) -> Connected {
        let mut found = None;
        let mut hosts = self.target.hosts.iter().peekable();
        while let Some(host) = hosts.next() {
            let attempt = self.log_in(config.clone(), host);
            let result = if hosts.peek().is_some() {
                timeout(PATIENCE, attempt)
                    .await
                    .unwrap_or_else(|_| Err(Miss::failed(Code::Timeout, "the host did not answer")))
            } else {
                attempt.await
            };
            match result {
                Ok(connected) => return Ok(connected),
                // What was attempted says more than what was not.
                Err(Miss::Blocked(_)) if found.is_some() => {}
                Err(miss) => {
                    let is_final = ends_search(&miss);
                    found = Some(miss);
                    if is_final {
                        break;
                    }
                }
            }
        }
        let miss = found.unwrap_or_else(|| Miss::failed(Code::InvalidConfig, "no host"));
        fail(&config, miss, &self.progress).await
    }

    async fn log_in(
        &self,
        mut config: tokio_postgres::Config,
        host: &Host,
    ) -> Result<(Client, JoinHandle<()>), Miss> {
        let socket = dial(&host.endpoint, &self.progress).await?;
        self.progress.enter(Step::Handshake);
        // TLS is for what leaves the machine: no Postgres speaks it on a Unix socket.
        if !matches!(host.endpoint, Endpoint::Tcp { .. }) {
            config.ssl_mode(SslMode::Disable);
        }
        let (client, task) = if config.get_ssl_mode() == SslMode::Disable {
            serve(config.connect_raw(socket, NoTls).await)?
        } else {
            let mut tls = MakeRustlsConnect::new(self.target.tls.load().await?);
            let tls = match MakeTlsConnect::<Socket>::make_tls_connect(&mut tls, &host.name) {
                Ok(tls) => tls,
                Err(never) => match never {},
            };
            serve(config.connect_raw(socket, tls).await)?
        };
        if self.target.writable && self.target.hosts.len() > 1 {
            let answer = client
                .simple_query("SHOW transaction_read_only")
                .await
                .map_err(|error| postgres_miss(&error))?;
            if first_cells(&answer) == ["on"] {
                task.abort();
                return Err(read_only());
            }
        }
        Ok((client, task))
    }
}

/// Whether another host would not be asked after this miss: what it says is wrong with the URL.
fn ends_search(miss: &Miss) -> bool {
    matches!(
        miss,
        Miss::Failed(Failure {
            code: Code::AuthFailed | Code::InvalidConfig | Code::TlsError,
            ..
        })
    )
}

/// The error that carries `miss` through the driver, whose own errors only it can make.
async fn fail(config: &tokio_postgres::Config, miss: Miss, progress: &Arc<Progress>) -> Connected {
    let socket = Socket::missed(miss, progress);
    let (client, connection) = config.connect_raw(socket, NoTls).await?;
    Ok((client, drive(connection)))
}

fn serve<T>(
    opened: Result<(Client, tokio_postgres::Connection<Socket, T>), tokio_postgres::Error>,
) -> Result<(Client, JoinHandle<()>), Miss>
where
    T: tokio_postgres::tls::TlsStream + Unpin + Send + 'static,
{
    let (client, connection) = opened.map_err(|error| postgres_miss(&error))?;
    Ok((client, drive(connection)))
}

fn drive<T>(connection: tokio_postgres::Connection<Socket, T>) -> JoinHandle<()>
where
    T: tokio_postgres::tls::TlsStream + Unpin + Send + 'static,
{
    // The driver's errors come back through the client; the task itself has nothing to tell.
    tokio::spawn(async move {
        let _ = connection.await;
    })
}
