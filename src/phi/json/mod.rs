//! The walk through JSON: which field each value is in, and what that says of it.
//!
//! It checks the grammar of RFC 8259 as it goes, since what is not understood must not be written.
//! It keeps its own stack, so that no depth of nesting exhausts the thread's.

mod again;
mod grammar;
mod label;
mod level;
mod rows;
mod settled;

use std::convert::Infallible;

use super::Unredactable;
use super::field::{self, Field};
use super::kind::Kind;
use super::placeholder;
use super::scan;
use super::span::{Span, Spans};

use again::Rows;
use grammar::{escape_length, number_end, white_space};
use label::Unnamed;
use level::{Level, Levels, OUTSIDE};
use rows::{Cells, Columns};

pub(super) use settled::walk_outermost;

/// Beyond this many layers of JSON inside strings of JSON a string is read as text.
const MAX_LAYERS: u8 = 8;

/// Finds what is to be redacted in `json`, one value and white space around it. `layers` is how many
/// JSON strings it is inside of.
pub(super) fn walk(json: &[u8], layers: u8, spans: &mut Spans) -> Result<(), Unredactable> {
    let end = walk_prefix(json, layers, spans)?;
    match white_space(json, end) {
        end if end == json.len() => Ok(()),
        _ => Err(Unredactable),
    }
}

/// The same for the value that `json` begins with. Returns where it ends.
pub(super) fn walk_prefix(
    json: &[u8],
    layers: u8,
    spans: &mut Spans,
) -> Result<usize, Unredactable> {
    let mut walk = Walk::new(json, layers, spans);
    walk.run()?;
    Ok(walk.at)
}

struct Walk<'a> {
    json: &'a [u8],
    at: usize,
    layers: u8,
    /// Where the last key is.
    key: (usize, usize),
    columns: Columns,
    /// Rows whose columns may come after them.
    rows: Option<Rows>,
    /// What is before was walked again for its columns, and is not for others.
    walked_again: usize,
    /// How many objects and arrays the walk is in.
    depth: usize,
    /// Values whose name may come after them.
    unnamed: Unnamed,
    /// Whether all that was found leaves nothing to be found in its place; not asked for in a string of JSON.
    is_settled: bool,
    spans: &'a mut Spans,
}

impl<'a> Walk<'a> {
    fn new(json: &'a [u8], layers: u8, spans: &'a mut Spans) -> Self {
        Self {
            json,
            at: 0,
            layers,
            key: (0, 0),
            columns: Columns::default(),
            rows: None,
            walked_again: 0,
            depth: 0,
            unnamed: Unnamed::default(),
            is_settled: false,
            spans,
        }
    }

    fn run(&mut self) -> Result<(), Unredactable> {
        let mut above = Levels::new();
        let mut level = OUTSIDE;
        let mut field = Field::Plain;
        'values: loop {
            self.skip_white_space();
            let (start, mark) = (self.at, self.spans.mark());
            let opened = match self.peek()? {
                open @ (b'{' | b'[') => {
                    if open == b'[' && level.is_object && rows::are_rows(self.last_key()) {
                        self.rows = Some(Rows::begin(self, field, level, above.depth()));
                    }
                    self.at += 1;
                    above.push(level);
                    self.depth = above.depth();
                    level = self.opened(&level, field, open == b'{', above.depth());
                    true
                }
                b'"' => {
                    self.string_value(field, &mut level)?;
                    self.settle(field, &level, start, mark);
                    false
                }
                b'-' | b'0'..=b'9' => {
                    self.number(field, &mut level)?;
                    self.settle(field, &level, start, mark);
                    false
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => return Err(Unredactable),
            };
            // What follows: the first of a new object or array, or the end of some and the next.
            let mut is_first = opened;
            loop {
                if above.is_empty() {
                    return Ok(());
                }
                self.skip_white_space();
                let next = self.peek()?;
                if next == if level.is_object { b'}' } else { b']' } {
                    self.at += 1;
                    let closed = std::mem::replace(&mut level, above.pop().unwrap_or(OUTSIDE));
                    self.columns.left(above.depth());
                    self.left(above.depth());
                    if closed.cells == Cells::Location
                        && let Some(field) = closed.labelled
                    {
                        self.label(&mut level, field);
                    }
                    if let Some(rows) = self.rows_before(&closed, above.depth()) {
                        (level, field) = (rows.level, rows.field);
                        self.is_settled = false;
                        continue 'values;
                    }
                    is_first = false;
                    continue;
                }
                if !is_first {
                    if next != b',' {
                        return Err(Unredactable);
                    }
                    self.at += 1;
                    level.index += 1;
                    self.skip_white_space();
                }
                break;
            }
            field = if level.is_object {
                self.key()?
            } else {
                self.element(&level)
            };
        }
    }

    fn last_key(&self) -> &[u8] {
        &self.json[self.key.0..self.key.1]
    }

    /// What an object or array is, the value of `field` in `parent`.
    fn opened(&mut self, parent: &Level, field: Field, is_object: bool, depth: usize) -> Level {
        let is_part = field == Field::NamePart && self.is_part();
        let field = if is_part {
            Field::Whole(Kind::Name)
        } else {
            field
        };
        // What is sent has a type too, and is no value of it.
        let is_sent = field == Field::Value && self.last_key() == b"data";
        let mut level = parent.below(if is_sent { Field::Plain } else { field }, is_object);
        level.is_record = level.is_thing && label::is_record(self.last_key());
        if is_object {
            if parent.is_labelled() && label::goes_into(self.last_key()) {
                level.labelled = parent.labelled;
            }
            if parent.is_object && label::comes_from(self.last_key()) {
                level.cells = Cells::Location;
            }
        } else {
            let key = &self.json[self.key.0..self.key.1];
            level.cells = self.columns.cells(parent, key, depth);
        }
        level
    }

    /// What the next element of an array is.
    fn element(&self, level: &Level) -> Field {
        match level.cells {
            Cells::Row => self.columns.field(level.index),
            Cells::First | Cells::Pair if level.index == 1 => level.labelled.unwrap_or(level.field),
            Cells::Headers if level.index % 2 == 1 => level.labelled.unwrap_or(level.field),
            Cells::Plain => level.labelled.unwrap_or(level.field),
            _ => level.field,
        }
    }

    /// Reads a string as the name of what comes next, and says what it is itself.
    fn cell(&mut self, field: Field, value: &[u8], level: &mut Level) -> Field {
        let is_name = match level.cells {
            Cells::Names => !level.is_object || field == Field::Name,
            Cells::First => true,
            _ => false,
        };
        if is_name {
            self.columns.name(value);
        }
        match level.cells {
            Cells::First | Cells::Pair if level.index == 0 => {
                level.labelled = Some(field::classify(value));
                field
            }
            Cells::Headers if level.index.is_multiple_of(2) => {
                level.labelled = Some(label::owned(field::classify(value), value));
                field
            }
            Cells::Location => {
                level.labelled = Some(field::classify(value));
                field
            }
            Cells::Names if level.is_object => {
                // Its value may stand beside it: "{ name: 'ssn', value: … }".
                if is_name {
                    level.labelled = Some(field::classify(value));
                }
                if field == Field::Value {
                    field
                } else {
                    Field::Plain
                }
            }
            cells @ (Cells::First | Cells::Pair | Cells::Headers | Cells::Row) => {
                self.columns.meaning(cells, field, value)
            }
            _ => field,
        }
    }

    /// Whether the last key is a part of a name that has its other part beside it.
    fn is_part(&mut self) -> bool {
        // It reads what is around the key.
        self.is_settled = false;
        scan::has_counterpart(self.json, self.key.0, self.key.1)
    }

    fn key(&mut self) -> Result<Field, Unredactable> {
        if self.peek()? != b'"' {
            return Err(Unredactable);
        }
        let (start, end, escaped) = self.string()?;
        self.key = (start, end);
        let name = &self.json[start..end];
        let (field, is_word) = if escaped {
            (field::classify_name(&scan::folded(name)).0, false)
        } else {
            field::classify_name(name)
        };
        if !is_word {
            let mark = self.spans.mark();
            self.text(start, end, escaped, field);
            self.is_settled &= self.spans.mark() == mark;
        }
        self.skip_white_space();
        if self.peek()? != b':' {
            return Err(Unredactable);
        }
        self.at += 1;
        Ok(label::owned(field, self.last_key()))
    }

    fn string_value(&mut self, field: Field, level: &mut Level) -> Result<(), Unredactable> {
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
            self.columns.bind(&scan::folded(value), self.depth + 1);
        }
        if level.is_object && field == Field::Plain && label::is_caption(self.last_key()) {
            let named = label::read(value);
            self.label(level, named);
        }
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
            if field == Field::Name && level.is_object {
                let named = field::classify(value);
                // A full name may be read as words about a field.
                let is_of_person = matches!(named, Field::About | Field::Thing)
                    && scan::whole(Field::PersonLike, value, false).is_some();
                if !matches!(named, Field::Plain | Field::Name | Field::PersonLike) && !is_of_person
                {
                    self.label(level, named);
                    return Ok(());
                }
            }
            // Beside a day are other words, and beside anything else may be when it was seen.
            let is_beside = match level.inherited {
                Some(Kind::Date) => !scan::is_date_like(value),
                Some(_) => scan::is_moment(value),
                None => false,
            };
            if is_beside && matches!(field, Field::Plain | Field::Thing) {
                self.text(start, end, escaped, field);
                return Ok(());
            }
            if let Some(kind) = whole(level.meaning(field), value, level) {
                if placeholder::length_at(value) != Some(value.len()) {
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

    fn text(&mut self, start: usize, end: usize, escaped: bool, field: Field) {
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

    fn number(&mut self, field: Field, level: &mut Level) -> Result<(), Unredactable> {
        let start = self.at;
        if !level.is_object && level.cells == Cells::Plain {
            level.labelled = None;
        }
        let level = &*level;
        self.at = number_end(self.json, start)?;
        let value = &self.json[start..self.at];
        if field == Field::Plain && level.inherited.is_none() && value.len() < 14 {
            return Ok(());
        }
        match of_number(level.meaning(field), value, level) {
            Some(kind) => self.spans.push(Span {
                start,
                end: self.at,
                kind,
                is_number: true,
            }),
            None if field == Field::Value && level.is_object && !level.is_labelled() => {
                self.keep(start, self.at, true);
            }
            None => {}
        }
        Ok(())
    }

    /// Past a string. Returns where its content is, and whether there are escapes in it.
    #[inline]
    fn string(&mut self) -> Result<(usize, usize, bool), Unredactable> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = scan::plain_run(self.json, at);
            match self.json.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += escape_length(self.json, at).ok_or(Unredactable)?;
                }
                _ => return Err(Unredactable),
            }
        }
        self.at = at + 1;
        Ok((start, at, escaped))
    }

    fn word(&mut self, word: &[u8]) -> Result<bool, Unredactable> {
        if self.json[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(false)
        } else {
            Err(Unredactable)
        }
    }

    fn skip_white_space(&mut self) {
        self.at = white_space(self.json, self.at);
    }

    fn peek(&self) -> Result<u8, Unredactable> {
        self.json.get(self.at).copied().ok_or(Unredactable)
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
fn of_number(meaning: Field, value: &[u8], level: &Level) -> Option<Kind> {
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
        Field::Coded(kind) => (digits >= 4).then_some(kind),
        // A count of those that were found.
        Field::Strong(Kind::Ssn | Kind::Npi | Kind::Mbi) if digits < 4 => None,
        Field::Age => scan::is_great_age(value).then_some(Kind::Age),
        Field::Day => scan::is_compact_date(value).then_some(Kind::Date),
        meaning => {
            whole(meaning, value, level).or_else(|| scan::is_bare_card(value).then_some(Kind::Card))
        }
    }
}

/// The kind that all of `value` is, if its field says so.
fn whole(field: Field, value: &[u8], level: &Level) -> Option<Kind> {
    if value.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    scan::whole(field, value, level.is_person)
}

/// Whether a string of JSON may itself hold JSON at this depth.
pub(super) fn may_nest(layers: u8) -> bool {
    layers < MAX_LAYERS
}
