//! What a field's name says of its value.

mod cache;
mod dicom;
mod hl7;
mod owner;
mod phrases;
mod vocabulary;
mod words;

use super::kind::Kind;
use super::placeholder;
use owner::{age_after, day_after, name_after, provider};
use words::Words;

pub(super) use cache::{classify, classify_name};
pub(super) use dicom::{attribute, representation};
pub(super) use hl7::of_segment;

/// What a field's name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Nothing: the value is read as text.
    Plain,
    /// It is about a thing and not the thing itself, or counts it: `tokenCount`.
    About,
    /// The value is of this kind, and also what is derived from it: `ssnLast4`, `ssnOnFile`.
    Strong(Kind),
    /// The value is of this kind.
    Whole(Kind),
    /// The value is of this kind if it is a code: it has digits, and is no UUID.
    Coded(Kind),
    /// What a record of care says, of this kind: all of a field of JSON is, and in text at most a code.
    Record(Kind),
    /// A person: text is a name, what is below belongs to the person.
    Person,
    /// A name, if it looks like a person's.
    PersonLike,
    /// The bare `name`: a person's, unless what it is in is a thing.
    Name,
    /// The bare `id`: a person's code if what it is in is a person.
    Id,
    /// A part of a name, in a person or a name.
    NamePart,
    /// A person's code, or what holds it.
    Identifier,
    /// An age in years.
    Age,
    /// A date of the calendar, also without separators.
    Day,
    /// A place, unless it is an address of the network.
    Place,
    /// A postal code.
    Zip,
    /// A bank's routing number, if it passes its check.
    Routing,
    /// What a resource of FHIR is: its `resourceType`.
    Resource,
    /// A secret.
    Secret,
    /// A version, a model or an image: its date and its dots are no person's.
    Version,
    /// A thing of operators, whose name is no person's.
    Thing,
    /// The number of somebody who treats people, if it passes the check of one.
    Provider,
    /// It names the field that the `value` beside it is of.
    Label,
    /// The value that the label beside it names.
    Value,
}

impl Field {
    /// Whether its values are days.
    pub fn is_of_days(self) -> bool {
        matches!(
            self,
            Self::Day
                | Self::Strong(Kind::Date)
                | Self::Whole(Kind::Date)
                | Self::Coded(Kind::Date)
        )
    }
}

/// Reads the words of a name. Slow: a few hundred nanoseconds.
fn read(name: &[u8]) -> Field {
    if let Some(field) = dicom::attribute(name).or_else(|| hl7::numbered(name)) {
        return field;
    }
    // A key that was an identifier itself names no field.
    if placeholder::is_one(name) {
        return Field::Plain;
    }
    let mut words = Words::split(name);
    part_compounds(&mut words);
    if words.len() == 0 {
        return Field::Plain;
    }
    read_words(&words)
}

/// The same with a sign for "number" after it: "Policy #".
pub(super) fn classify_numbered(name: &[u8]) -> Field {
    const NUMBER: &[u8] = b" number";
    let mut spelt = [0; 72];
    let Some(place) = spelt.get_mut(..name.len() + NUMBER.len()) else {
        return Field::Plain;
    };
    place[..name.len()].copy_from_slice(name);
    place[name.len()..].copy_from_slice(NUMBER);
    classify(place)
}

/// The last words of the phrases that say something, and whether they announce a value in text too.
pub(super) fn last_words() -> impl Iterator<Item = (Vec<u8>, bool)> {
    let phrases = phrases::PHRASES.iter().filter_map(|(field, list)| {
        let announces = match field {
            Field::Strong(_)
            | Field::Whole(_)
            | Field::Coded(_)
            | Field::Zip
            | Field::Age
            | Field::Name
            | Field::Routing
            | Field::Record(Kind::Plan)
            | Field::Secret => true,
            Field::Plain
            | Field::About
            | Field::Thing
            | Field::NamePart
            | Field::Identifier
            | Field::Resource
            | Field::Record(_)
            | Field::Id => return None,
            _ => false,
        };
        Some((announces, list))
    });
    phrases.flat_map(|(announces, list)| {
        list.split(',').flat_map(move |phrase| {
            let mut last_two = phrase.trim().rsplit(' ');
            let last = last_two.next().unwrap_or_default();
            let noun = last_two.next().unwrap_or_default();
            let words: &[&str] = match last {
                // Names of the same heads.
                "#" | "number" | "no" | "id" | "identifier" => {
                    &["number", "no", "num", "nbr", "id", "identifier", noun]
                }
                "license" => &["license", "licence"],
                "date" => &["date", "dt"],
                other => &[other],
            };
            words
                .iter()
                .map(|word| (word.as_bytes().to_vec(), announces))
                .collect::<Vec<_>>()
        })
    })
}

fn read_words(words: &Words) -> Field {
    let mut count = words.len();
    // "SSN on file".
    if count > 2 && matches!(words.phrase(count - 2, count), b"on file" | b"on record") {
        count -= 2;
    }
    if let Some(field) = vocabulary::phrase(words.phrase(0, count)) {
        return field;
    }
    if count > 1 && flags(words.get(0)) & vocabulary::WORD_ASKING != 0 && words.get(0) != b"no" {
        return Field::About;
    }
    // "ageAtDiagnosis", "patient_age_at_enrollment".
    if (1..count).any(|at| words.get(at - 1) == b"age" && words.get(at) == b"at") {
        return Field::Age;
    }
    let mut end = count;
    let mut is_about = false;
    let mut is_id = false;
    let mut is_several = false;
    loop {
        match ending_at(words, end) {
            Some(Field::Id) if count > 1 => is_id = true,
            // "name[0].family" is as much of a name as "name".
            Some(Field::NamePart) if count > 1 && end > 1 => {
                end -= 1;
                continue;
            }
            Some(Field::NamePart | Field::Value) if count > 1 => {}
            Some(field) if is_several => return several(field, is_about),
            Some(field) => return ends_with(field, words, end, is_about, is_id),
            None => {}
        }
        if end == 1 {
            break;
        }
        let word = flags(words.get(end - 1));
        if word & vocabulary::WORD_NOISE == 0 && !is_id {
            if word & vocabulary::WORD_SEVERAL != 0 {
                is_several = true;
            } else if word & vocabulary::WORD_ABOUT != 0 {
                return Field::About;
            } else {
                is_about = true;
            }
        }
        end -= 1;
    }
    if is_of_medicine(words.get(count - 1)) {
        return Field::Whole(Kind::Name);
    }
    if flags(words.get(count - 1)) & vocabulary::WORD_THING != 0 {
        return Field::Thing;
    }
    if flags(words.get(count - 1)) & (vocabulary::WORD_ABOUT | vocabulary::WORD_SEVERAL) != 0 {
        return Field::About;
    }
    Field::Plain
}

/// What the values of a list are by the field that each is of.
fn several(field: Field, is_about: bool) -> Field {
    match field {
        Field::Whole(Kind::Name) | Field::Person | Field::PersonLike | Field::Name => {
            Field::PersonLike
        }
        Field::Strong(_) => field,
        _ if is_about => Field::About,
        Field::Whole(_) | Field::Coded(_) | Field::Age | Field::Zip => field,
        _ => Field::About,
    }
}

/// What a name says in which the phrase that ends at `end` says `field`.
fn ends_with(field: Field, words: &Words, end: usize, is_about: bool, is_id: bool) -> Field {
    match field {
        // "dischargeReason" is no day, "dischargeTime" has digits.
        Field::Strong(Kind::Date) if is_about => Field::Coded(Kind::Date),
        Field::Strong(_) => field,
        _ if is_about => Field::About,
        Field::Record(Kind::Plan) if is_id => Field::Coded(Kind::Plan),
        Field::Person if is_id => Field::Strong(Kind::Mrn),
        Field::Whole(Kind::Name) | Field::PersonLike if is_id => provider(words, end),
        Field::Place if is_id => Field::Plain,
        Field::Record(_) | Field::Secret | Field::Label | Field::Name | Field::NamePart
            if is_id =>
        {
            Field::About
        }
        Field::Name => name_after(words, end - 1),
        Field::Label if words.len() > 1 => Field::About,
        Field::Identifier if words.len() > 1 => Field::Plain,
        Field::Day => day_after(words, end - 1),
        Field::Age => age_after(words, end),
        field => field,
    }
}

/// The longest phrase that ends before the word at `end`.
fn ending_at(words: &Words, end: usize) -> Option<Field> {
    if end == 0 {
        return None;
    }
    let first = end.saturating_sub(4);
    let last = words.get(end - 1);
    // Every word of a phrase is known: most names end here.
    if vocabulary::word(last).is_some() {
        let longest = (first..end).find_map(|start| vocabulary::phrase(words.phrase(start, end)));
        if longest.is_some() {
            return longest;
        }
    }
    // "mrns", "licenses": one of many is of the same kind.
    let is_plural = last.len() > 2
        && last.ends_with(b"s")
        && vocabulary::word(&last[..last.len() - 1]).is_some();
    (first..end)
        .filter(|_| is_plural)
        .find_map(|start| {
            let phrase = words.phrase(start, end);
            Some((start, vocabulary::phrase(&phrase[..phrase.len() - 1])?))
        })
        .filter(|(start, field)| match field {
            Field::Strong(_) | Field::Whole(_) | Field::Coded(_) | Field::Age | Field::Zip => true,
            // "apiKeys" are secrets, "tokens" are counted.
            Field::Secret => end - start > 1,
            _ => false,
        })
        .map(|(_, field)| field)
}

/// Whether a word is what somebody is called who treats people: "urologist", "podiatrist".
fn is_of_medicine(word: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 6] = [
        b"ologist",
        b"iatrist",
        b"trician",
        b"thetist",
        b"optometrist",
        b"ienist",
    ];
    ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Whether a word, in any case, is one that names of fields are made of.
pub(super) fn is_known_word(word: &[u8]) -> bool {
    let mut lower = [0; 24];
    lower.get_mut(..word.len()).is_some_and(|lower| {
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        vocabulary::word(lower).is_some()
    })
}

fn flags(word: &[u8]) -> u8 {
    vocabulary::word(word).unwrap_or(0)
}

/// Parts names such as `patientname` where every part is a word that is known.
fn part_compounds(words: &mut Words) {
    let mut place = 0;
    while place < words.len() {
        let word = words.get(place);
        let mut lengths = [0; 4];
        let parts = if word.len() < 6 || vocabulary::word(word).is_some() {
            0
        } else {
            parts_of(word, &mut lengths)
        };
        if parts > 1 {
            words.part(place, &lengths[..parts]);
            place += parts;
        } else {
            place += 1;
        }
    }
}

/// How many words `word` is made of, longest first, or nought.
fn parts_of(word: &[u8], lengths: &mut [usize]) -> usize {
    if word.is_empty() || lengths.is_empty() || word.len() > vocabulary::MAX_COMPOUND {
        return 0;
    }
    let known = vocabulary::known_beginnings(word);
    for length in (2..=word.len()).rev() {
        if !known[length] {
            continue;
        }
        lengths[0] = length;
        if length == word.len() {
            return 1;
        }
        let rest = parts_of(&word[length..], &mut lengths[1..]);
        if rest > 0 {
            return rest + 1;
        }
    }
    0
}
