//! One spelling for what can be spelt in many ways: a copy of a text for the detectors to read, with
//! the way back to the source.
//!
//! Digits of any script become ASCII (Unicode's decimal digits, general category Nd), spaces and
//! dashes of any width one space and one hyphen, full-width forms their ASCII likes; characters
//! without width and what terminals are told go; JSON and JavaScript escapes, percent encoding (RFC 3986)
//! and numeric character references of HTML are decoded. Other punctuation and symbols become one mark, with which
//! no word goes on, and scripts without blanks between words get it beside a word or a number of ASCII. All else stays, so
//! that a letter stays a letter.
//!
//! What goes from between two words may hide a value, or part two: a text with such joints is read in both spellings.

mod control;
mod escape;
mod like;
mod token;

use std::borrow::Cow;

use control::{ESCAPE, control};
use escape::{backslashes, decode, escape, hex_pair, is_named, percent, reference};
use like::{Like, ascii_like, is_unspaced};
use token::{Path, Token};

use super::scan::is_word;

pub(super) use like::MARK;

/// A folded text.
#[derive(Debug)]
pub(super) struct Folded {
    pub bytes: Vec<u8>,
    /// For each byte where it came from, and the length of the source at the end.
    origin: Vec<u32>,
    /// Whether the last character is of a script without blanks between words.
    is_unspaced: bool,
    /// Whether something without width came after the last byte, which is of a word.
    is_joint: bool,
    /// Whether words were joined by what may part them.
    pub has_joints: bool,
    /// Whether such words are to be parted.
    parts: bool,
    /// What the last encoded byte is part of.
    path: Path,
    token: Token,
}

impl Folded {
    /// Where in the source the byte at `place` came from.
    pub fn origin(&self, place: usize) -> usize {
        self.origin[place] as usize
    }

    fn push(&mut self, byte: u8, from: usize) {
        self.part(byte, from);
        self.bytes.push(byte);
        self.origin.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// Parts a word or a number from a character before it whose script has no blanks, and from what it is joined with.
    fn part(&mut self, next: u8, from: usize) {
        let is_joint = std::mem::take(&mut self.is_joint) && is_word(next);
        self.has_joints |= is_joint;
        let is_first = std::mem::take(&mut self.is_unspaced) && next.is_ascii_alphanumeric();
        let is_parted = self.bytes.last() == Some(&MARK);
        if (is_first || is_joint && self.parts) && !is_parted {
            self.push(MARK, from);
        }
    }

    /// Whether the path of a URL goes on with `next`, which is encoded.
    fn is_in_path(&mut self, next: u8) -> bool {
        let mut path = std::mem::take(&mut self.path);
        let goes_on = path.goes_on(self, next);
        self.path = path;
        goes_on
    }

    /// Takes what has no width.
    fn nothing(&mut self) {
        self.is_joint = self.bytes.last().is_some_and(|&last| is_word(last));
    }

    /// Takes what is like `byte`, and may also part what is around it.
    fn joint(&mut self, byte: u8, from: usize) {
        let is_after_word = self.bytes.last().is_some_and(|&last| is_word(last));
        self.push(if self.parts { MARK } else { byte }, from);
        self.is_joint = is_after_word;
    }

    /// Takes a character that stands for itself.
    fn letter(&mut self, c: char, from: usize) {
        let is_unspaced = is_unspaced(c);
        if is_unspaced && self.bytes.last().is_some_and(u8::is_ascii_alphanumeric) {
            self.push(MARK, from);
        }
        let mut buffer = [0; 4];
        let bytes = c.encode_utf8(&mut buffer).as_bytes();
        self.part(bytes[0], from);
        self.bytes.extend_from_slice(bytes);
        let from = u32::try_from(from).unwrap_or(u32::MAX);
        self.origin.extend(bytes.iter().map(|_| from));
        self.is_unspaced = is_unspaced;
    }

    /// Takes bytes that stand for themselves, the first of which is at `from`.
    fn extend(&mut self, bytes: &[u8], from: usize) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(&first) = bytes.first() {
            self.part(first, from);
        }
        self.bytes.extend_from_slice(bytes);
        self.origin.extend(place(from)..place(from + bytes.len()));
    }
}

/// `text` with one spelling for each character.
pub(super) fn one_spelling(text: &[u8]) -> Cow<'_, [u8]> {
    fold(text).map_or(Cow::Borrowed(text), |folded| Cow::Owned(folded.bytes))
}

/// The folded text, or nothing when it would be the text itself.
pub(super) fn fold(text: &[u8]) -> Option<Folded> {
    let first = first_foldable(text)?;
    // Most strings with a percent sign or an ampersand have nothing to decode.
    if !(first..text.len()).any(|at| changes(text, at)) {
        return None;
    }
    Some(fold_from(text, first, false))
}

/// The same of a text with joints, its words parted there.
pub(super) fn fold_parted(text: &[u8]) -> Folded {
    fold_from(text, 0, true)
}

/// Where the first byte is that may be folded: eight are looked at together.
fn first_foldable(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let (chunks, rest) = text.as_chunks::<8>();
    for (place, chunk) in chunks.iter().enumerate() {
        let chunk = u64::from_le_bytes(*chunk);
        let has = |byte: u8| {
            let zeros = chunk ^ (ONES * u64::from(byte));
            zeros.wrapping_sub(ONES) & !zeros
        };
        if (has(b'\\') | has(b'%') | has(b'&') | has(ESCAPE) | chunk) & HIGHS != 0 {
            let start = place * 8;
            let found = text[start..].iter().position(|&byte| is_foldable(byte))?;
            return Some(start + found);
        }
    }
    let start = text.len() - rest.len();
    rest.iter()
        .position(|&byte| is_foldable(byte))
        .map(|found| start + found)
}

/// Undoes one layer of JSON's escapes and nothing else.
pub(super) fn unescape(text: &[u8]) -> Folded {
    let mut folded = begin(text, 0, false);
    let mut at = 0;
    while at < text.len() {
        let plain = text[at..].iter().take_while(|&&byte| byte != b'\\').count();
        folded.extend(&text[at..at + plain], at);
        at += plain;
        if at == text.len() {
            break;
        }
        let length = escape(text, at, at + 1, &mut folded);
        if length == 0 {
            folded.push(text[at], at);
            at += 1;
        } else {
            at += length;
        }
    }
    folded
        .origin
        .push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    folded
}

fn begin(text: &[u8], verbatim: usize, parts: bool) -> Folded {
    let mut folded = Folded {
        bytes: Vec::with_capacity(text.len()),
        origin: Vec::with_capacity(text.len() + 1),
        is_unspaced: false,
        is_joint: false,
        has_joints: false,
        parts,
        path: Path::default(),
        token: Token::default(),
    };
    folded.extend(&text[..verbatim], 0);
    folded
}

fn fold_from(text: &[u8], first: usize, parts: bool) -> Folded {
    let mut folded = begin(text, first, parts);
    let mut at = first;
    while at < text.len() {
        let byte = text[at];
        let length = match byte {
            b'\\' => backslashes(text, at, &mut folded),
            b'%' => percent(text, at, &mut folded),
            b'&' => reference(text, at, &mut folded),
            ESCAPE => control(text, at + 1, &mut folded).map_or(0, |end| end - at),
            0x80.. => {
                let (c, length) = decode(&text[at..]);
                character(c, at, &mut folded);
                length
            }
            _ => {
                let plain = first_foldable(&text[at..]).unwrap_or(text.len() - at);
                folded.extend(&text[at..at + plain], at);
                plain
            }
        };
        if length == 0 {
            folded.push(byte, at);
            at += 1;
        } else {
            at += length;
        }
    }
    folded
        .origin
        .push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    folded
}

const fn is_foldable(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&' | ESCAPE | 0x80..)
}

fn changes(text: &[u8], at: usize) -> bool {
    match text[at] {
        b'\\' | ESCAPE | 0x80.. => true,
        b'%' => hex_pair(text, at + 1).is_some(),
        b'&' => text.get(at + 1) == Some(&b'#') || is_named(text, at),
        _ => false,
    }
}

fn character(c: char, at: usize, folded: &mut Folded) {
    match ascii_like(c) {
        Like::Nothing => folded.nothing(),
        Like::Joint(byte) => folded.joint(byte, at),
        Like::Ascii(byte) => folded.push(byte, at),
        Like::Itself => folded.letter(c, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text.as_bytes()).map_or_else(
            || text.to_owned(),
            |folded| String::from_utf8(folded.bytes).unwrap(),
        )
    }

    #[test]
    fn every_spelling_of_a_character_becomes_one() {
        for text in [
            "a@b.c",
            "a\\u0040b.c",
            "a\\\\u0040b.c",
            "a%40b.c",
            "a%2540b.c",
            "a&#64;b.c",
            "a&#x40;b.c",
            "a&commat;b.c",
            "a\u{ff20}b.c",
            "a\u{200b}@b.c",
            "a\\x40b.c",
        ] {
            assert_eq!(folded(text), "a@b.c", "{text}");
        }
        assert_eq!(folded("١٢٣–４５\u{a0}६७"), "123-45 67");
        assert_eq!(folded("𝟏𝟐"), "12");
        assert_eq!(folded("M%C3%BCller"), "Müller");
        assert_eq!(folded("\\ud835\\udc9c"), "𝒜");
        assert_eq!(folded("\\ud83d\\ude00 \\ud83d"), "\u{1f} \u{1f}");
        assert_eq!(folded("50% of a&b"), "50% of a&b");
        for text in [
            "a\u{1b}[1;32mb\u{1b}[0mc",
            r"a\u001b[32mb\u001B[39mc",
            r"a\x1b[38;5;12mb\e[mc",
            r"a\\033[32mb\033[0mc",
        ] {
            assert_eq!(folded(text), "abc", "{text}");
        }
        assert_eq!(folded("a\u{1b}[2K\u{1b}[?25lb"), "ab");
        assert_eq!(folded(r"a\r\nb\rc"), "a\r\nb\nc");
        assert_eq!(folded(r"a\\r\\nb\052"), "a\r\nb\\052");
    }

    #[test]
    fn no_word_goes_on_with_a_mark_or_a_script_without_blanks() {
        for (text, expected) in [
            ("call 212-555-0123…", "call [phone]…"),
            ("🙂536-22-8726†", "🙂[ssn]†"),
            ("「536-22-8726」、「536-22-8727」", "「[ssn]」、「[ssn]」"),
            ("患者MRN00123456の方", "患者MRN[mrn]の方"),
            ("전화 212-555-0123로", "전화 [phone]로"),
            ("メールa@b.ioへ", "メール[email]へ"),
            ("Patient: José Nuñez™", "Patient: [name]™"),
        ] {
            assert_eq!(crate::phi::redact_text(text), expected);
        }
        for (text, expected) in [
            ("password: päss€word", "password: [secret]"),
            ("DB_PASSWORD=abc€def日123", "DB_PASSWORD=[secret]"),
            ("at 43.615012° N, 116.202312° W", "at [address], [address]"),
            ("patient_name=マイケル・ジョーダン", "patient_name=[name]"),
        ] {
            assert_eq!(crate::phi::redact_text(text), expected);
        }
        for text in ["98.6°F", "Пациент42", "5×3 → 15", "v1.2…v1.3", "東京v2"] {
            assert_eq!(crate::phi::redact_text(text), text);
        }
    }

    #[test]
    fn what_joins_words_may_part_them() {
        for (text, joined, parted) in [
            ("a\u{200b}b", "ab", "a\u{1f}b"),
            (r"a\u200bb", "ab", "a\u{1f}b"),
            ("a\u{1b}[0m\u{1b}[1mé", "aé", "a\u{1f}é"),
            ("a\u{2014}b", "a-b", "a\u{1f}b"),
        ] {
            let folded = fold(text.as_bytes()).unwrap();
            assert!(folded.has_joints, "{text}");
            assert_eq!(folded.bytes, joined.as_bytes());
            assert_eq!(fold_parted(text.as_bytes()).bytes, parted.as_bytes());
        }
        let text = "\u{1b}[MRN \u{1b}[536228726m";
        assert_eq!(folded(text), "RN ");
        assert_eq!(fold_parted(text.as_bytes()).bytes, text.as_bytes());
        for text in [
            "a \u{200b}b",
            "\u{feff}a",
            "a\u{1b}[0m b",
            "a \u{2014} b",
            "a\u{2014} b",
        ] {
            assert!(!fold(text.as_bytes()).unwrap().has_joints, "{text}");
        }
    }

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let text = "x\u{200b}%40é";
        let folded = fold(text.as_bytes()).unwrap();
        assert_eq!(folded.bytes, "x@é".as_bytes());
        let origins: Vec<usize> = (0..=folded.bytes.len())
            .map(|at| folded.origin(at))
            .collect();
        assert_eq!(origins, [0, 4, 7, 7, 9]);
    }

    #[test]
    fn one_layer_of_escapes_is_undone_alone() {
        assert_eq!(unescape(br#"{\"a\":\"b\\\"c\"}"#).bytes, br#"{"a":"b\"c"}"#);
        assert_eq!(unescape(br"\u0041%40").bytes, b"A%40");
    }
}
