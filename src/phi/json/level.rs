//! What a value's surroundings say of it: the objects and arrays that the walk is in.

use super::rows::Cells;
use crate::phi::field::Field;
use crate::phi::kind::Kind;
use crate::phi::scan;

/// An object or array that the walk is in.
#[derive(Clone, Copy)]
pub(super) struct Level {
    pub is_object: bool,
    /// The field that this object or array is the value of, and with an array every element.
    pub field: Field,
    /// What the leaves are whose own field says nothing.
    pub inherited: Option<Kind>,
    /// It belongs to a person.
    pub is_person: bool,
    /// The person is one whose codes identify: a patient.
    pub is_patient: bool,
    /// It is a thing of operators.
    pub is_thing: bool,
    /// The thing has the fields of what it is about: a row, a filter.
    pub is_record: bool,
    /// The field that a label in this object has named.
    pub labelled: Option<Field>,
    /// What the elements of an array are.
    pub cells: Cells,
    /// The place of the element of an array.
    pub index: usize,
}

pub(super) const OUTSIDE: Level = Level {
    is_object: false,
    field: Field::Plain,
    inherited: None,
    is_person: false,
    is_patient: false,
    is_thing: false,
    is_record: false,
    labelled: None,
    cells: Cells::Plain,
    index: 0,
};

/// The levels above: few as a rule, so that they need no allocation.
pub(super) struct Levels {
    near: [Level; NEAR],
    deep: Vec<Level>,
    depth: usize,
}

const NEAR: usize = 12;

impl Levels {
    pub fn new() -> Self {
        Self {
            near: [OUTSIDE; NEAR],
            deep: Vec::new(),
            depth: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.depth == 0
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    pub fn push(&mut self, level: Level) {
        match self.near.get_mut(self.depth) {
            Some(place) => *place = level,
            None => self.deep.push(level),
        }
        self.depth += 1;
    }

    pub fn pop(&mut self) -> Option<Level> {
        self.depth = self.depth.checked_sub(1)?;
        match self.near.get(self.depth) {
            Some(level) => Some(*level),
            None => self.deep.pop(),
        }
    }
}

impl Level {
    /// What an object or array in this one is, as the value of `field`.
    pub fn below(&self, field: Field, is_object: bool) -> Self {
        let meaning = self.meaning(field);
        let inherited = match meaning {
            Field::Strong(kind) | Field::Whole(kind) | Field::Coded(kind) => Some(kind),
            Field::Name => Some(Kind::Name),
            Field::Place => Some(Kind::Address),
            Field::Zip => Some(Kind::Zip),
            Field::Age => Some(Kind::Age),
            Field::Secret => Some(Kind::Secret),
            Field::Identifier => Some(Kind::Mrn),
            Field::Plain | Field::Id | Field::Value | Field::PersonLike | Field::Label => {
                self.inherited
            }
            _ => None,
        };
        Self {
            is_object,
            field: meaning,
            inherited,
            is_person: self.is_person && meaning != Field::Thing
                || matches!(
                    meaning,
                    Field::Person | Field::PersonLike | Field::Whole(Kind::Name)
                ),
            is_patient: meaning == Field::Person || self.is_patient && meaning != Field::Thing,
            is_thing: matches!(meaning, Field::Thing | Field::Version | Field::About)
                || (self.is_thing && matches!(field, Field::Plain) && !is_object),
            is_record: false,
            // What is no age as a whole may have one in it: `"age": {"value": 93}`.
            labelled: matches!(meaning, Field::Age | Field::Day | Field::Routing)
                .then_some(meaning),
            // The names of columns may be in objects: `[{"name": "mrn"}]`.
            cells: if is_object && self.cells == Cells::Names {
                Cells::Names
            } else {
                Cells::Plain
            },
            index: 0,
        }
    }

    /// What the name of a field in this object is, where the object is one of values by what they belong to:
    /// `"byMrn": {"00123456": 3}`.
    pub fn key_kind(&self, field: Field, name: &[u8]) -> Option<Kind> {
        if field != Field::Plain || !self.is_object || self.field == Field::Plain {
            return None;
        }
        let digits = name.iter().filter(|byte| byte.is_ascii_digit()).count();
        let is_name = || {
            name.first()
                .is_some_and(|&byte| byte.is_ascii_uppercase() || byte >= 0x80)
                && scan::is_value_of(Field::Whole(Kind::Name), name)
        };
        match self.field {
            Field::Person if digits > 4 => scan::whole(Field::Coded(Kind::Mrn), name, true)
                .filter(|_| scan::whole(Field::Strong(Kind::Mrn), name, true).is_some()),
            Field::Person if scan::whole(Field::PersonLike, name, false).is_some() => {
                Some(Kind::Name)
            }
            Field::Whole(Kind::Name) | Field::Name if is_name() => Some(Kind::Name),
            Field::Strong(kind) | Field::Whole(kind) | Field::Coded(kind)
                if kind != Kind::Name && digits > 3 && !scan::is_moment(name) =>
            {
                scan::whole(self.field, name, true)
            }
            _ => None,
        }
    }

    /// What `field` says here.
    pub fn meaning(&self, field: Field) -> Field {
        match field {
            Field::Value => match self.labelled {
                Some(labelled) if labelled != Field::Plain => labelled,
                _ => self.inherit(field),
            },
            Field::Id if self.is_patient => Field::Strong(Kind::Mrn),
            Field::Identifier if self.is_person => Field::Strong(Kind::Mrn),
            Field::NamePart if self.is_person => Field::Strong(Kind::Name),
            Field::Name if self.is_record => Field::PersonLike,
            Field::Name if self.is_thing => Field::Plain,
            Field::Age if self.is_thing && !self.is_record => Field::Plain,
            Field::NamePart if self.inherited == Some(Kind::Name) => Field::Strong(Kind::Name),
            Field::NamePart => Field::Plain,
            Field::Plain
            | Field::Id
            | Field::Thing
            | Field::PersonLike
            | Field::Identifier
            | Field::Day => self.inherit(field),
            field => field,
        }
    }

    fn inherit(&self, field: Field) -> Field {
        match (self.inherited, field) {
            // An object of settings, or of what is done with it: "status": "open".
            (
                Some(kind @ (Kind::Account | Kind::Plan | Kind::License | Kind::Device)),
                Field::Thing,
            ) => Field::Coded(kind),
            (Some(Kind::Email), Field::Thing) | (None, _) => field,
            (Some(kind), _) => Field::Strong(kind),
        }
    }
}
