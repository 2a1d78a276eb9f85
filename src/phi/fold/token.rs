//! What an encoded byte is part of.

use crate::phi::field::{self, Field};

/// No key is longer, nor a user and a password before the host of a URL.
const NEAR: usize = 128;

/// What is known of the run of bytes without blanks and quotes up to an encoded one: each is looked at once.
#[derive(Debug, Default)]
pub(super) struct Token {
    /// Up to there the text was read.
    at: usize,
    start: usize,
    /// Behind the last "://" in it.
    host: Option<usize>,
    /// Behind the last mark of a path, a query or a fragment.
    path: usize,
    /// Behind the last mark that ends a user of a URL.
    no_user: usize,
    /// Where the user and password of a URL would end, when that was last looked for.
    user_end: usize,
    /// Behind the last two separators, the last of them first, and whether a key of a secret is before, once it was asked.
    values: [(usize, Option<bool>); 2],
    /// Behind the last mark between two fields.
    field: usize,
    /// Whether a key of a secret and a blank are before it, once it was asked.
    is_announced: Option<bool>,
}

impl Token {
    /// Whether the encoded byte at `at` is part of a password or a path of a URL, "postgres://app:a%20b@db",
    /// "https://h/Jane%20Doe", or of a secret by its key, "password=a%20b": what it stands for would end it. Bytes are
    /// asked for in their order.
    pub fn goes_on(&mut self, text: &[u8], at: usize) -> bool {
        for place in self.at..at {
            self.read(text, place);
        }
        self.at = at;
        match self.host {
            Some(host) => self.path > host || self.no_user <= host && self.is_user(text, at),
            None => self.has_secret_key(text),
        }
    }

    fn begin(start: usize) -> Self {
        Self {
            at: start,
            start,
            ..Self::default()
        }
    }

    fn read(&mut self, text: &[u8], place: usize) {
        let behind = place + 1;
        match text[place] {
            byte if !is_value(byte) => *self = Self::begin(behind),
            byte @ (b'/' | b'?' | b'#' | b'@' | b'F' | b'f') => self.mark(text, byte, behind),
            b'=' | b':' => self.values = [(behind, None), self.values[0]],
            b';' | b',' => self.field = behind,
            _ => {}
        }
    }

    /// A mark of a URL that ends at `end`, and may be encoded itself.
    fn mark(&mut self, text: &[u8], byte: u8, end: usize) {
        let before = &text[self.start..end];
        if byte | 0x20 == b'f' {
            if before.len() < 3 || !before[..before.len() - 1].ends_with(b"%2") {
                return;
            }
            let is_scheme =
                before.len() > 9 && before[before.len() - 9..].eq_ignore_ascii_case(b"%3a%2f%2f");
            if is_scheme {
                self.host = Some(end);
            }
        } else if before.ends_with(b"://") || before.ends_with(b":\\/\\/") {
            self.host = Some(end);
        }
        self.no_user = end;
        self.path = if byte == b'@' { self.path } else { end };
    }

    fn is_user(&mut self, text: &[u8], at: usize) -> bool {
        if self.user_end < at {
            let is_user =
                |byte: &&u8| is_value(**byte) && !matches!(byte, b'/' | b'?' | b'#' | b'@');
            let rest = text[at..].iter().take(NEAR);
            self.user_end = at + rest.take_while(is_user).count();
        }
        text.get(self.user_end) == Some(&b'@')
    }

    /// Whether the value of a key that holds a secret goes on to its end: "password=a", or "a" behind "password: ".
    fn has_secret_key(&mut self, text: &[u8]) -> bool {
        // A secret may have such a separator in it.
        for (value, is_secret) in self.values.iter_mut().filter(|(value, _)| *value > 0) {
            if *is_secret.get_or_insert_with(|| ends_in_secret_key(&text[self.start..*value - 1])) {
                // "token=[secret]%20patient…" has lost it.
                return self.field < *value && text.get(*value) != Some(&b'[');
            }
        }
        let before = &text[self.start.saturating_sub(NEAR)..self.start];
        let is_announced = *self.is_announced.get_or_insert_with(|| {
            let key = before.trim_ascii_end().strip_suffix(b":");
            key.is_some_and(ends_in_secret_key)
        });
        is_announced && self.field == 0
    }
}

fn is_value(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'&')
}

fn ends_in_secret_key(text: &[u8]) -> bool {
    let near = &text[text.len().saturating_sub(NEAR)..];
    let is_of_key = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = near.iter().rev().take_while(is_of_key).count();
    field::classify(&near[near.len() - length..]) == Field::Secret
}
