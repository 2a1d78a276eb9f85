//! Properties of what makes text harmless.

use super::{is_obeyed, push_text, push_value, write_json};

/// Input: any text. Nothing a terminal would obey is left of it, it stays on its line, and JSON keeps its
/// meaning.
pub(crate) fn safe_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::new();
    push_text(&text, &mut shown);
    assert!(!shown.chars().any(is_obeyed));
    assert!(shown.chars().count() >= text.chars().count());

    let mut value = String::new();
    push_value(&text, &mut value);
    assert!(!value.is_empty() && !value.chars().any(is_obeyed));
    let is_plain = !value.starts_with('"');
    assert!(
        !is_plain || !value.contains([' ', '"', '=']),
        "where does it end?"
    );
    if !is_plain {
        let inner = value
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix('"'));
        let mut characters = inner.expect("it is closed").chars();
        while let Some(character) = characters.next() {
            assert!(character != '"', "it is closed twice");
            if character == '\\' {
                characters.next().expect("an escape is whole");
            }
        }
    }

    let json = serde_json::to_string(&text).expect("text is JSON");
    let mut written = Vec::new();
    write_json(&json, &mut written);
    let written = String::from_utf8(written).expect("it stays text");
    assert!(!written.chars().any(is_obeyed));
    assert_eq!(
        serde_json::from_str::<String>(&written).expect("it stays JSON"),
        text
    );
}
