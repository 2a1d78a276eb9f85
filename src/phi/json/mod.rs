//! The walk through JSON: which field each value is in, and what that says of it.
//!
//! It checks the grammar of RFC 8259 as it goes, since what is not understood must not be written.
//! It keeps its own stack, so that no depth of nesting exhausts the thread's.

mod again;
mod grammar;
mod label;
mod level;
mod rows;
mod scalar;
mod settled;
mod withheld;

use super::Unredactable;
use super::field::{self, Field};
use super::kind::Kind;
use super::scan;
use super::span::Spans;

use again::Rows;
use grammar::{escape_length, white_space};
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
    /// Whether a string was read.
    has_quote: bool,
    /// Where the last key is.
    key: (usize, usize),
    columns: Columns,
    /// Rows whose columns may come after them.
    rows: Option<Rows>,
    /// Values whose statement may come after them.
    bound: Option<Rows>,
    /// What is before was walked again for its columns, and is not for others.
    walked_again: usize,
    /// The same for statements.
    bound_again: usize,
    /// How many objects and arrays the walk is in.
    depth: usize,
    /// Values whose name may come after them.
    unnamed: Unnamed,
    /// Whether all that was found leaves nothing to be found in its place; not asked for in a string of JSON.
    is_settled: bool,
    /// The string that was read last is a statement whose parameters may stand before it.
    is_bound: bool,
    spans: &'a mut Spans,
}

impl<'a> Walk<'a> {
    fn new(json: &'a [u8], layers: u8, spans: &'a mut Spans) -> Self {
        Self {
            json,
            at: 0,
            layers,
            has_quote: false,
            key: (0, 0),
            columns: Columns::default(),
            rows: None,
            bound: None,
            walked_again: 0,
            bound_again: 0,
            depth: 0,
            unnamed: Unnamed::default(),
            is_settled: false,
            is_bound: false,
            spans,
        }
    }

    fn run(&mut self) -> Result<(), Unredactable> {
        let mut above = Levels::new();
        let mut level = OUTSIDE;
        let mut field = Field::Plain;
        'values: loop {
            if !self.spans.watch.go_on(1) {
                return self.withhold(&mut above, &level);
            }
            self.skip_white_space();
            let (start, mark) = (self.at, self.spans.mark());
            if let Some(rows) = &mut self.rows
                && above.depth() == rows.depth + 1
            {
                rows.has_cells |= self.json.get(start) != Some(&b'{');
            }
            let opened = match self.peek()? {
                open @ (b'{' | b'[') => {
                    if open == b'[' && level.is_object {
                        let (key, depth) = (self.last_key(), above.depth());
                        if rows::are_bound(key) {
                            self.bound = Some(Rows::begin(self, field, level, depth));
                        } else if rows::are_rows(key) {
                            self.rows = Some(Rows::begin(self, field, level, depth));
                        }
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
                    if std::mem::take(&mut self.is_bound)
                        && let Some(rows) = self.bound_before(above.depth())
                    {
                        (level, field) = (rows.level, rows.field);
                        self.is_settled = false;
                        continue 'values;
                    }
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
                self.key(&level)?
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
        level.is_thing |= is_object && parent.is_thing && self.last_key() == b"metadata";
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

    fn key(&mut self, level: &Level) -> Result<Field, Unredactable> {
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
        let mark = self.spans.mark();
        match level.key_kind(field, name) {
            // "byMrn": {"00123456": 3}: the keys are the values.
            Some(kind) => self.spans.text(start, end, kind),
            None if is_word => {}
            None => self.text(start, end, escaped, field),
        }
        self.is_settled &= self.spans.mark() == mark;
        self.skip_white_space();
        if self.peek()? != b':' {
            return Err(Unredactable);
        }
        self.at += 1;
        Ok(label::owned(field, self.last_key()))
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
        self.has_quote = true;
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

/// Whether a string of JSON may itself hold JSON at this depth.
pub(super) fn may_nest(layers: u8) -> bool {
    layers < MAX_LAYERS
}
