//! Values whose field is named beside them: `{"field": "ssn", "old": …, "new": …}`, `{"value": …, "path":
//! ["ssn"]}`, `["--ssn", …]`. The name may come before the value or after it.

use super::Walk;
use super::level::Level;
use super::scalar::{of_number, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::scan;
use crate::phi::span::{Span, Spans};

/// No name is further behind its value, so that what lies between is moved once for few of them.
const MAX_BETWEEN: usize = 1024;
/// No object has more values of one name: an old and a new one, and twice as many to be safe.
const MAX_VALUES: usize = 4;
/// No name of a field is longer.
const MAX_LABEL: usize = 64;
/// No name of a field among the arguments of a command is longer.
const MAX_NAME: usize = 24;

/// Values whose name may come after them, the innermost object's last.
#[derive(Default)]
pub(super) struct Unnamed(Vec<Value>);

struct Value {
    depth: usize,
    start: usize,
    end: usize,
    is_number: bool,
}

/// What `value` names: a field, or the last part of a path to one ("/patient/ssn", "$.patient.ssn", ".ssn").
pub(super) fn read(value: &[u8]) -> Field {
    if value.len() > MAX_LABEL {
        return Field::Plain;
    }
    let is_part = |part: &&[u8]| part.first().is_some_and(|byte| !byte.is_ascii_digit());
    let last = value
        .split(|byte| matches!(byte, b'/' | b'.' | b'[' | b']'))
        .rfind(is_part);
    match field::classify(last.unwrap_or(value)) {
        // "/name/0/family".
        Field::NamePart if value.windows(6).any(|part| part == b"/name/") => {
            Field::Whole(Kind::Name)
        }
        field => field,
    }
}

/// What an element of an array is: the value of the option before it, or nothing but an element.
pub(super) fn of_option(value: &[u8], level: &mut Level) -> Field {
    let before = level.labelled.take();
    if let Some(option) = value.strip_prefix(b"--") {
        let field = field::classify(option);
        // "--mrn=00123456" has its value in it.
        level.labelled = (field != Field::Plain && !option.contains(&b'=')).then_some(field);
        return level.field;
    }
    // "hset", "mrn", "00123456": a field's name, and nothing that has digits.
    if before.is_none() && value.len() < MAX_NAME && value.iter().all(u8::is_ascii_alphabetic) {
        let field = field::classify(value);
        let is_code = matches!(
            field,
            Field::Strong(_) | Field::Coded(_) | Field::Zip | Field::Age
        );
        level.labelled = is_code.then_some(field);
    }
    match before {
        Some(field) if field == Field::Secret || scan::is_value_of(field, value) => field,
        _ => level.field,
    }
}

/// Whether the object that is the value of `key` says more of what the label beside it names: `"path": ["ssn"],
/// "context": {"value": …}`.
pub(super) fn goes_into(key: &[u8]) -> bool {
    matches!(
        key,
        b"context" | b"meta" | b"ctx" | b"params" | b"details" | b"state"
    )
}

/// Whether what is under `key` has the fields of what it is about, and no age of its own.
pub(super) fn is_record(key: &[u8]) -> bool {
    matches!(
        key,
        b"row"
            | b"record"
            | b"document"
            | b"doc"
            | b"fields"
            | b"form"
            | b"filter"
            | b"where"
            | b"match"
            | b"term"
            | b"query"
            | b"entity"
    )
}

/// Whether a text may be the name of a field at all: a few words, or a path.
pub(super) fn may_be(text: &[u8]) -> bool {
    const LONGEST: usize = 48;
    let is_of_name = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b" _-.[]/()'?#&+".contains(byte) || *byte >= 0x80
    };
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.len() <= LONGEST && digits <= 3 && text.iter().all(is_of_name)
}

/// An age in whose name is more than that word is a person's, wherever it stands: "x-patient-age".
pub(super) fn owned(field: Field, name: &[u8]) -> Field {
    if field == Field::Age && name.len() > b"age".len() {
        Field::Strong(Kind::Age)
    } else {
        field
    }
}

/// Whether the text under `key` may be what a value beside it is called on a form: `{"text": "Last name", "answer": …}`.
pub(super) fn is_caption(key: &[u8]) -> bool {
    matches!(key, b"text" | b"title" | b"prompt")
}

/// Whether the object that is the value of `key` names the field of the value beside it: `"code": {"text": "SSN"}`.
pub(super) fn comes_from(key: &[u8]) -> bool {
    matches!(key, b"code" | b"source")
}

/// Whether a label tells anything of its value. "type" is often one of a thing, beside another label.
fn says(field: Field) -> bool {
    !matches!(
        field,
        Field::Plain
            | Field::About
            | Field::Thing
            | Field::Version
            | Field::Label
            | Field::Value
            | Field::Resource
            | Field::Id
            | Field::Identifier
    )
}

impl Level {
    /// Whether a label in this object has told what its values are.
    pub(super) fn is_labelled(&self) -> bool {
        self.labelled.is_some_and(says)
    }
}

impl Unnamed {
    /// Withholds all that a name after `at` could tell of.
    pub fn withhold(&mut self, json: &[u8], at: usize, spans: &mut Spans) {
        for value in self.0.drain(..) {
            let (start, end) = (value.start, value.end);
            let is_done = placeholder::is_one(&json[start..end]);
            if is_done || end > at || at - end > MAX_BETWEEN {
                continue;
            }
            spans.insert(Span {
                start,
                end,
                kind: Kind::Secret,
                is_number: value.is_number,
                layers: None,
            });
        }
    }
}

impl Walk<'_> {
    /// A value without a name so far.
    pub(super) fn keep(&mut self, start: usize, end: usize, is_number: bool) {
        let depth = self.depth;
        let values = &mut self.unnamed.0;
        let of_object = values.iter().rev().take_while(|value| value.depth == depth);
        if of_object.count() < MAX_VALUES {
            values.push(Value {
                depth,
                start,
                end,
                is_number,
            });
        }
    }

    /// The walk has left what is deeper than `depth`.
    pub(super) fn left(&mut self, depth: usize) {
        self.depth = depth;
        while self.unnamed.0.pop_if(|value| value.depth > depth).is_some() {}
    }

    /// A name of a field, for the values beside it.
    pub(super) fn label(&mut self, level: &mut Level, field: Field) {
        if level.is_labelled() && !says(field) {
            return;
        }
        level.labelled = Some(field);
        if !says(field) {
            return;
        }
        let depth = self.depth;
        while let Some(value) = self.unnamed.0.pop_if(|value| value.depth == depth) {
            self.name(&value, field, level);
        }
    }

    fn name(&mut self, value: &Value, field: Field, level: &Level) {
        let &Value {
            start,
            end,
            is_number,
            ..
        } = value;
        let written = &self.json[start..end];
        // What is between may be shorter when it is written.
        self.is_settled = false;
        if self.at - end > MAX_BETWEEN || placeholder::is_one(written) {
            return;
        }
        let kind = if is_number {
            of_number(field, written, level)
        } else {
            whole(field, written, level)
        };
        if let Some(kind) = kind {
            self.spans.insert(Span {
                start,
                end,
                kind,
                is_number,
                layers: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn columns_of_clinics_and_keys_for_several_are_read() {
        for (text, expected) in [
            (
                r#"{"mrn_list":"28991442,28991443","npiList":["1234567893"],"mrnBatch":"nightly"}"#,
                r#"{"mrn_list":"[mrn]","npiList":["[npi]"],"mrnBatch":"nightly"}"#,
            ),
            (
                r#"{"patientList":[{"name":"Featherstone"}],"taskList":[{"name":"sync"}]}"#,
                r#"{"patientList":[{"name":"[name]"}],"taskList":[{"name":"sync"}]}"#,
            ),
            (
                r#"{"HOSP_ADMSN_TIME":"2024-06-03T15:09:00Z","NAME_LAST_KEY":"Ng","PROV_NAME":"NG, ANA"}"#,
                r#"{"HOSP_ADMSN_TIME":"[date]","NAME_LAST_KEY":"[name]","PROV_NAME":"[name]"}"#,
            ),
            (
                r#"{"x00100010":"NG^ANA","pharmacistName":"Ana Ng","decedentName":"Bo Li","age_yrs":102}"#,
                r#"{"x00100010":"[name]","pharmacistName":"[name]","decedentName":"[name]","age_yrs":"[age]"}"#,
            ),
            (
                r#"{"fieldName":"last_name","fieldValue":"Quillinan","key":"AKIAVUILIDGPLEEJGNUZ"}"#,
                r#"{"fieldName":"last_name","fieldValue":"[name]","key":"[secret]"}"#,
            ),
            (
                r#"{"batch":{"rows":[["mrn","name"],["28991442","Ana Ng"]]}}"#,
                r#"{"batch":{"rows":[["mrn","name"],["[mrn]","[name]"]]}}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            r#"{"admitted":17,"icuAdmissions":14,"dischargeDisposition":"home","birthSex":"F"}"#,
            r#"{"account":{"status":"open"},"implant":{"manufacturer":"Medtronic"}}"#,
            r#"{"wordList":["alpha"],"authorityName":"MRN","tokenSet":"eos"}"#,
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn a_name_that_is_more_than_one_is_read_as_text_or_goes_whole() {
        for (text, expected) in [
            (
                r#"{"name":"jane.doe@example.org","x":{"name":"Patient Jane Featherstone"}}"#,
                r#"{"name":"[name]","x":{"name":"Patient [name]"}}"#,
            ),
            (
                r#"{"name":"Jane Doe, MRN 00123456"}"#,
                r#"{"name":"[name]"}"#,
            ),
            (
                r#"{"name":"postgres://app:hunter2x@db:5432/app"}"#,
                r#"{"name":"[name]"}"#,
            ),
            (
                r#"{"name":"mrn","value":"E0289914"}"#,
                r#"{"name":"mrn","value":"[mrn]"}"#,
            ),
            (
                r#"{"error":{"name":"MRN 00123456"}}"#,
                r#"{"error":{"name":"MRN [mrn]"}}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }

    #[test]
    fn the_keys_of_what_is_kept_by_person_go_too() {
        for (text, expected) in [
            (
                r#"{"byMrn":{"E0289914":3,"total":1},"ssn":{"536228726":true}}"#,
                r#"{"byMrn":{"[mrn]":"[mrn]","total":1},"ssn":{"[ssn]":true}}"#,
            ),
            (
                r#"{"names":{"Featherstone":1},"patients":{"00123456":{"n":1},"Ana Ng":{"n":2}}}"#,
                r#"{"names":{"[name]":"[name]"},"patients":{"[mrn]":{"n":1},"[name]":{"n":2}}}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            r#"{"patients":{"total":1200,"byWard":{"4071":3}}}"#,
            r#"{"errors":{"mrn":"required","email":"invalid"},"session":"closed"}"#,
            r#"{"rows":{"00123456":3}}"#,
        ] {
            assert_eq!(redact_text(text), text);
        }
    }

    #[test]
    fn a_key_that_is_an_identifier_says_nothing_of_what_is_below_it() {
        for (text, expected) in [
            (
                r#"{"jane@example.org":{"role":"admin","at":"2024-12-23T09:27:22.031Z"}}"#,
                r#"{"[email]":{"role":"admin","at":"2024-12-23T09:27:22.031Z"}}"#,
            ),
            (
                r#"{"email":{"verifiedAt":"2024-12-23T09:27:22.031Z"}}"#,
                r#"{"email":{"verifiedAt":"2024-12-23T09:27:22.031Z"}}"#,
            ),
            (
                r#"{"fields":[{"name":"lastName","value":"Popescu"},{"name":"n","value":"Popescu"}]}"#,
                r#"{"fields":[{"name":"lastName","value":"[name]"},{"name":"n","value":"Popescu"}]}"#,
            ),
            (
                r#"{"beneficiary":{"display":"Ana Ng"},"actor":{"display":"Ward 4"},"code":{"display":"Hay Fever"}}"#,
                r#"{"beneficiary":{"display":"[name]"},"actor":{"display":"Ward 4"},"code":{"display":"Hay Fever"}}"#,
            ),
            (
                r#"{"row":{"Name":"Ana Horvat","n":3},"queue":{"name":"Blue Horvat"}}"#,
                r#"{"row":{"Name":"[name]","n":3},"queue":{"name":"Blue Horvat"}}"#,
            ),
            (
                r#"{"PID.3":"78426945","PID.7":"19780719","PID.8":"F"}"#,
                r#"{"PID.3":"[mrn]","PID.7":"[date]","PID.8":"F"}"#,
            ),
            (
                r#"{"answers":{"What is your name?":"Farouk Ng"}}"#,
                r#"{"answers":{"What is your name?":"[name]"}}"#,
            ),
            (
                r#"{"pat_last_nm":"Popescu","zip_cd":"12254","wavelength_nm":"red"}"#,
                r#"{"pat_last_nm":"[name]","zip_cd":"[zip]","wavelength_nm":"red"}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
    }

    #[test]
    fn values_are_read_by_the_name_beside_them_in_any_order() {
        for (text, expected) in [
            (
                r#"{"column":"ssn","old":"123456789","new":987654321}"#,
                r#"{"column":"ssn","old":"[ssn]","new":"[ssn]"}"#,
            ),
            (
                r#"{"from":"123456789","to":null,"n":7,"column":"ssn"}"#,
                r#"{"from":"[ssn]","to":null,"n":7,"column":"ssn"}"#,
            ),
            (
                r#"{"type":"value_error","loc":["body","mrn",0],"input":"E0289914"}"#,
                r#"{"type":"value_error","loc":["body","mrn",0],"input":"[mrn]"}"#,
            ),
            (
                r#"{"loc":["body","mrn"],"type":"value_error","input":"E0289914"}"#,
                r#"{"loc":["body","mrn"],"type":"value_error","input":"[mrn]"}"#,
            ),
            (
                r#"{"received":"E0289914","path":["intake","mrn"]}"#,
                r#"{"received":"[mrn]","path":["intake","mrn"]}"#,
            ),
            (
                r#"{"op":"replace","path":"/contacts/0/lastName","value":"Ng"}"#,
                r#"{"op":"replace","path":"/contacts/0/lastName","value":"[name]"}"#,
            ),
            (
                r#"{"name":"Maria K. Nakamura","hostname":"api-1"}"#,
                r#"{"name":"[name]","hostname":"api-1"}"#,
            ),
            (
                r#"{"op":"replace","path":"/name/0/family","value":"Ng"}"#,
                r#"{"op":"replace","path":"/name/0/family","value":"[name]"}"#,
            ),
            (
                r#"{"path":["mrn"],"context":{"limit":3,"value":"E0289914"}}"#,
                r#"{"path":["mrn"],"context":{"limit":3,"value":"[mrn]"}}"#,
            ),
            (
                r#"{"code":{"text":"Last name"},"valueString":"Ng"}"#,
                r#"{"code":{"text":"Last name"},"valueString":"[name]"}"#,
            ),
            (
                r#"{"args":["intake:1","mrn","E0289914"]}"#,
                r#"{"args":["intake:1","mrn","[mrn]"]}"#,
            ),
            (
                r#"{"argv":["load","--mrn","E0289914","--limit","20"]}"#,
                r#"{"argv":["load","--mrn","[mrn]","--limit","20"]}"#,
            ),
            // What was found in a value before its name goes with it.
            (
                r#"{"value":"call 212-555-0123","x":"a@b.io","field":"notes","label":"patientName"}"#,
                r#"{"value":"[name]","x":"[email]","field":"notes","label":"patientName"}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
            assert_eq!(redact_text(expected), expected);
        }
        for (text, expected) in [
            (
                r#"{"filter":{"age":{"$eq":"92"}}}"#,
                r#"{"filter":{"age":{"$eq":"[age]"}}}"#,
            ),
            (
                r#"{"headers":{"x-patient-age":"93","age":"94"}}"#,
                r#"{"headers":{"x-patient-age":"[age]","age":"94"}}"#,
            ),
            (
                r#"{"rawHeaders":["Age","94","X-Patient-Age","93"]}"#,
                r#"{"rawHeaders":["Age","94","X-Patient-Age","[age]"]}"#,
            ),
            (
                r#"{"question":"What is your age?","answer":"99"}"#,
                r#"{"question":"What is your age?","answer":"[age]"}"#,
            ),
        ] {
            assert_eq!(redact_text(text), expected);
        }
        for text in [
            r#"{"cache":{"age":95}}"#,
            r#"{"path":"/api/v1/studies","from":"queued","to":"done"}"#,
            r#"{"value":3000,"path":["server","timeout"]}"#,
            r#"{"argv":["--port","8080","--verbose"]}"#,
            // A name is that of its own object.
            r#"{"value":"E0289914","of":{"field":"mrn"}}"#,
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
