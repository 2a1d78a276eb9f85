//! Words that announce a value without a separator: "MRN 00123456", "Dr. Smith", "aged 93".

use super::announced::{announced, is_measured, value_after};
use super::class::{is_boundary_after, is_letter, run, word_before};
use super::number::digits_end;
use super::person::{self, Cue, named};
use super::value::{self, Announced};
use super::{
    Hit, address, age, code, compound, constraint, full_name, lexicon, place, quoted, secret,
};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;

/// What the word from `start` to `end` announces.
/// Its letters end at `letters`, and `known` is what the lexicon says of them.
pub(super) fn find(
    text: &[u8],
    start: usize,
    letters: usize,
    end: usize,
    known: u32,
    floor: usize,
    quoted: &mut quoted::Read,
) -> Option<Hit> {
    if end - start == 1 {
        return initials(text, start, end, floor);
    }
    // "MRN123456": the cue and the code are one word.
    if letters < end {
        return compound::glued(text, start, letters, end, floor);
    }
    let word = &text[start..end];
    let hit = |start, end, kind| Some(Hit { start, end, kind });
    if known & lexicon::SCHEME != 0 {
        return secret::after_scheme(text, word, end);
    }
    if known & lexicon::DUPLICATE != 0 {
        return if word.eq_ignore_ascii_case(b"entry") {
            constraint::duplicate_entry(text, end)
        } else if word.eq_ignore_ascii_case(b"constraint") {
            constraint::constrained(text, end)
        } else {
            quoted::value(text, start, end, quoted)
        };
    }
    if known & lexicon::GEO != 0
        && let Some(hit) = address::position(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::CREDENTIAL != 0
        && text[start..end].iter().all(u8::is_ascii_uppercase)
        && let Some(hit) = full_name::before_credential(text, start, floor)
    {
        return Some(hit);
    }
    if known & lexicon::BOX != 0
        && let Some(end) = address::box_end(text, start)
    {
        return hit(start, end, Kind::Address);
    }
    if known & lexicon::STATE != 0
        && let Some(hit) = state(text, start, end, floor)
    {
        return Some(hit);
    }
    if known & lexicon::RESIDES != 0
        && let Some(hit) = place::residence(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::AGED != 0 {
        return aged(text, start, end);
    }
    if known & lexicon::TITLE != 0
        && (word[0].is_ascii_uppercase() || is_title_in_lower_case(text, word, end))
        && let Some(hit) = person::titled(text, start, end)
    {
        return Some(hit);
    }
    if known & lexicon::ROLE != 0 && is_several(word) {
        return person::several(text, end);
    }
    let is_by = word.eq_ignore_ascii_case(b"by");
    if known & lexicon::ROLE != 0
        && (!is_by || is_signed(text, start))
        && (!is_of_anything(word) || is_of_people(text, start))
        && let Some(hit) = named(text, end, role(known))
            .or_else(|| provider(text, end))
            .or_else(|| {
                let age = (known & lexicon::PERSONAL != 0).then(|| age::of_person(text, end))?;
                age.filter(|_| !is_each(text, start))
            })
    {
        return Some(hit);
    }
    if known & lexicon::ALIAS != 0
        && let Some(hit) = named(text, end, Cue::Person)
    {
        return Some(hit);
    }
    if known & lexicon::MEETS != 0
        && let Some(hit) = person::met(text, end)
    {
        return Some(hit);
    }
    if known & lexicon::DOTTED_TITLE != 0
        && let Some(hit) = person::dotted_title(text, start, end)
    {
        return Some(hit);
    }
    if known & lexicon::GIVEN != 0
        && let Some(hit) = person::given(text, start, end, floor)
    {
        return Some(hit);
    }
    if known & lexicon::CUE != 0 {
        return announced(text, start, end, floor)
            .or_else(|| of_person(text, start, end))
            .or_else(|| compound::of_path(text, start, end));
    }
    None
}

/// "dr. smith", "mrs smith": "ms." may be milliseconds, and "rev." a revision.
fn is_title_in_lower_case(text: &[u8], word: &[u8], end: usize) -> bool {
    const TITLES: [&[u8]; 4] = [b"dr", b"mr", b"mrs", b"prof"];
    word == b"mrs" || text.get(end) == Some(&b'.') && TITLES.contains(&word)
}

/// Whether a word says whose work somebody does only with the word before it.
fn is_of_anything(role: &[u8]) -> bool {
    const ROLES: [&[u8]; 6] = [
        b"worker",
        b"manager",
        b"coordinator",
        b"navigator",
        b"tech",
        b"technician",
    ];
    ROLES.iter().any(|known| role.eq_ignore_ascii_case(known))
}

/// "per patient", "each patient".
fn is_each(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let word = word_before(before, before.len());
    [&b"per"[..], b"each", b"every", b"a"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// "social worker", "research coordinator".
fn is_of_people(text: &[u8], start: usize) -> bool {
    const BEFORE: [&[u8]; 13] = [
        b"lab",
        b"pharmacy",
        b"radiology",
        b"surgical",
        b"social",
        b"case",
        b"care",
        b"nurse",
        b"clinical",
        b"research",
        b"study",
        b"discharge",
        b"patient",
    ];
    let before = text[..start].strip_suffix(b" ").unwrap_or_default();
    let word = word_before(before, before.len());
    BEFORE.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// "Boise, ID 83702", "Boise, ID": the place or the code beside the abbreviation of a state.
fn state(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if let Some(zip_end) = address::zip_after_state(text, start, end, floor) {
        let zip = run(text, end, |byte| matches!(byte, b' ' | b','));
        let city = address::city_before(text, start, floor);
        return city.or(Some(Hit {
            start: zip,
            end: zip_end,
            kind: Kind::Zip,
        }));
    }
    let is_after_comma = text[start].is_ascii_uppercase()
        && text[..start].ends_with(b", ")
        // "Acme, ID# 1".
        && text.get(end) != Some(&b'#');
    is_after_comma.then(|| place::before_state(text, start, end, floor))?
}

/// "aged 93", "ninety-two years old".
fn aged(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let word = &text[start..end];
    if word.eq_ignore_ascii_case(b"ninety") || word.eq_ignore_ascii_case(b"hundred") {
        return age::in_words(text, start, end);
    }
    let at = run(text, end, |byte| byte == b' ');
    value::take(Field::Age, text, at, Announced::Words)
        .filter(|hit| word.eq_ignore_ascii_case(b"aged") || !is_measured(text, hit.end))
}

/// "patients", "nurses".
fn is_several(role: &[u8]) -> bool {
    role.len() > 2 && matches!(role.last(), Some(b's' | b'S')) && !role.contains(&b'\'')
}

/// `[name] ID 4711223`: the code of whom was named right before.
fn of_person(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    if !text[start..end].eq_ignore_ascii_case(b"id") {
        return None;
    }
    let before = text[..start].trim_ascii_end();
    let before = before
        .strip_suffix(b",")
        .or(before.strip_suffix(b" ("))
        .unwrap_or(before);
    let open = before.iter().rev().take(16).position(|&byte| byte == b'[');
    // The name was found before, and the text is read again.
    let is_after = before.ends_with(b"]")
        && open.is_some_and(|open| before[before.len() - open..].starts_with(b"name"));
    if is_after {
        return value_after(Field::Coded(Kind::Mrn), text, end);
    }
    (text.get(end) == Some(&b'#') && is_insured(text, start))
        .then(|| value_after(Field::Coded(Kind::Plan), text, end))?
}

/// Whether a sentence before `at` is about an insurance: "insurance: Acme, ID# 58595656301".
fn is_insured(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 40;
    const INSURANCE: &[u8] = b"insurance";
    text[at.saturating_sub(NEAR)..at]
        .rsplit(|&byte| matches!(byte, b'\n' | b';'))
        .next()
        .is_some_and(|clause| {
            clause
                .windows(INSURANCE.len())
                .any(|word| word.eq_ignore_ascii_case(INSURANCE))
        })
}

fn role(known: u32) -> Cue {
    if known & lexicon::PERSONAL != 0 {
        Cue::Person
    } else {
        Cue::Role
    }
}

/// "prescriber 1234567893": a number after a role that passes the check of a provider's.
fn provider(text: &[u8], end: usize) -> Option<Hit> {
    let start = run(text, end, |byte| byte == b' ');
    let number_end = digits_end(text, start);
    (code::is_npi(&text[start..number_end]) && is_boundary_after(text, number_end)).then_some(Hit {
        start,
        end: number_end,
        kind: Kind::Npi,
    })
}

/// "M.R.N. 123", "S/N 123".
fn initials(text: &[u8], start: usize, end: usize, floor: usize) -> Option<Hit> {
    if text[start..].starts_with(b"M.D.") {
        return full_name::before_credential(text, start, floor);
    }
    if matches!(text[start], b'S' | b's')
        && text
            .get(end..end + 2)
            .is_some_and(|rest| rest.eq_ignore_ascii_case(b"/n"))
    {
        return value_after(Field::Coded(Kind::Device), text, end + 2);
    }
    if matches!(text.get(start..end + 2), Some(b"a/c" | b"A/C")) {
        return value_after(Field::Coded(Kind::Account), text, end + 2);
    }
    if matches!(text[start], b'P' | b'p')
        && matches!(
            text.get(end..end + 2),
            Some([b'.' | b' ', b'o' | b'O' | b' '])
        )
        && let Some(end) = address::box_end(text, start)
    {
        return Some(Hit {
            start,
            end,
            kind: Kind::Address,
        });
    }
    if matches!(text.get(start..end + 2), Some(b"c/o" | b"C/O")) {
        return named(text, end + 2, Cue::Role);
    }
    if text[start] == b'M'
        && let Some(hit) = person::dotted_title(text, start, end)
    {
        return Some(hit);
    }
    if start > 0 && text[start - 1] == b'.' {
        return None;
    }
    let mut letters = 1;
    let mut at = end;
    while letters < 6
        && text.get(at) == Some(&b'.')
        && text.get(at + 1).is_some_and(|&byte| is_letter(byte))
        && is_boundary_after(text, at + 2)
    {
        letters += 1;
        at += 2;
    }
    if letters < 3 {
        return None;
    }
    // Also known as, and another name.
    if text[start..at].eq_ignore_ascii_case(b"a.k.a")
        || text[start..at].eq_ignore_ascii_case(b"f.k.a")
    {
        return named(text, at, Cue::Person);
    }
    match field::classify(&text[start..at]) {
        field @ (Field::Strong(_) | Field::Coded(_)) => value_after(field, text, at),
        _ => None,
    }
}

/// Whether the word before the one at `start` says that somebody did something: "signed by".
fn is_signed(text: &[u8], start: usize) -> bool {
    let end = text[..start]
        .iter()
        .rposition(|&byte| byte != b' ')
        .map_or(0, |at| at + 1);
    let length = word_before(text, end).len();
    lexicon::flags(text, end - length, end) & lexicon::SIGNED != 0
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn a_name_is_found_by_a_cue_in_any_case_and_behind_what_sets_it_off() {
        for (text, expected) in [
            ("seen by dr. susan davis today", "seen by dr. [name] today"),
            ("mr. noor dunleavy is waiting", "mr. [name] is waiting"),
            ("Dear Mrs. <b>Nwosu</b>,", "Dear Mrs. <b>[name]</b>,"),
            ("Patient ...... Rupert Khoury", "Patient ...... [name]"),
            (
                "Social worker Hugo C. Davis left",
                "Social worker [name] left",
            ),
            (
                "Physician of record = Fontaine, Cyrus",
                "Physician of record = [name]",
            ),
            (
                "Patient: Ulrika Quist checked in",
                "Patient: [name] checked in",
            ),
            (
                "message from patient Luis Ortega-Ruiz: call me",
                "message from patient [name]: call me",
            ),
            ("Nurse Matthew Field is in", "Nurse [name] is in"),
            (
                "Patient.name[0].family 'Kim' rejected",
                "Patient.name[0].family '[name]' rejected",
            ),
            (
                "GET /Patient?family=Campbell&n=3",
                "GET /Patient?family=[name]&n=3",
            ),
            (
                "{ accountNumber: { $in: [ '733499761', '985036856' ] } }",
                "{ accountNumber: { $in: [ '[account]', '[account]' ] } }",
            ),
            ("mrs featherstone called", "mrs [name] called"),
            (
                "GET /api/patients/00123456/notes 404",
                "GET /api/patients/[mrn]/notes 404",
            ),
            (
                "mr. noor khan aged 93, dr. NPI 1234567893",
                "mr. [name] aged [age], dr. [name] [npi]",
            ),
            ("Patient: Jane Doe aged 93", "Patient: [name] aged [age]"),
            ("lastName::Featherstone", "lastName::[name]"),
            (
                "patient.0.lastName=Okonkwo patient.12.phone=5550123",
                "patient.0.lastName=[name] patient.12.phone=[phone]",
            ),
            (
                "with value \"[mrn] E0289914\" at path \"mrn\"",
                "with value \"[mrn]\" at path \"mrn\"",
            ),
            ("patient is 93", "patient is [age]"),
            (
                "lastName Featherstone firstName Ana",
                "lastName [name] firstName [name]",
            ),
            ("Consulting MD Zbigniew Quist", "Consulting MD [name]"),
            ("lab tech Ffion Quist left", "lab tech [name] left"),
            (
                "Re: Featherstone, Ana (DOB 3/14/57)",
                "Re: [name] (DOB [date])",
            ),
            ("Patient:\n   Ana Featherstone", "Patient:\n   [name]"),
            ("PI: Ana Featherstone", "PI: [name]"),
            ("Subject: Ana Ng (97 y)", "Subject: [name] ([age] y)"),
            ("anesthetist: X. Anderson", "anesthetist: [name]"),
            (
                "Discharge summary for Walker, Paloma, DOB 5/9/1968",
                "Discharge summary for [name], DOB [date]",
            ),
            (
                "Patient Name       : Martinez, Delphine\nDate of Birth      : 8/5/1979",
                "Patient Name       : [name]\nDate of Birth      : [date]",
            ),
            ("phone=201+981+8225&n=3", "phone=[phone]&n=3"),
            ("AccountNo\t293-464799", "AccountNo\t[account]"),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for text in [
            "took 20 ms. flushed",
            "see rev. flaky",
            "limit per patient is 100",
            "patient is 93 kg",
            "cert C=US;O=Acme;CN=api.internal",
            "health worker Celery Beat started",
            "dr. appointment booked",
            "see dr. watson/handler",
            "worker Blue Green started",
            "Doctor: checks passed",
            "GET /api/patients/search and /patients/42",
            "auth: failed, token: expired, api key: not set",
            "pulled registry.local:5000/rf/api:2024-11-03",
            "test phi::scan::name::tests::a_name ... ok",
            "installed alsa-topology-conf:all 1.2.5.1-2",
            "scopes patients:read claims:write",
            "scored 598 encounters, AUC 0.83",
            "npm 12.16.10 and 18.24.9",
            "transfer syntax 1.2.840.10008.1.2.4.70",
            "patient is 95th of 120",
            "patient is 90 minutes late",
            "HCPCS J1885 MS-DRG 291",
            "patient:\n  Name: none",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn a_number_in_the_line_of_its_cue_goes_where_it_passes_its_check() {
        for (text, expected) in [
            ("npi lookup failed 1234567893", "npi lookup failed [npi]"),
            ("prescriber: 1234567893", "prescriber: [npi]"),
            (
                "rendering provider id: 1234567893",
                "rendering provider id: [npi]",
            ),
            ("no SSN match (536228726)", "no SSN match ([ssn])"),
            (
                "MRN lookup failed for 00123456",
                "MRN lookup failed for [mrn]",
            ),
            ("MRN not found: 28991442", "MRN not found: [mrn]"),
            ("MRN already exists: E0289914", "MRN already exists: [mrn]"),
            ("SSN invalid: 536228726", "SSN invalid: [ssn]"),
            (
                "MRN mismatch: 28991442 != 28991443",
                "MRN mismatch: [mrn] != [mrn]",
            ),
            (
                "expected mrn 28991442 but got 28991443",
                "expected mrn [mrn] but got [mrn]",
            ),
            (
                "mrn1=28991442 lastName2: Quistgaard",
                "mrn1=[mrn] lastName2: [name]",
            ),
            ("Dr. Ottoway/Dr. Vandersloot", "Dr. [name]/Dr. [name]"),
            ("session:patient:mrn:E0289914", "session:[secret]"),
            ("zipcode lookup 53779 -> 3", "zipcode lookup [zip] -> 3"),
            ("specimen collected 19810415", "specimen collected [date]"),
            ("MRN [28991442] not found", "MRN [[mrn]] not found"),
            ("MRN/28991442 merged", "MRN/[mrn] merged"),
            ("GET /x?mrn=28991442 404 31ms", "GET /x?mrn=[mrn] 404 31ms"),
            (
                "'85449' is not a valid zip code",
                "'[zip]' is not a valid zip code",
            ),
            ("Policy PEB768586723 cancelled", "Policy [plan] cancelled"),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            "NPI lookup -> 200",
            "npi lookup took 1234567890",
            "provider id: 1234567890",
            "ssn index has 536228726 entries",
            "collected 20240115 bytes",
            "MRN lookups: 4711062 total",
            "encounters_2026_11, encounters_y2026m11",
            "at Patient.load (/app/models/patient.ts:601:13)",
            "retry policy EXPONENTIAL2",
            "admitted: 17 today",
            "collected 99990115",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn an_id_of_an_insurance_is_one_of_a_plan() {
        assert_eq!(
            redact_text("insurance: Acme, ID# 58595656301, PPO"),
            "insurance: Acme, ID# [plan], PPO"
        );
        let text = "build: Acme, ID# 58595";
        assert_eq!(redact_text(text), text);
    }
}
