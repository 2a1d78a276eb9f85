//! Records with one identifier in them, in the places that identifiers turn up in.

use researchflow_core::phi::Kind;

use super::benign::quoted;
use super::random::Random;
use super::{fields, phrases, values};

pub struct Record {
    pub is_json: bool,
    pub text: String,
    kind: Kind,
    planted: String,
    /// What stands beside and has to come through.
    pub beside: Option<String>,
}

impl Record {
    pub fn with(kind: Kind, random: &mut Random) -> Self {
        match random.between(0, 9) {
            0..=3 => Self::in_text(kind, random),
            4..=7 => Self::in_field(kind, random),
            _ => Self::in_message(kind, random),
        }
    }

    fn sentence(kind: Kind, random: &mut Random) -> (String, String) {
        let silent = phrases::silent(kind);
        if !silent.is_empty() && random.one_in(3) {
            let planted = values::value(kind, false, random);
            return (random.pick(silent).replace("{}", &planted), planted);
        }
        let phrase = random.pick(phrases::telling(kind));
        let planted = values::value(kind, true, random);
        (phrase.replace("{}", &planted), planted)
    }

    fn in_text(kind: Kind, random: &mut Random) -> Self {
        let (sentence, planted) = Self::sentence(kind, random);
        let (text, beside) = match random.between(0, 7) {
            0 => (
                format!("2025-11-03T08:14:22.123Z INFO [worker] {sentence}"),
                Some("2025-11-03T08:14:22.123Z INFO [worker]"),
            ),
            1 => (
                format!("Error: {sentence}\n    at load (/app/src/load.ts:12:7)"),
                Some("/app/src/load.ts:12:7"),
            ),
            2 => (format!("{sentence}\tdurationMs=17"), Some("durationMs=17")),
            3 => (
                format!("failed after 3 attempts; {sentence}; status 500"),
                Some("failed after 3 attempts"),
            ),
            _ => (sentence, None),
        };
        let text = if matches!(kind, Kind::Url) {
            text.replace("&tab", "&amp;tab").replace("&amp;", "&")
        } else {
            text
        };
        Self {
            is_json: false,
            text,
            kind,
            planted,
            beside: beside.map(str::to_owned),
        }
    }

    fn in_message(kind: Kind, random: &mut Random) -> Self {
        let (sentence, planted) = Self::sentence(kind, random);
        let quoted_sentence = quoted(&sentence);
        let text = match random.between(0, 5) {
            0 => format!(
                "{{\"level\":\"error\",\"message\":{quoted_sentence},\"module\":\"ingest\"}}"
            ),
            1 => format!(
                "{{\"error\":{{\"name\":\"Error\",\"message\":{quoted_sentence},\"stack\":{}}}}}",
                quoted(&format!("Error: {sentence}\n    at a (/app/a.js:1:2)"))
            ),
            2 => format!(
                "{{\"err\":{{\"message\":\"outer\",\"cause\":{{\"message\":{quoted_sentence}}}}}}}"
            ),
            3 => format!("[{quoted_sentence},1,null]"),
            4 => format!(
                "{{\"payload\":{}}}",
                quoted(&format!("{{\"note\":{quoted_sentence}}}"))
            ),
            _ => format!("{{\"a\":[[{{\"b\":{{\"c\":[{quoted_sentence}]}}}}]]}}"),
        };
        Self {
            is_json: true,
            text,
            kind,
            planted,
            beside: None,
        }
    }

    fn in_field(kind: Kind, random: &mut Random) -> Self {
        let name = random.pick(fields::names(kind));
        let planted = values::value(
            kind,
            name != "value" && name != "account" && name != "message",
            random,
        );
        let is_number = planted.bytes().all(|byte| byte.is_ascii_digit())
            && !planted.starts_with('0')
            && random.one_in(2);
        let value = if is_number {
            planted.clone()
        } else {
            quoted(&planted)
        };
        let key = quoted(name);
        let (beside_name, beside_value) =
            fields::BESIDE[random.next() as usize % fields::BESIDE.len()];
        let beside = format!("\"{beside_name}\":{beside_value}");
        let member = format!("{key}:{value}");
        let object = if random.one_in(2) {
            format!("{{{member},{beside}}}")
        } else {
            format!("{{{beside},{member}}}")
        };
        let (text, seen) = match random.between(0, 11) {
            0..=3 => (object, true),
            4 => (format!("{{\"context\":{object}}}"), true),
            5 => (format!("{{\"records\":[{object},{object}]}}"), true),
            6 => (format!("{{\"body\":{}}}", quoted(&object)), false),
            7 => (
                format!(
                    "{{\"outer\":{}}}",
                    quoted(&format!("{{\"inner\":{}}}", quoted(&object)))
                ),
                false,
            ),
            8 => (format!("{{{key}:[{value}]}}"), false),
            9 => (
                format!(
                    "{{\"message\":{}}}",
                    quoted(&format!("POST /api/intake failed: {object}"))
                ),
                false,
            ),
            10 => (
                format!("{{\"data\":{{\"attributes\":{{{member}}}}}}}"),
                false,
            ),
            _ => (format!("{{{key}:{value},{}:\"x\"}}", quoted("z")), false),
        };
        Self {
            is_json: true,
            text,
            kind,
            planted,
            beside: seen.then_some(beside),
        }
    }

    /// What of the identifier is in `out`, if anything that matters is.
    pub fn leak(&self, out: &str) -> Option<String> {
        let out = out.to_lowercase();
        let planted = self.planted.to_lowercase();
        let parts: Vec<String> = match self.kind {
            Kind::Name => planted
                .split(|c: char| !c.is_alphanumeric())
                .filter(|part| part.chars().count() > 2)
                .map(str::to_owned)
                .collect(),
            // Scheme and host stay.
            Kind::Url => planted.splitn(4, '/').skip(3).map(str::to_owned).collect(),
            Kind::Age | Kind::Zip => {
                let numbers = |text: &str| {
                    text.split(|c: char| !c.is_alphanumeric())
                        .any(|word| word.trim_matches(char::is_alphabetic) == planted)
                };
                return (numbers(&out) && !numbers(&self.text.replace(&self.planted, "")))
                    .then_some(planted);
            }
            Kind::Address => planted
                .split([' ', ','])
                .filter(|part| part.len() > 4)
                .map(str::to_owned)
                .collect(),
            _ => {
                let longest = planted
                    .split(|c: char| !c.is_alphanumeric())
                    .map(str::to_owned)
                    .filter(|part| {
                        part.chars().count() >= 4 && part.chars().any(|c| c.is_numeric())
                    });
                longest.chain([planted.clone()]).collect()
            }
        };
        // The words around may hold what the identifier holds too.
        let around = self
            .text
            .to_lowercase()
            .replace(&self.planted.to_lowercase(), "\u{0}");
        parts
            .into_iter()
            .find(|part| out.contains(part.as_str()) && !around.contains(part.as_str()))
    }
}
