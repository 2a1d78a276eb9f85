//! The format for people: a line, and below it the stacks of the errors in it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::safe_text::{push_text, push_value};

const INDENT: &str = "    ";
/// Names of modules are shown this wide, so that messages stand below each other.
const MODULE_WIDTH: usize = 14;

const DIM: &str = "2";
const CYAN: &str = "36";

/// Appends what is shown of the event, a line or several, each with its end.
pub(super) fn write(event: &str, coloured: bool, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let event = without_halves(event);
    let event: Event<'_> = serde_json::from_str(&event)?;
    let mut page = Page {
        shown: String::with_capacity(256),
        coloured,
    };
    page.event(&event);
    out.extend_from_slice(page.shown.as_bytes());
    Ok(())
}

/// The event with U+FFFD for each half of a character that stands alone, as in a text that was cut in
/// an emoji: JSON may have that, and no string of ours.
fn without_halves(event: &str) -> Cow<'_, str> {
    const REPLACEMENT: &[u8] = b"\\ufffd";
    let is_half = |escape: &[u8]| {
        matches!(
            escape,
            [
                b'\\',
                b'u',
                b'd' | b'D',
                b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F',
                _,
                _,
            ]
        )
    };
    if !event.as_bytes().windows(6).any(is_half) {
        return Cow::Borrowed(event);
    }
    let is_second = |escape: &[u8]| is_half(escape) && escape[3].to_ascii_lowercase() >= b'c';
    let mut rest = event.as_bytes();
    let mut whole = Vec::with_capacity(rest.len());
    while let Some(first) = rest.first() {
        let escape = rest.get(..6).filter(|escape| is_half(escape));
        let next = rest.get(6..12).filter(|escape| is_second(escape));
        let (shown, length) = match (escape, next) {
            (Some(escape), Some(_)) if !is_second(escape) => (&rest[..12], 12),
            (Some(_), _) => (REPLACEMENT, 6),
            // Any other escape goes with what it escapes, which may be a backslash.
            (None, _) => {
                let length = if *first == b'\\' {
                    2.min(rest.len())
                } else {
                    1
                };
                (&rest[..length], length)
            }
        };
        whole.extend_from_slice(shown);
        rest = &rest[length..];
    }
    String::from_utf8(whole).map_or(Cow::Borrowed(event), Cow::Owned)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    level: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    module: Cow<'a, str>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    context: Fields<'a>,
}

/// The members of an object, in their order.
#[derive(Default)]
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// What is told of an error. Whatever else has a stack is an error too.
#[derive(Deserialize)]
struct Trouble<'a> {
    #[serde(borrow)]
    stack: Cow<'a, str>,
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cause: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Option<Vec<&'a RawValue>>,
}

struct Page {
    shown: String,
    coloured: bool,
}

impl Page {
    fn event(&mut self, event: &Event<'_>) {
        self.painted(DIM, |page| push_text(&event.timestamp, &mut page.shown));
        self.shown.push(' ');
        let level = event.level.to_ascii_uppercase();
        self.painted(colour_of(&event.level), |page| {
            page.padded(5, |page| push_text(&level, &mut page.shown));
        });
        self.shown.push(' ');
        self.painted(CYAN, |page| {
            page.padded(MODULE_WIDTH, |page| {
                push_text(&event.module, &mut page.shown);
            });
        });
        self.shown.push(' ');
        push_text(&event.message, &mut self.shown);
        if let Some(id) = &event.request_id {
            self.key("requestId");
            push_value(id, &mut self.shown);
        }
        let mut troubles = Vec::new();
        for (key, value) in &event.context.0 {
            match serde_json::from_str::<Trouble<'_>>(value.get()) {
                Ok(trouble) if value.get().starts_with('{') => troubles.push((key, trouble)),
                _ => {
                    self.key(key);
                    self.value(value);
                }
            }
        }
        self.shown.push('\n');
        for (key, trouble) in troubles {
            self.trouble(INDENT, key, &trouble);
        }
    }

    /// An error with its stack, and below it those that it came from.
    fn trouble(&mut self, indent: &str, label: &str, trouble: &Trouble<'_>) {
        let mut lines = trouble.stack.lines();
        self.shown.push_str(indent);
        self.painted(DIM, |page| {
            push_text(label, &mut page.shown);
            if let Some(code) = trouble.code {
                page.shown.push_str(" (");
                page.value(code);
                page.shown.push(')');
            }
            page.shown.push_str(": ");
        });
        push_text(lines.next().unwrap_or_default(), &mut self.shown);
        self.shown.push('\n');
        for line in lines {
            self.shown.push_str(indent);
            self.shown.push_str(INDENT);
            self.painted(DIM, |page| push_text(line.trim(), &mut page.shown));
            self.shown.push('\n');
        }
        let deeper = format!("{indent}{INDENT}");
        if let Some(cause) = trouble.cause {
            self.related(indent, "caused by", cause);
        }
        for (place, error) in trouble.errors.iter().flatten().enumerate() {
            self.related(&deeper, &format!("error {}", place + 1), error);
        }
    }

    fn related(&mut self, indent: &str, label: &str, value: &RawValue) {
        if let Ok(trouble) = serde_json::from_str::<Trouble<'_>>(value.get()) {
            self.trouble(indent, label, &trouble);
            return;
        }
        self.shown.push_str(indent);
        self.painted(DIM, |page| {
            page.shown.push_str(label);
            page.shown.push_str(": ");
        });
        self.value(value);
        self.shown.push('\n');
    }

    fn key(&mut self, key: &str) {
        self.shown.push(' ');
        self.painted(DIM, |page| {
            push_value(key, &mut page.shown);
            page.shown.push('=');
        });
    }

    fn value(&mut self, value: &RawValue) {
        match serde_json::from_str::<Key<'_>>(value.get()) {
            Ok(Key(text)) => push_value(&text, &mut self.shown),
            // Numbers, and objects as JSON has them.
            Err(_) => push_text(value.get(), &mut self.shown),
        }
    }

    fn painted(&mut self, colour: &str, write: impl FnOnce(&mut Self)) {
        if !self.coloured {
            return write(self);
        }
        self.shown.push_str("\x1b[");
        self.shown.push_str(colour);
        self.shown.push('m');
        write(self);
        self.shown.push_str("\x1b[0m");
    }

    fn padded(&mut self, width: usize, write: impl FnOnce(&mut Self)) {
        let begun = self.shown.len();
        write(self);
        let used = self.shown[begun..].chars().count();
        self.shown
            .extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    }
}

fn colour_of(level: &str) -> &'static str {
    match level {
        "error" => "31",
        "warn" => "33",
        "info" => "32",
        _ => DIM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(event: &str, coloured: bool) -> String {
        let mut out = Vec::new();
        write(event, coloured, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_has_its_columns_and_the_fields_in_their_order() {
        let event = r#"{"timestamp":"T","level":"info","message":"it is up","module":"web","requestId":"r-1","context":{"z":1,"a":"two words","b":{"c":[null,"d"]},"e f":""}}"#;
        assert_eq!(
            shown(event, false),
            "T INFO  web            it is up requestId=r-1 z=1 a=\"two words\" b={\"c\":[null,\"d\"]} \"e f\"=\"\"\n"
        );
    }

    #[test]
    fn an_error_has_its_stack_below_and_then_its_causes() {
        let event = r#"{"timestamp":"T","level":"error","message":"m","module":"web","context":{"error":{"name":"E","message":"x","code":"C","stack":"E: x\n    at f (a.js:1:2)","cause":{"stack":"D: y\n    at g"},"errors":["plain",{"stack":"F: z"}]},"n":1}}"#;
        assert_eq!(
            shown(event, false),
            "T ERROR web            m n=1\n    error (C): E: x\n        at f (a.js:1:2)\n    caused by: D: y\n        at g\n        error 1: plain\n        error 2: F: z\n"
        );
    }

    #[test]
    fn nothing_that_was_logged_begins_a_line_or_colours_one() {
        let event = serde_json::json!({
            "timestamp": "T", "level": "warn", "module": "a\nb", "message": "x\n2026 INFO forged\x1b[31m",
            "requestId": "r\r\n", "context": {
                "k\n": "v\n\u{9b}31m", "o": {"p\u{1b}": "q\u{2028}\u{202e}"},
                "error": {"stack": "E: one\nforged\u{1b}[0m\r\nagain", "code": "\n"},
            }
        });
        let text = shown(&event.to_string(), false);
        assert!(
            !text.contains(['\x1b', '\r', '\u{9b}', '\u{2028}', '\u{202e}']),
            "{text}"
        );
        assert!(
            text.lines().skip(1).all(|line| line.starts_with(INDENT)),
            "{text}"
        );
        assert_eq!(text.lines().count(), 4, "{text}");
    }

    #[test]
    fn a_half_of_a_character_is_replaced_and_the_line_is_shown() {
        let event = r#"{"timestamp":"T","level":"info","message":"m","module":"w\ud83d","requestId":"\uDE00r","context":{"k\ud83d":1,"whole":"\ud83d\ude00","escaped":"\\ud83d","error":{"stack":"E: cut\ud83d"}}}"#;
        assert_eq!(
            shown(event, false),
            "T INFO  w\u{fffd}             m requestId=\u{fffd}r k\u{fffd}=1 whole=\u{1f600} escaped=\"\\\\ud83d\"\n    error: E: cut\u{fffd}\n"
        );
    }

    #[test]
    fn colours_stand_around_the_columns() {
        let event = r#"{"timestamp":"T","level":"warn","message":"m","module":"web"}"#;
        assert_eq!(
            shown(event, true),
            "\x1b[2mT\x1b[0m \x1b[33mWARN \x1b[0m \x1b[36mweb           \x1b[0m m\n"
        );
    }
}
