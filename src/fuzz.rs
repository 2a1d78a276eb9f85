//! What holds of every reader of outside bytes, whatever comes in.
//!
//! Each property takes any bytes and panics where it does not hold. `fuzz/` looks for bytes that break
//! one; the tests run each over its seeds, `fuzz/seeds/<name>/`, so that what was once found stays
//! mended. Built for these two alone.

use crate::{egress, log, mode, phi, probe, readiness, telemetry};

type Property = fn(&[u8]);

const PROPERTIES: &[(&str, Property)] = &[
    ("accept", telemetry::fuzz::accept),
    ("address", egress::fuzz::address),
    ("allow_list", egress::fuzz::allow_list),
    #[cfg(target_os = "linux")]
    ("caller_memory", egress::kernel::fuzz::caller_memory),
    #[cfg(target_os = "linux")]
    ("dns_question", egress::kernel::fuzz::dns_question),
    ("log_line", log::fuzz::log_line),
    ("mode", mode::fuzz::mode),
    ("postgres_url", readiness::fuzz::postgres_url),
    ("probe_request", probe::fuzz::probe_request),
    ("provider", telemetry::fuzz::provider),
    ("redact_json", phi::fuzz::json),
    ("redact_linear", phi::fuzz::linear),
    ("redact_planted", phi::fuzz::planted),
    ("redact_text", phi::fuzz::text),
    ("redis_reply", readiness::fuzz::redis_reply),
    ("redis_url", readiness::fuzz::redis_url),
    ("safe_text", log::fuzz::safe_text),
    ("worker_reply", readiness::fuzz::worker_reply),
    ("worker_url", readiness::fuzz::worker_url),
];

/// Tries the property called `name` on `bytes`.
///
/// # Panics
///
/// Where it does not hold, and where there is no such property.
pub fn check(name: &str, bytes: &[u8]) {
    let property = PROPERTIES.iter().find(|(known, _)| *known == name);
    property.expect("a property of the table").1(bytes);
}

/// Takes the first `N - 1` lines and all that is left; what is missing is empty. `None` is no text.
pub(crate) fn lines<const N: usize>(bytes: &[u8]) -> Option<[&str; N]> {
    let mut lines = str::from_utf8(bytes).ok()?.splitn(N, '\n');
    Some(std::array::from_fn(|_| lines.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_seed_of_every_target_holds() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        for (name, property) in PROPERTIES {
            let mut seeds = 0;
            for seed in fs::read_dir(fuzz.join("seeds").join(name)).expect(name) {
                let seed = seed.unwrap().path();
                println!("{}", seed.display());
                property(&fs::read(seed).unwrap());
                seeds += 1;
            }
            assert!(seeds > 0, "{name} has no seed");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn every_target_has_its_property() {
        let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
        let mut names: Vec<String> = fs::read_dir(targets)
            .unwrap()
            .map(|target| {
                target
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        names.sort();
        let known: Vec<&str> = PROPERTIES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, known);
    }
}
