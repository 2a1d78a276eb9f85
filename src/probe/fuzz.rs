//! Properties of the probe server.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use super::{Options, Server, start};
use crate::health::Program;
use crate::readiness::Readiness;
use crate::runtime;

/// A question that there is an answer to, from a client that says no more after it.
const WHOLE: &[u8] = b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n";

/// What the server may say, whatever it is asked.
const STATUSES: [&str; 8] = ["200", "400", "404", "405", "413", "414", "431", "503"];

/// Input: what a client sends. Every answer is HTTP with a status of the known set and is no one else's
/// to keep, no byte of the question is in it, and the server goes on.
pub(crate) fn probe_request(bytes: &[u8]) {
    static SERVER: LazyLock<Server> = LazyLock::new(server);
    const MARK: &str = "xq7zreflected";
    // In the path, in a header and behind: wherever there is room for it.
    let text: Vec<u8> = bytes
        .split(|byte| *byte == b'$')
        .collect::<Vec<_>>()
        .join(MARK.as_bytes());
    let answer = ask(SERVER.port(), &text);
    let answer = String::from_utf8(answer).expect("an answer is text");
    assert!(!answer.contains(MARK), "{answer}");
    if !answer.is_empty() {
        let status = answer
            .strip_prefix("HTTP/1.")
            .expect("it is HTTP")
            .get(2..5);
        let status = status.expect("it has a status");
        assert!(STATUSES.contains(&status), "{status}");
        // The library refuses what is no HTTP by itself, with a head and nothing else.
        let is_refusal = matches!(status, "400" | "414" | "431") && answer.ends_with("\r\n\r\n");
        assert!(
            is_refusal || answer.contains("cache-control: no-store"),
            "{answer}"
        );
    }
    // HEAD and GET are one but for the body, and whatever came before, the server goes on.
    assert!(ask(SERVER.port(), WHOLE).starts_with(b"HTTP/1.1 200"));
    if answer.starts_with("HTTP/1.1 200") && bytes.starts_with(b"GET ") {
        let head = ask(SERVER.port(), &[b"HEAD", &text[3..]].concat());
        assert!(
            head.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&head)
        );
    }
}

fn ask(port: u16, question: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("it is a socket");
    // The server may have answered and gone before it was all said.
    let _ = stream.write_all(question);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("it does not end"),
        _ => answer,
    }
}

fn server() -> Server {
    let handle = runtime::handle().expect("a runtime");
    start(Options {
        address: ([127, 0, 0, 1], 0).into(),
        readiness: Readiness::new(vec![], Duration::from_secs(1), handle),
        program: Program {
            service: "fuzz".to_owned(),
            version: "0".to_owned(),
        },
        max_loop_lag: Duration::from_secs(3600),
    })
    .expect("it listens")
}
