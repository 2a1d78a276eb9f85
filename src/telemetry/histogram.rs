//! How long calls took, in buckets.

use std::sync::atomic::{AtomicU64, Ordering};

use super::exposition::Exposition;

/// The upper bounds in seconds, each with its spelling: from a refused connection, over the
/// common answer of a model, to the patience of a batch. One spelling serves both formats, so
/// that a change of format does not begin new series.
const BOUNDS: [(f64, &str); 13] = [
    (0.01, "0.01"),
    (0.05, "0.05"),
    (0.1, "0.1"),
    (0.25, "0.25"),
    (0.5, "0.5"),
    (1.0, "1.0"),
    (2.5, "2.5"),
    (5.0, "5.0"),
    (10.0, "10.0"),
    (30.0, "30.0"),
    (60.0, "60.0"),
    (120.0, "120.0"),
    (300.0, "300.0"),
];

#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// What fell between a bound and the one before it; the last is beyond all bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// Counts a duration. One that cannot be (negative, infinite, not a number) is left out.
    pub(super) fn observe(&self, seconds: f64) {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return;
        }
        let bucket = BOUNDS.partition_point(|(bound, _)| *bound < seconds);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let mut sum = self.sum.load(Ordering::Relaxed);
        while let Err(now) = self.sum.compare_exchange_weak(
            sum,
            (f64::from_bits(sum) + seconds).to_bits(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            sum = now;
        }
    }

    /// Writes the samples of one provider; nothing while nothing was counted.
    ///
    /// The count is made of the buckets as they were read, so the two always agree.
    pub(super) fn expose(&self, provider: &str, out: &mut Exposition) {
        let counts = self.buckets.each_ref().map(|n| n.load(Ordering::Relaxed));
        let count: u64 = counts.iter().sum();
        if count == 0 {
            return;
        }
        let mut below = 0;
        let bounds = BOUNDS.iter().map(|(_, spelling)| *spelling);
        for (le, counted) in bounds.chain(["+Inf"]).zip(counts) {
            below += counted;
            out.sample(
                "external_call_duration_seconds_bucket",
                &[("provider", provider), ("le", le)],
                below,
            );
        }
        let labels = [("provider", provider)];
        let sum = f64::from_bits(self.sum.load(Ordering::Relaxed));
        out.sample_f64("external_call_duration_seconds_sum", &labels, sum);
        out.sample("external_call_duration_seconds_count", &labels, count);
    }

    pub(super) fn reset(&self) {
        for bucket in &self.buckets {
            bucket.store(0, Ordering::Relaxed);
        }
        self.sum.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::exposition::Format;
    use super::*;

    fn shown(histogram: &Histogram) -> String {
        let mut out = Exposition::new(Format::Text);
        histogram.expose("p", &mut out);
        out.finish()
    }

    #[test]
    fn spells_each_bound_as_the_number_it_is() {
        for (bound, spelling) in BOUNDS {
            assert_eq!(spelling, format!("{bound:?}"));
        }
        assert!(BOUNDS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::default();
        histogram.observe(0.05);
        histogram.observe(1000.0);
        let shown = shown(&histogram);
        assert!(shown.contains("le=\"0.01\"} 0\n"));
        assert!(shown.contains("le=\"0.05\"} 1\n"));
        assert!(shown.contains("le=\"300.0\"} 1\n"));
        assert!(shown.contains("le=\"+Inf\"} 2\n"));
        assert!(shown.contains("_sum{provider=\"p\"} 1000.05\n"));
        assert!(shown.contains("_count{provider=\"p\"} 2\n"));
    }

    #[test]
    fn leaves_out_durations_that_cannot_be() {
        let histogram = Histogram::default();
        for seconds in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            histogram.observe(seconds);
        }
        assert_eq!(shown(&histogram), "");
    }
}
