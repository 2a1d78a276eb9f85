//! Strings and numbers, by the field that they are the value of.

use std::convert::Infallible;

use super::Walk;
use super::grammar::number_end;
use super::label;
use super::level::Level;
use super::rows::{self, Cells};
use crate::phi::Unredactable;
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::scan;
use crate::phi::span::Span;

impl Walk<'_> {
    pub(super) fn string_value(
        &mut self,
        field: Field,
        level: &mut Level,
    ) -> Result<(), Unredactable> {
        let (start, end, escaped) = self.string()?;
        let value = &self.json[start..end];
        let field =
            if level.cells == Cells::Plain || level.is_object && level.cells == Cells::Location {
                if level.is_object {
                    field
                } else {
                    label::of_option(value, level)
                }
            } else {
                self.cell(field, value, level)
            };
        if level.is_object && rows::is_statement(self.last_key(), value) {
            self.is_bound = self.columns.bind(&scan::folded(value), self.depth + 1);
        }
        if level.is_object && field == Field::Plain && label::is_caption(self.last_key()) {
            let named = label::read(value);
            self.label(level, named);
        }
        // An object of Kubernetes.
        level.is_thing |= level.is_object && label::is_kind_of_cluster(self.last_key(), value);
        // What a reference of FHIR to a person shows is the name (R4, 2.3.0.1).
        if level.is_object && self.last_key() == b"reference" && names_person(value) {
            level.labelled = Some(Field::Whole(Kind::Name));
        }
        // Who is referred to may be a place too (FHIR R4, 2.3.0.1).
        let field = if field == Field::Value && level.is_person && self.last_key() == b"display" {
            if level.is_patient {
                Field::Whole(Kind::Name)
            } else {
                Field::PersonLike
            }
        } else {
            field
        };
        if field == Field::PersonLike && self.last_key() == b"display" {
            if scan::whole(field, value, false).is_some() {
                self.spans.text(start, end, Kind::Name);
            } else {
                self.text(start, end, escaped, field);
            }
            return Ok(());
        }
        // The common case: the field says nothing, and nothing is inherited.
        let is_plain = field == Field::Plain && level.inherited.is_none();
        if !is_plain {
            match field {
                // The value representation of DICOM says less than its tag.
                Field::Label if value.len() == 2 && value.iter().all(u8::is_ascii_uppercase) => {
                    level.labelled = level.labelled.or_else(|| field::representation(value));
                }
                Field::Label => self.label(level, label::read(value)),
                // "tag": "00100020" of DICOM.
                Field::Version if field::attribute(value).is_some() => {
                    level.labelled = field::attribute(value);
                }
                Field::Resource => {
                    let of = field::classify(value);
                    level.is_patient |= of == Field::Person;
                    if matches!(of, Field::Person | Field::Whole(Kind::Name)) {
                        (level.is_person, level.is_thing) = (true, false);
                    }
                }
                Field::NamePart if scan::is_part_of_name(value) && self.is_part() => {
                    self.spans.text(start, end, Kind::Name);
                    return Ok(());
                }
                _ => {}
            }
            // The name of a field of a form: its value stands beside it.
            if field == Field::Name && level.is_object && label::may_be(value) {
                let named = field::classify(value);
                // A full name may be read as words about a field.
                let is_of_person = matches!(named, Field::About | Field::Thing)
                    && scan::whole(Field::PersonLike, value, false).is_some();
                if !matches!(named, Field::Plain | Field::Name | Field::PersonLike) && !is_of_person
                {
                    self.label(level, named);
                    self.text(start, end, escaped, field);
                    return Ok(());
                }
            }
            // Beside a day are other words, and beside anything else may be when it was seen.
            let is_beside = match level.inherited {
                Some(Kind::Date) => !scan::is_date_like(value),
                Some(Kind::Name | Kind::Address)
                    if level.is_object && label::is_aside(self.last_key(), value) =>
                {
                    true
                }
                Some(_) => scan::is_moment(value),
                None => false,
            };
            if is_beside && matches!(field, Field::Plain | Field::Thing) {
                self.text(start, end, escaped, field);
                return Ok(());
            }
            if let Some(kind) = whole(level.meaning(field), value, level) {
                if !placeholder::is_one(value) {
                    self.spans.text(start, end, kind);
                }
                return Ok(());
            }
        }
        self.text(start, end, escaped, field);
        if field == Field::Value && level.is_object && !level.is_labelled() {
            self.keep(start, end, false);
        }
        Ok(())
    }

    pub(super) fn text(&mut self, start: usize, end: usize, escaped: bool, field: Field) {
        let value = &self.json[start..end];
        let layers = self.layers;
        let Ok(()) = self.spans.within(
            |spans| -> Result<(), Infallible> {
                scan::json_string(value, escaped, field, layers, spans);
                Ok(())
            },
            |place| place + start,
        );
    }

    pub(super) fn number(&mut self, field: Field, level: &mut Level) -> Result<(), Unredactable> {
        let start = self.at;
        if !level.is_object && level.cells == Cells::Plain {
            level.labelled = None;
        }
        let level = &*level;
        self.at = number_end(self.json, start)?;
        let value = &self.json[start..self.at];
        // How many were admitted or discharged.
        let is_count = field == Field::Strong(Kind::Date)
            && value.len() < 4
            && level.inherited.is_none()
            && label::counts_people(self.last_key());
        if is_count || field == Field::Plain && level.inherited.is_none() && value.len() < 14 {
            return Ok(());
        }
        match of_number(level.meaning(field), value, level) {
            Some(kind) => self.spans.push(Span {
                start,
                end: self.at,
                kind,
                is_number: true,
                layers: (!self.has_quote).then_some(self.layers),
            }),
            None if field == Field::Value && level.is_object && !level.is_labelled() => {
                self.keep(start, self.at, true);
            }
            None => {}
        }
        Ok(())
    }
}

fn names_person(reference: &[u8]) -> bool {
    [
        &b"Patient/"[..],
        b"Practitioner/",
        b"RelatedPerson/",
        b"Person/",
    ]
    .iter()
    .any(|kind| reference.starts_with(kind))
}

/// The kind of a number, if its field says so.
pub(super) fn of_number(meaning: Field, value: &[u8], level: &Level) -> Option<Kind> {
    let digits = value.len();
    match meaning {
        Field::Person => (digits > 4).then_some(Kind::Mrn),
        // Counts of tokens, of tests that pass, of names and addresses. A counter may pass the check of a card.
        Field::PersonLike
        | Field::About
        | Field::Secret
        | Field::Name
        | Field::Whole(Kind::Name | Kind::Email) => None,
        Field::Whole(Kind::Phone) => (digits >= 7).then_some(Kind::Phone),
        Field::Coded(_) => (digits >= 4).then(|| whole(meaning, value, level))?,
        // A count of those that were found.
        Field::Strong(Kind::Ssn | Kind::Npi | Kind::Mbi) if digits < 4 => None,
        Field::Age => scan::is_great_age(value).then_some(Kind::Age),
        Field::Day => scan::is_compact_date(value)
            .then_some(Kind::Date)
            .or_else(|| scan::is_bare_card(value).then_some(Kind::Card)),
        meaning => {
            whole(meaning, value, level).or_else(|| scan::is_bare_card(value).then_some(Kind::Card))
        }
    }
}

/// The kind that all of `value` is, if its field says so.
pub(super) fn whole(field: Field, value: &[u8], level: &Level) -> Option<Kind> {
    if value.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    scan::whole(field, value, level.is_person)
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_json;

    #[test]
    fn a_number_that_is_first_in_its_json_gets_the_quotes_of_its_layer() {
        for (json, expected) in [
            (
                r#"[4111111111111111,"[4111111111111111]"]"#,
                r#"["[card]","[\"[card]\"]"]"#,
            ),
            (
                r#"{"b":"[[4111111111111111],null,{\"ssn\":536228726}]"}"#,
                r#"{"b":"[[\"[card]\"],null,{\"ssn\":\"[ssn]\"}]"}"#,
            ),
            (
                r#"{"b":"{\"c\":\"[4111111111111111]\"}"}"#,
                r#"{"b":"{\"c\":\"[\\\"[card]\\\"]\"}"}"#,
            ),
        ] {
            let mut out = Vec::new();
            redact_json(json.as_bytes(), &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
