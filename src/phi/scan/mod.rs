//! The reading of text: one pass over its bytes, which stops where something can begin.

mod address;
mod after;
mod age;
mod aligned;
mod announced;
mod attached;
mod bound;
mod card;
mod city;
mod class;
mod clean;
mod code;
mod compound;
mod constraint;
mod cue;
mod date;
mod email;
mod full_name;
mod glued;
mod held;
mod hl7;
mod instance;
mod ip;
mod items;
mod joint;
mod key;
mod keyed;
mod known;
mod lexicon;
mod list;
mod literal;
mod markup;
mod modifier;
mod name;
mod naming;
mod note;
mod number;
mod option;
mod parameters;
mod person;
mod phone;
mod place;
mod quoted;
mod scanner;
mod secret;
mod standard;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod told;
mod url;
mod validation;
mod value;
mod whole;
mod wrapper;

use std::convert::Infallible;

use super::field::Field;
use super::fold::{self, Folded};
use super::json;
use super::kind::Kind;
use super::placeholder;
use super::span::Spans;
use scanner::Scanner;

pub(super) use super::fold::one_spelling as folded;
pub(super) use bound::parameters;
pub(super) use card::is_bare_card;
pub(super) use class::{ends_with, is_word, plain_run};
pub(super) use date::{is_date_like, is_moment};
pub(super) use name::{has_counterpart, is_part as is_part_of_name};
pub(super) use url::ends as ends_url;
pub(super) use whole::{is_great_age, is_value_of, whole};

/// How many bytes are undone of their spellings in a step.
const PER_STEP: usize = 64;

/// A place to redact, and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hit {
    start: usize,
    end: usize,
    kind: Kind,
}

/// Finds what is to be redacted in free text.
pub(super) fn free_text(text: &[u8], spans: &mut Spans) {
    let is_json = looks_like_json(text)
        && spans
            .within(|spans| json::walk(text, 0, spans), |place| place)
            .is_ok();
    if !is_json {
        folded_text(text, false, 0, spans);
    }
}

/// The same in the content of a JSON string, the value or the name of `field`.
pub(super) fn json_string(raw: &[u8], escaped: bool, field: Field, layers: u8, spans: &mut Spans) {
    // Nothing is shorter than "92yo", and a word alone is nobody; a longer one may be a secret.
    if raw.len() < 4 || raw.len() < 16 && raw.iter().all(u8::is_ascii_alphabetic) {
        return;
    }
    // On nearly every line: when it was, and which request.
    if date::is_moment(raw) || raw.len() == code::UUID && code::uuid_end(raw, 0).is_some() {
        return;
    }
    // What is found depends on these alone.
    let is_usual = layers == 0 && field != Field::Version;
    let hash = if is_usual { clean::hash(raw) } else { 0 };
    if is_usual && clean::is_known(raw, hash) {
        return;
    }
    if spans.watch.is_over() {
        return withhold(raw, spans);
    }
    let mark = spans.mark();
    let kept_back = spans.watch.keep_back(raw.len());
    read_string(raw, escaped, field, layers, spans);
    spans.watch.give_back(kept_back);
    if is_usual && spans.mark() == mark {
        clean::note(raw, hash);
    }
}

fn read_string(raw: &[u8], escaped: bool, field: Field, layers: u8, spans: &mut Spans) {
    if looks_like_json(raw) && json::may_nest(layers) {
        let found = if escaped {
            let inner = fold::unescape(raw);
            spans.watch.go_on(raw.len() / PER_STEP);
            spans.within(
                |spans| json::walk(&inner.bytes, layers + 1, spans),
                |place| inner.origin(place),
            )
        } else {
            spans.within(|spans| json::walk(raw, layers + 1, spans), |place| place)
        };
        if found.is_ok() {
            return;
        }
    }
    folded_text(raw, field == Field::Version, layers + 1, spans);
}

/// Whether `word` is one of sentences, and no name of anybody.
pub(super) fn is_wording(word: &[u8]) -> bool {
    const OF_NAMES: u32 = lexicon::NO_NAME_IN_LOWER | lexicon::MONTH | lexicon::GIVEN;
    lexicon::flags_of(word) & OF_NAMES == 0 && lexicon::is_wording(word, 0, word.len())
}

/// Whether `value` is the abbreviation of a state, in capitals.
pub(super) fn is_state(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_uppercase) && lexicon::flags_of(value) & lexicon::STATE != 0
}

pub(super) fn is_compact_date(value: &[u8]) -> bool {
    date::is_compact(value)
}

fn withhold(text: &[u8], spans: &mut Spans) {
    if !placeholder::is_one(text) {
        spans.text(0, text.len(), Kind::Secret);
    }
}

fn looks_like_json(text: &[u8]) -> bool {
    let start = class::run(text, 0, |byte| byte.is_ascii_whitespace());
    match text.get(start) {
        Some(b'{') => true,
        Some(b'[') => placeholder::length_at(&text[start..]).is_none(),
        _ => false,
    }
}

fn folded_text(text: &[u8], is_version: bool, layers: u8, spans: &mut Spans) {
    if spans.watch.is_over() {
        return withhold(text, spans);
    }
    let folded = fold::fold(text);
    spans.watch.go_on(text.len() / PER_STEP);
    let Some(folded) = folded else {
        return Scanner::new(text, is_version, layers, spans).run();
    };
    let read = |folded: &Folded, spans: &mut Spans| {
        let Ok(()) = spans.within(
            |spans| -> Result<(), Infallible> {
                Scanner::new(&folded.bytes, is_version, layers, spans).run();
                Ok(())
            },
            |place| folded.origin(place),
        );
    };
    let mark = spans.mark();
    read(&folded, spans);
    if folded.has_joints {
        // If the time ends here all is withheld: in this way nothing was read.
        spans.watch.go_on(text.len() / PER_STEP);
        spans.also(mark, |spans| read(&fold::fold_parted(text), spans));
    }
}
