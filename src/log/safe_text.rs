//! What a terminal or a reader of lines would obey, made visible instead.
//!
//! Escape sequences begin with a control character, of the 32 of ASCII or of the 32 that ISO 6429
//! adds (C1). U+2028 and U+2029 end lines for some readers, and the bidirectional controls of Unicode
//! show text in another order than it has ("Trojan Source", CVE-2021-42574).

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::fmt::Write as _;

/// Whether the character is written as an escape.
fn is_obeyed(character: char) -> bool {
    matches!(
        character,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Appends JSON in which all that is obeyed is escaped; it stands in strings only.
pub(super) fn write_json(json: &str, out: &mut Vec<u8>) {
    // Within JSON there are no control characters of ASCII but the last.
    let beyond = json
        .bytes()
        .fold(0, |any, byte| any | u8::from(byte >= 0x7f));
    if beyond == 0 {
        out.extend_from_slice(json.as_bytes());
        return;
    }
    let mut escaped = String::with_capacity(json.len() + 32);
    for character in json.chars() {
        push(character, &mut escaped);
    }
    out.extend_from_slice(escaped.as_bytes());
}

/// Appends text that stays on its line.
pub(super) fn push_text(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => push(other, out),
        }
    }
}

/// Appends text in quotation marks, where it could be taken for something else without.
pub(super) fn push_value(text: &str, out: &mut String) {
    let is_plain =
        |character: char| !character.is_whitespace() && !matches!(character, '"' | '=' | '\\');
    if !text.is_empty() && text.chars().all(is_plain) {
        push_text(text, out);
        return;
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            other => push_text(other.encode_utf8(&mut [0; 4]), out),
        }
    }
    out.push('"');
}

fn push(character: char, out: &mut String) {
    if is_obeyed(character) {
        // All of them are in the first plane, where the escape of JSON has four digits.
        let _ = write!(out, "\\u{:04x}", u32::from(character));
    } else {
        out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBEYED: &str = "\u{7f}\u{9b}31m\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}";

    #[test]
    fn json_keeps_its_meaning() {
        let json = serde_json::to_string(&format!("é 漢 😀 {OBEYED}")).unwrap();
        let mut out = Vec::new();
        write_json(&json, &mut out);
        let out = String::from_utf8(out).unwrap();
        assert!(!out.chars().any(is_obeyed), "{out}");
        assert!(out.contains("é 漢 😀"));
        let back: String = serde_json::from_str(&out).unwrap();
        assert_eq!(back, format!("é 漢 😀 {OBEYED}"));
    }

    #[test]
    fn text_stays_on_its_line() {
        let mut out = String::new();
        push_text(&format!("a\nb\r\t\x1b[31m{OBEYED}"), &mut out);
        assert!(!out.chars().any(is_obeyed), "{out}");
        assert!(out.starts_with("a\\nb\\r\\t\\u001b[31m\\u007f\\u009b31m\\u0085\\u2028"));
    }

    #[test]
    fn a_value_is_quoted_where_it_must() {
        for (value, expected) in [
            ("plain-1.2/3", "plain-1.2/3"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("a=b", "\"a=b\""),
            ("a\"b\\", "\"a\\\"b\\\\\""),
            ("a\u{a0}b", "\"a\u{a0}b\""),
        ] {
            let mut out = String::new();
            push_value(value, &mut out);
            assert_eq!(out, expected);
        }
    }
}
