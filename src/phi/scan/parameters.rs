//! Values that parameters of a statement of SQL were bound to, in text that does not say what each is of: `parameters: $1 =
//! '…'` of Postgres, `[parameters: ('…', 7)]` of SQLAlchemy, `-- PARAMETERS: ["…"]` of TypeORM.

use super::class::{ends_with, is_word, run, word_end};
use super::statement::quoted_end;
use super::{Hit, code, date, ip, lexicon, whole, wrapper};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::watch::Watch;

/// The values that a statement's parameters were bound to, in brackets after the colon at `colon`: "parameters: ('…', 7)" of
/// SQLAlchemy, `-- PARAMETERS: ["…"]` of TypeORM. Nothing says what they are of.
pub(super) fn after_colon(text: &[u8], colon: usize, watch: &mut Watch) -> Vec<Hit> {
    let before = &text[..colon];
    let is_cue = [&b"parameters"[..], b"params"].iter().any(|word| {
        let start = colon - word.len().min(colon);
        ends_with(before, word) && !before[..start].last().is_some_and(|&byte| is_word(byte))
    });
    if is_cue && is_of_statement(&text[..colon]) {
        in_tuple(text, run(text, colon + 1, |byte| byte == b' '), watch)
    } else {
        Vec::new()
    }
}

/// Whether a statement of SQL, or a mark of its comments or of an error about one, is near the end of a text.
fn is_of_statement(text: &[u8]) -> bool {
    const NEAR: usize = 512;
    const STATEMENTS: [&[u8]; 6] = [
        b"select ", b"insert ", b"update ", b"delete ", b"where ", b"values",
    ];
    let near = &text[text.len().saturating_sub(NEAR)..];
    let is_marked = [&b"[parameters"[..], b"-- parameters", b"-- params"]
        .iter()
        .any(|mark| ends_with(near, mark));
    is_marked
        || near.windows(7).any(|window| {
            STATEMENTS.iter().any(|word| {
                window[0].eq_ignore_ascii_case(&word[0])
                    && window[..word.len()].eq_ignore_ascii_case(word)
            })
        })
}

/// The same in the parentheses that open at `open`, after "[generated in 0.0012s] " or "[cached since 1.2s ago] " of SQLAlchemy.
pub(super) fn generated(text: &[u8], open: usize, watch: &mut Watch) -> Vec<Hit> {
    const NEAR: usize = 48;
    let before = &text[open.saturating_sub(NEAR)..open];
    let note = before
        .strip_suffix(b"] ")
        .and_then(|before| Some(&before[before.iter().rposition(|&byte| byte == b'[')?..]));
    let is_note = note.is_some_and(|note| {
        [
            &b"[generated in "[..],
            b"[cached since ",
            b"[no key ",
            b"[raw sql",
        ]
        .iter()
        .any(|begin| note.starts_with(begin))
    });
    if is_note {
        in_tuple(text, open, watch)
    } else {
        Vec::new()
    }
}

/// The strings and long numbers between brackets that open at `open`, up to what is no literal of a language.
fn in_tuple(text: &[u8], open: usize, watch: &mut Watch) -> Vec<Hit> {
    const WORDS: [&[u8]; 12] = [
        b"datetime",
        b"date",
        b"None",
        b"null",
        b"NULL",
        b"True",
        b"False",
        b"true",
        b"false",
        b"Decimal",
        b"UUID",
        b"tzinfo",
    ];
    let mut hits = Vec::new();
    let mut depth = 0;
    let mut at = open;
    while let Some(&byte) = text.get(at).filter(|_| watch.go_on(1)) {
        match byte {
            // "datetime.date(1957, 3, 14)".
            b'(' if text[..at].ends_with(b"date")
                && let Some(hit) = wrapper::date(text, at + 1) =>
            {
                at = hit.end;
                hits.push(hit);
                depth += 1;
                continue;
            }
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth > 1 => depth -= 1,
            _ if depth == 0 => break,
            quote @ (b'\'' | b'"') => {
                let end = quoted_end(text, at + 1, quote);
                hits.extend(value(text, at + 1, end));
                at = end;
            }
            b'0'..=b'9' => {
                let end = run(text, at, is_word);
                hits.extend(value(text, at, end).filter(|hit| hit.end - hit.start > 5));
                at = end;
                continue;
            }
            b' ' | b',' | b'.' | b'-' | b':' | b'=' => {}
            _ => {
                let end = word_end(text, at);
                if !WORDS.contains(&&text[at..end]) {
                    break;
                }
                at = end;
                continue;
            }
        }
        at += 1;
    }
    hits
}

/// The value in quotes that a parameter was bound to, whose equals sign is at `equals`: "parameters: $1 = '…'" of Postgres,
/// which does not say what it is of. A word of sentences and a short number stay.
pub(super) fn after_equals(text: &[u8], equals: usize) -> Option<Hit> {
    if text.get(equals..equals + 3) != Some(b"= '") {
        return None;
    }
    let before = text[..equals].strip_suffix(b" ")?;
    let number = before
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if number == 0 || !before[..before.len() - number].ends_with(b"$") {
        return None;
    }
    let start = equals + 3;
    let end = quoted_end(text, start, b'\'');
    value(text, start, end)
}

/// A bound value, unless it is a word of sentences, a short number or what is no person's.
fn value(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let value = &text[start..end];
    let is_of_name = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
    // A word, and a name of software: "group_by".
    let is_word = value.iter().all(is_of_name)
        && (value.contains(&b'_') || lexicon::is_wording(text, start, end));
    let is_digits = value.iter().all(u8::is_ascii_digit);
    // A time in seconds or milliseconds.
    let is_epoch = matches!(value.len(), 10 | 13) && value[0] == b'1';
    let is_number = is_digits && (value.len() < 5 || is_epoch);
    let is_host = ip::is_private(value);
    let is_type = matches!(value, [b'a'..=b'z', b'0'..=b'9', ..]) && value.len() < 4;
    let day =
        date::find(text, start, false).filter(|_| value.first().is_some_and(u8::is_ascii_digit));
    let is_harmless = is_word
        || is_number
        || is_type
        || is_host
        || whole::is_status(value)
        || day
            .as_ref()
            .is_some_and(|day| day.time_end.is_some_and(|time| time >= end))
        || date::is_moment(value)
        || code::uuid_end(value, 0) == Some(value.len())
        || placeholder::is_one(value);
    let is_day = day.is_some_and(|day| day.end == end);
    (!is_harmless && value.len() > 1).then_some(Hit {
        start,
        end,
        kind: if is_day { Kind::Date } else { Kind::Secret },
    })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn values_that_were_bound_go_without_a_name() {
        for (text, expected) in [
            (
                "[parameters: ('Quistgaard', datetime.date(1979, 8, 3), 48213377, 5)]",
                "[parameters: ('[secret]', datetime.date([date]), [secret], 5)]",
            ),
            (
                "Engine [generated in 0.00012s] ('Ana Ng', '48213377')",
                "Engine [generated in 0.00012s] ('[secret]', '[secret]')",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "parameters: $1 = '42', $2 = 'status', $3 = NULL",
            "Engine [generated in 0.00012s] ()",
            "params: ('name', 5)",
            "params: ) parameters: 5",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn no_list_is_too_long() {
        let row = |name: &str, code: &str, day: &str| format!("('{name}', '{code}', date({day}))");
        let list = |row: String| {
            let rows = vec![row; 2000].join(", ");
            format!("[SQL: INSERT …] [parameters: [{rows}]] done")
        };
        assert_eq!(
            redact_text(&list(row("Quistgaard", "E0289914", "1957, 3, 14"))),
            list(row("[secret]", "[secret]", "[date]"))
        );
    }
}
