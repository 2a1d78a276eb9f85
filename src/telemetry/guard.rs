//! How far the egress guard came.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::exposition::{Exposition, Kind};

/// The levels that were told; the last is the one in force.
#[derive(Debug, Default)]
pub(super) struct GuardLevel {
    told: Mutex<Vec<&'static str>>,
}

impl GuardLevel {
    pub(super) fn set(&self, level: &'static str) {
        let mut told = self.lock();
        told.retain(|before| *before != level);
        told.push(level);
    }

    pub(super) fn expose(&self, out: &mut Exposition) {
        let told = self.lock();
        let Some(in_force) = told.last() else { return };
        let name = "egress_guard_level";
        out.family(
            Kind::Gauge,
            name,
            "1 for the level of the egress guard in force, 0 for those before it.",
        );
        for level in told.iter() {
            out.sample(name, &[("level", level)], u8::from(level == in_force));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exposition::Format;
    use super::*;

    #[test]
    fn shows_the_level_in_force_as_one_and_those_before_it_as_nought() {
        let guard = GuardLevel::default();
        let shown = |guard: &GuardLevel| {
            let mut out = Exposition::new(Format::Text);
            guard.expose(&mut out);
            out.finish()
        };
        assert_eq!(shown(&guard), "");
        for level in ["process", "kernel", "process"] {
            guard.set(level);
        }
        let shown = shown(&guard);
        assert!(shown.contains("egress_guard_level{level=\"process\"} 1\n"));
        assert!(shown.contains("egress_guard_level{level=\"kernel\"} 0\n"));
        assert_eq!(shown.lines().count(), 4);
    }
}
