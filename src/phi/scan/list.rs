//! Lists: values after the first that a cue announces, "MRNs 00123456 and 00123457".

use super::announced::is_measured;
use super::class::{is_boundary_after, run_at_most, word_before, word_end};
use super::number::digits_end;
use super::value::{self, Announced};
use super::{Hit, lexicon, name, person};
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No item of a list is longer.
const MAX_ITEM: usize = 128;
/// The cue of a name that was changed is no further before it.
const MAX_CUE: usize = 24;

/// Whether the word that ends at `end` names several.
pub(super) fn is_plural(text: &[u8], mut end: usize) -> bool {
    if is_open(text, end) {
        return true;
    }
    if text[..end].ends_with(b")") {
        end = text[..end]
            .iter()
            .rev()
            .take(MAX_ITEM)
            .position(|&byte| byte == b'(')
            .map_or(end, |open| end - open - 1);
    }
    while end > 0 && matches!(text[end - 1], b' ' | b'"' | b'\'' | b'`') {
        end -= 1;
    }
    let word = word_before(text, end);
    let length = word.len();
    let is_title = || lexicon::flags_of(word) & lexicon::TITLE != 0;
    length > 2
        && matches!(word[length - 1], b's' | b'S')
        && !word[length - 2].eq_ignore_ascii_case(&b's')
        && (!is_title() || word.eq_ignore_ascii_case(b"drs"))
}

/// Whether the word that ends at `end` names one or several: "MRN(s)".
pub(super) fn is_open(text: &[u8], end: usize) -> bool {
    text[..end].ends_with(b"(s)") || past_plural(text, end) > end
}

/// Past the mark of a plural after a word that ends at `end`: "MRN(s)".
pub(super) fn past_plural(text: &[u8], end: usize) -> usize {
    if text[end..].starts_with(b"(s)") {
        end + 3
    } else {
        end
    }
}

/// Whether `hit`, the only one after a word for several, says how many there are: "accounts: 120394".
pub(super) fn is_count(text: &[u8], hit: Hit) -> bool {
    let value = &text[hit.start..hit.end];
    let least = match hit.kind {
        Kind::Mrn | Kind::Ssn => 6,
        Kind::Name | Kind::Age | Kind::Date | Kind::Zip | Kind::Address | Kind::Email => {
            return false;
        }
        _ => 9,
    };
    value.len() < least && value.iter().all(u8::is_ascii_digit)
}

/// The value after `last` in the same list.
pub(super) fn next(text: &[u8], last: Hit, is_plural: bool) -> Option<Hit> {
    let changed = changed(text, last);
    if changed.is_some() {
        return changed;
    }
    let mut end = last.end;
    // Ages of 89 and less between others stay.
    loop {
        let (at, is_and) = separator_end(text, end)?;
        if placeholder::length_at(&text[at..]).is_some() {
            return None;
        }
        let digits = digits_end(text, at);
        if last.kind == Kind::Age
            && (1..=2).contains(&(digits - at))
            && is_boundary_after(text, digits)
            && !super::is_great_age(&text[at..digits])
            && digits < last.end + MAX_ITEM
        {
            end = digits;
            continue;
        }
        return if last.kind == Kind::Name {
            // "Dr. Ng/Dr. Li": the second has a cue of its own.
            let is_listed = is_and || text[last.end..at].iter().any(|byte| b",;".contains(byte));
            name_at(text, at, is_plural, is_listed)
        } else {
            code_at(text, at, last).filter(|hit| is_plural || is_like(text, last, *hit, is_and))
        };
    }
}

/// Words between items. Codes are merged into others, and mistaken for them.
const LINKS: [&[u8]; 19] = [
    b"and ",
    b"or ",
    b"& ",
    b"and/or ",
    b"into ",
    b"to ",
    b"with ",
    b"not ",
    b"-> ",
    b"=> ",
    b"vs ",
    b"vs. ",
    b"!= ",
    b"but got ",
    b"> ",
    b"was ",
    b"(was ",
    b"(formerly ",
    b"(previously ",
];

/// What a value was changed to: "age: 90 -> 101", "zip changed from "01650" to "83761"".
fn changed(text: &[u8], last: Hit) -> Option<Hit> {
    let is_quote = |byte: u8| matches!(byte, b'\'' | b'"' | b'`');
    let quoted = text.get(last.end).is_some_and(|&byte| is_quote(byte));
    let at = last.end + usize::from(quoted);
    let rest = text.get(at..)?;
    if !matches!(rest.first(), Some(b' ' | b'-')) {
        return None;
    }
    let link = [&b" -> "[..], b" => ", b"->", b" to "]
        .into_iter()
        .find(|link| rest.starts_with(link))?;
    let before = &text[..last.start - usize::from(quoted && last.start > 0)];
    if link == b" to " && !before.ends_with(b"from ") {
        return None;
    }
    let start = at + link.len();
    let open = start + usize::from(text.get(start).is_some_and(|&byte| is_quote(byte)));
    if placeholder::length_at(text.get(open..)?).is_some() {
        return None;
    }
    if last.kind == Kind::Name {
        let near = &text[last.start.saturating_sub(MAX_CUE)..last.start];
        let is_of_name = near
            .windows(4)
            .any(|word| word.eq_ignore_ascii_case(b"name"));
        let (end, words) = name::end(text, open, name::Expect::Capitals);
        let is_name = words > 0 && (is_of_name || !person::is_all_wording(text, open, end));
        return is_name.then_some(Hit {
            start: open,
            end,
            kind: Kind::Name,
        });
    }
    // "NPI 1234567893 -> 200": what it led to.
    let shortest = if matches!(last.kind, Kind::Age | Kind::Zip | Kind::Secret) {
        0
    } else {
        (last.end - last.start) / 2
    };
    value::take(field_of(last.kind)?, text, open, Announced::Key)
        .filter(|hit| hit.end - hit.start >= shortest)
}

/// What announces more values of a kind.
fn field_of(kind: Kind) -> Option<Field> {
    match kind {
        Kind::Phone | Kind::Card => Some(Field::Whole(kind)),
        Kind::Age => Some(Field::Age),
        Kind::Zip => Some(Field::Zip),
        Kind::Secret => Some(Field::Secret),
        Kind::Account | Kind::Plan | Kind::License | Kind::Device => Some(Field::Coded(kind)),
        Kind::Ssn
        | Kind::Mrn
        | Kind::Npi
        | Kind::Dea
        | Kind::Mbi
        | Kind::Vin
        | Kind::Iban
        | Kind::Date => Some(Field::Strong(kind)),
        _ => None,
    }
}

/// Past what parts the items of a list, and whether it is "and" or its like.
fn separator_end(text: &[u8], end: usize) -> Option<(usize, bool)> {
    let spaces = |at: usize| run_at_most(text, at, 3, |byte| byte == b' ');
    let quote = |at: usize| at + usize::from(matches!(text.get(at), Some(b'\'' | b'"' | b'`')));
    let mut at = spaces(quote(end));
    let mut is_and = false;
    let mark = matches!(text.get(at), Some(b',' | b';' | b'/' | b'&' | b'|'));
    if mark {
        is_and = text[at] == b'&';
        at = spaces(at + 1);
    }
    let link = LINKS
        .iter()
        .filter(|link| text.get(at) == Some(&link[0]) && (mark || at > end))
        .find(|link| text[at..].starts_with(link));
    if let Some(link) = link {
        is_and = true;
        at = spaces(at + link.len());
    }
    at = quote(at + usize::from(text.get(at) == Some(&b'#')));
    ((mark || is_and) && at < text.len()).then_some((at, is_and))
}

fn name_at(text: &[u8], at: usize, is_plural: bool, is_listed: bool) -> Option<Hit> {
    let (end, words) = name::end(text, at, name::Expect::Capitals);
    let is_enough = end - at > 1
        && if is_plural {
            words > 0
        } else {
            words > 1 && is_listed
        };
    (is_enough && !person::is_all_wording(text, at, end)).then_some(Hit {
        start: at,
        end,
        kind: Kind::Name,
    })
}

/// Whether a code looks like the one before it: digits alone, and about as many.
fn is_like(text: &[u8], last: Hit, next: Hit, is_and: bool) -> bool {
    let is_digits = |hit: Hit| text[hit.start..hit.end].iter().all(u8::is_ascii_digit);
    let (one, other) = (last.end - last.start, next.end - next.start);
    // Of these a code is as long as whoever gave it likes, but for a time in seconds or milliseconds.
    let of_any_length = matches!(last.kind, Kind::Mrn | Kind::Account)
        && !(matches!(other, 10 | 13) && text[next.start] == b'1');
    let most = if is_and { 2 } else { 0 };
    (is_digits(last) || of_any_length)
        && is_digits(next)
        && (of_any_length || one.abs_diff(other) <= most)
        && other > 5
}

fn code_at(text: &[u8], at: usize, last: Hit) -> Option<Hit> {
    if last.kind == Kind::Date {
        return None;
    }
    let field = field_of(last.kind)?;
    let is_code = text.get(at..word_end(text, at)).is_some_and(|word| {
        word.iter().any(u8::is_ascii_digit) || word.first().is_some_and(u8::is_ascii_uppercase)
    });
    if !is_code && text[at] != b'(' {
        return None;
    }
    let shortest = if matches!(last.kind, Kind::Age | Kind::Zip) {
        2
    } else {
        5
    };
    value::take(field, text, at, Announced::Words)
        .filter(|hit| hit.end - hit.start >= shortest && !is_measured(text, hit.end))
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn each_value_of_a_list_is_found() {
        for (text, expected) in [
            ("MRNs 00123456 and 00123457", "MRNs [mrn] and [mrn]"),
            ("npis: 1234567893; 1245319599", "npis: [npi]; [npi]"),
            (
                "SSNs 536228726, 078051120 or 219099999",
                "SSNs [ssn], [ssn] or [ssn]",
            ),
            (
                "account numbers 338633698 & 541581416",
                "account numbers [account] & [account]",
            ),
            (
                "Drs. Ottoway & Featherstone agree",
                "Drs. [name] & [name] agree",
            ),
            (
                "patients Ottoway, Featherstone and Berry",
                "patients [name] and [name]",
            ),
            (
                "first names Ulrika and Evander",
                "first names [name] and [name]",
            ),
            ("Ages: 95, 40, 101", "Ages: [age], 40, [age]"),
            (
                "mrns:\n  - 00123456\n  - '00123457'\n",
                "mrns:\n  - [mrn]\n  - '[mrn]'\n",
            ),
            (
                "mrns:\n  - 00123456\n  - ages:\n  - 94\n  - 4071",
                "mrns:\n  - [mrn]\n  - ages:\n  - [age]\n  - 4071",
            ),
            (
                "accountIds: [338633698, 541581416]",
                "accountIds: [[account], [account]]",
            ),
            (
                "lastNames:\n  - Stone\n  - Quist",
                "lastNames:\n  - [name]\n  - [name]",
            ),
            (
                "apiKeys:\n  - zq81kd02mfp4xw7t\n  - w7tzq81kd02mfp4x",
                "apiKeys:\n  - [secret]\n  - [secret]",
            ),
            (
                "API keys: zq81kd02mfp4xw7t, w7tzq81kd02mfp4x skipped",
                "API keys: [secret], [secret] skipped",
            ),
            (
                r#"{"apiKeys":["zq81kd02mfp4xw7t"],"tokens":["eos"]}"#,
                r#"{"apiKeys":["[secret]"],"tokens":["eos"]}"#,
            ),
            ("Mr. Ottoway and Ulrika Berry", "Mr. [name] and [name]"),
            (
                "mrn 586834,234945484,873172 done",
                "mrn [mrn],[mrn],[mrn] done",
            ),
            (
                "Acct No: A111547290 / 914103098",
                "Acct No: [account] / [account]",
            ),
            ("MRN(s) [00123456, 00123457]", "MRN(s) [[mrn], [mrn]]"),
            ("MRN(s): 00123456, 00123457", "MRN(s): [mrn], [mrn]"),
            ("MRN 00123456 (was 00123457)", "MRN [mrn] (was [mrn])"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }

    #[test]
    fn what_a_value_was_changed_to_goes_too() {
        for (text, expected) in [
            ("age: 91 -> 93", "age: [age] -> [age]"),
            ("lastName: Ng -> Church", "lastName: [name] -> [name]"),
            ("zip: 33679 => 33621", "zip: [zip] => [zip]"),
            (
                "member ID changed from \"W2281\" to \"88642345251\"",
                "member ID changed from \"[plan]\" to \"[plan]\"",
            ),
            (
                "renamed last name from \"Ng\" to \"Church\"",
                "renamed last name from \"[name]\" to \"[name]\"",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "age: 12 -> 13",
            "status: queued -> done",
            "retries: 3 -> 120",
        ] {
            assert_eq!(redact_text(text), text);
        }
        assert_eq!(
            redact_text("Patient: Featherstone -> Ward 4"),
            "Patient: [name] -> Ward 4"
        );
    }

    #[test]
    fn what_is_no_list_of_values_stays() {
        for text in [
            "accounts: 120394",
            "API keys: 12 rotated",
            "MRNs: 4221 in the index",
            "patients Alpha and Beta",
            "patients enrolled and consented",
            "calls: 1048576",
            "mrn index rebuilt, 586834",
            "ages 40 and 52",
            "mrns:\n  - required\n  - unique\n",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
