//! Whatever comes in: no panic, JSON stays JSON, a second time changes nothing, and time is linear.

#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use researchflow_core::phi;

fuzz_target!(|bytes: &[u8]| {
    let mut once = Vec::new();
    if phi::redact_json(bytes, &mut once).is_ok() {
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&once).is_ok());
        let mut twice = Vec::new();
        phi::redact_json(&once, &mut twice).expect("what came out is JSON");
        assert_eq!(once, twice);
    } else {
        assert!(once.is_empty());
    }
    let text = String::from_utf8_lossy(bytes);
    let once = phi::redact_text(&text).into_owned();
    assert_eq!(phi::redact_text(&once), once.as_str());
    is_linear(&text);
});

/// The same again and again up to 256 KiB takes no longer than a sanitizer makes of 12 ms.
fn is_linear(text: &str) {
    if text.is_empty() || text.len() > 64 || text.as_bytes()[0] & 15 != 0 {
        return;
    }
    let long = text.repeat((256 << 10) / text.len());
    let start = Instant::now();
    phi::redact_text(&long);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
