//! What is left of a walk when its time is over: its grammar is checked, and its names and values are withheld.

use super::grammar::number_end;
use super::level::{Level, Levels};
use super::{Unredactable, Walk};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::span::Span;

impl Walk<'_> {
    /// Withholds from the value on that the walk is at, which is in `level`. Rows whose columns may come after them, and
    /// values whose name may, go with it.
    #[cold]
    pub(super) fn withhold(
        &mut self,
        above: &mut Levels,
        level: &Level,
    ) -> Result<(), Unredactable> {
        let mut is_object = level.is_object;
        self.is_settled = false;
        let rows = self.rows.take();
        if let Some(rows) = rows.filter(|rows| rows.has_cells && rows.at >= self.walked_again) {
            while above.depth() > rows.depth {
                above.pop();
            }
            is_object = rows.level.is_object;
            self.at = rows.at;
            self.spans.rewind_to(rows.at);
        }
        self.unnamed.withhold(self.json, self.at, self.spans);
        loop {
            self.skip_white_space();
            match self.peek()? {
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    above.push(Level {
                        is_object,
                        ..*level
                    });
                    is_object = open == b'{';
                    self.skip_white_space();
                    if self.peek()? != if is_object { b'}' } else { b']' } {
                        if is_object {
                            self.withheld_key()?;
                        }
                        continue;
                    }
                }
                b'"' => self.withheld_string()?,
                b'-' | b'0'..=b'9' => {
                    let start = self.at;
                    self.at = number_end(self.json, start)?;
                    self.spans.push(Span {
                        start,
                        end: self.at,
                        kind: Kind::Secret,
                        is_number: true,
                        layers: (!self.has_quote).then_some(self.layers),
                    });
                }
                b't' => _ = self.word(b"true")?,
                b'f' => _ = self.word(b"false")?,
                b'n' => _ = self.word(b"null")?,
                _ => return Err(Unredactable),
            }
            loop {
                if above.is_empty() {
                    return Ok(());
                }
                self.skip_white_space();
                let next = self.peek()?;
                self.at += 1;
                if next == if is_object { b'}' } else { b']' } {
                    is_object = above.pop().is_some_and(|level| level.is_object);
                } else if next == b',' {
                    break;
                } else {
                    return Err(Unredactable);
                }
            }
            if is_object {
                self.skip_white_space();
                self.withheld_key()?;
            }
        }
    }

    fn withheld_key(&mut self) -> Result<(), Unredactable> {
        self.withheld_string()?;
        self.skip_white_space();
        if self.peek()? != b':' {
            return Err(Unredactable);
        }
        self.at += 1;
        Ok(())
    }

    fn withheld_string(&mut self) -> Result<(), Unredactable> {
        if self.peek()? != b'"' {
            return Err(Unredactable);
        }
        let (start, end, _) = self.string()?;
        if !placeholder::is_one(&self.json[start..end]) {
            self.spans.text(start, end, Kind::Secret);
        }
        Ok(())
    }
}
