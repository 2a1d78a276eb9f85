//! Email addresses: RFC 5321's local part, RFC 6531's Unicode, a domain with a top level.

use super::Hit;
use super::class::is_word;
use crate::phi::Kind;

/// The address around the sign at `at`. It begins no earlier than `floor`.
pub(super) fn find(text: &[u8], at: usize, floor: usize) -> Option<Hit> {
    let start = local_start(text, at, floor)?;
    let end = domain_end(text, at + 1)?;
    // The host of a Git remote.
    if &text[start..at] == b"git" && text.get(end) == Some(&b':') {
        return None;
    }
    Some(Hit {
        start,
        end,
        kind: Kind::Email,
    })
}

/// An address whose sign is written out, in brackets that open at `at`: "jane (at) example \[dot\] org".
pub(super) fn spelt(text: &[u8], at: usize, floor: usize) -> Option<Hit> {
    let is_in_brackets = |at: usize, word: &[u8]| {
        let inside = text.get(at + 1..at + 1 + word.len());
        matches!(text.get(at), Some(b'[' | b'('))
            && inside.is_some_and(|inside| inside.eq_ignore_ascii_case(word))
            && matches!(text.get(at + 1 + word.len()), Some(b']' | b')'))
    };
    if !is_in_brackets(at, b"at") {
        return None;
    }
    let local = floor + text[floor..at].trim_ascii_end().len();
    let start = local_start(text, local, floor).filter(|_| at - local < 2)?;
    let spaces = |at: usize| at + usize::from(text.get(at) == Some(&b' '));
    let mut end = spaces(at + 4);
    let mut labels = 0;
    loop {
        let label = super::class::run(text, end, |byte| is_word(byte) || byte == b'-');
        if label == end {
            return None;
        }
        end = label;
        labels += 1;
        let dot = spaces(end);
        if is_in_brackets(dot, b"dot") {
            end = spaces(dot + 5);
        } else if text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(|&b| is_word(b)) {
            end += 1;
        } else {
            break;
        }
    }
    (labels > 1).then_some(Hit {
        start,
        end,
        kind: Kind::Email,
    })
}

/// The name before an address in angle brackets: `"Jane Doe" <jane@example.org>` (RFC 5322, 3.4).
pub(super) fn display_name(text: &[u8], address: usize, floor: usize) -> Option<Hit> {
    let before = text[floor..address].strip_suffix(b"<")?.trim_ascii_end();
    let (name, end) = if let Some(quoted) = before.strip_suffix(b"\"") {
        let tail = &quoted[quoted.len().saturating_sub(64)..];
        let open = tail.iter().rposition(|&byte| byte == b'"')?;
        let name = &tail[open + 1..];
        // "Jane Doe via Portal".
        let via = name.windows(5).position(|word| word == b" via ");
        let length = via.unwrap_or(name.len());
        (length, floor + quoted.len() - name.len() + length)
    } else {
        let is_name = |byte: u8| is_word(byte) || matches!(byte, b' ' | b'\'' | b'-' | b'.');
        let length = before
            .iter()
            .rev()
            .take(48)
            .take_while(|byte| is_name(**byte))
            .count();
        let leading = before[before.len() - length..]
            .iter()
            .take_while(|byte| **byte == b' ')
            .count();
        let words = &before[before.len() - length + leading..];
        // The words of a sentence may come before: "sent to Jane Doe <…>".
        let name = super::full_name::full_name_start(words).map_or(0, |at| words.len() - at);
        (name, floor + before.len())
    };
    let start = end - name;
    (name > 0 && super::full_name::is_full_name(&text[start..end])).then_some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

fn local_start(text: &[u8], at: usize, floor: usize) -> Option<usize> {
    if at > floor && text[at - 1] == b'"' {
        let open = text[floor..at - 1]
            .iter()
            .rposition(|&byte| byte == b'"' || byte == b'\n')?;
        let start = floor + open;
        return (text[start] == b'"' && at - start <= 66 && at - start > 2).then_some(start);
    }
    let mut start = at;
    while start > floor && is_local(text[start - 1]) {
        start -= 1;
    }
    // What marks of punctuation come before belong to the text around.
    while start < at && !is_word(text[start]) && text[start] != b'_' {
        start += 1;
    }
    (start < at).then_some(start)
}

fn is_local(byte: u8) -> bool {
    is_word(byte)
        || matches!(
            byte,
            b'.' | b'_'
                | b'%'
                | b'+'
                | b'-'
                | b'\''
                | b'!'
                | b'#'
                | b'$'
                | b'*'
                | b'^'
                | b'`'
                | b'{'
                | b'}'
                | b'~'
        )
}

fn domain_end(text: &[u8], start: usize) -> Option<usize> {
    if text.get(start) == Some(&b'[') {
        let close = text[start..]
            .iter()
            .take(50)
            .position(|&byte| byte == b']')?;
        return text[start + 1]
            .is_ascii_digit()
            .then_some(start + close + 1);
    }
    let mut at = start;
    let mut end = None;
    let mut label = start;
    loop {
        let byte = text.get(at).copied().unwrap_or(b' ');
        if is_word(byte) || byte == b'-' {
            at += 1;
            continue;
        }
        if at == label {
            break;
        }
        // "jane.doe@example.org-24" of a key: the domain ends before the hyphen, if no label comes after it.
        let hyphen = text[label..at].iter().position(|&byte| byte == b'-');
        let first = hyphen.map_or(at, |length| label + length);
        if label > start {
            end = [at, first]
                .into_iter()
                .find(|&end| is_top_level(&text[label..end]))
                .or(end);
        }
        if byte != b'.' {
            break;
        }
        at += 1;
        label = at;
    }
    end
}

fn is_top_level(label: &[u8]) -> bool {
    label.len() >= 2
        && (label
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
            || label.starts_with(b"xn--"))
        && !matches!(
            label,
            b"service"
                | b"socket"
                | b"timer"
                | b"slice"
                | b"js"
                | b"mjs"
                | b"cjs"
                | b"ts"
                | b"tsx"
                | b"jsx"
        )
}
