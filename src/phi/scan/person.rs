//! Names of people by the words around them: titles, roles, what is done to people, what belongs to them, and
//! given names that are nothing else.

use super::class::{is_letter, run, word_end};
use super::name::Expect;
use super::value::{self, Announced};
use super::{Hit, city, class, lexicon, list, markup, name};
use crate::phi::field::Field;
use crate::phi::kind::Kind;

/// No line of dots between a label and its value is longer.
const MAX_LINE: usize = 48;

/// No title of a thing has more words, and a chain of them may end in anything.
const MAX_WORDING: usize = 12;

/// How sure a cue is that a person's name comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// "Dr. Smith": one word is enough, and it may be a word of the language too.
    Title,
    /// "Patient Smith", "a.k.a. Smith": one word is enough if it is none of the language.
    Person,
    /// "provider Ann Smith", "assigned to Ann Smith": two words, or a given name.
    Role,
    /// "name: …" without its separator: what comes is a name.
    Name,
}

/// The name after a title that ends at `end`.
pub(super) fn titled(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    // "MS-DRG", "MR-1".
    if text.get(end) == Some(&b'-') && matches!(&text[start..end], b"MS" | b"MR") {
        return None;
    }
    let has_dot = text.get(end) == Some(&b'.');
    // "Dr: Ng" of a form.
    let is_label = text.get(end..end + 2) == Some(b": ")
        && text[start + 1..end].iter().all(u8::is_ascii_lowercase);
    let hit = named(text, end + usize::from(is_label), Cue::Title)?;
    let first = word_end(text, hit.start);
    let is_one_word = first >= hit.end;
    // "MS SQL", "DR Plan", "Miss Rate", "Rev B".
    let is_shouted = end - start < 3 && text[start..end].iter().all(u8::is_ascii_uppercase);
    let is_weak = !has_dot && (is_shouted || text[start..end].eq_ignore_ascii_case(b"miss"));
    let is_letter_alone = hit.end - hit.start == 1;
    let is_none = (is_weak || is_label)
        && lexicon::is_wording(text, hit.start, first)
        && !is_family(text, hit.start, first)
        || is_letter_alone
        || !has_dot && is_one_word && is_software(text, hit.end);
    (!is_none).then_some(hit)
}

/// "Dr Watson integration test": a thing of developers with a name.
fn is_software(text: &[u8], end: usize) -> bool {
    const FIRST: [&[u8]; 6] = [
        b"integration",
        b"unit",
        b"regression",
        b"smoke",
        b"load",
        b"e2e",
    ];
    const THING: [&[u8]; 18] = [
        b"test",
        b"tests",
        b"job",
        b"jobs",
        b"service",
        b"build",
        b"suite",
        b"module",
        b"plugin",
        b"server",
        b"pipeline",
        b"bot",
        b"container",
        b"queue",
        b"worker",
        b"deployment",
        b"crash",
        b"daemon",
    ];
    let mut at = run(text, end, |byte| byte == b' ');
    let mut stop = word_end(text, at);
    if FIRST.contains(&&text[at..stop]) {
        at = run(text, stop, |byte| byte == b' ');
        stop = word_end(text, at);
    }
    THING.contains(&&text[at..stop])
}

/// "Sr. García", "M. Dupont": words that are titles only before a dot.
pub(super) fn dotted_title(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if text.get(end..end + 2) != Some(b". ") || !text[start].is_ascii_uppercase() {
        return None;
    }
    let hit = named(text, end, Cue::Person)?;
    // "St. Paul, MN 55138".
    let last = class::word_before(text, hit.end).len();
    let is_place = city::zip_after_state(text, hit.end - last, hit.end, hit.start).is_some();
    (!is_place).then_some(hit)
}

/// A name after a cue that ends at `end`: "Dr. Smith", "patient, Jane Doe", "patient's name is Jane Doe".
pub(super) fn named(text: &[u8], end: usize, cue: Cue) -> Option<Hit> {
    let (start, first) = after_links(text, end)?;
    let is_cue = lexicon::ROLE | lexicon::PERSONAL | lexicon::CREDENTIAL;
    // "Herr Dr. Ng", "provider RN Ng": the second cue announces the name.
    if first & lexicon::TITLE != 0 || cue != Cue::Title && first & is_cue == is_cue {
        return None;
    }
    name_at(text, start, cue, first)
}

/// Past what may stand between a cue and a name, and what is known of the word there.
fn after_links(text: &[u8], end: usize) -> Option<(usize, u32)> {
    let mut at = end;
    if matches!(text.get(at..at + 2), Some(b"'s" | b"'S")) {
        at += 2;
    }
    for _ in 0..4 {
        let gap = run(text, at, |byte| {
            matches!(
                byte,
                b' ' | b'.' | b',' | b'\t' | b'"' | b'\'' | b'-' | b'>' | b'|' | b'(' | b'['
            )
        });
        // "Mrs. <b>Doe</b>".
        let gap = if gap > at && text.get(gap) == Some(&b'<') {
            markup::past(text, gap)
        } else {
            gap
        };
        let next = word_end(text, gap);
        // "Patient ...... Jane Doe" of a form.
        let is_dotted = text[at..gap]
            .iter()
            .all(|&byte| matches!(byte, b'.' | b' '));
        let is_far = gap > at + if is_dotted { MAX_LINE } else { 4 } && text[gap - 1] != b'>';
        if gap == at || is_far || next == gap {
            return None;
        }
        let known = lexicon::flags(text, gap, next);
        if known & lexicon::LINK == 0 {
            return Some((gap, known));
        }
        at = next;
    }
    Some((at, lexicon::flags(text, at, word_end(text, at))))
}

/// The name that begins at `start`, of whose first word this is `known`.
fn name_at(text: &[u8], start: usize, cue: Cue, known: u32) -> Option<Hit> {
    let is_small = text.get(start).is_some_and(u8::is_ascii_lowercase);
    let (end, words) = if is_small && known & lexicon::PARTICLE == 0 {
        (start, 0)
    } else {
        name::end(text, start, Expect::Capitals)
    };
    if words == 0 {
        return match cue {
            Cue::Title => after_dot(text, start).or_else(|| in_lower_case(text, start, known)),
            Cue::Person => {
                quoted_in_lower_case(text, start).or_else(|| in_lower_case(text, start, known))
            }
            _ => in_lower_case(text, start, known),
        };
    }
    let first = word_end(text, start);
    let is_given = || lexicon::flags(text, start, first) & lexicon::GIVEN != 0;
    // Where letters have no case, a name has no spaces.
    let is_caseless = text[start..end].iter().all(|&byte| byte >= 0x80);
    let is_name = match cue {
        Cue::Title => true,
        Cue::Name => {
            words > 1
                || !lexicon::is_wording(text, start, first)
                || lexicon::flags(text, start, first) & (lexicon::STATE | lexicon::MONTH) != 0
                    && first - start > 2
                    && !goes_on(text, end)
        }
        Cue::Person if words == 1 && is_family(text, start, end) => !goes_on(text, end),
        Cue::Person => {
            is_caseless || !is_all_wording(text, start, end) && (words > 1 || end - start > 2)
        }
        Cue::Role => is_caseless || is_given() || words > 1 && !is_all_wording(text, start, end),
    };
    is_name.then_some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

/// Whether a word that is a place's or a month's is a family's too, where a cue expects one: "Pt. Washington", "Dr: May".
fn is_family(text: &[u8], start: usize, end: usize) -> bool {
    const FAMILIES: [&[u8]; 9] = [
        b"washington",
        b"virginia",
        b"georgia",
        b"carolina",
        b"montana",
        b"dakota",
        b"york",
        b"delaware",
        b"indiana",
    ];
    FAMILIES
        .iter()
        .any(|family| text[start..end].eq_ignore_ascii_case(family))
}

/// Whether a capital or a word of titles goes on after a name that ends at `end`: "patient Washington State".
fn goes_on(text: &[u8], end: usize) -> bool {
    let next = run(text, end, |byte| byte == b' ');
    let known = lexicon::flags(text, next, word_end(text, next));
    known & lexicon::NO_NAME != 0 && known & lexicon::COMMON == 0
        || text.get(next).is_some_and(u8::is_ascii_uppercase)
}

/// Names after a word for several people, which ends at `end`: at least two, since one may say what they are.
pub(super) fn several(text: &[u8], end: usize) -> Option<Hit> {
    let Some(hit) = named(text, end, Cue::Person) else {
        let at = run(text, end, |byte| matches!(byte, b' ' | b':' | b'#'));
        let code = value::take(Field::Strong(Kind::Mrn), text, at, Announced::Words)?;
        let is_list = list::next(text, code, true).is_some_and(|hit| hit.end - hit.start > 4);
        return (is_list && code.end - code.start > 4).then_some(code);
    };
    let has_comma = text[hit.start..hit.end].contains(&b',');
    let is_list = has_comma || list::next(text, hit, true).is_some();
    is_list.then_some(hit)
}

/// "Dr. smith", "dr. susan davis": words after a title and a dot that are none of a sentence.
fn after_dot(text: &[u8], start: usize) -> Option<Hit> {
    let mut end = start;
    let mut at = start;
    for _ in 0..3 {
        let next = run(text, at, |byte| {
            is_letter(byte) || matches!(byte, b'\'' | b'-')
        });
        let goes_on = matches!(text.get(next), Some(b'=' | b'_' | b'/' | b'.'))
            && text.get(next + 1).is_some_and(|&byte| is_letter(byte));
        let known = lexicon::flags(text, at, next);
        let is_given = known & (lexicon::GIVEN | lexicon::NO_NAME) == lexicon::GIVEN;
        let is_lower = text.get(at).is_some_and(|byte| !byte.is_ascii_uppercase());
        if next < at + 3 || !is_lower || goes_on || !is_given && lexicon::ends_name(text, at, next)
        {
            break;
        }
        end = next;
        at = next + usize::from(text.get(next) == Some(&b' '));
        if at == next {
            break;
        }
    }
    let is_after_title = text[..start].ends_with(b". ") || text[..start].ends_with(b"mrs ");
    (end > start && is_after_title).then_some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

/// `patient "asante" merged`.
fn quoted_in_lower_case(text: &[u8], start: usize) -> Option<Hit> {
    let end = word_end(text, start);
    let is_quoted = matches!(&text[..start], [.., cue, b' ', b'"' | b'\''] if is_letter(*cue))
        && text.get(end) == Some(&text[start - 1]);
    let is_name = end > start + 2
        && text[start..end]
            .iter()
            .all(|&byte| byte.is_ascii_lowercase() || byte >= 0x80)
        && !lexicon::is_wording(text, start, end);
    (is_quoted && is_name).then_some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

/// "patient jane doe": after a cue, a given name and what follows it and is no word of a sentence.
fn in_lower_case(text: &[u8], start: usize, known: u32) -> Option<Hit> {
    if known & (lexicon::GIVEN | lexicon::NO_NAME) != lexicon::GIVEN {
        return None;
    }
    let mut end = word_end(text, start);
    for _ in 0..3 {
        let at = run(text, end, |byte| byte == b' ');
        let next = run(text, at, |byte| {
            is_letter(byte) || matches!(byte, b'\'' | b'-')
        });
        if at != end + 1
            || next == at
            || text.get(next) == Some(&b'=')
            || lexicon::is_wording(text, at, next)
        {
            break;
        }
        end = next;
    }
    Some(Hit {
        start,
        end,
        kind: Kind::Name,
    })
}

/// Whether every word of a name is one of sentences: "Platform Team".
pub(super) fn is_all_wording(text: &[u8], start: usize, end: usize) -> bool {
    let text = &text[..end];
    let mut words = 0;
    let mut at = start;
    while at < end {
        let word = run(text, at, is_letter);
        if word > at + 1 {
            words += 1;
            if words > MAX_WORDING || !lexicon::is_wording(text, at, word) {
                return false;
            }
        }
        at = word.max(at + 1);
    }
    true
}

/// A name after a word for what is done with people, which ends at `end`, and a preposition: "assigned to Ann
/// Smith", "interview with Ann Smith".
pub(super) fn met(text: &[u8], end: usize) -> Option<Hit> {
    const PREPOSITIONS: [&[u8]; 9] = [
        b"to", b"with", b"from", b"by", b"for", b"of", b"as", b"about", b"between",
    ];
    let at = run(text, end, |byte| byte == b' ');
    let stop = word_end(text, at);
    if at != end + 1 || !PREPOSITIONS.contains(&&text[at..stop]) {
        return None;
    }
    named(text, stop, Cue::Role)
}

/// A given name in capitals from `start` to `end` with a family name after it, or before it and a comma.
pub(super) fn given(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if !text[start].is_ascii_uppercase()
        || start > 0 && matches!(text[start - 1], b'/' | b'.' | b'_' | b'\\')
    {
        return None;
    }
    let hit = |start, end| {
        Some(Hit {
            start,
            end,
            kind: Kind::Name,
        })
    };
    let (name_end, words) = name::end(text, start, Expect::Capitals);
    let second = run(text, end, |byte| !is_letter(byte));
    let is_family = words > 1
        && second < name_end
        && !lexicon::is_wording(text, second, word_end(text, second))
        && text[end] != b',';
    if let Some(family) = family_before(text, start, floor) {
        return hit(family, if is_family { name_end } else { end });
    }
    if is_family {
        hit(start, name_end)
    } else {
        None
    }
}

/// Where the family name begins that stands before a comma and `start`: "Doe, Jane".
fn family_before(text: &[u8], start: usize, floor: usize) -> Option<usize> {
    let before = text[floor..start]
        .strip_suffix(b", ")
        .or(text[floor..start].strip_suffix(b","))?;
    let end = floor + before.len();
    let family = word_start(text, end, floor);
    let is_name = end - family > 1
        && (text[family].is_ascii_uppercase() || text[family] >= 0x80)
        && !lexicon::is_wording(text, family, end)
        && lexicon::flags(text, family, end) & lexicon::GIVEN == 0
        && (family == floor
            || matches!(
                text[family - 1],
                b' ' | b'"' | b'\'' | b'(' | b'[' | b':' | b'\n' | b'\t'
            ));
    is_name.then_some(family)
}

/// Where the word of a name that ends at `end` begins.
fn word_start(text: &[u8], end: usize, floor: usize) -> usize {
    const MAX_NAME: usize = 32;
    let mut at = end;
    while at > floor
        && end - at < MAX_NAME
        && (is_letter(text[at - 1]) || matches!(text[at - 1], b'\'' | b'-') && at < end)
    {
        at -= 1;
    }
    at
}

/// The name that a possessive, whose word is from `start` to `end`, says has something: "Doe's chart".
pub(super) fn possessive(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if text.get(end..end + 3) != Some(b"'s ")
        || !text[start].is_ascii_uppercase()
        || end - start < 2
    {
        return None;
    }
    let noun = end + 3;
    let is_name = |at: usize, end: usize| {
        (text[at].is_ascii_uppercase() || text[at] >= 0x80) && !lexicon::is_wording(text, at, end)
    };
    if lexicon::flags(text, noun, word_end(text, noun)) & lexicon::BELONGS == 0
        || !is_name(start, end)
    {
        return None;
    }
    let mut first = start;
    if start > floor && text[start - 1] == b' ' {
        let before = word_start(text, start - 1, floor);
        if before < start - 1 && is_name(before, start - 1) {
            first = before;
        }
    }
    Some(Hit {
        start: first,
        end,
        kind: Kind::Name,
    })
}

/// The name right before `end`, up to three words with capitals that are none of a sentence.
pub(super) fn before(text: &[u8], end: usize, floor: usize) -> Option<Hit> {
    let mut first = end;
    let mut words = 0;
    let mut at = end;
    while words < 3 {
        let start = word_start(text, at, floor);
        if start == at
            || !(text[start].is_ascii_uppercase() || text[start] >= 0x80)
            || lexicon::is_wording(text, start, at)
        {
            break;
        }
        first = start;
        words += 1;
        at = start;
        while at > floor && matches!(text[at - 1], b' ' | b',' | b'.') && start - at < 2 {
            at -= 1;
        }
        if at == start {
            break;
        }
    }
    (end - first > 1 && words > 0).then_some(Hit {
        start: first,
        end,
        kind: Kind::Name,
    })
}
