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
mod watch;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

pub use counts::counts;
pub use kind::Kind;
pub use placeholder::set_hash_key;

use span::Spans;
use watch::Watch;

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
    redact_json_within(Watch::for_bytes(json.len()), json, out)
}

fn redact_json_within(watch: Watch, json: &[u8], out: &mut Vec<u8>) -> Result<(), Unredactable> {
    if u32::try_from(json.len()).is_err() || std::str::from_utf8(json).is_err() {
        return Err(Unredactable);
    }
    with_spans(watch, |spans| {
        let is_settled = json::walk_outermost(json, spans)?;
        let start = out.len();
        spans.write(json, out);
        // What is left around a placeholder may look like more than it did before.
        for _ in 0..MAX_ROUNDS {
            if is_settled || spans.is_empty() || !spans.watch.again() {
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
    redact_text_within(Watch::for_bytes(text.len()), text)
}

fn redact_text_within(watch: Watch, text: &str) -> Cow<'_, str> {
    if u32::try_from(text.len()).is_err() {
        // More than four GiB: nobody reads that.
        return Cow::Owned(format!("[{}]", Kind::Secret.as_str()));
    }
    with_spans(watch, |spans| {
        scan::free_text(text.as_bytes(), spans);
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::new();
        spans.write(text.as_bytes(), &mut out);
        for _ in 0..MAX_ROUNDS {
            if !spans.watch.again() {
                break;
            }
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

fn with_spans<T>(watch: Watch, use_them: impl FnOnce(&mut Spans) -> T) -> T {
    SPANS.with(|held| {
        let mut spans = held.take();
        spans.clear();
        spans.watch = watch;
        let result = use_them(&mut spans);
        held.replace(spans);
        result
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::watch::STEPS;
    use super::*;

    /// What comes of a text when its time is over as soon as it is looked at.
    fn in_no_time(text: &str) -> Cow<'_, str> {
        redact_text_within(Watch::of(Duration::ZERO), text)
    }

    #[test]
    fn what_there_is_no_time_to_read_is_withheld() {
        let lines = STEPS;
        let text = "MRN 00123456 read.\n".repeat(lines);
        let out = in_no_time(&text);
        assert!(
            out.starts_with("MRN [mrn] read.\n") && out.ends_with("[secret]"),
            "{out}"
        );
        assert!(!out.contains("00123456"));
        assert_eq!(redact_text(&out), out);
        assert_eq!(redact_text(&text), "MRN [mrn] read.\n".repeat(lines));
        let table = format!("mrn,n\n{}", "1234,2\n".repeat(STEPS));
        let out = in_no_time(&table);
        assert!(out.ends_with("[secret]") && !out.contains("1234"), "{out}");
        let short = "MRN 00123456, a word and a number 17";
        assert_eq!(in_no_time(short), redact_text(short));
    }

    #[test]
    fn a_value_is_withheld_whose_cue_there_is_no_time_to_read() {
        for words in STEPS - 12..STEPS {
            let after = " ok".repeat(12);
            let text = format!("{}\nand 28991442 is the MRN, é{after}", "ok ".repeat(words));
            let out = in_no_time(&text);
            assert!(
                out.starts_with("ok ok ") && !out.contains("28991442"),
                "{words}: {out}"
            );
        }
    }

    #[test]
    fn names_and_values_of_json_are_withheld_that_there_is_no_time_to_read() {
        for values in STEPS - 24..=STEPS {
            for end in [
                r#"{"value":"123456789","n":17,"path":"ssn"}"#,
                r#"{"rows":[["123456789"],[17]],"columns":["ssn"]}"#,
                r#"{"a":[],"b":{"c":true},"Jane Doe":null,"note":"SSN 123456789"}"#,
                r#"["--ssn","123456789",{}]"#,
            ] {
                let json = format!(
                    "[{}{end}, 5362287261{} ]",
                    "1,".repeat(values),
                    ",1".repeat(24)
                );
                let mut out = Vec::new();
                redact_json_within(Watch::of(Duration::ZERO), json.as_bytes(), &mut out).unwrap();
                let text = String::from_utf8(out).unwrap();
                assert!(
                    text.starts_with("[1,1,") && !text.contains("123456789"),
                    "{text}"
                );
                assert!(
                    serde_json::from_str::<serde_json::Value>(&text).is_ok(),
                    "{text}"
                );
                assert_eq!(redact_text(&text), text);
            }
        }
        for broken in [
            "]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1 2]",
            "[1",
            "{\"a\":[}]",
            "x",
        ] {
            let json = format!("[{}{broken}", "1,".repeat(STEPS));
            let watch = Watch::of(Duration::ZERO);
            assert_eq!(
                redact_json_within(watch, json.as_bytes(), &mut Vec::new()),
                Err(Unredactable),
                "{broken}"
            );
        }
    }
}
