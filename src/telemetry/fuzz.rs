//! Properties of the names that callers choose, and of the pages that show them.

use super::{CallStatus, Exposition, Format, Refusal, Telemetry};

pub(crate) use super::negotiate::fuzz::accept;

/// Input: names of providers, one a line. No name breaks a page, makes a 66th series, or shows more
/// than three digits.
pub(crate) fn provider(bytes: &[u8]) {
    let telemetry = Telemetry::default();
    let text = String::from_utf8_lossy(bytes);
    for name in text.split('\n') {
        let id = telemetry.calls.provider(name);
        assert_eq!(telemetry.calls.provider(&name.to_ascii_uppercase()), id);
        telemetry.calls.count(id, CallStatus::Success, Some(0.1));
        telemetry
            .calls
            .count_blocked(Refusal::StandbyMode, Some(id));
    }
    let page = |format| {
        let mut page = Exposition::new(format);
        telemetry.calls.expose(&mut page);
        page.finish()
    };
    for page in [Format::Text, Format::OpenMetrics].map(page) {
        let mut shown = Vec::new();
        for line in page.lines().filter(|line| !line.starts_with('#')) {
            let (labels, value) = line.rsplit_once(' ').expect(line);
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert_eq!(labels.matches('"').count() % 2, 0, "{line}");
            shown.extend(provider_in(labels));
        }
        shown.sort_unstable();
        shown.dedup();
        assert!(shown.len() <= 66, "64, other and unknown");
        for name in shown {
            let is_clean =
                |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
            assert!(
                !name.is_empty() && name.len() <= 40 && name.bytes().all(is_clean),
                "{name}"
            );
            assert!(
                name.bytes().filter(u8::is_ascii_digit).count() <= 3,
                "{name}"
            );
        }
        assert!(page.ends_with('\n'));
    }
    assert!(page(Format::OpenMetrics).ends_with("\n# EOF\n"));
    serde_json::from_str::<serde_json::Value>(&telemetry.snapshot()).expect("it is JSON");
}

fn provider_in(labels: &str) -> Option<&str> {
    labels.split_once("provider=\"")?.1.split('"').next()
}
