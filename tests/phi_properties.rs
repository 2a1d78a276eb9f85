//! What holds of the redactor whatever comes in.

use proptest::prelude::*;
use proptest::sample::select;
use researchflow_core::phi;
use serde_json::Value;

/// Identifiers that their form alone gives away, and what of each must not come out.
const FORMS: &[(&str, &str)] = &[
    ("536-22-8726", "536-22"),
    ("212-555-0123", "555-0123"),
    ("(212) 555-0123", "555-0123"),
    ("212.555.0123", "555.0123"),
    ("+44 20 7946 0958", "7946"),
    ("0044 20 7946 0958", "7946"),
    ("jane.doe@example.org", "jane.doe"),
    ("4111111111111111", "41111"),
    ("4111 1111 1111 1111", "4111 1111"),
    ("4111-1111-1111-1111", "4111-1111"),
    ("DE89370400440532013000", "DE8937"),
    ("1EG4-TE5-MK73", "TE5-MK73"),
    ("1HGCM82633A004352", "33A004352"),
    ("14.03.1957", "03.1957"),
    ("1957-03-14", "03-14"),
    ("March 14, 1957", "March 14"),
    ("93.184.216.34", "184.216"),
];

/// What may stand between them.
const MARKS: &[&str] = &[
    " ",
    ", ",
    "; ",
    " / ",
    "/",
    "|",
    ";",
    ",",
    "\n",
    "\t",
    " - ",
    " and ",
    "\u{2026}",
    "\u{1f642}",
    "\u{300d}\u{300c}",
    "\u{60a3}",
    ") (",
    "\" \"",
    " 123 ",
    " 12/27, ",
    "] [",
    "<br>",
    " & ",
    "*",
    "\u{200b}",
    "\u{1b}[31m",
    "\u{2014}",
    "\u{2022}",
];

/// Identifiers whose form or cue gives them away, and what of each must not come out.
const PLANTED: &[(&str, &str)] = &[
    ("536-22-8726", "22-8726"),
    ("536 22 8726", "22 8726"),
    ("(212) 555-0123", "555-0123"),
    ("+44 20 7946 0958", "7946"),
    ("jane.doe@example.org", "jane.doe"),
    ("MRN 00123456", "00123456"),
    ("Patient: Jane Featherstone", "Featherstone"),
    ("DOB 03/14/1957", "03/14"),
    ("1957-03-14", "03-14"),
    ("4111 1111 1111 1111", "1111 1111"),
    ("DE89 3704 0044 0532 0130 00", "3704 0044"),
    ("NPI 1234567893", "1234567893"),
    ("1EG4-TE5-MK73", "TE5-MK73"),
    ("1HGCM82633A004352", "33A004352"),
    ("93.184.216.34", "184.216"),
    ("12 Old Mill Road, Springfield, IL 62701", "Old Mill"),
    ("https://h.example/p/secret-path", "secret-path"),
    ("postgres://u:hunter2hunter@db/x", "hunter2hunter"),
    ("Bearer abcdef1234567890", "abcdef1234567890"),
    (
        "ghp_abcdefghij0123456789abcdefghij012345",
        "abcdefghij0123456789",
    ),
    ("password=hunter2hunter", "hunter2hunter"),
    ("password=hu\u{20ac}nter2hunter", "nter2hunter"),
    ("aged 93", " 93"),
    ("https://h.example/patients/zq81w/notes?x=1", "zq81w"),
    ("s3://bucket/zq81w/scan", "zq81w"),
    (
        "COPY p (id, mrn) FROM stdin;\n7\tE0289914\n\\.\n",
        "E0289914",
    ),
    ("\nid,mrn,n\n7,E0289914,3\n", "E0289914"),
    ("\n| id | mrn |\n|---|---|\n| 7 | E0289914 |\n", "E0289914"),
    ("mysql -u root -phunter2x db", "hunter2x"),
    ("deploy --api-key hunter2x", "hunter2x"),
    ("curl -u admin:hunter2x http://x/", "hunter2x"),
    ("<lastName>Featherstone</lastName>", "Featherstone"),
    ("<birthTime value=\"19570314\"/>", "19570314"),
    (
        "<input name=\"lastName\" value=\"Featherstone\"/>",
        "Featherstone",
    ),
    (
        "INSERT INTO p (name, n) VALUES ('Ana Featherstone', 3)",
        "Featherstone",
    ),
    ("Key (mrn)=(E0289914) already exists.", "E0289914"),
    (
        "Duplicate entry 'E0289914' for key 'patients.uq_mrn'",
        "E0289914",
    ),
    (
        "Failing row contains (7, Featherstone, null).",
        "Featherstone",
    ),
    (
        "PID|1||00123456^^^HOSP^MR||FEATHERSTONE^JANE",
        "FEATHERSTONE",
    ),
    ("PID-5: FEATHERSTONE^JANE", "FEATHERSTONE"),
    ("00123456^^^HOSP^MR", "00123456"),
    ("Patient/zq81w not found", "zq81w"),
    ("(0010,0020) LO [00123456]", "00123456"),
    ("ageAtDiagnosis=93", "93"),
    ("536-22-8726x", "22-8726"),
    ("MRN123456", "123456"),
    ("00123456 (MRN)", "00123456"),
    ("00123456 is the MRN.", "00123456"),
    ("token=abcdefghijklmnopqrstuvwx", "ghijklmnop"),
    ("Cookie: session9=abc; theme=dark", "dark"),
    (
        "[type=string_type, input_value='Featherstone', input_type=str]",
        "Featherstone",
    ),
    (
        "{'loc': ('body', 'mrn'), 'msg': 'Bad', 'input': 'E0289914'}",
        "E0289914",
    ),
    ("Study subject: Leocadia St. Clair", "Clair"),
    ("Featherstone's chart", "Featherstone"),
    ("assigned to Ana Featherstone", "Featherstone"),
];

/// Values of JSON that a name elsewhere tells of, and what of each must not come out.
const PLANTED_JSON: &[(&str, &str)] = &[
    (
        r#"{"columns":["id","mrn"],"rows":[[7,"E0289914"]]}"#,
        "E0289914",
    ),
    (
        r#"{"rows":[[7,"E0289914"]],"columns":["id","mrn"]}"#,
        "E0289914",
    ),
    (
        r#"{"rows":[["Featherstone"]],"fields":[{"name":"last_name"}]}"#,
        "Featherstone",
    ),
    (
        r#"{"rawHeaders":["host","x","cookie","session9=abc"]}"#,
        "session9",
    ),
    (r#"{"type":"mrn","value":"E0289914"}"#, "E0289914"),
    (
        r#"{"loc":["body","patientName"],"msg":"Bad","input":"Featherstone"}"#,
        "Featherstone",
    ),
    (r#"{"first":"Ana","last":"Featherstone"}"#, "Featherstone"),
    (r#"{"resourceType":"Patient","id":"zq81w"}"#, "zq81w"),
    (
        r#"{"00100020":{"vr":"LO","Value":["E0289914"]}}"#,
        "E0289914",
    ),
    (r#"{"diagnosis":"zq81w","status":"ok"}"#, "zq81w"),
    (r#"{"medications":["zq81w"]}"#, "zq81w"),
    (r#"{"MedicalHistory":"zq81w"}"#, "zq81w"),
];

/// Pieces that rules begin, end or trip at.
const PIECES: &[&str] = &[
    "Patient",
    "Dr.",
    "name",
    "MRN",
    "ssn",
    "dob",
    "password",
    ":",
    "=",
    " ",
    ", ",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\\",
    "\\u0040",
    "%40",
    "&#64;",
    "@",
    "x.org",
    "://",
    "https",
    "/",
    "?",
    "&",
    "#",
    "+1",
    "-",
    ".",
    "123",
    "45",
    "6789",
    "1957",
    "03",
    "[mrn]",
    "[name:3f9a1c]",
    "[",
    "é",
    "\u{200b}",
    "１２",
    "Jane",
    "O'Neil",
    "St",
    "IL",
    "62701",
    "10.0.0.1",
    "8.8.8.8",
    "::1",
    "2001:db8::1",
    "is",
    "the",
    "\n",
    "\t",
    "eyJ",
    "sk-",
    "PID|",
    "DE89",
    "May",
    "93",
    "yo",
    "version",
    "12 Main St",
    ", A",
    "input_value=",
    "'input': ",
    "loc=('body', 'ssn')",
    "Cookie: ",
    "token",
    "id,mrn\n",
    "| mrn |",
    "COPY p (mrn) FROM stdin;\n",
    "<ssn>",
    "value=",
    " -p",
    "mysql",
    "(MRN)",
    " is the MRN",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

fn json(depth: u32) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0u32..2_000_000_000).prop_map(Value::from),
        pieces().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        select(
            &[
                "ssn",
                "name",
                "patient",
                "id",
                "value",
                "type",
                "age",
                "address",
                "tokens",
                "service",
                "dob",
                "x",
                "rows",
                "columns",
                "fields",
                "loc",
                "input",
                "diagnosis",
                "insurance",
                "headers",
                "first",
                "last"
            ][..]
        )
        .prop_map(str::to_owned),
        pieces(),
    ];
    leaf.prop_recursive(depth, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn redacted(input: &str) -> String {
    let mut out = Vec::new();
    assert!(
        phi::redact_json(input.as_bytes(), &mut out).is_ok(),
        "it is JSON: {input}"
    );
    String::from_utf8(out).expect("it stays UTF-8")
}

/// Members may only change their names and their scalars, the latter to strings.
fn has_shape_of(out: &Value, input: &Value) -> bool {
    match (out, input) {
        (Value::Array(out), Value::Array(input)) => {
            out.len() == input.len()
                && out
                    .iter()
                    .zip(input)
                    .all(|(out, input)| has_shape_of(out, input))
        }
        (Value::Object(out), Value::Object(input)) => out.len() <= input.len(),
        (Value::String(_), Value::String(_) | Value::Number(_)) => true,
        (out, input) => out == input,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    // Of the letters around it no word is made that tells something itself.
    #[test]
    fn a_planted_identifier_is_in_no_output_whatever_the_surroundings(
        before in "[qvxz .,;!?\u{e9}\u{4e2d}\n]{0,24}", planted in select(PLANTED), after in "[qvxz .,;!?\u{e9}\u{4e2d}\n]{0,24}",
    ) {
        let (identifier, part) = planted;
        let text = format!("{before} {identifier} {after}");
        let out = phi::redact_text(&text).into_owned();
        prop_assert!(!out.contains(part), "{text:?} -> {out:?}");
        let json = serde_json::to_string(&serde_json::json!({ "a": [{ "b": text }], "c": serde_json::to_string(&text).unwrap() })).unwrap();
        let out = redacted(&json);
        prop_assert!(!out.contains(part), "{json} -> {out}");
    }

    #[test]
    fn of_identifiers_joined_by_marks_none_is_in_the_output(
        joined in prop::collection::vec((select(FORMS), select(MARKS)), 1..9), before in select(MARKS),
    ) {
        let text = joined.iter().fold(before.to_owned(), |text, ((form, _), mark)| text + form + mark);
        let out = phi::redact_text(&text).into_owned();
        for ((_, part), _) in &joined {
            prop_assert!(!out.contains(part), "{text:?} -> {out:?}");
        }
    }

    #[test]
    fn a_value_that_is_named_elsewhere_is_in_no_output_whatever_the_json_around(
        before in json(2), (planted, part) in select(PLANTED_JSON), after in json(2), is_below in any::<bool>(),
    ) {
        // Put together as text: the order of members matters.
        let json = if is_below {
            format!(r#"{{"a":{before},"b":{{"c":{planted}}},"d":{after}}}"#)
        } else {
            format!(r#"[{before},{{"c":{planted}}},{after}]"#)
        };
        let out = redacted(&json);
        prop_assert!(!out.contains(part), "{json} -> {out}");
        let out = redacted(&serde_json::to_string(&serde_json::json!({ "body": json })).unwrap());
        prop_assert!(!out.contains(part), "{json} in a string -> {out}");
    }

    #[test]
    fn json_comes_out_as_json_of_the_same_shape(value in json(4)) {
        let input = serde_json::to_string(&value).unwrap();
        let out = redacted(&input);
        let parsed: Value = serde_json::from_str(&out).map_err(|_| TestCaseError::fail(format!("{input} -> {out}")))?;
        prop_assert!(has_shape_of(&parsed, &value), "{input} -> {out}");
        prop_assert_eq!(redacted(&out), out, "a second time, of {}", input);
    }

    #[test]
    fn text_that_was_redacted_is_not_changed_again(text in pieces()) {
        let once = phi::redact_text(&text).into_owned();
        prop_assert_eq!(phi::redact_text(&once), once.as_str(), "of {:?}", text);
    }

    #[test]
    fn no_bytes_make_it_panic_and_what_is_no_json_leaves_nothing(bytes in prop::collection::vec(any::<u8>(), 0..64), text in ".{0,64}") {
        let mut out = b"before".to_vec();
        if phi::redact_json(&bytes, &mut out).is_err() {
            prop_assert_eq!(&out, b"before");
        } else {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok() || bytes.iter().any(|byte| *byte >= b'0'));
        }
        phi::redact_text(&String::from_utf8_lossy(&bytes));
        phi::redact_text(&text);
    }

    #[test]
    fn what_is_json_is_read_and_what_is_not_is_refused(text in pieces()) {
        // serde_json refuses numbers beyond a double and half a surrogate pair, which this reads.
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        let is_read = phi::redact_json(text.as_bytes(), &mut Vec::new()).is_ok();
        prop_assert!(is_read || !is_json, "{text}");
        prop_assert!(!is_read || is_json || text.contains("\\u"), "{text}");
    }
}

#[test]
fn what_changed_again_once_does_not_any_more() {
    for text in [
        "tokeninput_value=[[mrn]",
        "loc=('body', 'ssn')tokeninput_value=[Cookie: Patient",
    ] {
        let once = phi::redact_text(text).into_owned();
        assert_eq!(phi::redact_text(&once), once);
    }
}
