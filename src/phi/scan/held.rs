//! The value that a key holds, after its separator: in quotes, in brackets, on the next line, or up to what ends it.

use super::announced::is_measured;
use super::class::{ends_with, is_word, run, run_at_most, word_end};
use super::keyed::Read;
use super::value::{self, Announced};
use super::{Hit, code, ip, lexicon, literal, markup, person, secret, whole, wrapper};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No object or array that is no JSON is read further.
pub(super) const MAX_BRACKET: usize = 4096;

/// What a value in quotes is shows before so many bytes of it.
const MAX_QUOTED: usize = 1024;

/// The value of `field`, whose separator is at `at`.
pub(super) fn value(
    text: &[u8],
    at: usize,
    field: Field,
    quoted_key: bool,
    read: &mut Read,
) -> Option<Hit> {
    let mut start = at + 1;
    start = run_at_most(text, start, 2, |byte| matches!(byte, b'=' | b'>' | b':'));
    start = markup::past(text, start);
    start = past_line_break(text, start, field, quoted_key)?;
    let is_name = matches!(
        field,
        Field::Name | Field::Person | Field::Whole(Kind::Name)
    );
    if !is_name || !wrapper::is_apostrophe(text, start) {
        start = wrapper::past(text, start);
    }
    start += usize::from(is_name && is_set_off(text, start));
    if field.is_of_days()
        && let Some(hit) = wrapper::date(text, start)
    {
        return Some(hit);
    }
    let next = *text.get(start)?;
    if field == Field::Secret
        && let Some(hit) =
            secret::private_key(text, start + usize::from(!is_word(next) && next != b'-'))
    {
        return Some(hit);
    }
    if matches!(next, b'"' | b'\'' | b'`') {
        return quoted(text, at, start, field, read);
    }
    if next == b'[' && placeholder::length_at(&text[start..]).is_none() || next == b'{' {
        let kind = match field {
            Field::Place if ip::begins_network_address(text, start) => return None,
            Field::Strong(kind) | Field::Whole(kind) => kind,
            Field::Name => Kind::Name,
            Field::Secret => Kind::Secret,
            Field::Place => Kind::Address,
            _ => return None,
        };
        if start < read.unclosed {
            return None;
        }
        let Some(end) = bracket_end(text, start) else {
            read.unclosed = start + MAX_BRACKET;
            return None;
        };
        return (end > start + 2).then_some(Hit {
            start: start + 1,
            end: end - 1,
            kind,
        });
    }
    // "MRN: <00123456>".
    if next == b'<'
        && matches!(field, Field::Strong(_) | Field::Coded(_))
        && text.get(start + 1).is_some_and(u8::is_ascii_alphanumeric)
    {
        return value::take(field, text, start + 1, Announced::Key)
            .filter(|hit| text.get(hit.end) == Some(&b'>'));
    }
    if field == Field::Secret && is_cookie(&text[..at]) {
        if placeholder::length_at(&text[start..]).is_some() {
            return None;
        }
        let end = run(text, start, |byte| {
            !matches!(byte, b'\n' | b'\r' | b'\t' | b'"' | b'\'' | b'`')
        });
        return (end > start).then_some(Hit {
            start,
            end,
            kind: Kind::Secret,
        });
    }
    if field == Field::Secret && is_no_secret(text, at, start)
        || field == Field::Place && is_country(text, at, start)
    {
        return None;
    }
    if start == at + 1 && is_scope(text, at, field) {
        return None;
    }
    value::take(field, text, start, Announced::Key)
        // "zip: 721 files".
        .filter(|hit| field != Field::Zip || !is_measured(text, hit.end))
        .map(|hit| before_next_key(text, hit))
        .map(|hit| value::within_request(text, hit))
}

/// Whether what begins at `start` is between underscores, as "**Patient:** _Jane Doe_" of Markdown.
fn is_set_off(text: &[u8], start: usize) -> bool {
    const LONGEST: usize = 64;
    if text.get(start) != Some(&b'_') || !text.get(start + 1).is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let end = run_at_most(text, start + 1, LONGEST, |byte| {
        !matches!(byte, b'_' | b'\n')
    });
    text.get(end) == Some(&b'_') && !text.get(end + 1).is_some_and(|&byte| is_word(byte))
}

/// Where the value of a key begins that stands at the end of its line: on the next one, if it can be told from a key there.
fn past_line_break(text: &[u8], start: usize, field: Field, quoted_key: bool) -> Option<usize> {
    let line = match *text.get(start)? {
        b'\r' if text.get(start + 1) == Some(&b'\n') => start + 2,
        b'\n' | b'\r' => start + 1,
        _ => return Some(start),
    };
    let indented = run(text, line, |byte| byte == b' ');
    let is_literal = |byte: u8| {
        matches!(byte, b'"' | b'\'')
            || byte.is_ascii_digit()
            || byte.is_ascii_uppercase() && is_name_alone(text, indented, field)
    };
    let is_dumped = text[indented..].starts_with(b"string(");
    Some(
        if text.get(line).is_some_and(|&byte| is_word(byte)) && !quoted_key {
            line
        } else if is_dumped || text.get(indented).is_some_and(|&byte| is_literal(byte)) {
            indented
        } else {
            start
        },
    )
}

/// The value in quotes that open at `start`, of the key before `at`.
fn quoted(text: &[u8], at: usize, start: usize, field: Field, read: &mut Read) -> Option<Hit> {
    let close = read.quote_end(text, start + 1, text[start]);
    let content = &text[start + 1..close];
    if placeholder::is_one(content) || content.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    if field == Field::Name && text[at] == b'=' {
        // As in a form: the value stands beside the name of its field.
        let named = field::classify(content);
        if !matches!(
            named,
            Field::Plain | Field::About | Field::Name | Field::PersonLike
        ) {
            return markup::named_value(text, close, named);
        }
        if text[..at].ends_with(b"form-data; name")
            || markup::is_name_of_thing(text, at - 1, content)
        {
            return None;
        }
    }
    let beginning = &content[..content.len().min(MAX_QUOTED)];
    let kind =
        whole::whole(field, beginning, false).or_else(|| literal::of_array(field, content))?;
    Some(Hit {
        start: start + 1,
        end: close,
        kind,
    })
}

/// Whether a line that is no key of its own is the name that the key above it announces.
fn is_name_alone(text: &[u8], start: usize, field: Field) -> bool {
    const LONGEST: usize = 64;
    let is_person = matches!(field, Field::Person | Field::Whole(Kind::Name));
    let end = run_at_most(text, start, LONGEST, |byte| !matches!(byte, b'\n' | b'\r'));
    is_person
        && !text[start..end]
            .iter()
            .any(|byte| matches!(byte, b':' | b'=' | b'{'))
        && !person::is_all_wording(text, start, end)
}

/// "PWD=/home/deploy", where a program runs, and "session:6f1e0a64-…", an identifier of ours.
fn is_no_secret(text: &[u8], at: usize, start: usize) -> bool {
    let end = secret::value_end(text, start);
    let value = &text[start..end];
    let is_of_path =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/-_.".contains(byte);
    if text[start] == b'/' {
        const ROOTS: [&[u8]; 12] = [
            b"app",
            b"code",
            b"data",
            b"home",
            b"mnt",
            b"opt",
            b"root",
            b"srv",
            b"tmp",
            b"usr",
            b"var",
            b"workspace",
        ];
        let root = word_end(text, start + 1);
        return ROOTS.contains(&&text[start + 1..root])
            && matches!(
                text.get(root),
                None | Some(b'/' | b' ' | b'\n' | b'"' | b'\'')
            )
            && value.iter().all(is_of_path);
    }
    ends_with(&text[..at], b"session") && code::uuid_end(text, start) == Some(end)
}

/// "geo=US latency=41": a country is no smaller than a state.
fn is_country(text: &[u8], at: usize, start: usize) -> bool {
    let end = word_end(text, start);
    ends_with(&text[..at], b"geo")
        && end - start == 2
        && text[start..end].iter().all(u8::is_ascii_uppercase)
}

/// Whether what follows a colon at once is a word of sentences: "patients:read" is a permission.
fn is_scope(text: &[u8], colon: usize, field: Field) -> bool {
    let start = colon + 1;
    text[colon] == b':'
        && matches!(
            field,
            Field::Person | Field::Name | Field::Whole(Kind::Name)
        )
        && text[start].is_ascii_lowercase()
        && lexicon::is_wording(text, start, word_end(text, start))
}

/// A name does not go on with the next key: "LastName = Doe, FirstName = Jane".
fn before_next_key(text: &[u8], mut hit: Hit) -> Hit {
    let after = run(text, hit.end, |byte| byte == b' ');
    if hit.kind == Kind::Name
        && matches!(text.get(after), Some(b'=' | b':'))
        && let Some(comma) = text[hit.start..hit.end]
            .iter()
            .rposition(|&byte| byte == b',')
        && comma > 0
    {
        hit.end = hit.start + comma;
    }
    hit
}

/// Where the quote is that ends what begins at `start`. An apostrophe inside a word ends nothing.
pub(super) fn quote_end(text: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start;
    while at < text.len() && text[at] != b'\n' {
        let is_apostrophe = at > start
            && quote == b'\''
            && is_word(text[at - 1])
            && text.get(at + 1).is_some_and(|&next| is_word(next));
        if text[at] == quote && !is_apostrophe {
            return at;
        }
        at += if text[at] == b'\\' && at + 1 < text.len() {
            2
        } else {
            1
        };
    }
    at.min(text.len())
}

/// Past the bracket that closes the one at `start`, if it is not far.
pub(super) fn bracket_end(text: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0;
    for (place, &byte) in text[start..].iter().enumerate().take(MAX_BRACKET) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(start + place + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A header of cookies has several, with semicolons between them.
pub(super) fn is_cookie(key: &[u8]) -> bool {
    let key = key.strip_suffix(b"\"").unwrap_or(key);
    let key = key.strip_suffix(b"s").unwrap_or(key);
    key.len() >= 6 && key[key.len() - 6..].eq_ignore_ascii_case(b"cookie")
}
