//! What languages write around a value when they show it: `Some("…")`, `Optional[…]`, `datetime.date(1957, 3, 14)`,
//! `b'…'`.

use super::Hit;
use super::class::{has_one_of, is_letter, is_word, run, run_at_most};
use crate::phi::kind::Kind;

/// No name of a constructor is longer.
const MAX_NAME: usize = 40;
/// No value is further in, "new " and what opens it included.
const MAX_BEFORE: usize = 64;
/// No value is in more.
const MAX_WRAPPERS: usize = 3;

/// Those that stand around words without quotes too: of Rust, Java, Scala, Haskell and OCaml.
const AROUND_WORDS: [&[u8]; 8] = [
    b"Some",
    b"Optional",
    b"Option",
    b"Just",
    b"Ok",
    b"Right",
    b"Present",
    b"Success",
];

/// Where the value begins that is in what is written at `start`.
pub(super) fn past(text: &[u8], mut start: usize) -> usize {
    for _ in 0..MAX_WRAPPERS {
        match opened(text, start) {
            Some(inside) => start = inside,
            None => break,
        }
    }
    start
}

/// Whether the name at `start` has an apostrophe behind its first letter, and opens no string: "N'Diaye".
pub(super) fn is_apostrophe(text: &[u8], start: usize) -> bool {
    const LONGEST: usize = 256;
    let [b'N', b'\'', first, ..] = text[start..] else {
        return false;
    };
    let word = run(text, start + 2, is_letter);
    let rest = &text[word..text.len().min(word + LONGEST)];
    let closes = |pair: &[u8]| pair[0] == b'\'' && !is_letter(pair[1]);
    first.is_ascii_uppercase()
        && word > start + 3
        && !rest.first().is_some_and(u8::is_ascii_digit)
        && !(rest.ends_with(b"'") && rest.len() < LONGEST)
        && !rest.windows(2).any(closes)
}

fn opened(text: &[u8], start: usize) -> Option<usize> {
    let first = *text.get(start)?;
    // `{ $in: […] }` of MongoDB.
    if first == b'{' {
        let operator = run(text, start + 1, |byte| byte == b' ');
        let operator = operator + usize::from(matches!(text.get(operator), Some(b'"' | b'\'')));
        // `{String:… Valid:true}` of Go's database/sql.
        for nullable in [&b"String:"[..], b"Int64:", b"Int32:", b"Time:"] {
            if text[operator..].starts_with(nullable) {
                return Some(operator + nullable.len());
            }
        }
        if text.get(operator) != Some(&b'$') {
            return None;
        }
        let end = run_at_most(text, operator, MAX_NAME, |byte| {
            byte.is_ascii_alphabetic() || matches!(byte, b'$' | b'"' | b'\'')
        });
        return (text.get(end) == Some(&b':')).then(|| run(text, end + 1, |byte| byte == b' '));
    }
    // A binary of Erlang.
    if text[start..].starts_with(b"<<\"") {
        return Some(start + 2);
    }
    // A reference, and a string of bytes, of Unicode or of SQL's national characters.
    let is_prefix = first == b'&' || matches!(first, b'b' | b'u' | b'r' | b'N' | b'E');
    if is_prefix && matches!(text.get(start + 1), Some(b'"' | b'\'')) {
        return Some(start + 1);
    }
    // Most words are before none of what opens a value.
    if !first.is_ascii_alphabetic() || !has_one_of(text, start, MAX_BEFORE, *b"([\"") {
        return None;
    }
    // `ANY(ARRAY[…])` of SQL.
    for function in [&b"any("[..], b"any (", b"all(", b"array["] {
        let at = start + function.len();
        if text
            .get(start..at)
            .is_some_and(|word| word.eq_ignore_ascii_case(function))
        {
            return Some(at - usize::from(function.ends_with(b"[")));
        }
    }
    let name = start
        + if text[start..].starts_with(b"new ") {
            4
        } else {
            0
        };
    let end = run_at_most(text, name, MAX_NAME, |byte| {
        is_word(byte) || matches!(byte, b'.' | b':' | b'_')
    });
    let inside = match text.get(end)? {
        b'(' => end + 1,
        // "Just \"…\"" of Haskell, and "string(9) \"…\"" of PHP.
        b' ' if AROUND_WORDS.contains(&&text[name..end]) && text.get(end + 1) == Some(&b'"') => {
            end + 1
        }
        b'[' if AROUND_WORDS.contains(&&text[name..end]) => end + 1,
        _ => return None,
    };
    let digits = super::number::digits_end(text, inside);
    if digits > inside && text[digits..].starts_with(b") \"") {
        return Some(digits + 2);
    }
    let is_value = AROUND_WORDS.contains(&&text[name..end])
        || matches!(text.get(inside), Some(b'"' | b'\'' | b'0'..=b'9'));
    is_value.then_some(inside)
}

/// The parts of a date that begin at `start` in the parentheses of a constructor: `datetime.date(1957, 3, 14)`.
pub(super) fn date(text: &[u8], start: usize) -> Option<Hit> {
    const LONGEST: usize = 40;
    let is_inside = start > 0 && text[start - 1] == b'(';
    let end = run_at_most(text, start, LONGEST, |byte| {
        byte.is_ascii_digit() || matches!(byte, b',' | b' ')
    });
    let parts = text[start..end].split(|&byte| byte == b',').count();
    (is_inside && parts > 2).then_some(Hit {
        start,
        end: start + run_back(&text[start..end]),
        kind: Kind::Date,
    })
}

/// How long the parts are without what parts them from the next argument.
fn run_back(parts: &[u8]) -> usize {
    parts
        .iter()
        .rposition(u8::is_ascii_digit)
        .map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_value_is_found_in_what_is_written_around_it() {
        for (text, expected) in [
            (
                "Row { last_name: Some(\"Ng\"), mrn: Some(89914), n: Some(3) }",
                "Row { last_name: Some(\"[name]\"), mrn: Some([mrn]), n: Some(3) }",
            ),
            (
                "lastName=Optional[Featherstone], dob=Optional.empty",
                "lastName=Optional[[name]], dob=Optional.empty",
            ),
            (
                "{'birth_date': datetime.date(1957, 3, 14), 'n': 2}",
                "{'birth_date': datetime.date([date]), 'n': 2}",
            ),
            (
                "dob=datetime.datetime(1957, 3, 14, 0, 0, tzinfo=utc)",
                "dob=datetime.datetime([date], tzinfo=utc)",
            ),
            ("dob: new Date(\"1957-03-14\")", "dob: new Date(\"[date]\")"),
            ("{'mrn': b'E0289914'}", "{'mrn': b'[mrn]'}"),
            ("mrn = N'E0289914'", "mrn = N'[mrn]'"),
            (
                "find({ mrn: { $in: [ 'E0289914', 'E0289915' ] } })",
                "find({ mrn: { $in: [[mrn]] } })",
            ),
            (
                "Intake { LastName = Featherstone, FirstName = Ana, N = 3 }",
                "Intake { LastName = [name], FirstName = [name], N = 3 }",
            ),
            ("Row(mrn -> E0289914, n -> 3)", "Row(mrn -> [mrn], n -> 3)"),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "timeout: Some(3000)",
            "retry: Duration(5), startedAt: datetime.date(2025, 3, 14)",
            "name: None, port: Optional[5432]",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
