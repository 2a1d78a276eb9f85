//! Numbers of telephones.

use super::class::{is_word, run_at_most};
use super::number::{self, Groups, digits_end, ends_number};
use super::{Hit, date, ip};
use crate::phi::Kind;

/// No international number has more digits (ITU-T E.164, 6.2.1).
const MAX_E164: usize = 15;

fn hit(start: usize, end: usize) -> Hit {
    Hit {
        start,
        end,
        kind: Kind::Phone,
    }
}

/// A number of the North American Numbering Plan: area and exchange do not begin with 0 or 1 (ATIS-0300051).
pub(super) fn in_groups(text: &[u8], groups: &Groups) -> Option<Hit> {
    let national = usize::from(groups.len(0) == 1 && text[groups.start()] == b'1');
    let lengths = (
        groups.len(national),
        groups.len(national + 1),
        groups.len(national + 2),
    );
    if lengths != (3, 3, 4) {
        return None;
    }
    let first = |group: usize| text[groups.range(group).start];
    if first(national) < b'2' || first(national + 1) < b'2' {
        return None;
    }
    let end = groups.end(national + 2);
    if !groups.ends(text, national + 2) {
        return None;
    }
    Some(hit(groups.start(), extension_end(text, end)))
}

/// Ten digits after an at sign where somebody is to be called back: "c/b @ 2125550123".
pub(super) fn at_sign(text: &[u8], at: usize) -> Option<Hit> {
    const NEAR: usize = 24;
    if text.get(at + 1) != Some(&b' ') {
        return None;
    }
    let start = at + 2;
    let end = digits_end(text, start);
    let before = &text[at.saturating_sub(NEAR)..at];
    let is_called = [&b"c/b"[..], b"call", b"cb "].iter().any(|word| {
        before
            .windows(word.len())
            .any(|it| it.eq_ignore_ascii_case(word))
    });
    (end - start == 10 && ends_number(text, end) && is_called).then_some(hit(start, end))
}

/// "(212) 555-0123", from the parenthesis on.
pub(super) fn in_parentheses(text: &[u8], start: usize) -> Option<Hit> {
    let area = start + 1 + usize::from(text.get(start + 1) == Some(&b' '));
    let area_end = digits_end(text, area);
    if !(2..=5).contains(&(area_end - area)) {
        return None;
    }
    let close = area_end + usize::from(text.get(area_end) == Some(&b' '));
    if text.get(close) != Some(&b')') {
        return None;
    }
    let mut rest = close + 1;
    while matches!(text.get(rest), Some(b' ' | b'-' | b'.' | b'+')) && rest < close + 4 {
        rest += 1;
    }
    let groups = Groups::read(text, rest);
    let mut digits = 0;
    for group in 0..groups.count() {
        digits += groups.len(group);
        if (6..=8).contains(&digits) && groups.ends(text, group) {
            return Some(hit(start, extension_end(text, groups.end(group))));
        }
    }
    None
}

/// An international number: a plus sign and up to fifteen digits (ITU-T E.164).
pub(super) fn international(text: &[u8], start: usize) -> Option<Hit> {
    // "2.4+20151223" is a version.
    let is_of_version = start > 0
        && text[start - 1].is_ascii_digit()
        && date::is_compact(&text[start + 1..digits_end(text, start + 1)]);
    if is_of_version {
        return None;
    }
    let (mut at, mut end) = (start + 1, start + 1);
    let mut digits = 0;
    let mut own_end = None;
    loop {
        let group = digits_end(text, at);
        if group == at {
            own_end = None;
            break;
        }
        if digits >= 8 && number::begins_date_or_address(text, at, group) {
            own_end = own_end.or(Some((end, digits)));
            break;
        }
        if digits >= 8 && own_end.is_none() && begins_number(text, at) {
            own_end = Some((end, digits));
        }
        // What is more than a number has is another one.
        if digits > 0 && digits + (group - at) > MAX_E164 {
            break;
        }
        digits += group - at;
        end = group;
        at = run_at_most(text, end, 3, |byte| {
            matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/')
        });
    }
    let (end, digits) = own_end.unwrap_or((end, digits));
    ((8..=MAX_E164).contains(&digits)
        && !text.get(end).is_some_and(|&byte| is_word(byte))
        && text[start + 1] != b'0')
        .then(|| Hit {
            start,
            end: extension_end(text, end),
            kind: Kind::Phone,
        })
}

/// Whether the digits at `at` begin a number of their own.
fn begins_number(text: &[u8], at: usize) -> bool {
    number::find(text, at).is_some()
        || ip::find_v4(text, at).is_some()
        || text[at - 1] == b'(' && in_parentheses(text, at - 1).is_some()
}

/// The same after the prefix for calls abroad (ITU-T E.164, annex A): "0044 20 7946 0123".
pub(super) fn international_access(text: &[u8], start: usize, first: usize) -> Option<Hit> {
    if !text[start..].starts_with(b"00")
        || !(3..=5).contains(&(first - start))
        || text[start + 2] == b'0'
    {
        return None;
    }
    let groups = Groups::read(text, start);
    let mut digits = groups.len(0);
    let mut end = None;
    for group in 1..groups.count() {
        // Behind another mark is another number, when one is whole.
        if end.is_some() && groups.mark_before(text, group) != groups.mark_before(text, 1) {
            break;
        }
        digits += groups.len(group);
        let is_longer = ends_number(text, groups.end(group)) || end.is_none();
        if group >= 2
            && (11..=17).contains(&digits)
            && groups.len(group) >= 3
            && is_longer
            && groups.ends(text, group)
        {
            end = Some(groups.end(group));
        }
    }
    end.map(|end| hit(start, end))
}

/// Past "ext. 12", "x12" or "#12".
pub(super) fn extension_end(text: &[u8], end: usize) -> usize {
    let mut at = end;
    while matches!(text.get(at), Some(b' ' | b',' | b';')) && at < end + 3 {
        at += 1;
    }
    let rest = &text[at..];
    let word = [&b"extension"[..], b"ext", b"x", b"#"]
        .into_iter()
        .find(|word| {
            rest.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        });
    let Some(word) = word else {
        return end;
    };
    at += word.len();
    while matches!(text.get(at), Some(b' ' | b'.' | b':' | b'=')) && at < end + 16 {
        at += 1;
    }
    match digits_end(text, at) {
        digits if (1..=7).contains(&(digits - at)) && ends_number(text, digits) => digits,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn ten_digits_after_an_at_sign_are_a_phone_where_somebody_is_called() {
        assert_eq!(
            redact_text("pls c/b sister @ 2125550123"),
            "pls c/b sister @ [phone]"
        );
        for text in ["seek @ 2125550123", "librtmp1 2.4+20151223.gitfa8646d"] {
            assert_eq!(redact_text(text), text);
        }
    }
}
