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
        // "service.name" of OpenTelemetry.
        Field::Name if is_attribute(value) => Field::About,
        // "/name/0/family".
        Field::NamePart if value.windows(6).any(|part| part == b"/name/") => {
            Field::Whole(Kind::Name)
        }
        field => field,
    }
}

/// Whether a name is one of the attributes of OpenTelemetry's resources (its semantic conventions).
fn is_attribute(name: &[u8]) -> bool {
    const GROUPS: [&[u8]; 10] = [
        b"service.",
        b"host.",
        b"k8s.",
        b"container.",
        b"process.",
        b"os.",
        b"db.",
        b"deployment.",
        b"telemetry.",
        b"faas.",
    ];
    GROUPS.iter().any(|group| name.starts_with(group))
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

/// Whether `value`, under `key` in an object of a person or of an address, is none of a name and no part of an address:
/// `"prescriber": {"status": "active", "state": "OR"}`, `"address": {"country": "US"}`.
pub(super) fn is_aside(key: &[u8], value: &[u8]) -> bool {
    match key {
        b"state" => value.len() == 2 && scan::is_state(value),
        b"country" | b"tz" | b"timezone" => {
            matches!(value.len(), 2 | 3) && value.iter().all(u8::is_ascii_uppercase)
        }
        b"status" | b"role" | b"type" => {
            value.iter().all(u8::is_ascii_lowercase) && scan::is_wording(value)
        }
        _ => false,
    }
}

/// Whether a short number under `key` says how many came, went, were born or died: "icuAdmissions".
pub(super) fn counts_people(key: &[u8]) -> bool {
    const COUNTED: [&[u8]; 6] = [
        b"admissions",
        b"admitted",
        b"discharges",
        b"discharged",
        b"births",
        b"deaths",
    ];
    COUNTED.iter().any(|known| scan::ends_with(key, known))
}

/// Whether the object is one of Kubernetes, whose kind is `value`: `{"kind": "Pod", "metadata": {"name": …}}`.
pub(super) fn is_kind_of_cluster(key: &[u8], value: &[u8]) -> bool {
    static KINDS: [&[u8]; 18] = [
        b"Pod",
        b"Service",
        b"Deployment",
        b"ReplicaSet",
        b"StatefulSet",
        b"DaemonSet",
        b"CronJob",
        b"Namespace",
        b"ConfigMap",
        b"Ingress",
        b"PersistentVolume",
        b"PersistentVolumeClaim",
        b"ServiceAccount",
        b"EndpointSlice",
        b"HorizontalPodAutoscaler",
        b"NetworkPolicy",
        b"RoleBinding",
        b"ClusterRole",
    ];
    key == b"kind" && KINDS.contains(&value)
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
mod tests;
