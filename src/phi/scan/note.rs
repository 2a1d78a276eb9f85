//! The words of clinics' notes, among which a number and a letter are an age and a sex.

use super::announced::is_measured;
use super::class::{line_end, line_start, run};
use super::known::Known;

/// How far words say what a number and a letter are.
const NEAR: usize = 64;

/// What stands before an age in notes.
static BEFORE: Known = Known::new(&[
    b"hpi",
    b"cc",
    b"pt",
    b"patient",
    b"pmh",
    b"subj",
    b"subjective",
    b"triage",
    b"ems",
    b"hx",
    b"pts",
    b"consult",
    b"summary",
    b"id",
    b"demographics",
    b"this",
]);

/// What stands after an age and a sex in notes.
static AFTER: Known = Known::new(&[
    b"s/p",
    b"p/w",
    b"c/o",
    b"w/",
    b"w",
    b"h/o",
    b"hx",
    b"pmh",
    b"pmhx",
    b"fx",
    b"fall",
    b"fell",
    b"presents",
    b"presented",
    b"presenting",
    b"admitted",
    b"admit",
    b"brought",
    b"biba",
    b"bibems",
    b"sob",
    b"cp",
    b"ams",
    b"htn",
    b"chf",
    b"cad",
    b"ckd",
    b"dm",
    b"dm2",
    b"t2dm",
    b"afib",
    b"copd",
    b"uti",
    b"pna",
    b"cva",
    b"tia",
    b"nstemi",
    b"stemi",
    b"sepsis",
    b"septic",
    b"syncope",
    b"dementia",
    b"stroke",
    b"hip",
    b"pain",
    b"dnr",
    b"dni",
    b"snf",
    b"intubated",
    b"nkda",
    b"hospice",
    b"weakness",
    b"confusion",
    b"confused",
    b"cough",
    b"dyspnea",
    b"gib",
    b"melena",
    b"fracture",
    b"abd",
    b"nausea",
    b"vomiting",
    b"covid",
    b"diagnosed",
    b"complains",
    b"complaining",
    b"history",
    b"pneumonia",
    b"delirium",
    b"hypotension",
    b"hypoxia",
    b"chest",
    b"woman",
    b"man",
    b"lady",
    b"gentleman",
    b"female",
    b"male",
    b"bleeding",
    b"hospitalized",
    b"ed",
    b"icu",
]);

/// What a number and F or M are where it is warm, or where they name a place or a size.
static NONE: Known = Known::new(&[
    b"temp",
    b"temperature",
    b"tmax",
    b"t",
    b"tm",
    b"fever",
    b"febrile",
    b"afebrile",
    b"degrees",
    b"deg",
    b"bed",
    b"room",
    b"rm",
    b"unit",
    b"seat",
    b"gate",
    b"slot",
    b"rack",
    b"heap",
    b"allocated",
    b"size",
    b"memory",
    b"disk",
    b"mem",
    b"hex",
    b"0x",
]);

/// Whether the words around an age from `start` and its sex up to `end` are those of a note.
pub(super) fn is_clinical(text: &[u8], start: usize, end: usize) -> bool {
    let before = &text[line_start(text, start, NEAR / 2)..start];
    let mut last = before
        .rsplit(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(3);
    let near_before: [&[u8]; 3] = std::array::from_fn(|_| last.next().unwrap_or_default());
    if near_before.iter().any(|word| NONE.has(word)) {
        return false;
    }
    let after_says = words_after(text, end).try_fold(false, |says, word| {
        if NONE.has(word) {
            None
        } else {
            Some(says || AFTER.has(word))
        }
    });
    let has_degree = || text[end..line_end(text, end, NEAR)].contains(&0xb0);
    let is_said = match after_says {
        None => false,
        Some(true) => true,
        // "[name] (93F)": the name was found before.
        Some(false) => {
            near_before[..2].iter().any(|word| BEFORE.has(word))
                || before.ends_with(b"[name] (")
                || before.ends_with(b"[name], ")
        }
    };
    // "110M records".
    let is_status_post = || text[end..].starts_with(b" s/");
    is_said && !has_degree() && (!is_measured(text, end) || is_status_post())
}

/// The first words after `end` on its line.
fn words_after(text: &[u8], end: usize) -> impl Iterator<Item = &[u8]> {
    const MOST: usize = 6;
    let is_mark = |byte: u8| matches!(byte, b' ' | b',' | b';' | b')' | b'.' | b':');
    let near = &text[..text.len().min(end + NEAR)];
    let mut at = end;
    let words = std::iter::from_fn(move || {
        let start = run(near, at, is_mark);
        at = run(near, start, |byte| !is_mark(byte) && byte != b'\n');
        (at > start).then(|| &near[start..at])
    });
    words.take(MOST)
}
