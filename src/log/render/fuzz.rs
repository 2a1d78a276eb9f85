//! Properties of records and of the lines that are made of them.

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{Format, Parts, Record, Renderer, Settings, Stream, Unredactable};
use crate::fuzz::lines;
use crate::log::Level;

/// Input: a message, a module, a request id, and the fields. What is JSON makes a line in both formats,
/// that is one line; and what is none makes none.
pub(crate) fn log_line(bytes: &[u8]) {
    as_handed_over(bytes);
    let Some([message, module, request_id, fields]) = lines(bytes) else {
        return;
    };
    let origin = json!({ "module": module, "requestId": request_id }).to_string();
    // A whole object as it is, or else a text that it is the value of.
    let fields = match serde_json::from_str::<Value>(fields) {
        Ok(Value::Object(_)) if !fields.contains('\n') => fields.trim().to_owned(),
        _ => json!({ "text": fields }).to_string(),
    };
    let parts = Parts {
        origin: origin.trim_matches(['{', '}']),
        context: "",
        fields: &fields,
        message,
    };
    for level in Level::ALL {
        let event = line(level, parts, Format::Json).expect("it is JSON");
        let event: Value = serde_json::from_str(&event).expect("a line is JSON");
        assert_eq!(event["level"], level.as_str());
        let text = line(level, parts, Format::Text).expect("the same as text");
        let label = format!(" {:5} ", level.as_str().to_ascii_uppercase());
        assert!(text[24..].starts_with(&label), "{text}");
        let mut below = text
            .strip_suffix('\n')
            .expect("it ends")
            .split('\n')
            .skip(1);
        assert!(below.all(|line| line.starts_with("    ")), "{text}");
    }
}

fn as_handed_over(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(parts) = Parts::split(&text) else {
        assert!(text.matches('\n').count() < 3);
        return;
    };
    let mut queue = Vec::new();
    let record = Record {
        millis: 7,
        level: Level::Warn,
        parts,
    };
    record.append(&mut queue);
    // SAFETY: it is what was appended.
    let (back, size) = unsafe { Record::first(&queue) }.expect("it is whole");
    assert_eq!(
        (back.millis, back.level, size),
        (7, Level::Warn, queue.len())
    );
    assert_eq!(back.parts.message, parts.message);
    assert_eq!(back.parts.fields, parts.fields);
    assert_eq!(back.parts.context, parts.context);
    assert_eq!(back.parts.origin, parts.origin);
    if let Ok(event) = line(Level::Info, parts, Format::Json) {
        serde_json::from_str::<IgnoredAny>(&event).expect("a line is JSON");
    }
}

fn line(level: Level, parts: Parts<'_>, format: Format) -> Result<String, Unredactable> {
    let mut out = Vec::new();
    let settings = Settings {
        format,
        ..Settings::default()
    };
    let record = Record {
        millis: 0,
        level,
        parts,
    };
    let mut renderer = Renderer::new(Stream::Output);
    renderer.coloured = Some(false);
    renderer.line(&record, settings, &mut out)?;
    let line = String::from_utf8(out).expect("a line is text");
    let obeyed = |character: char| character.is_control() && character != '\n';
    assert!(
        !line.contains(obeyed) && !line.contains(['\u{202e}', '\u{2028}']),
        "{line:?}"
    );
    assert!(format == Format::Text || line.matches('\n').count() == 1);
    Ok(line)
}
