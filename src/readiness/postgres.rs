//! Postgres: `SELECT 1` over a pool of one connection.

mod connect;
mod target;

#[cfg(any(fuzzing, test))]
pub(super) use target::fuzz;

use std::sync::{Arc, Mutex, PoisonError};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use super::code::{Code, Failure, Miss, Step};
use super::probe::{Checking, MAX_CONNECTION_AGE, Probe, Progress};
use crate::mode::{BlockReason, Published};
use connect::Connect;
pub(super) use target::Target;

/// A Postgres server, asked `SELECT 1`.
pub(super) struct Postgres {
    target: Arc<Target>,
    progress: Arc<Progress>,
    pool: Mutex<Pool>,
}

impl Postgres {
    pub(super) fn new(target: Target) -> Self {
        let target = Arc::new(target);
        let progress = Arc::new(Progress::default());
        let pool = Mutex::new(pool(&target, &progress));
        Self {
            target,
            progress,
            pool,
        }
    }

    async fn ask(&self) -> Result<(), Miss> {
        self.progress.begin();
        let pool = self.lock().clone();
        loop {
            let client = Kept(Some(pool.get().await.map_err(pool_miss)?));
            self.progress.enter(Step::Query);
            match client.ask(self.target.writable).await {
                Ok(()) => {
                    client.keep();
                    return Ok(());
                }
                // The server may have ended a kept connection long ago; only a new one tells.
                Err(miss) if client.was_used() && is_stale(&miss) => {}
                Err(miss) => return Err(miss),
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe for Postgres {
    fn check(&self) -> Checking<'_> {
        Box::pin(self.ask())
    }

    fn admitted(&self, published: &Published) -> Result<(), BlockReason> {
        self.target.admitted(published)
    }

    fn disconnect(&self) {
        let fresh = pool(&self.target, &self.progress);
        std::mem::replace(&mut *self.lock(), fresh).close();
    }

    fn step(&self) -> Step {
        self.progress.step()
    }

    fn secrets(&self) -> Vec<String> {
        let config = &self.target.config;
        let password = config.get_password().map(String::from_utf8_lossy);
        [config.get_user(), password.as_deref(), config.get_dbname()]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect()
    }
}

/// A connection on loan. Unless it is kept, it is closed: a question without its answer must not
/// be waiting in it for the next check.
struct Kept(Option<Object>);

impl Kept {
    async fn ask(&self, writable: bool) -> Result<(), Miss> {
        let Some(client) = &self.0 else {
            return Err(Miss::failed(Code::Error, "no connection"));
        };
        let question = if writable {
            "SELECT 1; SHOW transaction_read_only"
        } else {
            "SELECT 1"
        };
        let answer = client
            .simple_query(question)
            .await
            .map_err(|error| postgres_miss(&error))?;
        match first_cells(&answer).as_slice() {
            ["1"] if !writable => Ok(()),
            ["1", "off"] if writable => Ok(()),
            ["1", "on"] if writable => Err(read_only()),
            _ => Err(Miss::failed(
                Code::UnexpectedReply,
                "the answer to SELECT 1 is not one row with 1",
            )),
        }
    }

    fn was_used(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|client| Object::metrics(client).recycle_count > 0)
    }

    fn keep(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Object::take(client));
        }
    }
}

fn pool(target: &Arc<Target>, progress: &Arc<Progress>) -> Pool {
    let connect = Connect::new(target, progress);
    let manager = Manager::from_connect(
        target.config.clone(),
        connect,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    Pool::builder(manager)
        // Checks come one at a time. A second place lets a check start while one that the mode
        // ended is still being dropped.
        .max_size(2)
        .pre_recycle(Hook::sync_fn(|_, metrics| {
            if metrics.age() > MAX_CONNECTION_AGE {
                return Err(HookError::message("too old"));
            }
            Ok(())
        }))
        .build()
        .expect("a pool without timeouts needs no runtime")
}

fn first_cells(answer: &[SimpleQueryMessage]) -> Vec<&str> {
    answer
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten(),
            _ => None,
        })
        .collect()
}

fn read_only() -> Miss {
    Miss::failed(Code::ReadOnly, "transactions are read-only")
}

fn pool_miss(error: deadpool_postgres::PoolError) -> Miss {
    match error {
        deadpool_postgres::PoolError::Backend(error) => postgres_miss(&error),
        _ => Miss::failed(Code::Cancelled, "the pool was closed"),
    }
}

fn postgres_miss(error: &tokio_postgres::Error) -> Miss {
    if let Some(refusal) = error.as_db_error() {
        return sql_state_failure(refusal.code())
            .told(refusal.message())
            .into();
    }
    // The driver keeps the kind of an error to itself and shows it as fixed words.
    let shown = error.to_string();
    let kind = shown.split(':').next().unwrap_or_default();
    let in_handshake = kind == "error performing TLS handshake";
    if let Some(miss) = Miss::within(error) {
        return if in_handshake {
            miss.in_tls_handshake()
        } else {
            miss
        };
    }
    let code = match kind {
        // After the dialling a password is the only setting it can miss.
        "invalid configuration" => {
            return Miss::failed(
                Code::AuthFailed,
                "a password is asked for and there is none",
            );
        }
        "authentication error" => Code::AuthFailed,
        "connection closed"
        | "error parsing response from server"
        | "unexpected message from server" => Code::UnexpectedReply,
        _ if in_handshake => Code::TlsError,
        _ => Code::Error,
    };
    // One of the driver's fixed phrases, without what it wraps.
    Failure::new(code, kind.to_owned()).told_by(error).into()
}

fn sql_state_failure(state: &SqlState) -> Failure {
    let code = match *state {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            Code::AuthFailed
        }
        SqlState::TOO_MANY_CONNECTIONS => Code::TooManyConnections,
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => {
            Code::StartingUp
        }
        SqlState::INVALID_CATALOG_NAME => Code::InvalidConfig,
        SqlState::READ_ONLY_SQL_TRANSACTION => Code::ReadOnly,
        SqlState::PROTOCOL_VIOLATION => Code::UnexpectedReply,
        SqlState::INSUFFICIENT_PRIVILEGE => Code::AuthFailed,
        _ => Code::Error,
    };
    Failure::new(code, format!("SQLSTATE {}", state.code()))
}

/// Whether a kept connection's miss tells of that connection and not of the server.
fn is_stale(miss: &Miss) -> bool {
    matches!(
        miss,
        Miss::Failed(Failure {
            code: Code::UnexpectedReply | Code::StartingUp | Code::ReadOnly | Code::Error,
            ..
        })
    )
}
