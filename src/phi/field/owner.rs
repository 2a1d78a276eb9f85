//! Whose name, age, day or number it is, by the words before the noun.

use super::words::Words;
use super::{Field, ending_at, flags, vocabulary};
use crate::phi::kind::Kind;

/// Whose name it is says the word before.
pub(super) fn name_after(words: &Words, place: usize) -> Field {
    if place == 0 {
        return Field::Name;
    }
    let owner = flags(words.get(place - 1));
    // "fathersName" is the father's.
    let is_person = (0..place).any(|at| {
        let word = words.get(at);
        let owner = word.strip_suffix(b"s").unwrap_or(word);
        (flags(word) | flags(owner)) & vocabulary::WORD_PERSON != 0
    });
    if owner & vocabulary::WORD_PERSON != 0 {
        Field::Whole(Kind::Name)
    } else if owner & vocabulary::WORD_THING != 0 {
        // Not without its owner: "service name: worker".
        Field::About
    } else if is_person || is_role(words, place) {
        Field::Whole(Kind::Name)
    } else {
        Field::Plain
    }
}

/// Whether the words before `place` say who somebody is: "pharmacistName".
fn is_role(words: &Words, place: usize) -> bool {
    matches!(
        ending_at(words, place),
        Some(Field::Whole(Kind::Name) | Field::Person | Field::PersonLike)
    )
}

/// "prescriberId" may be a number of the national registry, "userId" is not.
pub(super) fn provider(words: &Words, end: usize) -> Field {
    const PROVIDERS: [&[u8]; 10] = [
        b"provider",
        b"prescriber",
        b"physician",
        b"doctor",
        b"practitioner",
        b"clinician",
        b"surgeon",
        b"attending",
        b"nurse",
        b"pcp",
    ];
    if (0..end).any(|place| PROVIDERS.contains(&words.get(place))) {
        Field::Provider
    } else {
        Field::Plain
    }
}

/// "patientAge" is a person's, "cacheAge" is not.
pub(super) fn age_after(words: &Words, end: usize) -> Field {
    // Of people, and of statements of SQL.
    const OWNERS: [&[u8]; 7] = [b"your", b"my", b"his", b"her", b"where", b"and", b"or"];
    let age = (0..end).rev().find(|&place| words.get(place) == b"age");
    let owner = age
        .and_then(|age| age.checked_sub(1))
        .map(|place| words.get(place));
    if owner.is_some_and(|owner| OWNERS.contains(&owner)) {
        return Field::Age;
    }
    match owner.map(flags) {
        Some(owner) if owner & (vocabulary::WORD_PERSON | vocabulary::WORD_NOISE) == 0 => {
            Field::About
        }
        _ => Field::Age,
    }
}

pub(super) fn day_after(words: &Words, place: usize) -> Field {
    match ending_at(words, place) {
        Some(field @ Field::Strong(Kind::Date)) => field,
        _ => Field::Day,
    }
}
