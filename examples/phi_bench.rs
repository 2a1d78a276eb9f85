//! Nanoseconds a line and milliseconds a mebibyte of the redactor: `make phi-bench`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use researchflow_core::phi;

const ROUND: u32 = 100;

/// How many lines with other texts there are: more than the redactor keeps texts.
const VARIANTS: u32 = 4096;

/// A tilde stands where a text goes on in lines with other texts.
const LINES: &[(&str, &str)] = &[
    (
        "200 bytes of an operator",
        r#"{"timestamp":"2025-11-03T08:14:22.123Z","level":"info","message":"Request completed~","module":"http","requestId":"1f0e3dad-9990-4a3b-8a5e-0f2b6f7c8d9e","context":{"path":"/api/v1/studies~","status":200,"durationMs":12.75}}"#,
    ),
    (
        "the same with an error's stack",
        r#"{"timestamp":"2025-11-03T08:14:22.123Z","level":"error","message":"Check failed~","module":"readiness","context":{"error":{"name":"Error","message":"connect ECONNREFUSED 127.0.0.1:5432~","stack":"Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)~"}}}"#,
    ),
    (
        "200 bytes with a patient",
        r#"{"timestamp":"2025-11-03T08:14:22.123Z","level":"info","message":"Admitted patient Jane Doe~","module":"intake","context":{"mrn":"00123456","dob":"1957-03-03","phone":"212-555-0123","status":"ok"}}"#,
    ),
    (
        "four fields",
        r#"{"level":"info","message":"job done~","jobId":42,"ms":17}"#,
    ),
];

/// What might take long: a mebibyte of each.
const SHAPES: &[&str] = &[
    "a",
    "1",
    "@",
    "a@",
    "a@b.",
    ":",
    "://",
    "a://",
    "=",
    "a=",
    "k=v&",
    "[",
    "{",
    "{\"a\":",
    "[[{\"",
    "\"",
    "\\",
    "\\\"",
    "\\u0040",
    "%40",
    "%25",
    "%2525",
    "&#64;",
    "+",
    "+1",
    "(",
    "(1",
    "-",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "eyJ",
    "sk-",
    "sk-1",
    " ",
    "\n",
    "é",
    "\u{200b}",
    "a\u{200b}",
    "MRN\u{200b}12345678 ",
    "\u{1b}[31mMRN\u{1b}[0m\u{1b}[1m12345678\u{1b}[0mx ",
    "536-22-8726\u{2014}",
    "Patient: Ana Ng Dr. ",
    "MRN 12345678 1 ",
    "+12125550 ",
    "٣",
    "Patient ",
    "Patient: ",
    "Dr. ",
    "name: ",
    "name=",
    "MRN ",
    "MRN no ",
    "(a)=(",
    "mrn:",
    "Patient:",
    "patient'",
    "1000.",
    "Jane`",
    "-E^JANE",
    "a:///",
    "token-",
    "Cookie:[secret] ",
    "COPY t (mrn) FROM stdin;\n",
    "(mrn) from stdin ",
    "(mrn) from stdin\nx\n",
    "(ssn)=('",
    "ssn,x\n1,2\n",
    "params: ('a', ",
    "params: (",
    "[raw sql] (1, ",
    "%20",
    "a:%20",
    "Patient:\r A",
    "(mrn) in (",
    "mrn | n\n---|---\n",
    "mrn IN (12345, ",
    "mrn = ANY(ARRAY[",
    "password=%20",
    "a://b%20",
    "a://b,mrn=",
    "a://b|",
    "(a(b), mrn)=(",
    "COPY t, line 3: \"",
    "$1 = 'x', ",
    "12 Elm St, ",
    "address: 12 Elm St, a ",
    "MRN(s) [1, ",
    "/patients/a-b",
    "a@b.co-",
    "given=['A',",
    "mrn::text = ",
    "patient \"a\" ",
    "Patient:\n A",
    "x-1\n+--+\n| mrn |",
    "<ssn>",
    "-u a:",
    "NM1*",
    "123-45-6789 ",
    "123-",
    "1-",
    "12 ",
    "1/1/",
    "1.",
    "1:",
    "a:",
    "::",
    "1::",
    "fe80:",
    "2001:db8::1 ",
    "January ",
    "1 Main ",
    "1 Main St ",
    "P.O. Box ",
    "PO Box 1 ",
    "DE89 ",
    "DE89370400440532013000 ",
    "ssn: {",
    "ssn: [",
    "\"ssn\": \"",
    "'ssn': '",
    "https://a/",
    "https://a:b@",
    "https://a@",
    "PID|",
    "\"a\"@",
    "A, ",
    "A B ",
    "de la ",
    "cookie: ",
    "authorization: Bearer ",
    "{\"ssn\":1,",
    "a.b.",
    "a-b-",
    "a_b_",
    "x of x ",
    "(01)12345678901234",
    "%",
    "&",
    "&a",
    "[ssn]",
    "[ssn",
    "patient id for the ",
    "1 year old ",
    "IL 6",
    "IL 62701 ",
    "aB",
    "A.B.",
    "Mr. A. ",
    "@[1",
    "Basic ",
    "| MRN | 1 ",
    "a|\n",
    "first: A\n",
    "[[\"mrn\"],",
    "{\"columns\":[\"mrn\"],\"rows\":[[1],",
    "constraint 'mrn' ",
    "Jane Doe ",
    "DOE^JANE ",
    "Patient/1a2 ",
    "PID-5: ",
    "1 is the MRN ",
    "12345 (MRN) ",
    "lives in A B ",
    " -p a",
    "--token a ",
    "A's chart ",
    "Bearer abcdefgh1 ",
    "RN ",
    "M. ",
    "M.D. ",
    "MD -p ",
    "0093 ",
    "npi ",
    "dob:1 ",
    "() ",
    "Mrs\n last:",
    "participant ",
    "input_value=a ",
    "loc=('a') input_value=1, ",
    "={ ]]name",
    "Cookie: a=b; ",
    "8.8.8.8 ",
    "\"value\":",
    "{\"value\":1,\"path\":\"ssn\"},",
    "<a></a>",
    "=></a>",
    "IN ('a','b') ",
    "ssn IN ('a','b') ",
    "ssn NOT IN ('",
    "zip BETWEEN '",
    "[a,b](ssn)",
    "ssn: [1,2] ",
    "mrns: [1, 2] ",
    "mrns [1, 2] ",
    "mrns:\n  - ",
    "mrns:\n  - 1\n",
    "MRNs 12345, ",
    "ages: 90, ",
    "zip -> ",
    "ssn = b'x'y ",
    "column: 'ssn', old: ",
    "field=ssn value=1 ",
    "ssn { value: 1 ",
    "ssn\n1\n",
    "SSN/DOB: 1 / 2 ",
    "pt|",
    " mrn  a\n1  2\n",
    " a a a a a a a a a\n",
    "value \"a\" ",
    "got 'a' at path ",
    "\"ssn\" with value 'a' ",
    "property ssn has failed , value: a ",
    "ssn: Some(",
    "dob: date(1, ",
    "(ssn -> 1) ",
    "[ssn] => 1 ",
    "<b>ssn:</b> <i>",
    "<dt>ssn</dt><dd>1</dd>",
    "<field name=\"ssn\">1",
    "form-data; name=\"ssn\"\n\n1\n",
    "'loc': ('body', 'ssn'), 'input': ",
    "ssn = $1 ",
    "{\"sql\":\"ssn = $1\",\"params\":[1]},",
    "{\"loc\":[\"ssn\"],\"input\":1},",
    "{\"column\":\"ssn\",\"old\":1},",
    "\"--ssn\",1,",
    "--ssn 1 ",
    "93F ",
    "(93 M) ",
    "ninety-",
    "entry '1' for key 'ssn' ",
    "constraint (ssn) violated value ",
    "|ssn|\n|-|\n|1|\n",
    "Invalid patient name: \"",
    "ssn (verified): ",
    "4111111111111111 ",
    "dop",
];

fn main() {
    println!("    same      new     a line, with the same texts each time and with new ones");
    for (name, line) in LINES {
        let same = line.replace('~', "");
        let new: Vec<String> = (0..VARIANTS)
            .map(|at| line.replace('~', &format!(" {}", word(at))))
            .collect();
        println!(
            "{:>8} {:>8} ns  {name} ({} bytes)",
            nanoseconds(std::slice::from_ref(&same)),
            nanoseconds(&new),
            same.len()
        );
    }
    let mut slowest: Vec<_> = SHAPES.iter().map(|shape| (times(shape), *shape)).collect();
    slowest.sort_by_key(|((text, json), _)| std::cmp::Reverse(*text.max(json)));
    let mut table = String::new();
    for ((text, json), shape) in slowest.iter().take(16) {
        let _ = writeln!(
            table,
            "{:>8.1} {:>8.1} ms  {shape:?}",
            text.as_secs_f64() * 1e3,
            json.as_secs_f64() * 1e3
        );
    }
    println!("    text     JSON     the slowest shapes of a mebibyte\n{table}");
}

/// A word of six letters for each number.
fn word(number: u32) -> String {
    let mixed = number.wrapping_mul(0x9e37_79b9);
    (0..6)
        .map(|place| char::from(b"qwrtzpsdfghjklxc"[(mixed >> (4 * place)) as usize & 15]))
        .collect()
}

/// What one of `lines` takes, one after the other: the best of many short rounds, since the machine has other work too.
fn nanoseconds(lines: &[String]) -> u128 {
    let mut out = Vec::with_capacity(4096);
    let mut next = lines.iter().cycle();
    let mut best = Duration::MAX;
    for _ in 0..3000 {
        let start = Instant::now();
        for line in next.by_ref().take(ROUND as usize) {
            out.clear();
            phi::redact_json(black_box(line.as_bytes()), &mut out).expect("the line is JSON");
            black_box(&out);
        }
        best = best.min(start.elapsed());
    }
    best.as_nanos() / u128::from(ROUND)
}

/// How long a mebibyte of text and of JSON of `shape` take.
fn times(shape: &str) -> (Duration, Duration) {
    const SIZE: usize = 1 << 20;
    const FRAME: [&str; 2] = ["{\"message\":\"", "\"}"];
    let text = shape.repeat(SIZE / shape.len());
    let escaped: String = shape
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let inside = escaped.repeat((SIZE - FRAME.concat().len()) / escaped.len());
    let quoted = [FRAME[0], &inside, FRAME[1]].concat();
    // The best of three: the machine has other work too.
    let time = |run: &dyn Fn()| {
        let times = (0..3).map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        });
        times.min().unwrap_or_default()
    };
    (
        time(&|| {
            black_box(phi::redact_text(black_box(&text)));
        }),
        time(&|| {
            let _ = black_box(phi::redact_json(
                black_box(quoted.as_bytes()),
                &mut Vec::new(),
            ));
        }),
    )
}
