//! How long something took, in buckets.

use std::sync::atomic::{AtomicU64, Ordering};

use super::exposition::Exposition;

/// Counts durations in buckets.
#[derive(Debug)]
pub struct Histogram {
    /// The upper bounds in seconds, in order, each with its spelling. One spelling serves both
    /// formats, so that a change of format does not begin new series.
    bounds: &'static [(f64, &'static str)],
    /// What fell between a bound and the one before it; the last is beyond all bounds.
    buckets: Box<[AtomicU64]>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// Buckets with these upper bounds.
    pub fn new(bounds: &'static [(f64, &'static str)]) -> Self {
        Self {
            bounds,
            buckets: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts a duration. One that cannot be (negative, infinite, not a number) is left out.
    pub fn observe(&self, seconds: f64) {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return;
        }
        let bucket = self.bounds.partition_point(|(bound, _)| *bound < seconds);
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

    /// Writes the samples of one series of the family `name`; nothing while nothing was counted.
    ///
    /// The count is made of the buckets as they were read, so the two always agree.
    pub fn expose(&self, name: &str, labels: &[(&str, &str)], out: &mut Exposition) {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed))
            .collect();
        let count: u64 = counts.iter().sum();
        if count == 0 {
            return;
        }
        let mut below = 0;
        let bounds = self.bounds.iter().map(|(_, spelling)| *spelling);
        let bucket = format!("{name}_bucket");
        for (le, counted) in bounds.chain(["+Inf"]).zip(counts) {
            below += counted;
            out.sample(&bucket, &[labels, &[("le", le)]].concat(), below);
        }
        let sum = f64::from_bits(self.sum.load(Ordering::Relaxed));
        out.sample_f64(&format!("{name}_sum"), labels, sum);
        out.sample(&format!("{name}_count"), labels, count);
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

    const BOUNDS: &[(f64, &str)] = &[(0.01, "0.01"), (0.05, "0.05"), (300.0, "300.0")];

    fn shown(histogram: &Histogram) -> String {
        let mut out = Exposition::new(Format::Text);
        histogram.expose("external", &[("provider", "p")], &mut out);
        out.finish()
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new(BOUNDS);
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
        let histogram = Histogram::new(BOUNDS);
        for seconds in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            histogram.observe(seconds);
        }
        assert_eq!(shown(&histogram), "");
    }
}
