//! Properties of the worker's URL, and of what a worker answers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::{Endpoint, Target, Worker};
use crate::fuzz::lines;
use crate::readiness::code::{Code, Miss};
use crate::readiness::target::fuzz::encoded;
use crate::runtime;

/// Input: a URL, and a password. No character of a password that should have been encoded makes
/// another host of what is behind it, and what is asked is `/health` there.
pub(crate) fn worker_url(bytes: &[u8]) {
    let Some([url, password]) = lines(bytes) else {
        return;
    };
    if let Ok(target) = Target::parse(url, None) {
        assert!(target.url.path().ends_with("/health"));
        assert_eq!((target.url.query(), target.url.fragment()), (None, None));
        let Endpoint::Tcp { host, port } = &target.endpoint else {
            panic!("a worker listens on TCP");
        };
        assert_eq!(Some(host.as_str()), target.url.host_str());
        assert_eq!(Some(*port), target.url.port_or_known_default());
    }
    let there = |target: &Target| {
        let expected = Endpoint::Tcp {
            host: "worker.test".to_owned(),
            port: 8000,
        };
        assert_eq!(target.endpoint, expected);
    };
    if let Ok(target) = Target::parse(
        &format!("http://user:{password}@worker.test:8000/api"),
        None,
    ) {
        there(&target);
    }
    let url = format!("https://user:{}@worker.test:8000/api", encoded(password));
    let target = Target::parse(&url, None).expect("it is encoded");
    there(&target);
    assert_eq!(target.url.path(), "/api/health");
}

/// Input: what a worker sends. It is healthy only where it said 2xx, a failure says the very status
/// that came, and every check ends.
pub(crate) fn worker_reply(bytes: &[u8]) {
    static SERVER: LazyLock<Mutex<Server>> = LazyLock::new(|| Mutex::new(Server::start()));
    let server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    server.next.send(bytes.to_vec()).expect("the server runs");
    let worker = Worker::new(Target::parse(&server.url, None).expect("it is a URL"));
    let outcome = runtime::handle().expect("a runtime").block_on(async {
        let answer = tokio::time::timeout(Duration::from_secs(5), worker.ask());
        answer.await.expect("it ends")
    });
    drop(worker);
    // What an earlier reply may have left is passed over, as RFC 9112, 2.2, has it for requests.
    let breaks = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let reply = &bytes[breaks.count()..];
    // The last head counts: those of 1xx come before.
    let said = |status: &[u8]| bytes.windows(3).any(|digits| digits == status);
    match outcome {
        Ok(()) => assert!(
            reply.starts_with(b"HTTP/1.")
                && (200..300).any(|status: u16| said(status.to_string().as_bytes()))
        ),
        Err(Miss::Failed(failure)) => match failure.code {
            Code::Http(status) => {
                assert!(!(200..300).contains(&status) && said(status.to_string().as_bytes()));
            }
            code => assert_eq!(code, Code::UnexpectedReply),
        },
        Err(Miss::Blocked(_)) => panic!("loopback is open in every mode"),
    }
}

/// Answers each connection with what it was given for it, whatever is asked.
struct Server {
    url: String,
    next: SyncSender<Vec<u8>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (next, replies) = sync_channel::<Vec<u8>>(1);
        thread::spawn(move || {
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else {
                    continue;
                };
                let mut head = [0; 1024];
                // Who hangs up has heard enough.
                let _ = stream.read(&mut head);
                let _ = stream.write_all(&reply);
                let _ = stream.shutdown(Shutdown::Write);
                let _ = stream.read(&mut head);
            }
        });
        Self { url, next }
    }
}
