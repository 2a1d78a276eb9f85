//! Absolute URLs (RFC 3986): the scheme, the host and the port stay, the rest goes.

use super::Hit;
use super::class::{is_word, run, run_at_most};
use super::value::{self, Announced};
use crate::phi::Kind;
use crate::phi::field::{self, Field};
use crate::phi::placeholder;

/// What of a URL is to go, and where it ends.
pub(super) struct Found {
    pub user: Option<Hit>,
    pub rest: Option<Hit>,
    pub host: (usize, usize),
    pub end: usize,
}

/// The URL whose `://` is at `at`.
pub(super) fn find(text: &[u8], at: usize) -> Option<Found> {
    let scheme = text[..at]
        .iter()
        .rev()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    if scheme == 0 {
        return None;
    }
    let start = at + 3;
    if matches!(text.get(start), Some(b'/' | b'?' | b'#')) {
        // Files and modules of a bundler have no host; their paths are read as text.
        return None;
    }
    let mut end = start;
    while end < text.len() && !ends(text[end]) {
        // A placeholder has brackets, and a host of version 6 too.
        end += placeholder::length_at(&text[end..]).unwrap_or(1);
    }
    while end > start
        && matches!(
            text[end - 1],
            b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\''
        )
    {
        end -= 1;
    }
    if end > start && text[end - 1] == b')' && !text[start..end].contains(&b'(') {
        end -= 1;
    }
    end = value_end(text, start, token_end(text, end));
    // Parameters of a driver may come right after a host: `sqlserver://db:1433;user=sa;password=…`.
    let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
    let authority = text[start..end].iter().position(ends);
    let authority = authority.map_or(end, |length| start + length);
    let has_user = text[start..authority].contains(&b'@');
    let authority = text[start..authority]
        .iter()
        .position(|&byte| byte == b';' && !has_user)
        .map_or(authority, |length| start + length);
    if authority == start {
        return None;
    }
    // A password may hold an at sign, and one that is not encoded may hold a slash.
    let last_at = text[start..authority]
        .iter()
        .rposition(|&byte| byte == b'@');
    let unencoded = match last_at {
        None => text[start..end]
            .iter()
            .position(|&byte| byte == b'@')
            .filter(|&sign| {
                let before = &text[start..start + sign];
                before.contains(&b':')
                    && before
                        .iter()
                        .position(|b| *b == b':')
                        .is_some_and(|colon| !before.get(colon + 1).is_some_and(u8::is_ascii_digit))
            }),
        some => some,
    };
    let host = unencoded.map_or(start, |sign| start + sign + 1);
    let user = unencoded.filter(|&sign| !placeholder::is_one(&text[start..start + sign]));
    let host_end = text[host..end]
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b';'))
        .map_or(end, |length| host + length);
    let rest = host_end + usize::from(text.get(host_end) == Some(&b'/') && host_end < end);
    let already = placeholder::is_one(&text[rest..end]);
    Some(Found {
        user: user.map(|sign| Hit {
            start,
            end: start + sign,
            kind: Kind::Secret,
        }),
        rest: (rest < end && !already).then_some(Hit {
            start: rest,
            end,
            kind: Kind::Url,
        }),
        host: (host, host_end),
        end,
    })
}

/// Where the value ends of the last key in a list that a URL from `start` to `end` is in, which it cuts:
/// `url=https://h.example/p/12,name=Jane Doe`, `…,name="Jane Doe"`.
fn value_end(text: &[u8], start: usize, end: usize) -> usize {
    const LONGEST: usize = 256;
    let from = start.max(end.saturating_sub(LONGEST));
    let Some(equals) = text[from..end].iter().rposition(|&byte| byte == b'=') else {
        return end;
    };
    let equals = from + equals;
    let is_of_key = |byte: &&u8| is_word(**byte) || matches!(byte, b'_' | b'-');
    let key = equals
        - text[from..equals]
            .iter()
            .rev()
            .take_while(is_of_key)
            .count();
    if key == from || !matches!(text[key - 1], b',' | b'&') {
        return end;
    }
    let field = field::classify(&text[key..equals]);
    match text.get(equals + 1) {
        Some(b'"') if field != Field::Plain && equals + 1 == end => {
            let close = run_at_most(text, end + 1, LONGEST, |byte| !matches!(byte, b'"' | b'\n'));
            close + usize::from(text.get(close) == Some(&b'"'))
        }
        Some(_) if matches!(field, Field::Name | Field::Person | Field::Whole(_)) => {
            value::take(field, text, equals + 1, Announced::Key).map_or(end, |hit| hit.end.max(end))
        }
        _ => end,
    }
}

/// Where the code ends that is one of the system whose URL ends at `end`: `http://hospital.org/mrn|00123456` (FHIR R4,
/// 3.1.1.5.7).
fn token_end(text: &[u8], end: usize) -> usize {
    if text.get(end) != Some(&b'|') {
        return end;
    }
    let stop = run(text, end + 1, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
    });
    let is_url = text[stop..].starts_with(b"://");
    let is_code = text[end + 1..stop].iter().any(u8::is_ascii_digit);
    if !is_code || is_url { end } else { stop }
}

/// Whether a URL ends before `byte`.
pub(in super::super) fn ends(byte: u8) -> bool {
    byte <= b' '
        || matches!(
            byte,
            b'"' | b'<' | b'>' | b'`' | b'\\' | b'|' | b'{' | b'}' | 0x7f
        )
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn nothing_of_a_person_is_left_of_an_address() {
        for (text, expected) in [
            (
                "postgres://svc:hunter%202word@db:5432/x",
                "postgres://[secret]@db:5432/[url]",
            ),
            (
                "redis://:79f5e2c5%0A@db-4.internal:6379",
                "redis://[secret]@db-4.internal:6379",
            ),
            (
                "sqlserver://db:1433;user=sa;password=hunter22x",
                "sqlserver://db:1433[url]",
            ),
            (
                "url=https://e.org/p/12,name=Zebulon Quackenbush",
                "url=https://e.org/[url]",
            ),
            (
                "fetch https://[2a02:19fd:6220:3aaf::1]/health",
                "fetch https://[[ip]]/[url]",
            ),
            (
                "https://h.example/charts/Jane%20Doe/labs 200",
                "https://h.example/[url] 200",
            ),
            (
                "u=https%3A%2F%2Fh.example%2FJane%20Doe%2Flabs",
                "u=https%3A%2F%2Fh.example%2F[url]",
            ),
            (
                "https://h.example%20(1/3)%20Patient:%20Jane%20Doe",
                "https://h.example%20(1/3)%20Patient:%20[name]",
            ),
            (
                "https://h.example/x|MRN%2028991442",
                "https://h.example/[url]|MRN%20[mrn]",
            ),
            (
                r"https://h.example/x\nMRN%2028991442",
                r"https://h.example/[url]\nMRN%20[mrn]",
            ),
            ("file:///data/MRN%2028991442", "file:///data/MRN%20[mrn]"),
            ("redis://[fd00::1]:6379", "redis://[fd00::1]:6379"),
            (
                "pod/106.70.195.219:6379, Chrome/120.0.6099.71",
                "pod/[ip]:6379, Chrome/120.0.6099.71",
            ),
            ("key jane.doe@example.org-24", "key [email]-24"),
            ("3|jane.doe@example.org|502", "3|[email]|502"),
            ("/tmp/4729524441747822.json", "/tmp/[card].json"),
            ("password=ab%20cd99x next", "password=[secret] next"),
            ("passphrase: t4msq%03wwsl", "passphrase: [secret]"),
            ("q=MRN%2000123456", "q=MRN%20[mrn]"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }
}
