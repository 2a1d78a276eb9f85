//! Keys before a separator: how far back one goes, and which field it names.

use super::announced::is_source_file;
use super::class::{self, is_letter, is_word, run};
use super::{lexicon, literal, markup, modifier};
use crate::phi::field::{self, Field};

/// No key is further from its separator.
const MAX_GAP: usize = 24;

/// No key is longer.
pub(super) const MAX_KEY: usize = 64;

/// What the key before the separator at `at` says, and whether it is in quotes.
pub(super) fn before(text: &[u8], at: usize, floor: usize) -> Option<(Field, bool)> {
    let mut end = name_end(text, at, floor);
    if end == floor {
        return None;
    }
    // "['ssn']".
    if end > floor + 1 && text[end - 1] == b']' && matches!(text[end - 2], b'"' | b'\'') {
        end -= 1;
    }
    // "ZIP+4".
    let goes_on = |byte: u8| is_word(byte) || byte == b'+';
    let is_alone = text[end - 1].is_ascii_digit() && (end - floor < 2 || !goes_on(text[end - 2]));
    if is_alone && !ends_with_its_number(&text[floor..end]) {
        return None;
    }
    if matches!(text[end - 1], b'"' | b'\'' | b'`') {
        let quote = text[end - 1];
        let from = floor.max(end.saturating_sub(MAX_KEY));
        let open = text[from..end - 1]
            .iter()
            .rposition(|&byte| byte == quote)?;
        return Some((field::classify(&text[from + open + 1..end - 1]), true));
    }
    if let Some(before) = before_representation(text, end, floor) {
        end = before;
    }
    if let Some(before) = before_remark(text, end, floor) {
        end = before;
    }
    while end > floor && matches!(text[end - 1], b')' | b']' | b'#' | b' ') && at - end < 4 {
        end -= 1;
    }
    let is_key =
        |byte: u8| is_word(byte) || matches!(byte, b'_' | b'-' | b'.' | b'\'' | b'/' | b'+');
    let from = floor.max(end.saturating_sub(MAX_KEY));
    let key_start = |mut start: usize| {
        while start > from && is_key(text[start - 1]) {
            start -= 1;
        }
        start
    };
    let mut start = key_start(end);
    if text[at] == b'=' && modifier::is_before(text, start, end, from) {
        end = start - 1;
        start = key_start(end);
    }
    if start == end || !may_say_something(&text[start..end]) {
        return None;
    }
    let extension = text[start..end].iter().rposition(|&byte| byte == b'.');
    if extension.is_some_and(|dot| is_source_file(text, start + dot)) {
        return None;
    }
    // Words before it: "Date of birth", "medical record number (MRN)".
    let mut words = 1;
    while words < 5 && start > from + 1 && matches!(text[start - 1], b' ' | b'(') {
        // The arguments of a call: "Row(age -> 93)".
        if text[start - 1] == b'(' && text[start - 2] != b' ' {
            break;
        }
        let mut before = start - 1;
        while before > from && matches!(text[before - 1], b' ' | b'(' | b')' | b'#') {
            before -= 1;
        }
        let word_end = before;
        while before > from && is_key(text[before - 1]) {
            before -= 1;
        }
        if before == word_end {
            break;
        }
        start = before;
        words += 1;
    }
    let mut name = &text[start..end];
    // A last word of several parts is a key by itself: "updated ageYears=…".
    if let Some(space) = name.iter().rposition(|&byte| byte == b' ') {
        let last = &name[space + 1..];
        let is_compound = last.windows(2).any(|pair| {
            pair[1] == b'_' || pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()
        });
        if is_compound {
            name = last;
        }
    }
    let is_numbered = text[end..at].contains(&b'#');
    Some((said(text, at, name, is_numbered), false))
}

/// Where a key ends before the separator at `at`, with what stands between them.
fn name_end(text: &[u8], at: usize, floor: usize) -> usize {
    let back = |mut end: usize, is_passed: fn(u8) -> bool| {
        let least = floor.max(end.saturating_sub(2));
        while end > least && is_passed(text[end - 1]) {
            end -= 1;
        }
        end
    };
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t');
    // In a form the colons are below each other.
    let is_passed = |end: usize| match text[..end] {
        // "Name . . . . :".
        [.., before, b'.'] => matches!(before, b' ' | b'.'),
        [.., before] => is_space(before),
        [] => false,
    };
    let mut end = at;
    while end > floor && at - end < MAX_GAP && is_passed(end) {
        end -= 1;
    }
    // "->", "<>", "!=", "<=": the separator has another mark before.
    let operator = back(end, |byte| matches!(byte, b'-' | b'<' | b'>' | b'!'));
    if operator < end && end == at && !text[operator..end].contains(&b'>') {
        end = back(operator, is_space);
    }
    end = markup::label_end(text, end, floor);
    // "mrn::text = …".
    if text[at] == b'=' {
        let word = class::word_before(&text[floor..end], end - floor).len();
        if text[floor..end - word].ends_with(b"::") && literal::is_type(&text[end - word..end]) {
            end -= word + 2;
        }
    }
    end
}

/// "Address 2", "SSN last 4": a number that is a part of the key.
fn ends_with_its_number(key: &[u8]) -> bool {
    const BEFORE: [&[u8]; 5] = [b"address ", b"addr ", b"line ", b"last ", b"phone "];
    let words = &key[..key.len() - 1];
    BEFORE.iter().any(|known| class::ends_with(words, known))
}

/// What the words of a key say. What says nothing as a whole may say something without the words before.
fn said(text: &[u8], at: usize, mut name: &[u8], is_numbered: bool) -> Field {
    loop {
        let field = if is_numbered {
            field::classify_numbered(name)
        } else {
            field::classify(name)
        };
        if field != Field::Plain {
            return invalid(text, at, name).unwrap_or(field);
        }
        let word = run(name, 0, |byte| byte != b' ');
        let next = run(name, word, |byte| matches!(byte, b' ' | b'(' | b')' | b'#'));
        if next >= name.len() {
            return field;
        }
        name = &name[next..];
    }
}

/// What a message says to be invalid and quotes after `at`: `Invalid patient name: "…"`.
fn invalid(text: &[u8], at: usize, name: &[u8]) -> Option<Field> {
    const INVALID: &[u8] = b"invalid ";
    let of = name
        .get(..INVALID.len())
        .filter(|word| word.eq_ignore_ascii_case(INVALID))
        .map(|_| field::classify(&name[INVALID.len()..]))?;
    let is_quoted = matches!(text.get(at + 1..at + 3), Some([b' ', b'"' | b'\'' | b'`']));
    (is_quoted && matches!(of, Field::Strong(_) | Field::Whole(_) | Field::Coded(_))).then_some(of)
}

/// Where a key ends that a value representation of DICOM (PS3.5, 6.2) follows: "DeviceSerialNumber LO".
fn before_representation(text: &[u8], end: usize, floor: usize) -> Option<usize> {
    const REPRESENTATIONS: [&[u8]; 12] = [
        b"AS", b"CS", b"DA", b"DT", b"IS", b"LO", b"LT", b"PN", b"SH", b"ST", b"UI", b"UT",
    ];
    let before = end.checked_sub(3).filter(|&before| before > floor)?;
    (text[before] == b' '
        && is_letter(text[before - 1])
        && REPRESENTATIONS.contains(&&text[before + 1..end]))
    .then_some(before)
}

/// Where a key ends that a remark in parentheses follows up to `end`: "MRN (verified)". A remark says how far the
/// value is to be trusted, and nothing of what it is.
fn before_remark(text: &[u8], end: usize, floor: usize) -> Option<usize> {
    const MAX_REMARK: usize = 24;
    (text[end - 1] == b')').then_some(())?;
    let from = floor.max(end.saturating_sub(MAX_REMARK));
    let open = from + text[from..end].iter().rposition(|&byte| byte == b'(')?;
    let remark = &text[open + 1..end - 1];
    let key = text[floor..open].trim_ascii_end().len();
    let is_remark = match field::classify(remark) {
        _ if remark.eq_ignore_ascii_case(b"last, first") => true,
        Field::Plain => remark
            .iter()
            .all(|&byte| is_letter(byte) || matches!(byte, b' ' | b'-')),
        Field::About => remark.ends_with(b"ed") || remark == b"optional",
        _ => false,
    };
    (is_remark && key > 0 && !remark.is_empty()).then_some(floor + key)
}

/// A quick look at a key: whether its last word is known, or it may be several words in one.
pub(super) fn may_say_something(key: &[u8]) -> bool {
    let digits = key.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    // "mrn2".
    may_be_known(key)
        || digits > 0 && digits < key.len() && may_be_known(&key[..key.len() - digits])
}

fn may_be_known(key: &[u8]) -> bool {
    let last = key
        .windows(2)
        .rposition(|pair| {
            let begins = pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
            begins || !pair[0].is_ascii_alphabetic()
        })
        .map_or(0, |place| place + 1);
    let word = &key[last..];
    // "admit_ts", "admittedOn".
    let is_of_time = last > 0
        && [&b"ts"[..], b"tm", b"on"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
    word.len() >= 8
        || is_of_time
        || last > 0 && !word[0].is_ascii_alphabetic()
        || lexicon::flags_of(word) & lexicon::KEY != 0
        || word
            .strip_suffix(b"s")
            .is_some_and(|one| lexicon::flags_of(one) & lexicon::KEY != 0)
}
