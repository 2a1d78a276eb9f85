//! Properties of the redactor.

use std::borrow::Cow;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::Value;

use super::watch::processor_time;
use super::{redact_json, redact_text};

/// Identifiers that give themselves away, and what of each must not come out.
const PLANTED: [(&str, &str); 14] = [
    ("SSN: 536-22-8726", "22-8726"),
    ("MRN: 00123456", "00123456"),
    ("Patient: Jane Featherstone", "Featherstone"),
    ("DOB: 03/14/1957", "03/14"),
    ("Phone: (212) 555-0123", "555-0123"),
    ("jane.featherstone@example.org", "featherstone"),
    ("4111 1111 1111 1111", "1111 1111"),
    ("DE89 3704 0044 0532 0130 00", "3704 0044"),
    ("Medicare: 1EG4-TE5-MK73", "TE5-MK73"),
    ("https://h.example/p/secret-path", "secret-path"),
    ("postgres://u:hunter2hunter@db/x", "hunter2hunter"),
    ("Authorization: Bearer abcdef1234567890", "abcdef1234567890"),
    (
        "ghp_abcdefghij0123456789abcdefghij012345",
        "abcdefghij0123456789",
    ),
    ("password=hunter2hunter", "hunter2hunter"),
];

/// Input: any text. A second time changes nothing, and what is returned as it was is as it was.
pub(crate) fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let once = redact_text(&text);
    assert!(matches!(once, Cow::Owned(_)) || once == text);
    assert_eq!(redact_text(&once), once, "of {text:?}");
}

/// Input: bytes. What is JSON is redacted and stays JSON, a second time changes nothing; and of what
/// is none, nothing is written.
pub(crate) fn json(bytes: &[u8]) {
    let mut once = b"before".to_vec();
    let is_redacted = redact_json(bytes, &mut once).is_ok();
    assert_eq!(
        is_redacted,
        is_json(bytes),
        "{:?}",
        String::from_utf8_lossy(bytes)
    );
    let once = once.strip_prefix(b"before").expect("what was there stays");
    if !is_redacted {
        assert!(once.is_empty());
        return;
    }
    assert!(is_json(once), "{:?}", String::from_utf8_lossy(once));
    let mut twice = Vec::new();
    redact_json(once, &mut twice).expect("it is JSON");
    assert_eq!(
        String::from_utf8_lossy(&twice),
        String::from_utf8_lossy(once)
    );
}

fn is_json(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

/// Input: which identifier, and the text around it. Between blank lines it is in no output, as text
/// or in JSON, or in JSON in JSON.
pub(crate) fn planted(bytes: &[u8]) {
    let Some((which, around)) = bytes.split_first() else {
        return;
    };
    let (identifier, part) = PLANTED[usize::from(*which) % PLANTED.len()];
    let around = String::from_utf8_lossy(around);
    if around.contains(part) {
        return;
    }
    let (before, after) = around.split_once('\n').unwrap_or((&around, ""));
    // What announces a value may have it on the next line, and not further on.
    let text = format!("{before}\n\n{identifier}\n\n{after}");
    let out = redact_text(&text);
    assert!(!out.contains(part), "{text:?} -> {out:?}");
    let inner = serde_json::json!({ "text": text }).to_string();
    let record = serde_json::json!({ "a": [{ "b": text }], "c": inner }).to_string();
    let mut out = Vec::new();
    redact_json(record.as_bytes(), &mut out).expect("it is JSON");
    // Looked at as text again: an escape beside a number looks like more of it.
    let out: Value = serde_json::from_slice(&out).expect("it stays JSON");
    let is_gone = |text: &Value| text.as_str().is_some_and(|text| !text.contains(part));
    assert!(is_gone(&out["a"][0]["b"]), "{record} -> {out}");
    assert!(is_gone(&within(&out["c"])["text"]), "{record} -> {out}");
}

fn within(json: &Value) -> Value {
    let json = json.as_str().expect("a text stays one");
    serde_json::from_str(json).expect("JSON in JSON stays JSON")
}

/// Shorter is no measure, and longer takes the fuzzer too long.
const SIZES: [usize; 2] = [32 << 10, 128 << 10];

/// What is quadratic takes 16 times as long for four times as much; what is linear, four times.
const MOST: u32 = 9;

/// What takes less than this is measured too badly to judge.
const FLOOR: Duration = Duration::from_millis(20);

/// Input: a unit that is repeated. Four times as much of it takes about four times as long.
pub(crate) fn linear(bytes: &[u8]) {
    let unit = String::from_utf8_lossy(bytes);
    if unit.is_empty() || unit.len() > 64 {
        return;
    }
    let [short, long] = SIZES.map(|size| unit.repeat(size / unit.len()));
    let inner = serde_json::to_string(&unit).expect("text is JSON");
    let within = |text: &str| {
        let count = text.len() / unit.len();
        format!("[{}]", vec![inner.as_str(); count].join(","))
    };
    is_linear(&unit, &short, &long, |text| drop(redact_text(text)));
    is_linear(&unit, &within(&short), &within(&long), |json| {
        redact_json(json.as_bytes(), &mut Vec::new()).expect("it is JSON");
    });
}

fn is_linear(unit: &str, short: &str, long: &str, redact: impl Fn(&str)) {
    let took = |text: &str| {
        let start = processor_time().unwrap_or_default();
        redact(text);
        processor_time().unwrap_or_default().saturating_sub(start)
    };
    // The machine may be busy: what is quadratic is so every time.
    let superlinear = || {
        let (short, long) = (took(short), took(long));
        (long > FLOOR && long > short * MOST).then_some((short, long))
    };
    let found: Option<Vec<_>> = (0..4).map(|_| superlinear()).collect();
    assert!(found.is_none(), "{unit:?}: {found:?}");
}
