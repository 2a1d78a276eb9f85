//! Which form of the metrics a request asks for: by `?format=`, or else by `Accept`, as RFC 9110
//! (12.5.1) weighs it.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use percent_encoding::percent_decode_str;

use super::exposition::Format;

/// A form in which the metrics are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The counters of calls, the mode and the version as JSON.
    Json,
    /// Every metric, as Prometheus reads it.
    Page(Format),
}

/// `?format=` names a form that there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFormat;

impl UnknownFormat {
    /// The answer to such a request, as JSON. It does not repeat what was asked for.
    pub const BODY: &str = r#"{"error":"format: expected json, prometheus or openmetrics"}"#;
}

struct Offer {
    view: View,
    name: &'static str,
    media: (&'static str, &'static str),
    version: Option<&'static str>,
}

/// What there is to choose from.
const OFFERS: [Offer; 3] = [
    Offer {
        view: View::Json,
        name: "json",
        media: ("application", "json"),
        version: None,
    },
    Offer {
        view: View::Page(Format::Text),
        name: "prometheus",
        media: ("text", "plain"),
        version: Some("0.0.4"),
    },
    Offer {
        view: View::Page(Format::OpenMetrics),
        name: "openmetrics",
        media: ("application", "openmetrics-text"),
        version: Some("1.0.0"),
    },
];

/// The form for a request of `target` (a path with its query) and `accept` (the header's value).
///
/// `preferred` is for a request that does not care: one that says nothing, likes several as well,
/// or likes none of them. An answer helps more than none.
///
/// # Errors
///
/// When `?format=` names another form.
///
/// ```
/// use researchflow_core::telemetry::{View, view};
///
/// let asked = view("/api/metrics", Some("text/html, application/json;q=0.5"), View::Json);
/// assert_eq!(asked, Ok(View::Json));
/// assert!(view("/api/metrics?format=xml", None, View::Json).is_err());
/// ```
pub fn view(target: &str, accept: Option<&str>, preferred: View) -> Result<View, UnknownFormat> {
    if let Some(name) = queried(target) {
        let named = OFFERS.iter().find(|offer| name == offer.name.as_bytes());
        return named.map(|offer| offer.view).ok_or(UnknownFormat);
    }
    let ranges: Vec<Range> = split(accept.unwrap_or_default(), ',')
        .filter_map(Range::parse)
        .collect();
    let mut best = (preferred, 0);
    let first = OFFERS.iter().filter(|offer| offer.view == preferred);
    let rest = OFFERS.iter().filter(|offer| offer.view != preferred);
    for offer in first.chain(rest) {
        let quality = offer.quality(&ranges);
        if quality > best.1 {
            best = (offer.view, quality);
        }
    }
    Ok(best.0)
}

/// The first value of `?format=`.
fn queried(target: &str) -> Option<Vec<u8>> {
    let (_, query) = target.split_once('?')?;
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).collect::<Vec<u8>>();
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == b"format").then(|| decoded(value))
    })
}

impl Offer {
    /// The quality, in thousandths, that the most specific of the matching ranges gives.
    fn quality(&self, ranges: &[Range]) -> u16 {
        ranges
            .iter()
            .filter_map(|range| Some((self.matched_by(range)?, range.quality)))
            .max()
            .map_or(0, |(_, quality)| quality)
    }

    /// How closely a range describes the offer.
    fn matched_by(&self, range: &Range) -> Option<u8> {
        let named = |name: &str, own: &str| name.eq_ignore_ascii_case(own);
        if (range.kind, range.subtype) == ("*", "*") {
            return Some(0);
        }
        if !named(range.kind, self.media.0) {
            return None;
        }
        if range.subtype == "*" {
            return Some(1);
        }
        // Other parameters ask for nothing that these pages lack: `escaping` is about names that no
        // metric here has.
        let fits = named(range.subtype, self.media.1)
            && (range.version.is_none() || range.version.as_deref() == self.version)
            && range
                .charset
                .as_deref()
                .is_none_or(|set| named(set, "utf-8"));
        fits.then_some(2 + u8::from(range.version.is_some()))
    }
}

/// A media range of `Accept`.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    version: Option<String>,
    charset: Option<String>,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// `None` for one that is malformed: it counts as not there.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = split(text, ';');
        let (kind, subtype) = parts.next()?.split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut range = Self {
            kind,
            subtype,
            version: None,
            charset: None,
            quality: 1000,
        };
        for parameter in parts {
            let (key, value) = parameter.split_once('=')?;
            let value = is_token(key).then(|| unquoted(value))??;
            match key.to_ascii_lowercase().as_str() {
                "q" => range.quality = thousandths(&value)?,
                "version" => range.version = Some(value),
                "charset" => range.charset = Some(value),
                _ => {}
            }
        }
        Some(range)
    }
}

fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+.^_`|~-".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// A token, or what stands in quotes.
fn unquoted(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else {
        return is_token(text).then(|| text.to_owned());
    };
    let mut value = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(value),
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
}

/// `0` to `1` with up to three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// The parts between separators that stand outside quotes, trimmed, without empty ones.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |character| {
        if escaped {
            escaped = false;
            return false;
        }
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => escaped = true,
            other => return other == separator && !quoted,
        }
        false
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: View = View::Page(Format::Text);
    const OPEN: View = View::Page(Format::OpenMetrics);

    #[test]
    fn takes_what_accept_likes_best() {
        let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for (accept, expected) in [
            ("", View::Json),
            ("*/*", View::Json),
            ("text/html", View::Json),
            ("text/plain", TEXT),
            ("TEXT/PLAIN;Version=0.0.4", TEXT),
            ("text/plain;version=\"0.0.4\"", TEXT),
            ("text/plain;version=1.0.0", View::Json),
            ("text/*", TEXT),
            ("application/json;q=0.2, text/plain;q=0.3", TEXT),
            ("application/*, text/plain;q=0.9", View::Json),
            ("application/json;q=0, */*", TEXT),
            ("text/plain;q=1.001", View::Json),
            ("text/plain;charset=latin1", View::Json),
            ("text/plain;note=\"a,b;c\\\"\"", TEXT),
            ("text/plain;q", View::Json),
            (prometheus_3, OPEN),
        ] {
            assert_eq!(
                view("/", Some(accept), View::Json),
                Ok(expected),
                "{accept}"
            );
        }
    }

    #[test]
    fn gives_what_is_preferred_to_who_does_not_care() {
        for accept in [None, Some("*/*"), Some("image/png"), Some("*/*;q=0.1")] {
            assert_eq!(view("/metrics", accept, TEXT), Ok(TEXT));
        }
        assert_eq!(
            view("/", Some("application/json, */*;q=0.1"), TEXT),
            Ok(View::Json)
        );
    }

    #[test]
    fn takes_what_the_query_names_and_refuses_another() {
        for (target, expected) in [
            ("/?format=openmetrics", Ok(OPEN)),
            ("/?a=1&format=prometheus&format=json", Ok(TEXT)),
            ("/?f%6Frmat=js%6Fn", Ok(View::Json)),
            ("/?format=JSON", Err(UnknownFormat)),
            ("/?format", Err(UnknownFormat)),
            ("/?format=%ff", Err(UnknownFormat)),
        ] {
            assert_eq!(
                view(target, Some("text/plain"), View::Json),
                expected,
                "{target}"
            );
        }
    }
}
