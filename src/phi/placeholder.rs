//! What stands in the place of an identifier: `[mrn]`, or `[mrn:3f9a1c]` with a key.
//!
//! The six digits are the first 24 bits of HMAC-SHA256 (RFC 2104, FIPS 180-4) over the kind and the
//! value in one spelling. They tell two people apart in a log and nothing else: without the key
//! nobody can try values, and 24 bits are too few to name one person among many.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use ring::hmac;

use super::fold;
use super::kind::Kind;
use super::number;

static KEY: RwLock<Option<hmac::Key>> = RwLock::new(None);
static KEYED: AtomicBool = AtomicBool::new(false);

const DIGITS_OF_HASH: usize = 6;

/// What is longer is no one value, and has no hash.
const MAX_HASHED: usize = 4096;

/// Sets the key of the hashes in placeholders, `PHI_HASH_KEY`; `None` or an empty key takes them
/// away. The same value has the same hash whatever its separators and its case.
///
/// ```
/// use researchflow_core::phi;
///
/// phi::set_hash_key(Some(b"a key of the hospital"));
/// let one = phi::redact_text("SSN 536-22-8726").into_owned();
/// assert_eq!(one.len(), "SSN [ssn:3f9a1c]".len());
/// assert_eq!(one, phi::redact_text("SSN 536 22 8726"));
/// phi::set_hash_key(None);
/// assert_eq!(phi::redact_text("SSN 536-22-8726"), "SSN [ssn]");
/// ```
pub fn set_hash_key(key: Option<&[u8]>) {
    let key = key
        .filter(|key| !key.is_empty())
        .map(|key| hmac::Key::new(hmac::HMAC_SHA256, key));
    let mut held = KEY.write().unwrap_or_else(PoisonError::into_inner);
    KEYED.store(key.is_some(), Ordering::Relaxed);
    *held = key;
}

/// Writes the placeholder of `value`.
pub(super) fn write(kind: Kind, value: &[u8], out: &mut Vec<u8>) {
    out.push(b'[');
    out.extend_from_slice(kind.as_str().as_bytes());
    if KEYED.load(Ordering::Relaxed) && value.len() <= MAX_HASHED {
        let held = KEY.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = held.as_ref() {
            out.push(b':');
            write_hash(key, kind, value, out);
        }
    }
    out.push(b']');
}

fn write_hash(key: &hmac::Key, kind: Kind, value: &[u8], out: &mut Vec<u8>) {
    let mut context = hmac::Context::with_key(key);
    context.update(&[kind as u8]);
    context.update(normalised(kind, value).as_bytes());
    let tag = context.sign();
    for byte in &tag.as_ref()[..DIGITS_OF_HASH / 2] {
        for digit in [byte >> 4, byte & 15] {
            out.push(b"0123456789abcdef"[usize::from(digit)]);
        }
    }
}

/// One spelling for one value: the digits of what is a number, else letters and digits in lower
/// case; the words of a name in one order, so that "Doe, Jane" is "Jane Doe".
fn normalised(kind: Kind, value: &[u8]) -> String {
    let folded = fold::fold(value).map_or_else(|| value.to_vec(), |folded| folded.bytes);
    let text = String::from_utf8_lossy(&folded).to_lowercase();
    match kind {
        Kind::Ssn | Kind::Phone | Kind::Card | Kind::Npi => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            match digits.strip_prefix('1') {
                Some(national) if kind == Kind::Phone && national.len() == 10 => national.into(),
                _ => digits,
            }
        }
        Kind::Name => {
            let mut words: Vec<&str> = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            words.sort_unstable();
            words.join(" ")
        }
        _ => text.chars().filter(|c| c.is_alphanumeric()).collect(),
    }
}

/// The names of the kinds as numbers.
const KINDS: [u64; Kind::ALL.len()] = {
    let mut kinds = [0; Kind::ALL.len()];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = number::of_bytes(Kind::ALL[at].as_str().as_bytes());
        at += 1;
    }
    kinds
};

/// Whether `bytes` are a placeholder, and nothing else.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    length_at(bytes) == Some(bytes.len())
}

/// The length of the placeholder that `bytes` begins with, if it does.
pub(super) fn length_at(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'[') {
        return None;
    }
    let word = bytes[1..]
        .iter()
        .take(8)
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    let end = 1 + word;
    if word < 2 || !matches!(bytes.get(end), Some(b']' | b':')) {
        return None;
    }
    if !KINDS.contains(&number::of_bytes(&bytes[1..end])) {
        return None;
    }
    match bytes.get(end)? {
        b']' => Some(end + 1),
        b':' => {
            let hash = bytes.get(end + 1..end + 1 + DIGITS_OF_HASH)?;
            let hexadecimal = hash
                .iter()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let closed = bytes.get(end + 1 + DIGITS_OF_HASH) == Some(&b']');
            (hexadecimal && closed).then_some(end + DIGITS_OF_HASH + 2)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_is_known_with_and_without_its_hash() {
        assert_eq!(length_at(b"[mrn] x"), Some(5));
        assert_eq!(length_at(b"[mrn:3f9a1c]"), Some(12));
        for other in [
            &b"[mrn"[..],
            b"[mrn:3f9a]",
            b"[mrn:3F9A1C]",
            b"[cat]",
            b"mrn]",
            b"[",
        ] {
            assert_eq!(length_at(other), None);
        }
    }

    #[test]
    fn a_value_has_one_spelling() {
        let same = |kind, one: &str, other: &str| {
            assert_eq!(
                normalised(kind, one.as_bytes()),
                normalised(kind, other.as_bytes())
            );
        };
        same(Kind::Ssn, "536-22-8726", "536\u{a0}22\u{2013}8726");
        same(Kind::Phone, "+1 (212) 555-0123", "212.555.0123");
        same(Kind::Name, "Doe, Jane", "JANE DOE");
        same(Kind::Mrn, "a-00 12", "A0012");
    }
}
