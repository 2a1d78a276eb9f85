//! The connections that are open: not too many, and none for ever.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

use super::activity::Activity;
use super::routes::Routes;
use super::stream::Stream;

/// How many may be open at once. Probes and scrapes need a handful.
const MOST: usize = 128;

/// How long a client may take for the head of a request, how long a connection may be idle between
/// two, and how long an answer may lie without any of it being taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that the head of a request may take: the least that hyper lets it be.
const HEAD_BYTES: usize = 8192;

/// How long requests that are being answered have when the server closes.
const GRACE: Duration = Duration::from_millis(500);

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

impl Connections {
    /// Serves a connection; the one that has been idle the longest goes when it is one too many.
    pub(super) fn serve(&mut self, stream: TcpStream, routes: Arc<Routes>) {
        self.forget_ended();
        if self.open.len() >= MOST {
            self.end_idlest();
        }
        let activity = Arc::new(Activity::new());
        let task = self
            .tasks
            .spawn(converse(stream, routes, Arc::clone(&activity)));
        self.open.push(Open { task, activity });
    }

    /// Whether any is left to look after.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Ends those whose client has had its time.
    pub(super) fn end_overdue(&mut self) {
        self.forget_ended();
        for open in &self.open {
            if open.activity.idle_for() > PATIENCE {
                open.task.abort();
            }
        }
    }

    /// Ends all of them: at once, or when they have answered.
    pub(super) async fn end(mut self) {
        for open in &self.open {
            if !open.activity.is_answering() {
                open.task.abort();
            }
        }
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // What is left ends with the set.
        let _ = tokio::time::timeout(GRACE, ended).await;
    }

    fn forget_ended(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        self.open.retain(|open| !open.task.is_finished());
    }

    fn end_idlest(&mut self) {
        let idlest = (0..self.open.len()).min_by_key(|at| self.open[*at].activity.rank());
        if let Some(at) = idlest {
            self.open.swap_remove(at).task.abort();
        }
    }
}

async fn converse(stream: TcpStream, routes: Arc<Routes>, activity: Arc<Activity>) {
    // An answer is one write: nothing is gained by holding it back.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        activity.begin();
        let answer = routes.answer(&request);
        async {
            let answer = answer.await;
            activity.rest();
            Ok::<_, Infallible>(answer)
        }
    });
    let stream = Stream::new(stream, Arc::clone(&activity));
    let connection = http1::Builder::new()
        // A timer of hyper's is made for each request; the time is kept in `end_overdue`.
        .header_read_timeout(None)
        // Its bound of 100 lines is left: room for another number of them is made anew each time.
        .max_buf_size(HEAD_BYTES)
        // Who has asked and says no more, as `nc` and other one-shot clients do, still listens.
        .half_close(true)
        // One copy costs less than the second buffer of a write.
        .writev(false)
        .serve_connection(TokioIo::new(stream), service);
    // A client that hung up or spoke something else is no news.
    let _ = connection.await;
}
