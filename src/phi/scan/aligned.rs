//! Tables whose columns are parted by spaces alone, as `pandas`, `kubectl` and many commands write them.

use super::class::run_at_most;
use super::table::says;
use super::{Hit, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::watch::Watch;

/// No line of a table is longer, and none has more words.
const MAX_LINE: usize = 512;
const MAX_WORDS: usize = 64;

/// A word of a line: where its bytes are, and in which columns of characters.
#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    first: usize,
    last: usize,
}

/// A column that tells of its values, and those that the columns beside it leave it.
struct Column {
    field: Field,
    first: usize,
    last: usize,
    from: usize,
    to: usize,
    /// Which part of the header begins where it does.
    place: Option<usize>,
}

/// The values below the header from `line` to `line_end`, and where the lines end that were read for it.
pub(super) fn rows(
    text: &[u8],
    line: usize,
    line_end: usize,
    watch: &mut Watch,
) -> (Vec<Hit>, usize) {
    let mut hits = Vec::new();
    let header = &text[line..line_end];
    // One word is no header.
    if !header.trim_ascii().contains(&b' ')
        || !header.starts_with(b" ") && !header.windows(2).any(|two| two == b"  ")
    {
        return (hits, line_end);
    }
    let mut words = Vec::new();
    read_words(text, line, line_end, &mut words);
    let columns = columns(text, &words);
    if columns.is_empty() {
        return (hits, line_end);
    }
    let names = parts(&words).count();
    let mut cells = Vec::new();
    let mut end = line_end;
    while end < text.len() && watch.go_on(words.len()) {
        let start = end + 1;
        let stop = run_at_most(text, start, MAX_LINE, |byte| byte != b'\n');
        read_words(text, start, stop, &mut words);
        let before = hits.len();
        // A line may be out of line, and have a cell for each name all the same.
        cells.clear();
        if names > 1 {
            cells.extend(parts(&words));
        }
        for column in &columns {
            let place = column.place.filter(|_| cells.len() == names);
            let by_order = place.map(|place| cells[place]);
            let is_in_order = by_order.is_some();
            hits.extend(cell(text, &words, column, is_in_order).or_else(|| {
                let cell = by_order?;
                value(text, cell.start, cell.end, column.field)
            }));
        }
        let is_rule = || {
            text[start.min(stop)..stop]
                .iter()
                .all(|byte| matches!(byte, b'-' | b'=' | b' ' | b'\r'))
        };
        if stop == start || hits.len() == before && !(end == line_end && is_rule()) {
            break;
        }
        end = stop;
    }
    (hits, end)
}

fn columns(text: &[u8], words: &[Word]) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut at = 0;
    let (mut apart, mut has_head) = (0, false);
    let mut parts = 0;
    while at < words.len() {
        let begins_part = at >= apart;
        // Words with one space between them may be one name: "Member ID".
        if begins_part {
            parts += 1;
            apart = (at + 1..words.len())
                .find(|&next| words[next].start > words[next - 1].end + 1)
                .unwrap_or(words.len());
            has_head = is_head(text, words[apart - 1]);
        }
        let up_to = |next: usize| field::classify(&text[words[at].start..words[next - 1].end]);
        let several = (has_head && apart > at + 1)
            .then(|| up_to(apart))
            .filter(|&field| says(field));
        let (field, next) = match several {
            Some(field) => (field, apart),
            None => (up_to(at + 1), at + 1),
        };
        if says(field) || field == Field::Name {
            columns.push(Column {
                field,
                first: words[at].first,
                last: words[next - 1].last,
                from: at.checked_sub(1).map_or(0, |before| words[before].last + 1),
                to: words.get(next).map_or(usize::MAX, |after| after.first),
                place: begins_part.then(|| parts - 1),
            });
        }
        at = next;
    }
    // A name beside what is a person's is the person's; others are those of things.
    let is_of_people =
        |column: &Column| matches!(column.field, Field::Strong(_) | Field::Coded(Kind::Plan));
    if !columns.iter().any(is_of_people) {
        columns.retain(|column| column.field != Field::Name);
    }
    columns
}

/// Whether a word is the last of a name of several: "Member ID", "Last name".
fn is_head(text: &[u8], word: Word) -> bool {
    const HEADS: [&[u8]; 8] = [
        b"id", b"number", b"no", b"code", b"date", b"name", b"address", b"key",
    ];
    HEADS
        .iter()
        .any(|head| text[word.start..word.end].eq_ignore_ascii_case(head))
}

/// The cell of a line that begins or ends where its column's name does.
fn cell(text: &[u8], words: &[Word], column: &Column, is_in_order: bool) -> Option<Hit> {
    let place = words
        .iter()
        .position(|word| word.first == column.first || word.last == column.last)
        .or_else(|| {
            let is_below = |word: &Word| word.first <= column.last && word.last >= column.first;
            words
                .iter()
                .position(|word| is_in_order && is_below(word) && word.last < column.to)
        })?;
    let (mut first, mut last) = (place, place);
    let may_be_words = matches!(
        column.field,
        Field::Place | Field::Person | Field::PersonLike | Field::Name | Field::Whole(Kind::Name)
    );
    let is_one = |before: usize| words[before + 1].start == words[before].end + 1;
    if may_be_words {
        while first > 0 && is_one(first - 1) && words[first - 1].first >= column.from {
            first -= 1;
        }
        while last + 1 < words.len() && is_one(last) && words[last + 1].first < column.to {
            last += 1;
        }
    }
    value(text, words[first].start, words[last].end, column.field)
}

/// What is from `start` to `end`, if it is a value of `field`.
fn value(text: &[u8], start: usize, end: usize, field: Field) -> Option<Hit> {
    let value = &text[start..end];
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_value = match field {
        Field::Age => digits == value.len(),
        Field::Coded(_) => digits >= 4,
        Field::Secret => digits > 0,
        _ => true,
    };
    let is_value =
        is_value && placeholder::length_at(value).is_none() && whole::is_value_of(field, value);
    Some(Hit {
        start,
        end,
        kind: is_value.then(|| whole::whole(field, value, true))??,
    })
}

/// The words with two spaces and more between them.
fn parts(words: &[Word]) -> impl Iterator<Item = Word> {
    words
        .chunk_by(|word, next| next.start == word.end + 1)
        .map(|part| Word {
            end: part[part.len() - 1].end,
            last: part[part.len() - 1].last,
            ..part[0]
        })
}

/// Reads the words from `line` to `line_end` in place of those that `words` holds.
fn read_words(text: &[u8], line: usize, line_end: usize, words: &mut Vec<Word>) {
    words.clear();
    let mut column = 0;
    let mut is_inside = false;
    for (at, &byte) in (line..).zip(&text[line..line_end]) {
        // A character of several bytes is in one column.
        column += usize::from(byte & 0xc0 != 0x80);
        if matches!(byte, b' ' | b'\r' | b'\t') {
            is_inside = false;
            continue;
        }
        if !is_inside && words.len() == MAX_WORDS {
            break;
        }
        match words.last_mut().filter(|_| is_inside) {
            Some(word) => (word.end, word.last) = (at + 1, column),
            None => words.push(Word {
                start: at,
                end: at + 1,
                first: column,
                last: column,
            }),
        }
        is_inside = true;
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn cells_are_read_by_the_column_that_they_begin_or_end_with() {
        for (text, expected) in [
            (
                "   n       mrn ward\n0  1  E0289914   4W\n1  2     89914  ICU",
                "   n       mrn ward\n0  1  [mrn]   4W\n1  2     [mrn]  ICU",
            ),
            (
                "id  last_name    zip code\n--  ---------    --------\n7   Nguyễn       02134\n8   St. Clair    10001\n\nok",
                "id  last_name    zip code\n--  ---------    --------\n7   [name]       [zip]\n8   [name]    [zip]\n\nok",
            ),
            (
                "Name          MRN       DOB\n------------- --------- -----\nAna K. Berry   18288128  1999-07-18",
                "Name          MRN       DOB\n------------- --------- -----\n[name]   [mrn]  [date]",
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        assert_eq!(
            redact_text("Patient Name   Age   Ward\nAna K. Berry   92   7"),
            "Patient Name   Age   Ward\n[name]   [age]   7"
        );
        for text in [
            "NAME      READY   STATUS    RESTARTS   AGE\napi-0     1/1     Running   0          93d",
            "Proto Recv-Q  Local Address      State\ntcp        0  10.0.0.4:5432      LISTEN",
            "Name  MRN  Status\ndone 12345 rows loaded",
            "USER    PID  TOKEN\nroot    412  none",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
