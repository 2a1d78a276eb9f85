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
    use serde_json::Value;

    use super::*;

    fn text_cut_after(steps: usize, text: &str) -> String {
        redact_text_within(Watch::cut_after(steps), text).into_owned()
    }

    fn json_cut_after(steps: usize, json: &str) -> Result<String, Unredactable> {
        let mut out = Vec::new();
        redact_json_within(Watch::cut_after(steps), json.as_bytes(), &mut out)?;
        Ok(String::from_utf8(out).expect("it is text"))
    }

    /// The words of `cut` that say something and are not in `whole`.
    fn more<'a>(cut: &'a str, whole: &str) -> Vec<&'a str> {
        let is_something = |word: &&str| word.len() > 3 || word.parse::<u8>().is_ok_and(|n| n > 9);
        cut.split(|c: char| !c.is_alphanumeric())
            .filter(is_something)
            .filter(|word| *word != "secret" && !whole.contains(word))
            .collect()
    }

    const TEXTS: &[&str] = &[
        "MRN 00123456 read.\nand 28991442 is the MRN, é and SSN 536-22-8726",
        "mrn,n\n12345678,2\n23456789,3\nend of the table",
        "name   mrn\nAna    12345678\nBo     23456789\n\nthe end",
        "COPY p (mrn, n) FROM stdin;\n12345678\t1\n23456789\t2\n\\.\nthe end",
        "INSERT INTO p (mrn, n) VALUES ('12345678', 1), ('23456789', 2) RETURNING id",
        "see https://h.example/p/secret-path\t日 97 years old, https://h.example/p/secret-path 日",
        "https://h.example/p/x {\"value\":\"call 212-555-0123\",\"n\":1,\"label\":\"patientName\"}",
        "WHERE password LIKE '$$$!!$$'",
        "WHERE password LIKE '$$$!!$$' AND mrn IN ('12345678', '23456789')",
        "accountIds: [338633698, 541581416], Subject: Ana Ng (97 y), call (212) 555-0123/1957-03-14",
        "MRNs 12345678, 23456789, 34567890 and 45678901",
        "mrns:\n  - 12345678\n  - 23456789\nlast: Featherstone\n",
        "SSN/DOB: 536-22-8726 / 03/14/1957, 12345678 (MRN), Featherstone's chart",
        "caf\u{e9} \u{ff11}\u{ff12} &#49;&#50; \\u0031 Patient: Ren\u{e9}e Featherstone",
    ];
    const VALUES: &[&str] = &[
        r#"{"value":"536228726","n":17,"path":"ssn"}"#,
        r#"{"value":"[mrn]","n":17,"path":"ssn","m":{"n":[]}}"#,
        r#"{"rows":[["536228726"],[17]],"columns":["ssn"]}"#,
        r#"{"value":"536228726","rows":[["a","b"]],"path":"ssn","columns":["mrn","x"]}"#,
        r#"{"values":[536228726, 17],"columns":["ssn","n"]}"#,
        r#"{"data":[{"id":1},{"id":2}],"b":{"c":true},"Jane Featherstone":null,"note":"SSN 536-22-8726"}"#,
        r#"["--ssn","536228726",{},[],"mrn","E0289914"]"#,
        r#"[4111111111111111,{"byMrn":{"00123456":3}}]"#,
        r#"{"body":"{\"mrn\":\"00123456\",\"rows\":[[\"Ana Ng\"]],\"columns\":[\"name\"]}","sql":"ssn = $1","params":[536228726]}"#,
    ];

    #[test]
    fn wherever_a_text_is_cut_nothing_more_comes_out() {
        for text in TEXTS {
            let text = format!("{text} ok\nok {text}");
            let whole = redact_text(&text);
            for steps in 1..200 {
                let out = text_cut_after(steps, &text);
                assert!(more(&out, &whole).is_empty(), "{steps}: {out}");
                assert!(!out.contains("$$"), "{steps}: {out}");
                assert_eq!(redact_text(&out), out, "{steps}");
            }
            assert_eq!(text_cut_after(1000, &text), whole);
        }
        let lines = "MRN 00123456 read.\n".repeat(9);
        let out = text_cut_after(12, &lines);
        assert!(out.starts_with("MRN [mrn] read.\n") && out.ends_with("[secret]"));
    }

    #[test]
    fn wherever_json_is_cut_nothing_more_comes_out_and_it_stays_json() {
        let inside = TEXTS
            .iter()
            .map(|text| serde_json::json!([{ "message": text, "n": 1 }, "end"]).to_string());
        for json in VALUES.iter().map(ToString::to_string).chain(inside) {
            let json = format!("[{json}, 5362287261 ,{json}]");
            let mut out = Vec::new();
            redact_json(json.as_bytes(), &mut out).unwrap();
            let whole = String::from_utf8(out).unwrap();
            for steps in 1..200 {
                let out = json_cut_after(steps, &json).unwrap();
                assert!(more(&out, &whole).is_empty(), "{steps}: {out}");
                assert!(serde_json::from_str::<Value>(&out).is_ok(), "{out}");
                assert_eq!(json_cut_after(1000, &out).unwrap(), out, "{steps}");
            }
            assert_eq!(json_cut_after(1000, &json).unwrap(), whole);
        }
    }

    #[test]
    fn what_is_no_json_is_none_wherever_it_is_cut() {
        for json in [
            "[1]]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1 2]",
            "[1",
            "{\"a\":[}]",
            "x",
            "[tru]",
            "{1:2}",
            "[\"a]",
        ] {
            let json = format!("[1,{{}},[[],{{\"b\":[2]}}],{json}]");
            for steps in 1..12 {
                assert_eq!(json_cut_after(steps, &json), Err(Unredactable), "{json}");
            }
        }
    }
}
