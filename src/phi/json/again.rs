//! Rows that come before the names of their columns, `{"rows": […], "columns": […]}`, or before the statement that they are
//! bound to, `{"params": […], "sql": "…"}`. They are walked again, once.

use super::Walk;
use super::level::Level;
use super::rows::Cells;
use crate::phi::field::Field;

/// Where rows begin, and what the walk knew there.
pub(super) struct Rows {
    pub at: usize,
    pub field: Field,
    pub level: Level,
    key: (usize, usize),
    pub depth: usize,
    /// Whether one of them is no object: it has no names of its own.
    pub has_cells: bool,
}

impl Rows {
    /// Those that begin where `walk` is.
    pub fn begin(walk: &Walk<'_>, field: Field, level: Level, depth: usize) -> Self {
        Self {
            at: walk.at,
            field,
            level,
            key: walk.key,
            depth,
            has_cells: false,
        }
    }
}

impl Walk<'_> {
    /// The rows to walk again, when the names of their columns have ended now.
    pub(super) fn rows_before(&mut self, closed: &Level, depth: usize) -> Option<Rows> {
        self.rows.take_if(|rows| rows.depth > depth);
        let is_names = closed.cells == Cells::Names && !closed.is_object;
        let rows = self.rows.take_if(|rows| is_names && rows.depth == depth)?;
        if rows.at < self.walked_again {
            return None;
        }
        self.walked_again = self.at;
        self.back_to(rows)
    }

    /// The values to walk again, when the statement that they are bound to has ended now.
    pub(super) fn bound_before(&mut self, depth: usize) -> Option<Rows> {
        let rows = self.bound.take_if(|rows| rows.depth == depth)?;
        if rows.at < self.bound_again {
            return None;
        }
        self.bound_again = self.at;
        self.back_to(rows)
    }

    /// Back to where `rows` begin, if the columns say anything. The callers see to it that nothing is walked more than twice.
    fn back_to(&mut self, rows: Rows) -> Option<Rows> {
        if !self.columns.say_something() {
            return None;
        }
        (self.at, self.key) = (rows.at, rows.key);
        self.spans.rewind_to(rows.at);
        Some(rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn rows_are_read_by_columns_that_come_after_them() {
        for (text, expected) in [
            (
                r#"{"rows":[["Ana Ng","123456789",3]],"columns":["name","ssn","n"]}"#,
                r#"{"rows":[["[name]","[ssn]",3]],"columns":["name","ssn","n"]}"#,
            ),
            (
                r#"{"rows":[["Ana Ng",7]],"fields":[{"name":"name"},{"name":"n"}],"rowCount":1}"#,
                r#"{"rows":[["[name]",7]],"fields":[{"name":"name"},{"name":"n"}],"rowCount":1}"#,
            ),
            // What was named in between is not forgotten.
            (
                r#"{"value":"536228726","rows":[["a","b"]],"path":"ssn","columns":["mrn","x"]}"#,
                r#"{"value":"[ssn]","rows":[["[mrn]","b"]],"path":"ssn","columns":["mrn","x"]}"#,
            ),
            (
                r#"{"params":["E0289914",3],"sql":"SELECT 1 FROM p WHERE mrn = $1 AND n = $2","n":3}"#,
                r#"{"params":["[mrn]",3],"sql":"SELECT 1 FROM p WHERE mrn = $1 AND n = $2","n":3}"#,
            ),
            (
                r#"{"rows":[["E0289914"]],"params":["536228726"],"sql":"WHERE ssn = $1","columns":["mrn"]}"#,
                r#"{"rows":[["[mrn]"]],"params":["[mrn]"],"sql":"WHERE ssn = $1","columns":["mrn"]}"#,
            ),
            (
                r#"{"row":["E0289914",3],"columns":["mrn","n"]}"#,
                r#"{"row":["[mrn]",3],"columns":["mrn","n"]}"#,
            ),
            // Columns of another object are not those of these rows.
            (
                r#"[{"rows":[["123456789"]]},{"columns":["ssn"]}]"#,
                r#"[{"rows":[["123456789"]]},{"columns":["ssn"]}]"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }
}
