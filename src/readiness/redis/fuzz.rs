//! Properties of Redis URLs, and of what a server answers.

use std::sync::Arc;
use std::time::Instant;

use redis::cmd;
use tokio::io::AsyncWriteExt;
use tokio::runtime::{Builder, Runtime};

use super::{Answer, Connection, Endpoint, Progress, Socket, Target};
use crate::fuzz::lines;
use crate::readiness::target::fuzz::encoded;

/// Input: a URL, and a password. No character of a password that should have been encoded makes
/// another host of what is behind it.
pub(crate) fn redis_url(bytes: &[u8]) {
    let Some([url, password]) = lines(bytes) else {
        return;
    };
    if let Ok(target) = Target::parse(url, None) {
        let is_named = !matches!(&target.endpoint, Endpoint::Tcp { host, .. } if host.is_empty());
        assert!(is_named && target.login.db() >= 0);
        let has_tls = url.starts_with("rediss:") || url.starts_with("valkeys:");
        assert_eq!(target.tls.is_some(), has_tls);
    }
    let there = |target: &Target| {
        let expected = Endpoint::Tcp {
            host: "cache.test".to_owned(),
            port: 6380,
        };
        assert_eq!(target.endpoint, expected);
    };
    for scheme in ["redis", "rediss"] {
        let url = format!("{scheme}://user:{password}@cache.test:6380/3");
        if let Ok(target) = Target::parse(&url, None) {
            there(&target);
        }
        let url = format!("{scheme}://user:{}@cache.test:6380/3", encoded(password));
        let target = Target::parse(&url, None).expect("it is encoded");
        there(&target);
        assert_eq!(target.login.password().unwrap_or_default(), password);
        assert_eq!(target.login.db(), 3);
    }
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().build().expect("a runtime of this thread");
}

/// Input: the size of the pieces, and what comes. A check hears `PONG` only where the server said
/// nothing else, in whatever pieces it came; and every answer ends.
pub(crate) fn redis_reply(bytes: &[u8]) {
    let Some((piece, reply)) = bytes.split_first() else {
        return;
    };
    let at_once = answer(reply, reply.len());
    let in_pieces = answer(reply, usize::from(*piece));
    match at_once {
        // Of other words it is enough to know that they are none.
        Some(Answer::Word(word)) if word == "PONG" => {
            assert!(matches!(reply, b"+PONG\r\n" | b"+PONG\n"), "{reply:?}");
            assert!(matches!(in_pieces, Some(Answer::Word(word)) if word == "PONG"));
        }
        Some(Answer::Word(_)) => assert!(reply.starts_with(b"+")),
        Some(Answer::Refusal(_)) => {
            assert!(reply.starts_with(b"-") && matches!(in_pieces, Some(Answer::Refusal(_))));
        }
        // In pieces, what comes behind a good line is not there yet.
        None => assert!(!matches!(in_pieces, Some(Answer::Refusal(_)))),
    }
}

fn answer(reply: &[u8], piece: usize) -> Option<Answer> {
    let piece = piece.max(1);
    let (ours, theirs) = tokio::io::duplex(piece);
    let progress = Arc::<Progress>::default();
    progress.begin();
    let mut connection = Connection {
        socket: Socket::new(tokio::io::join(ours, tokio::io::sink()), &progress),
        since: Instant::now(),
    };
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let serve = async {
                let mut theirs = theirs;
                for piece in reply.chunks(piece) {
                    // Who has heard enough listens no more.
                    if theirs.write_all(piece).await.is_err() {
                        break;
                    }
                }
            };
            let ask = async {
                let answer = connection.ask(&cmd("PING")).await.ok();
                drop(connection);
                answer
            };
            tokio::join!(serve, ask).1
        })
    })
}
