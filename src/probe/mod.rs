//! A second HTTP listener, on a native thread, for probes, scrapes and the person on call.
//!
//! It answers while the JavaScript thread is busy, and asks that thread for nothing: what
//! JavaScript alone can find out is served from its last result. It reads no body, and what a
//! client may take of it is bounded: the size of a request's head, the time for it, the time to
//! take an answer, and the number of connections, of which the idlest goes when another comes.

mod activity;
mod connections;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod group;
mod guard;
mod page;
mod routes;
mod stream;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::event_loop;
use crate::health::Program;
use crate::readiness::Readiness;
use crate::runtime;
use connections::Connections;
use routes::Routes;

pub use group::Group;
pub use guard::{Guard, set_guard};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// How long to wait when none can be accepted, as for want of descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// How often it looks which connections have had their time; it does not while none is open.
const ROUND: Duration = Duration::from_millis(250);

/// What a probe server is made of.
pub struct Options {
    /// Where it listens. Port 0 is a free one.
    pub address: SocketAddr,
    /// What `/health/ready` asks.
    pub readiness: Readiness,
    /// What it says of itself.
    pub program: Program,
    /// How long the event loop may not have turned before `/health` is 503.
    pub max_loop_lag: Duration,
}

/// A probe server. It serves until it is closed or dropped.
pub struct Server {
    address: SocketAddr,
    close: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

/// Starts to listen.
///
/// # Errors
///
/// When the address cannot be listened on, or the system gives no thread or no descriptor.
pub fn start(options: Options) -> io::Result<Server> {
    let runtime = runtime::answering()?;
    let listener = {
        let _entered = runtime.enter();
        listen(options.address)?
    };
    let address = listener.local_addr()?;
    let (close, closing) = watch::channel(false);
    let (ending, ended) = watch::channel(false);
    let readiness = options.readiness.clone();
    let routes = Arc::new(Routes::new(options));
    runtime.spawn(async move {
        // Kept for as long as the server is.
        let _watch = event_loop::shared().watch();
        serve(listener, routes, closing).await;
        ending.send_replace(true);
    });
    // So that there is a last result, should the event loop be stuck when the first probe comes.
    runtime.spawn(async move { readiness.check().await });
    Ok(Server {
        address,
        close,
        ended,
    })
}

impl Server {
    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Stops to listen. Requests that are being answered have a moment to be.
    pub fn close(&self) {
        self.close.send_replace(true);
    }

    /// Whether it was told to close.
    pub fn is_closed(&self) -> bool {
        *self.close.borrow()
    }

    /// Waits until it has closed, and its port is free.
    pub async fn closed(&self) {
        // The sender is gone when the task has ended, however that came.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Else a server that restarts waits for connections that have long ended.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn serve(listener: TcpListener, routes: Arc<Routes>, mut closing: watch::Receiver<bool>) {
    let mut connections = Connections::default();
    // That the server was dropped closes it too.
    let closed = async move { drop(closing.wait_for(|closing| *closing).await) };
    tokio::pin!(closed);
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = &mut closed => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.serve(stream, Arc::clone(&routes)),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            _ = rounds.tick(), if !connections.is_empty() => connections.end_overdue(),
        }
    }
    drop(listener);
    connections.end().await;
}
