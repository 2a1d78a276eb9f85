//! Metrics as Prometheus reads them, in either of its formats.
//!
//! Written here, since the crate `prometheus-client` writes OpenMetrics only and keeps its own
//! counters behind locks; the second format is a matter of a few lines in one writer.
//!
//! Sources: Prometheus' "Exposition formats" (0.0.4) and the OpenMetrics specification 1.0.

use std::fmt::{Display, Write as _};

/// A format that Prometheus reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' own text, 0.0.4.
    Text,
}

impl Format {
    /// The content type. Prometheus 3 refuses an answer that does not say it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows; its name ends in `_total`.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts by size.
    Histogram,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A page of metrics in the making: a family, its samples, the next family.
///
/// ```
/// use researchflow_core::telemetry::{Exposition, Format, Kind};
///
/// let mut out = Exposition::new(Format::OpenMetrics);
/// out.family(Kind::Counter, "doors_opened_total", "Doors that were opened.");
/// out.sample("doors_opened_total", &[("house", "a \"b\"")], 3u8);
/// assert_eq!(
///     out.finish(),
///     "# TYPE doors_opened counter\n# HELP doors_opened Doors that were opened.\n\
///      doors_opened_total{house=\"a \\\"b\\\"\"} 3\n# EOF\n"
/// );
/// ```
#[derive(Debug)]
pub struct Exposition {
    body: String,
    format: Format,
}

impl Exposition {
    /// An empty page.
    pub fn new(format: Format) -> Self {
        Self {
            body: String::with_capacity(8 << 10),
            format,
        }
    }

    /// Begins a family. `name` is that of its samples; a histogram's go without their suffixes.
    ///
    /// OpenMetrics calls a family of counters by its name without `_total`, and says the unit.
    pub fn family(&mut self, kind: Kind, name: &'static str, help: &'static str) {
        let (family, unit) = match self.format {
            Format::OpenMetrics => {
                let family = name.strip_suffix("_total").unwrap_or(name);
                (family, unit_of(family))
            }
            Format::Text => (name, None),
        };
        let kind = kind.as_str();
        let _ = writeln!(self.body, "# TYPE {family} {kind}");
        if let Some(unit) = unit {
            let _ = writeln!(self.body, "# UNIT {family} {unit}");
        }
        let _ = write!(self.body, "# HELP {family} ");
        // A quote in a help text is escaped in OpenMetrics and must not be in the other.
        self.escaped(help, self.format == Format::OpenMetrics);
        self.body.push('\n');
    }

    /// Writes a sample of a whole number. The labels are escaped here.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Into<u64>) {
        self.series(name, labels);
        self.value(value.into());
    }

    /// Writes a sample of any number. The labels are escaped here.
    pub fn sample_f64(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.series(name, labels);
        if value.is_infinite() {
            self.value(if value > 0.0 { "+Inf" } else { "-Inf" });
        } else {
            self.value(value);
        }
    }

    /// The page.
    pub fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.body.push_str("# EOF\n");
        }
        self.body
    }

    fn series(&mut self, name: &str, labels: &[(&str, &str)]) {
        self.body.push_str(name);
        let mut before = '{';
        for (label, value) in labels {
            self.body.push(before);
            self.body.push_str(label);
            self.body.push_str("=\"");
            self.escaped(value, true);
            self.body.push('"');
            before = ',';
        }
        if before == ',' {
            self.body.push('}');
        }
    }

    fn value(&mut self, value: impl Display) {
        let _ = writeln!(self.body, " {value}");
    }

    fn escaped(&mut self, text: &str, quotes: bool) {
        let special = |byte: &u8| matches!(byte, b'\\' | b'\n') || quotes && *byte == b'"';
        if !text.as_bytes().iter().any(special) {
            self.body.push_str(text);
            return;
        }
        for character in text.chars() {
            match character {
                '\\' => self.body.push_str("\\\\"),
                '\n' => self.body.push_str("\\n"),
                '"' if quotes => self.body.push_str("\\\""),
                other => self.body.push(other),
            }
        }
    }
}

fn unit_of(family: &str) -> Option<&'static str> {
    ["seconds", "bytes"]
        .into_iter()
        .find(|unit| family.ends_with(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(format: Format) -> String {
        let mut out = Exposition::new(format);
        out.family(Kind::Counter, "wait_seconds_total", "A \"b\" \\ c\nd.");
        out.sample("wait_seconds_total", &[("a", "\"\\\n"), ("b", "é")], 1u8);
        out.family(Kind::Gauge, "heat", "Heat.");
        out.sample_f64("heat", &[], -0.5);
        out.sample_f64("heat", &[("at", "sun")], f64::INFINITY);
        out.sample_f64("heat", &[("at", "nowhere")], f64::NAN);
        out.finish()
    }

    #[test]
    fn text_names_the_family_as_its_samples() {
        assert_eq!(
            page(Format::Text),
            "# TYPE wait_seconds_total counter\n\
             # HELP wait_seconds_total A \"b\" \\\\ c\\nd.\n\
             wait_seconds_total{a=\"\\\"\\\\\\n\",b=\"é\"} 1\n\
             # TYPE heat gauge\n# HELP heat Heat.\nheat -0.5\n\
             heat{at=\"sun\"} +Inf\nheat{at=\"nowhere\"} NaN\n"
        );
    }

    #[test]
    fn openmetrics_names_the_family_without_total_says_the_unit_and_ends() {
        assert_eq!(
            page(Format::OpenMetrics),
            "# TYPE wait_seconds counter\n# UNIT wait_seconds seconds\n\
             # HELP wait_seconds A \\\"b\\\" \\\\ c\\nd.\n\
             wait_seconds_total{a=\"\\\"\\\\\\n\",b=\"é\"} 1\n\
             # TYPE heat gauge\n# HELP heat Heat.\nheat -0.5\n\
             heat{at=\"sun\"} +Inf\nheat{at=\"nowhere\"} NaN\n# EOF\n"
        );
    }
}
