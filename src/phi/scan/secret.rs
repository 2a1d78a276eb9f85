//! Secrets that their shape gives away: the prefixes that services publish so that scanners find them.

use super::Hit;
use super::class::{has_digit_within, is_word, run, word_end};
use crate::phi::field::{self, Field};
use crate::phi::{Kind, fold, placeholder};

/// Prefixes and how long the whole is at least. Sources: the services' own documentation of their
/// formats (AWS IAM identifiers, GitHub token formats, GitLab token prefixes, Slack token types, Stripe
/// keys, Google API keys, OpenAI and Anthropic keys, npm, Hugging Face, SendGrid, DigitalOcean, Twilio).
/// In the order of their first bytes.
const PREFIXES: &[(&[u8], usize)] = &[
    (b"AKIA", 16),
    (b"ASIA", 16),
    (b"AIza", 30),
    (b"AGE-SECRET-KEY-", 20),
    (b"SG.", 20),
    (b"dop_v1_", 20),
    (b"eyJ", 20),
    (b"ghp_", 20),
    (b"gho_", 20),
    (b"ghu_", 20),
    (b"ghs_", 20),
    (b"ghr_", 20),
    (b"github_pat_", 20),
    (b"glpat-", 16),
    (b"gsk_", 20),
    (b"hf_", 20),
    (b"hvs.", 16),
    (b"lin_api_", 16),
    (b"npm_", 20),
    (b"pk_live_", 16),
    (b"pk_test_", 16),
    (b"pypi-", 20),
    (b"pplx-", 20),
    (b"rk_live_", 16),
    (b"rk_test_", 16),
    (b"r8_", 20),
    (b"sk-", 16),
    (b"sk_live_", 16),
    (b"sk_test_", 16),
    (b"shpat_", 20),
    (b"vault:v", 12),
    (b"whsec_", 16),
    (b"xoxb-", 16),
    (b"xoxp-", 16),
    (b"xoxa-", 16),
    (b"xoxr-", 16),
    (b"xoxs-", 16),
    (b"xapp-", 16),
    (b"xai-", 20),
    (b"ya29.", 16),
];

/// What begins with a prefix of a secret.
pub(super) enum Found {
    Secret(Hit),
    /// None, up to there.
    Other(usize),
    Nothing,
}

/// A quick look at the first two letters of a word.
pub(super) fn may_begin(text: &[u8], start: usize) -> bool {
    const FIRST: [u32; 256] = {
        let mut first = [0; 256];
        let mut at = 0;
        while at < PREFIXES.len() {
            let prefix = PREFIXES[at].0;
            first[prefix[0] as usize] |= 1 << (prefix[1] & 31);
            at += 1;
        }
        first
    };
    text.get(start + 1)
        .is_some_and(|next| FIRST[usize::from(text[start])] & 1 << (next & 31) != 0)
}

/// The secret that begins at `start`.
pub(super) fn find(text: &[u8], start: usize) -> Found {
    /// Where those with a first byte begin.
    const FROM: [usize; 256] = {
        let mut from = [PREFIXES.len(); 256];
        let mut at = PREFIXES.len();
        while at > 0 {
            at -= 1;
            from[PREFIXES[at].0[0] as usize] = at;
        }
        from
    };
    let rest = &text[start..];
    let Some(&(prefix, least)) = PREFIXES[FROM[usize::from(rest[0])]..]
        .iter()
        .take_while(|(prefix, _)| prefix[0] == rest[0])
        .find(|(prefix, _)| rest.starts_with(prefix))
    else {
        return Found::Nothing;
    };
    let is_part = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=')
    };
    let all = run(text, start, is_part);
    let end = all - usize::from(matches!(text[all - 1], b'.' | b'-'));
    let secret = &text[start..end];
    // The first part of a JSON Web Token is base64 of `{"` (RFC 7519); two dots follow.
    let is_shaped = match prefix {
        b"eyJ" => secret.contains(&b'.'),
        b"sk-" | b"xai-" | b"hf_" | b"npm_" | b"pypi-" | b"r8_" => {
            let own = secret.get(prefix.len()..).unwrap_or_default();
            own.iter().any(u8::is_ascii_digit) || is_mixed(own)
        }
        _ => true,
    };
    if secret.len() >= least && is_shaped {
        Found::Secret(Hit {
            start,
            end,
            kind: Kind::Secret,
        })
    } else {
        Found::Other(all)
    }
}

/// Letters as no word of a language has them: a capital after a small letter, twice at least.
fn is_mixed(text: &[u8]) -> bool {
    let turns = text
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    turns.count() >= 2
}

/// Credentials after the name of a scheme (RFC 7617, RFC 6750), a word that ends at `word_end`.
pub(super) fn after_scheme(text: &[u8], word: &[u8], end: usize) -> Option<Hit> {
    let is_bearer = word.eq_ignore_ascii_case(b"bearer");
    if !(is_bearer || word.eq_ignore_ascii_case(b"basic")) || text.get(end) != Some(&b' ') {
        return None;
    }
    let start = run(text, end, |byte| byte == b' ');
    let stop = run(text, start, |byte| {
        is_word(byte) && byte < 0x80
            || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
    });
    let stop = if stop > start && text[stop - 1] == b'.' {
        stop - 1
    } else {
        stop
    };
    let token = &text[start..stop];
    let has_mark = token.iter().any(|byte| !byte.is_ascii_alphabetic())
        || token.iter().skip(1).any(u8::is_ascii_uppercase);
    let has_both =
        token.iter().any(u8::is_ascii_digit) && token.iter().any(u8::is_ascii_alphabetic);
    let is_token = token.len() >= 8 && has_mark || is_bearer && token.len() >= 4 && has_both;
    is_token.then_some(Hit {
        start,
        end: stop,
        kind: Kind::Secret,
    })
}

/// A private key in PEM (RFC 7468) whose first hyphen is at `start`.
pub(super) fn private_key(text: &[u8], start: usize) -> Option<Hit> {
    let rest = &text[start..];
    if rest.get(1) != Some(&b'-') || !rest.starts_with(b"-----BEGIN ") {
        return None;
    }
    let label = &rest[..rest.len().min(64)];
    if !label.windows(11).any(|window| window == b"PRIVATE KEY") {
        return None;
    }
    // A key that was cut off has no end; then all that looks like one goes.
    let end = rest
        .windows(9)
        .position(|window| window == b"-----END ")
        .map_or(rest.len(), |at| {
            let tail = at + 9;
            rest[tail..]
                .windows(5)
                .take(64)
                .position(|window| window == b"-----")
                .map_or(rest.len(), |close| tail + close + 5)
        });
    Some(Hit {
        start,
        end: start + end,
        kind: Kind::Secret,
    })
}

/// How much of a secret after its noun is looked at before it is taken for one.
const MAX_BEGINNING: usize = 64;

/// The end of a secret after its noun alone: a word with letters and digits.
pub(super) fn spoken_end(text: &[u8], start: usize) -> Option<usize> {
    // What a secret is made of shows early; all of the rest need not be read for it.
    if !has_digit_within(text, start, MAX_BEGINNING) {
        return None;
    }
    let beginning = &text[..text.len().min(start + MAX_BEGINNING)];
    let secret = &text[start..value_end(beginning, start)];
    let has_both =
        secret.iter().any(u8::is_ascii_digit) && secret.iter().any(u8::is_ascii_alphabetic);
    if secret.len() < 6 || !has_both || is_setting(text, start) {
        return None;
    }
    let end = value_end(text, start);
    (super::code::uuid_end(text, start) != Some(end)).then_some(end)
}

/// "session timeout=3600".
fn is_setting(text: &[u8], start: usize) -> bool {
    let key = word_end(text, start);
    let value = word_end(text, (key + 1).min(text.len()));
    text.get(key) == Some(&b'=')
        && value > key + 1
        && text[key + 1..value].iter().all(u8::is_ascii_digit)
        && text[start..key].iter().all(u8::is_ascii_lowercase)
        && field::classify(&text[start..key]) == Field::About
}

fn ends_with_placeholder(value: &[u8]) -> bool {
    const LONGEST: usize = 32;
    let from = value.len().saturating_sub(LONGEST);
    value.ends_with(b"]")
        && value[from..]
            .iter()
            .rposition(|&byte| byte == b'[')
            .is_some_and(|open| placeholder::is_one(&value[from + open..]))
}

/// A value of a field that holds a secret: up to a mark that ends it.
pub(super) fn value_end(text: &[u8], start: usize) -> usize {
    let word = word_end(text, start);
    let is_value = |byte: u8| {
        (byte > b' ' || byte == fold::MARK)
            && !matches!(
                byte,
                b'"' | b'\'' | b',' | b';' | b'&' | b'<' | b'>' | b'`' | b'|'
            )
    };
    let mut end = run(text, start, is_value);
    // The sign that parts the members of a query string may also be part of a password.
    while text.get(end) == Some(&b'&') && end > start {
        let key = run(text, end + 1, |byte| {
            is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
        });
        if text.get(key) == Some(&b'=') || key == end + 1 {
            break;
        }
        end = run(text, key, is_value);
    }
    while end > start + 1
        && matches!(text[end - 1], b'.' | b')' | b']' | b'}' | b':')
        && !ends_with_placeholder(&text[start..end])
    {
        end -= 1;
    }
    let scheme = &text[start..word];
    let is_scheme = [
        &b"bearer"[..],
        b"basic",
        b"digest",
        b"token",
        b"negotiate",
        b"apikey",
    ]
    .iter()
    .any(|known| scheme.eq_ignore_ascii_case(known));
    if is_scheme && end == word && text.get(end) == Some(&b' ') {
        let next = run(text, end, |byte| byte == b' ');
        if next < text.len() && text[next] != b'[' {
            return value_end(text, next);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::PREFIXES;

    #[test]
    fn prefixes_with_one_first_byte_are_side_by_side() {
        let mut firsts: Vec<u8> = PREFIXES.iter().map(|(prefix, _)| prefix[0]).collect();
        firsts.dedup();
        let count = firsts.len();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), count);
    }
}
