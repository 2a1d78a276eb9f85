//! The connections that are open: not too many, and none for ever.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

use super::routes::Routes;
use super::stream::Stream;

/// How many may be open at once. Probes and scrapes need a handful.
const MOST: usize = 128;

/// How long a client may take for the head of a request, and how long a connection may be idle
/// between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// The most that the head of a request may take: the least that hyper lets it be.
const HEAD_BYTES: usize = 8192;
const HEAD_LINES: usize = 64;

/// How long requests that are being answered have when the server closes.
const GRACE: Duration = Duration::from_millis(500);

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The open connections of a server.
#[derive(Default)]
pub(super) struct Connections {
    tasks: JoinSet<()>,
    open: Vec<Open>,
}

struct Open {
    task: AbortHandle,
    activity: Arc<Activity>,
}

/// What a connection does.
#[derive(Default)]
struct Activity {
    answering: AtomicBool,
    /// When it was opened or last answered, in nanoseconds.
    since: AtomicU64,
}

impl Connections {
    /// Serves a connection; the one that has been idle the longest goes when it is one too many.
    pub(super) fn serve(&mut self, stream: TcpStream, routes: Arc<Routes>) {
        while self.tasks.try_join_next().is_some() {}
        self.open.retain(|open| !open.task.is_finished());
        if self.open.len() >= MOST {
            self.end_idlest();
        }
        let activity = Arc::new(Activity::default());
        activity.rest();
        let task = self
            .tasks
            .spawn(converse(stream, routes, Arc::clone(&activity)));
        self.open.push(Open { task, activity });
    }

    /// Ends all of them: at once, or when they have answered.
    pub(super) async fn end(mut self) {
        for open in &self.open {
            if !open.activity.answering.load(Ordering::Relaxed) {
                open.task.abort();
            }
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // What is left ends with the set.
        let _ = tokio::time::timeout(GRACE, ended).await;
    }

    fn end_idlest(&mut self) {
        let idlest = (0..self.open.len()).min_by_key(|at| self.open[*at].activity.rank());
        if let Some(at) = idlest {
            self.open.swap_remove(at).task.abort();
        }
    }
}

impl Activity {
    fn rest(&self) {
        let now = u64::try_from(BEGAN.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.since.store(now, Ordering::Relaxed);
        self.answering.store(false, Ordering::Relaxed);
    }

    /// The lowest of all is the one to go.
    fn rank(&self) -> (bool, u64) {
        (
            self.answering.load(Ordering::Relaxed),
            self.since.load(Ordering::Relaxed),
        )
    }
}

async fn converse(stream: TcpStream, routes: Arc<Routes>, activity: Arc<Activity>) {
    // An answer is one write: nothing is gained by holding it back.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let routes = Arc::clone(&routes);
        let activity = Arc::clone(&activity);
        async move {
            activity.answering.store(true, Ordering::Relaxed);
            let answer = routes.answer(request).await;
            activity.rest();
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_LINES)
        // Who has asked and says no more, as `nc` and other one-shot clients do, still listens.
        .half_close(true)
        // One copy costs less than the second buffer of a write.
        .writev(false)
        .serve_connection(TokioIo::new(Stream::new(stream)), service);
    // A client that hung up, was too slow or spoke something else is no news.
    let _ = connection.await;
}
