//! Postal addresses: a house number, a street and its suffix (USPS Publication 28, appendix C1), boxes, and a
//! code after a state (appendix B).

use super::Hit;
use super::class::{is_boundary_after, is_word, run, run_at_most, word_end};
use super::number::digits_end;
use super::{city, lexicon};
use crate::phi::Kind;

/// The street address whose house number is from `start` to `number`.
pub(super) fn find(text: &[u8], start: usize, number: usize) -> Option<Hit> {
    if number - start > 6 {
        return None;
    }
    let mut at = number;
    if text.get(at).is_some_and(u8::is_ascii_alphabetic) && is_boundary_after(text, at + 1) {
        at += 1;
    } else if text.get(at) == Some(&b'-') {
        at = digits_end(text, at + 1);
    }
    if text.get(at) != Some(&b' ') {
        return None;
    }
    let mut words = 0;
    let mut capitals = 0;
    while words < 6 {
        while text.get(at) == Some(&b' ') {
            at += 1;
        }
        let mut end = run(text, at, |byte| {
            is_word(byte) || matches!(byte, b'\'' | b'-')
        });
        while end > at && matches!(text[end - 1], b'\'' | b'-') {
            end -= 1;
        }
        if end == at {
            return None;
        }
        let word = &text[at..end];
        words += 1;
        if words == 1 && word.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let is_capital =
            word[0].is_ascii_uppercase() || word[0].is_ascii_digit() || word[0] >= 0x80;
        let may_be_street = words > 1 && capitals > 0;
        // No word of the lexicon begins with a digit.
        let is_asked = may_be_street || !is_capital && words <= 3;
        let known = if is_asked && !word[0].is_ascii_digit() {
            lexicon::flags(text, at, end)
        } else {
            0
        };
        if may_be_street && known & lexicon::STREET != 0 {
            let end = end
                + usize::from(
                    text.get(end) == Some(&b'.')
                        && matches!(text.get(end + 1), Some(b' ' | b',' | b'\n')),
                );
            return Some(Hit {
                start,
                end: after_street(text, end),
                kind: Kind::Address,
            });
        }
        if is_capital {
            capitals += 1;
        } else if words > 3 || known & lexicon::COMMON != 0 {
            return None;
        }
        at = end + usize::from(text.get(end) == Some(&b'.'));
        if text.get(at) != Some(&b' ') {
            return None;
        }
    }
    None
}

/// Past a flat, a city, a state and a code.
fn after_street(text: &[u8], street: usize) -> usize {
    let mut end = street;
    // "NW", and ", Apt 4B".
    for _ in 0..3 {
        let at = run(text, end, |byte| matches!(byte, b' ' | b',' | b'.'));
        let word = run(text, at, |byte| byte.is_ascii_alphabetic() || byte == b'#');
        let known = lexicon::flags(text, at, word);
        if known & lexicon::UNIT != 0 || &text[at..word] == b"#" {
            let code = run(text, word, |byte| matches!(byte, b' ' | b'.' | b'#'));
            let code_end = run(text, code, |byte| {
                byte.is_ascii_alphanumeric() || byte == b'-'
            });
            if code_end > code && code_end - code <= 6 {
                end = code_end;
                continue;
            }
        }
        if known & lexicon::DIRECTION != 0
            && word > at
            && text.get(at).is_some_and(u8::is_ascii_uppercase)
        {
            end = word;
            continue;
        }
        break;
    }
    city::past(text, end)
}

/// "P.O. Box 123", from its P on.
pub(super) fn box_end(text: &[u8], start: usize) -> Option<usize> {
    let rest = &text[start..text.len().min(start + 32)];
    let forms: [&[u8]; 7] = [
        b"po box ",
        b"p.o. box ",
        b"p o box ",
        b"p.o.box ",
        b"pobox ",
        b"post office box ",
        b"p. o. box ",
    ];
    let form = forms.iter().find(|form| {
        rest.get(..form.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(form))
    })?;
    let at = start + form.len() + usize::from(text.get(start + form.len()) == Some(&b'#'));
    let end = run(text, at, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'-'
    });
    (end > at && text[at..end].iter().any(u8::is_ascii_digit)).then(|| after_street(text, end))
}

/// A position after a word for one that ends at `end`: "lat 40.71280", "GPS 40.71280, -74.00600". Three
/// decimals tell a place to a hundred metres.
pub(super) fn position(text: &[u8], end: usize) -> Option<Hit> {
    let gap = |at: usize| {
        run(text, at, |byte| {
            matches!(byte, b' ' | b':' | b'=' | b'(' | b'[' | b'/' | b',')
        })
    };
    let mut start = gap(end);
    if start == end || start > end + 4 {
        return None;
    }
    for word in [&b"is "[..], b"are ", b"of ", b"was ", b"were ", b"at "] {
        if text[start..].starts_with(word) {
            start = gap(start + word.len());
            break;
        }
    }
    let mut stop = decimal_end(text, start)?;
    let mut next = run(text, stop, |byte| matches!(byte, b' ' | b',' | b'/'));
    if text[next..].starts_with(b"and ") && next > stop {
        next += 4;
    }
    if let Some(second) = decimal_end(text, next)
        && (1..=5).contains(&(next - stop))
    {
        stop = second;
    }
    Some(Hit {
        start,
        end: stop,
        kind: Kind::Address,
    })
}

/// A latitude or longitude in degrees with its side of the earth (ISO 6709): "43.6150° N", "116°12'8\"W". Its first
/// digits are from `start` to `whole`.
pub(super) fn degrees(text: &[u8], start: usize, whole: usize) -> Option<Hit> {
    const DEGREE: &[u8] = "°".as_bytes();
    if !matches!(text.get(whole), Some(byte) if *byte == b'.' || *byte == DEGREE[0]) {
        return None;
    }
    let decimal = run_at_most(text, start, 13, |byte| {
        byte.is_ascii_digit() || byte == b'.'
    });
    if decimal - start > 12 || !text[decimal..].starts_with(DEGREE) {
        return None;
    }
    let at = decimal + DEGREE.len();
    let limit = text.len().min(at + 24);
    let side = run(&text[..limit], at, |byte| {
        byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'\'' | b'"' | 0x80..)
    });
    let is_side = matches!(text.get(side), Some(b'N' | b'S' | b'E' | b'W'))
        && is_boundary_after(text, side + 1);
    is_side.then_some(Hit {
        start,
        end: side + 1,
        kind: Kind::Address,
    })
}

/// The end of a signed decimal with up to three digits, and three and more after its point.
fn decimal_end(text: &[u8], start: usize) -> Option<usize> {
    let whole = start + usize::from(matches!(text.get(start), Some(b'-' | b'+')));
    let point = digits_end(text, whole);
    let end = digits_end(text, (point + 1).min(text.len()));
    let is_decimal = (1..=3).contains(&(point - whole))
        && text.get(point) == Some(&b'.')
        && end > point + 3
        && is_boundary_after(text, end)
        && !(text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit));
    is_decimal.then_some(end)
}

/// The end of an address that a label announces at `start`: after a street, what is said of it is none of it.
pub(super) fn labelled_end(text: &[u8], start: usize) -> usize {
    /// Nothing is said further behind a street.
    const NEAR: usize = 256;
    const SAID: [&[u8]; 8] = [
        b"status",
        b"took",
        b"rejected",
        b"failed",
        b"invalid",
        b"returned",
        b"timed",
        b"error",
    ];
    let number = digits_end(text, start);
    let Some(street) = find(text, start, number).filter(|_| number > start) else {
        return clause_end(text, start);
    };
    let near = &text[..text.len().min(street.end + NEAR)];
    let end = clause_end(near, start).max(street.end);
    let is_said = |at: usize| {
        let word = at + 1 + usize::from(text.get(at + 1) == Some(&b'('));
        text[at] == b' ' && SAID.contains(&&text[word..word_end(text, word)])
    };
    let Some(said) = (street.end..end).find(|&at| is_said(at)) else {
        return clause_end(text, start);
    };
    let marks = text[street.end..said].iter().rev();
    said - marks.take_while(|byte| matches!(byte, b' ' | b',')).count()
}

/// The end of an address that is expected at `start`: up to a mark that ends a clause.
fn clause_end(text: &[u8], start: usize) -> usize {
    let end = run(text, start, |byte| {
        byte >= b' '
            && !matches!(
                byte,
                b';' | b'|' | b'"' | b'{' | b'}' | b'<' | b'>' | b'&' | b'[' | b'='
            )
    });
    let mut end = if end < text.len() && matches!(text[end], b'=') {
        // The word before a sign of equality is the next key.
        text[start..end]
            .iter()
            .rposition(|&byte| byte == b' ' || byte == b',')
            .map_or(end, |at| start + at)
    } else {
        end
    };
    while end > start && matches!(text[end - 1], b' ' | b',' | b'.') {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_letter_alone_after_a_street_is_no_state() {
        assert_eq!(redact_text("12 Main St, A"), "[address], A");
        assert_eq!(redact_text("12 Main St, B 62701 x"), "[address], B 62701 x");
    }

    #[test]
    fn a_state_without_a_comma_has_a_code_where_an_address_stands_before_its_city() {
        assert_eq!(
            redact_text("mail to 12 Main Street, Boise OR 97298"),
            "mail to [address]"
        );
        assert_eq!(
            redact_text("1 Elm St.\nChattanooga OH 24803-9358"),
            "[address]"
        );
        assert_eq!(redact_text("9 Elm Court, Pawtucket"), "[address]");
        assert_eq!(
            redact_text("Address 1: 9 Elm St\nAddress 2: Apt 7V"),
            "Address 1: [address]\nAddress 2: [address]"
        );
        for (text, expected) in [
            (
                "Address: 9 Elm Road (status 500, took 9 ms)",
                "Address: [address] (status 500, took 9 ms)",
            ),
            (
                "Address: 12 Oak St, status 409, host db-1",
                "Address: [address], status 409, host db-1",
            ),
            ("address: 12 Oak St Apt 4 Portland", "address: [address]"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "finished, Status OK 20000",
            "SNOMED CT 195967001",
            "geo=US latency 41ms",
            "address: worker-1:8080",
            r#"{"address":"localhost"}"#,
            r#"{"address":"/run/app.sock"}"#,
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
