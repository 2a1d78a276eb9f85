//! Arrays whose elements are named elsewhere: rows by a list of columns, or by a first row of names; and names and
//! values in turn, as of the headers of a request.

use super::level::Level;
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::scan;

/// What the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// Nothing but elements.
    Plain,
    /// The names of columns.
    Names,
    /// The first row of a table, which may be the names of its columns.
    First,
    /// A row of a table.
    Row,
    /// A name, and perhaps its value.
    Pair,
    /// Names and values in turn.
    Headers,
    /// Where the value is that a validation found wrong: `"loc": ["body", "ssn"]`.
    Location,
}

/// The columns of the table that was begun last.
#[derive(Debug, Default)]
pub(super) struct Columns {
    fields: Vec<Field>,
    /// How deep its rows are, or nought.
    depth: usize,
    /// How deep it ends.
    floor: usize,
    /// The names are those of a first row, which may be none.
    is_guessed: bool,
}

impl Columns {
    /// What the elements of an array `depth` deep are, the value of `key` when `parent` is an object.
    pub fn cells(&mut self, parent: &Level, key: &[u8], depth: usize) -> Cells {
        if parent.is_object {
            return match Key::read(key) {
                Some(Key::Columns) => {
                    self.begin(depth + 1, depth - 1, false);
                    Cells::Names
                }
                Some(Key::Values) if self.depth == depth + 1 && !self.is_guessed => Cells::Row,
                Some(Key::Headers) => Cells::Headers,
                _ if matches!(key, b"loc" | b"path" | b"instancePath" | b"dataPath") => {
                    Cells::Location
                }
                _ => Cells::Plain,
            };
        }
        if matches!(parent.cells, Cells::Headers | Cells::Location) || depth == 1 {
            return parent.cells;
        }
        if self.depth == depth {
            return Cells::Row;
        }
        // A first row that named nothing was none.
        let is_free = self.depth == 0 || self.is_guessed && !self.say_something();
        if parent.index == 0 && (is_free || self.depth > depth) {
            self.begin(depth, depth - 1, true);
            return Cells::First;
        }
        Cells::Pair
    }

    /// What the values of an array beside this statement of SQL are. Whether it says anything of them.
    pub fn bind(&mut self, statement: &[u8], depth: usize) -> bool {
        let fields = scan::parameters(statement);
        let says = fields.iter().any(|&field| field != Field::Plain);
        if says {
            self.begin(depth + 1, depth - 1, false);
            self.fields = fields;
        }
        says
    }

    fn begin(&mut self, depth: usize, floor: usize, is_guessed: bool) {
        self.fields.clear();
        self.depth = depth;
        self.floor = floor;
        self.is_guessed = is_guessed;
    }

    /// An object or array has ended, and the walk is `depth` deep.
    pub fn left(&mut self, depth: usize) {
        if depth < self.floor {
            self.depth = 0;
        }
    }

    pub fn name(&mut self, value: &[u8]) {
        if !is_name_of_field(value) && self.is_guessed {
            self.depth = 0;
        }
        self.fields.push(field::classify_name(value).0);
    }

    /// Whether a column tells anything of its values.
    pub fn say_something(&self) -> bool {
        self.fields.iter().any(|&field| field != Field::Plain)
    }

    /// What the element `index` of a row is.
    pub fn field(&self, index: usize) -> Field {
        match self.fields.get(index) {
            // Beside what only people have it is a person's.
            Some(Field::Name) if self.fields.iter().copied().any(is_of_person) => {
                Field::Whole(Kind::Name)
            }
            Some(&field) => field,
            None => Field::Plain,
        }
    }

    /// What `value` is in the place of `field`.
    pub fn meaning(&self, cells: Cells, field: Field, value: &[u8]) -> Field {
        let is_open = cells == Cells::Row && !self.is_guessed;
        if is_open || field == Field::Plain || cells == Cells::Headers {
            return field;
        }
        if scan::is_value_of(field, value) {
            field
        } else {
            Field::Plain
        }
    }
}

/// Whether only people have what a column is of.
fn is_of_person(field: Field) -> bool {
    match field {
        Field::Strong(_) | Field::Age => true,
        Field::Whole(kind) => kind != Kind::Name,
        _ => false,
    }
}

/// Whether what is the value of `key` may be rows by columns that come after it.
pub(super) fn are_rows(key: &[u8]) -> bool {
    matches!(
        key,
        b"rows" | b"data" | b"records" | b"results" | b"values" | b"row"
    )
}

/// Whether what is the value of `key` may be bound to a statement that comes after it.
pub(super) fn are_bound(key: &[u8]) -> bool {
    matches!(key, b"params" | b"parameters" | b"bindings" | b"args")
}

/// Whether the value of `key` is a statement whose parameters may stand beside it.
pub(super) fn is_statement(key: &[u8], value: &[u8]) -> bool {
    matches!(
        key,
        b"sql" | b"query" | b"text" | b"statement" | b"queryText"
    ) && value.iter().any(|byte| matches!(byte, b'$' | b'?'))
}

/// Whether a value may be the name of a field: a few letters.
fn is_name_of_field(value: &[u8]) -> bool {
    (1..=40).contains(&value.len())
        && value
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b'.'))
}

/// What a key says of the array that is its value.
enum Key {
    Columns,
    Values,
    Headers,
}

impl Key {
    fn read(key: &[u8]) -> Option<Self> {
        let is = |known: &[&[u8]]| known.iter().any(|known| key.eq_ignore_ascii_case(known));
        if is(&[
            b"columns",
            b"cols",
            b"fields",
            b"header",
            b"headers",
            b"keys",
            b"columnNames",
            b"column_names",
            b"fieldNames",
            b"field_names",
            b"names",
        ]) {
            let is_header = key.eq_ignore_ascii_case(b"headers");
            return Some(if is_header {
                Self::Headers
            } else {
                Self::Columns
            });
        }
        if is(&[
            b"values",
            b"row",
            b"record",
            b"params",
            b"bind",
            b"parameters",
            b"bindings",
            b"args",
            b"tuple",
        ]) {
            return Some(Self::Values);
        }
        let ends = |end: &[u8]| {
            key.len() > end.len() && key[key.len() - end.len()..].eq_ignore_ascii_case(end)
        };
        (ends(b"headers") || ends(b"trailers")).then_some(Self::Headers)
    }
}
