//! Values that are named after them: "00123456 (MRN)", "Doe (patient)", "00123456 is the MRN".

use super::class::{has_one_of, is_boundary_after, is_word, run};
use super::{Hit, code, lexicon, person};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;

/// No name of a field in parentheses is longer, and no value before it.
const MAX_LABEL: usize = 32;
const MAX_VALUE: usize = 40;

/// The value before the parenthesis or bracket at `open`, in which its field is named.
pub(super) fn in_brackets(text: &[u8], open: usize, floor: usize) -> Option<Hit> {
    if open == floor || text[open - 1] != b' ' {
        return None;
    }
    if text[open] == b'('
        && begins_with_code(text, open + 1)
        && let Some(hit) = person::before(text, open - 1, floor)
    {
        return Some(hit);
    }
    let limit = text.len().min(open + 2 + MAX_LABEL);
    let close = run(&text[..limit], open + 1, |byte| {
        byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'_' | b'\'' | b'#')
    });
    let closes = matches!(
        (text[open], text.get(close)),
        (b'(', Some(b')')) | (b'[', Some(b']'))
    );
    if !closes || close - open < 3 {
        return None;
    }
    let end = open - 1;
    match field::classify(&text[open + 1..close]) {
        Field::Person | Field::Whole(Kind::Name) => person::before(text, end, floor),
        Field::PersonLike | Field::Name => {
            person::before(text, end, floor).filter(|hit| text[hit.start..hit.end].contains(&b' '))
        }
        field => {
            let start = code_start(text, end, floor);
            of_code(text, start, end, field)
        }
    }
}

/// Whether at `at` is what a person is known by besides the name: "Doe, Jane (DOB 3/14/57)".
fn begins_with_code(text: &[u8], at: usize) -> bool {
    const CODES: [&[u8]; 4] = [b"dob", b"mrn", b"ssn", b"d.o.b."];
    CODES.iter().any(|code| {
        let end = at + code.len();
        let is_code = text
            .get(at..end)
            .is_some_and(|word| word.eq_ignore_ascii_case(code));
        is_code && matches!(text.get(end), Some(b' ' | b':' | b'#' | b'='))
    })
}

/// `[name] (00123456)`: the code of whom was named right before, when the text is read again.
pub(super) fn code_of_named(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    ((6..=10).contains(&(end - start))
        && text.get(end) == Some(&b')')
        && text[..start].ends_with(b"[name] ("))
    .then_some(Hit {
        start,
        end,
        kind: Kind::Mrn,
    })
}

fn code_start(text: &[u8], end: usize, floor: usize) -> usize {
    let from = floor.max(end.saturating_sub(MAX_VALUE));
    let mut start = end;
    while start > from
        && (is_word(text[start - 1]) || matches!(text[start - 1], b'-' | b'/' | b'.' | b'+'))
    {
        start -= 1;
    }
    // A word that goes on before the window is too long for a code.
    if start == from && start > floor && is_word(text[start - 1]) {
        end
    } else {
        start
    }
}

fn of_code(text: &[u8], start: usize, end: usize, field: Field) -> Option<Hit> {
    let value = &text[start..end];
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let kind = match field {
        Field::Strong(Kind::Date) if !super::is_compact_date(value) => return None,
        Field::Strong(kind) | Field::Whole(kind @ (Kind::Phone | Kind::Card)) => kind,
        Field::Coded(kind) if code::uuid_end(text, start).is_none() => kind,
        Field::Routing => Kind::Account,
        Field::Zip if digits >= 5 => Kind::Zip,
        Field::Age if super::is_great_age(value) => {
            return Some(Hit {
                start,
                end,
                kind: Kind::Age,
            });
        }
        Field::Secret if digits > 0 && digits < value.len() && value.len() >= 6 => Kind::Secret,
        _ => return None,
    };
    (digits >= 4 || digits > 1 && value.len() >= 6).then_some(Hit { start, end, kind })
}

/// The code whose first word is from `start` to `end`, when a verb and the name of its field come after it.
pub(super) fn spoken(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let end = match text.get(end)? {
        b' ' | b'\'' | b'"' | b'`' => end,
        b'-' | b'/' => spaced_end(text, end, start + MAX_VALUE)?,
        _ => return None,
    };
    if end - start < 5 {
        return None;
    }
    let rest = &text[end + usize::from(text[end] != b' ')..];
    if !matches!(rest.get(1), Some(b'i' | b'w' | b'a' | b'b')) {
        return None;
    }
    let verb = [&b" is "[..], b" was ", b" as ", b" being "]
        .into_iter()
        .find(|verb| rest.starts_with(verb))?;
    let mut at = text.len() - rest.len() + verb.len();
    for owner in [
        &b"the "[..],
        b"her ",
        b"his ",
        b"their ",
        b"my ",
        b"our ",
        b"a ",
        b"an ",
        b"patient's ",
        b"not a ",
        b"not an ",
        b"no ",
        b"valid ",
        b"invalid ",
    ] {
        if text.get(at) == Some(&owner[0]) && text[at..].starts_with(owner) {
            at += owner.len();
        }
    }
    // The longest name first: "the token limit" is no token.
    let mut ends = [0; 4];
    let mut count = 0;
    let mut stop = at;
    while count < ends.len() {
        let word = run(text, stop, |byte| is_word(byte) || byte == b'\'');
        if word == stop || word - at > MAX_LABEL || goes_on(text, stop, word) {
            break;
        }
        ends[count] = word;
        count += 1;
        if text.get(word) != Some(&b' ') {
            break;
        }
        stop = word + 1;
    }
    for &stop in ends[..count].iter().rev() {
        let is_cue = last_word(text, at, stop) & lexicon::CUE != 0;
        // A word that nobody knows is of no field.
        if !is_cue && !is_known(text, at, stop) {
            continue;
        }
        match field::classify(&text[at..stop]) {
            Field::Plain => {}
            // A strong one is named by the words before the last too.
            Field::Strong(_) if !is_cue => {}
            Field::Secret | Field::Version | Field::Thing => return None,
            field if is_cue && is_boundary_after(text, stop) => {
                return of_code(text, start, end, field);
            }
            _ => return None,
        }
    }
    None
}

/// Where the space is that ends the parts of a code from the mark at `mark` on, up to `limit`. Most have none.
fn spaced_end(text: &[u8], mark: usize, limit: usize) -> Option<usize> {
    if !has_one_of(text, mark, (limit + 1).checked_sub(mark)?, *b" ") {
        return None;
    }
    let end = run(text, mark, |byte| {
        is_word(byte) || matches!(byte, b'-' | b'/')
    });
    (text.get(end) == Some(&b' ')).then_some(end)
}

/// Whether a word goes on with the sentence: "is the MRN that was used".
fn goes_on(text: &[u8], start: usize, end: usize) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"that", b"which", b"we", b"you", b"they", b"he", b"she", b"it",
    ];
    let word = &text[start..end];
    word != b"of"
        && (lexicon::flags(text, start, end) & lexicon::COMMON != 0 || WORDS.contains(&word))
}

fn is_known(text: &[u8], start: usize, end: usize) -> bool {
    let word = last_word_start(text, start, end);
    end - word > 1 && lexicon::is_wording(text, word, end)
}

fn last_word(text: &[u8], start: usize, end: usize) -> u32 {
    lexicon::flags(text, last_word_start(text, start, end), end)
}

fn last_word_start(text: &[u8], start: usize, end: usize) -> usize {
    text[start..end]
        .iter()
        .rposition(|&byte| byte == b' ')
        .map_or(start, |space| start + space + 1)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn the_name_of_a_field_may_come_after_its_value() {
        for (text, expected) in [
            ("00123456 (MRN)", "[mrn] (MRN)"),
            (
                "AB-12345 [medical record number] ok",
                "[mrn] [medical record number] ok",
            ),
            ("Featherstone (patient) called", "[name] (patient) called"),
            (
                "A1234567 is the driver's license",
                "[license] is the driver's license",
            ),
            ("used 00123456 as MRN", "used [mrn] as MRN"),
            (
                "00123456 is the MRN that was used",
                "[mrn] is the MRN that was used",
            ),
            ("00123456 is the MRN zq", "[mrn] is the MRN zq"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "Grafana (provider)",
            "12 (patients)",
            "65536 is the token limit",
            "12345 is the port number",
            "Timeout (patient)",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
