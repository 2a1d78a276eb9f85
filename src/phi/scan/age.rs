//! Ages over 89 that their unit gives away, or the sex after them in the shorthand of clinics.

use super::announced::is_measured;
use super::class::{is_boundary_after, is_word, run, word_before, word_end};
use super::number::digits_end;
use super::{Hit, lexicon, note};
use crate::phi::kind::Kind;

/// "93-year-old", "93 y/o", "93yoF", "93y F", "(93F) s/p fall".
/// The digits are from `start` to `end`.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !matches!(end - start, 2 | 3)
        || !super::is_great_age(&text[start..end])
        || start > 0 && text[start - 1] == b'.'
    {
        return None;
    }
    let at = run(text, end, |byte| matches!(byte, b' ' | b'-'));
    // "[name] (94)": the name was found before.
    let is_closed = |stop: usize| text.get(stop) == Some(&b')');
    let is_beside = text[..start].ends_with(b"[name] (")
        && (is_closed(end) || years_end(text, at).is_some_and(is_closed));
    let is_age = is_beside
        || is_old(text, at)
        || years_end(text, at).is_some_and(|stop| {
            sex_end(text, stop).is_some()
                || is_boundary_after(text, stop) && note::is_clinical(text, start, stop)
        })
        || at <= end + 1
            && sex_end(text, end).is_some_and(|stop| note::is_clinical(text, start, stop));
    is_age.then_some(Hit {
        start,
        end,
        kind: Kind::Age,
    })
}

/// "patient is 93", where the word for a person ends at `end`.
pub(super) fn of_person(text: &[u8], end: usize) -> Option<Hit> {
    let start = [&b" is now "[..], b" is ", b" was "]
        .into_iter()
        .find(|link| text[end..].starts_with(link))
        .map(|link| end + link.len())?;
    let stop = digits_end(text, start);
    // "93 kg", "93.5" and "93/60" are something else.
    let is_last = match text.get(stop) {
        None | Some(b',' | b';' | b')' | b'\n') => true,
        Some(b'.') => !text.get(stop + 1).is_some_and(u8::is_ascii_digit),
        Some(b' ') => text[stop..].starts_with(b" and "),
        _ => false,
    };
    (super::is_great_age(&text[start..stop]) && is_last).then_some(Hit {
        start,
        end: stop,
        kind: Kind::Age,
    })
}

/// Whether a unit at `at` is that of ages and of nothing else.
fn is_old(text: &[u8], at: usize) -> bool {
    let rest = &text[at..];
    let [b'y' | b'Y', second, ..] = rest else {
        return false;
    };
    let second = second.to_ascii_lowercase();
    [
        &b"year-old"[..],
        b"year old",
        b"years old",
        b"years-old",
        b"years of age",
        b"y/o",
        b"yo",
        b"yr old",
        b"yr-old",
        b"yrs old",
        b"y.o",
        b"yrs of age",
        b"y o ",
        b"y old",
        b"y-o ",
        b"yr. old",
        b"yrs. old",
        b"yearold",
    ]
    .iter()
    .any(|unit| {
        second == unit[1]
            && rest
                .get(..unit.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(unit))
            && (unit.len() > 2 || is_boundary_after(rest, 2) || is_sex(rest, 2))
    })
}

/// Past "y", "yr", "yrs", "year" or "years".
fn years_end(text: &[u8], at: usize) -> Option<usize> {
    if !matches!(text.get(at), Some(b'y' | b'Y')) {
        return None;
    }
    let mut end = at;
    for letters in [&b"ears"[..], b"ear", b"rs", b"r", b""] {
        end = at + 1 + letters.len();
        let is_unit = text
            .get(at + 1..end)
            .is_some_and(|word| word.eq_ignore_ascii_case(letters));
        if is_unit {
            break;
        }
    }
    (is_boundary_after(text, end) || is_sex(text, end)).then_some(end)
}

/// Whether the letter at `at` is a sex.
fn is_sex(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b'F' | b'M' | b'f' | b'm')) && is_boundary_after(text, at + 1)
}

/// Past the sex after an age that ends at `end`: "F", " M", "/F", " male".
fn sex_end(text: &[u8], end: usize) -> Option<usize> {
    const WORDS: [&[u8]; 7] = [
        b"female",
        b"male",
        b"woman",
        b"man",
        b"gentleman",
        b"lady",
        b"fem",
    ];
    let at = end + usize::from(matches!(text.get(end), Some(b' ' | b'-' | b'/')));
    if !matches!(
        text.get(at)?.to_ascii_lowercase(),
        b'f' | b'g' | b'l' | b'm' | b'w'
    ) {
        return None;
    }
    let stop = word_end(text, at);
    let word = &text[at..stop];
    let is_letter = matches!(word, b"F" | b"M");
    let is_unit = matches!(text.get(stop), Some(b'-' | b'/' | b'.'))
        && text.get(stop + 1).is_some_and(|&byte| is_word(byte));
    (is_letter && !is_unit || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
        .then_some(stop)
}

const UNITS: [&[u8]; 9] = [
    b"one", b"two", b"three", b"four", b"five", b"six", b"seven", b"eight", b"nine",
];
const TEENS: [&[u8]; 12] = [
    b"ten",
    b"eleven",
    b"twelve",
    b"thirteen",
    b"fourteen",
    b"fifteen",
    b"sixteen",
    b"seventeen",
    b"eighteen",
    b"nineteen",
    b"twenty",
    b"thirty",
];

/// An age in words whose "ninety" or "hundred" is from `start` to `end`: "ninety-two year old", "aged one hundred
/// and three".
pub(super) fn in_words(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let is = |known: &[&[u8]], at: usize, stop: usize| {
        known
            .iter()
            .any(|known| text[at..stop].eq_ignore_ascii_case(known))
    };
    let mut stop = end;
    for _ in 0..3 {
        let at = run(text, stop, |byte| matches!(byte, b' ' | b'-'));
        let next = word_end(text, at);
        if at > stop + 1
            || at == stop
            || !(is(&UNITS, at, next) || is(&TEENS, at, next) || is(&[b"and"], at, next))
        {
            break;
        }
        stop = next;
    }
    let mut first = start;
    let is_hundred = text[start..end].eq_ignore_ascii_case(b"hundred");
    for one in [&b"one "[..], b"one-", b"a "] {
        let before = start.checked_sub(one.len());
        if let Some(at) =
            before.filter(|&at| is_hundred && text[at..start].eq_ignore_ascii_case(one))
        {
            first = at;
        }
    }
    if is_hundred && first == start {
        return None;
    }
    let before = text[..first].trim_ascii_end();
    let word = word_before(before, before.len());
    let is_aged = word.eq_ignore_ascii_case(b"age") || lexicon::flags_of(word) & lexicon::AGED != 0;
    let unit = run(text, stop, |byte| matches!(byte, b' ' | b'-'));
    (is_aged && !is_measured(text, stop) || unit > stop && is_old(text, unit)).then_some(Hit {
        start: first,
        end: stop,
        kind: Kind::Age,
    })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn an_age_over_89_is_found_in_the_shorthand_of_clinics() {
        for (text, expected) in [
            ("HPI: 96 M c/o dizziness", "HPI: [age] M c/o dizziness"),
            ("94F s/p hip repair", "[age]F s/p hip repair"),
            (
                "101F brought in by her niece",
                "[age]F brought in by her niece",
            ),
            ("91 yoM with cough", "[age] yoM with cough"),
            ("95y/oF, NKDA", "[age]y/oF, NKDA"),
            ("90Y M fell at home", "[age]Y M fell at home"),
            ("the pt (97F) is stable", "the pt ([age]F) is stable"),
            ("a ninety-six-year-old widow", "a [age]-year-old widow"),
            ("aged one hundred and two", "aged [age]"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }

    #[test]
    fn what_is_no_age_over_89_stays() {
        for text in [
            "84F s/p fall",
            "temp 101 F, patient admitted",
            "98.6F with cough",
            "the oven is at 98 F",
            "code 93F at 0x7f",
            "heap 96M of 128M",
            "bed 92F is free",
            "96 M users presented",
            "turned ninety percent",
            "ninety-two requests a second",
            "a hundred years ago",
            "the forecast is 98°F",
            "retention 99y",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
