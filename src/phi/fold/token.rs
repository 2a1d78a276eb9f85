//! What an encoded byte is part of.

use super::Folded;
use crate::phi::field::{self, Field};
use crate::phi::scan::ends_url;

/// No key is longer, nor a user and a password before the host of a URL.
const NEAR: usize = 128;

/// Whether what was folded last is in the path of a URL. Each byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// Up to there the folded text was read.
    at: usize,
    /// Where the host begins of the URL that it is in.
    host: Option<usize>,
    is_in: bool,
    /// It is encoded with what is around it, as a quote behind it is: only blanks may be its own.
    is_encoded: bool,
}

impl Path {
    /// Whether a path, a query or a fragment goes on at the end of `folded` with `next`, which is encoded: "https://h/Jane"
    /// of "https://h/Jane%20Doe".
    pub fn goes_on(&mut self, folded: &Folded, next: u8) -> bool {
        let text = &folded.bytes;
        for at in self.at..text.len() {
            let byte = text[at];
            if ends_url(byte) {
                (self.host, self.is_in) = (None, false);
            } else if matches!(byte, b'/' | b'?' | b'#' | b';') && !self.is_in {
                match self.host {
                    // Files and modules of a bundler have no host; their paths are text.
                    Some(host) if host == at => self.host = None,
                    Some(_) => self.is_in = true,
                    None if byte == b'/' && has_scheme(&text[..at]) => {
                        self.host = Some(at + 1);
                        self.is_encoded = folded.origin(at) > folded.origin(at - 1) + 1;
                    }
                    None => {}
                }
            }
        }
        self.at = text.len();
        self.is_in && (next == b' ' || !self.is_encoded)
    }
}

/// Whether a text ends in a scheme and ":/", so that another slash begins a host.
fn has_scheme(text: &[u8]) -> bool {
    matches!(text, [.., scheme, b':', b'/'] if scheme.is_ascii_alphanumeric() || b"+-.".contains(scheme))
}

/// What is known of the run of bytes without blanks and quotes up to an encoded one. Each byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Token {
    /// Up to there the text was read.
    at: usize,
    start: usize,
    /// Behind the last "://" in it.
    host: Option<usize>,
    /// Behind the last mark that ends a user of a URL.
    user_ended: usize,
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
    /// Whether the encoded byte at `at` is part of a password in a URL, "postgres://app:a%20b@db", or of a secret by its
    /// key, "password=a%20b": what it stands for would end it. Bytes are asked for in their order.
    pub fn is_secret(&mut self, text: &[u8], at: usize) -> bool {
        for place in self.at..at {
            self.read(text, place);
        }
        self.at = at;
        match self.host {
            Some(host) => self.user_ended <= host && self.is_user(text, at),
            None => self.has_secret_key(text),
        }
    }

    fn read(&mut self, text: &[u8], place: usize) {
        let behind = place + 1;
        match text[place] {
            byte if !is_value(byte) => {
                *self = Self {
                    start: behind,
                    ..Self::default()
                };
            }
            byte @ (b'/' | b'?' | b'#' | b'@') => {
                self.user_ended = behind;
                if byte == b'/' && text[self.start..behind].ends_with(b"://") {
                    self.host = Some(behind);
                }
            }
            b'=' | b':' => self.values = [(behind, None), self.values[0]],
            b';' | b',' => self.field = behind,
            _ => {}
        }
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
