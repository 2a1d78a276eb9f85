//! The redactor: finds what identifies a person, and secrets, in anything that is about to be
//! written, and puts a placeholder in its place.
//!
//! [`redact_json`] walks one value of JSON, [`redact_text`] reads free text. Both find JSON in
//! strings and text in JSON. A field's name is judged by its words (`field`), a text by
//! its digits, its marks and its cue words (`scan`); whatever spelling hides a character is undone
//! first (`fold`). Every rule states the definition that it was built from.
//!
//! Time is linear in the length of the input, nothing panics, and what is not understood is not
//! passed on.
//!
//! Patterns find what has a pattern. They are a net under code that should not log identifiers,
//! and **not** a de-identification after 45 CFR 164.514(b)(2) (HIPAA "Safe Harbor").

mod counts;
mod field;
mod fold;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod json;
mod kind;
mod number;
mod placeholder;
mod scan;
mod span;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

pub use counts::counts;
pub use kind::Kind;
pub use placeholder::set_hash_key;

use span::Spans;

/// The input is no JSON, so that nothing can be said of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unredactable;

impl fmt::Display for Unredactable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected one value of JSON, but found something else")
    }
}

impl std::error::Error for Unredactable {}

/// How often what was redacted is read again, until there is nothing more to redact.
const MAX_ROUNDS: usize = 4;

thread_local! {
    static SPANS: RefCell<Spans> = RefCell::new(Spans::default());
}

/// Redacts one value of JSON and appends it to `out`, as JSON of the same shape: a redacted number
/// becomes a string.
///
/// # Errors
///
/// [`Unredactable`] when `json` is not one value of JSON in UTF-8. `out` is then as it was.
///
/// ```
/// use researchflow_core::phi;
///
/// let mut out = Vec::new();
/// phi::redact_json(br#"{"ssn":536228726,"note":"call 212-555-0123","ms":12}"#, &mut out)?;
/// assert_eq!(out, br#"{"ssn":"[ssn]","note":"call [phone]","ms":12}"#);
/// assert!(phi::redact_json(b"{", &mut out).is_err());
/// # Ok::<(), phi::Unredactable>(())
/// ```
pub fn redact_json(json: &[u8], out: &mut Vec<u8>) -> Result<(), Unredactable> {
    if u32::try_from(json.len()).is_err() || std::str::from_utf8(json).is_err() {
        return Err(Unredactable);
    }
    with_spans(|spans| {
        let is_settled = json::walk_outermost(json, spans)?;
        let start = out.len();
        spans.write(json, out);
        // What is left around a placeholder may look like more than it did before.
        for _ in 0..MAX_ROUNDS {
            if is_settled || spans.is_empty() {
                break;
            }
            spans.clear();
            let written = out.split_off(start);
            if json::walk(&written, 0, spans).is_err() {
                return Err(Unredactable);
            }
            spans.write(&written, out);
        }
        Ok(())
    })
}

/// Redacts free text: a message, a stack, a query string, JSON or text with JSON in it.
///
/// ```
/// use researchflow_core::phi::redact_text;
///
/// assert_eq!(redact_text("Patient: Jane Doe, MRN 00123456"), "Patient: [name], MRN [mrn]");
/// assert_eq!(redact_text("listening on 10.0.0.1:8080"), "listening on 10.0.0.1:8080");
/// ```
pub fn redact_text(text: &str) -> Cow<'_, str> {
    if u32::try_from(text.len()).is_err() {
        // More than four GiB: nobody reads that.
        return Cow::Owned(format!("[{}]", Kind::Secret.as_str()));
    }
    with_spans(|spans| {
        scan::free_text(text.as_bytes(), spans);
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::new();
        spans.write(text.as_bytes(), &mut out);
        for _ in 0..MAX_ROUNDS {
            spans.clear();
            scan::free_text(&out, spans);
            if spans.is_empty() {
                break;
            }
            let written = std::mem::take(&mut out);
            spans.write(&written, &mut out);
        }
        // Places begin and end between characters, so that this holds; if it did not, the
        // replacement characters would hide what is left.
        Cow::Owned(
            String::from_utf8(out)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        )
    })
}

fn with_spans<T>(use_them: impl FnOnce(&mut Spans) -> T) -> T {
    SPANS.with(|held| {
        let mut spans = held.take();
        spans.clear();
        let result = use_them(&mut spans);
        held.replace(spans);
        result
    })
}
