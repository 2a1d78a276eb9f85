//! The grammar of RFC 8259, as far as it is not the walk's own.

use super::Unredactable;

/// Past white space.
pub(super) fn white_space(json: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = json.get(at) {
        at += 1;
    }
    at
}

/// How long the escape at `at` is.
pub(super) fn escape_length(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => json
            .get(at + 2..at + 6)?
            .iter()
            .all(u8::is_ascii_hexdigit)
            .then_some(6),
        _ => None,
    }
}

/// Where the number that begins at `start` ends.
pub(super) fn number_end(json: &[u8], start: usize) -> Result<usize, Unredactable> {
    let digits = |from: usize| {
        from + json[from.min(json.len())..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let some_digits = |from: usize| match digits(from) {
        end if end > from => Ok(end),
        _ => Err(Unredactable),
    };
    let whole = start + usize::from(json[start] == b'-');
    let mut end = some_digits(whole)?;
    if json[whole] == b'0' && end > whole + 1 {
        return Err(Unredactable);
    }
    if json.get(end) == Some(&b'.') {
        end = some_digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(end) {
        let sign = usize::from(matches!(json.get(end + 1), Some(b'+' | b'-')));
        end = some_digits(end + 1 + sign)?;
    }
    Ok(end)
}
