//! The rules of precedence: a pure function from inputs to a snapshot.

use super::file::FileContent;
use super::flags::{self, Flag};
use super::{AppMode, BlockReason, Inputs, Snapshot, Source};
use crate::egress::AllowList;

/// Resolves the mode from the environment's variables, the mode file and the latch.
///
/// `file` is what `ROS_MODE_FILE` holds, or `None` where there is no file to follow; `latched` is
/// whether [`super::enter_standby`] was called.
///
/// ```
/// use researchflow_core::mode::{AppMode, Inputs, Source, resolve};
///
/// let inputs = Inputs { ros_mode: b"LIVE".to_vec(), ..Inputs::default() };
/// let snapshot = resolve(&inputs, None, false);
/// assert_eq!((snapshot.mode, snapshot.source), (AppMode::Live, Source::RosMode));
/// assert!(snapshot.network_allowed());
/// ```
pub fn resolve(inputs: &Inputs, file: Option<FileContent>, latched: bool) -> Snapshot {
    let mut warnings = Vec::new();
    let (mode, source) = decide(inputs, file, latched, &mut warnings);

    let no_network = flags::protective(&inputs.no_network, false);
    let mock_only = flags::protective(&inputs.mock_only, false);
    let allow_uploads = flags::permissive(&inputs.allow_uploads);
    let strict_phi_on_upload = flags::protective(&inputs.strict_phi_on_upload, true);
    for (name, flag) in [
        ("NO_NETWORK", no_network),
        ("MOCK_ONLY", mock_only),
        ("ALLOW_UPLOADS", allow_uploads),
        ("STRICT_PHI_ON_UPLOAD", strict_phi_on_upload),
    ] {
        warnings.extend(flag_warning(name, flag));
    }
    warnings.extend(AllowList::parse(&inputs.egress_allow).warnings());

    let block_reason = if mode == AppMode::Standby {
        Some(BlockReason::StandbyMode)
    } else if no_network.on {
        Some(BlockReason::NoNetwork)
    } else if mock_only.on {
        Some(BlockReason::MockOnly)
    } else if source == Source::Default {
        Some(BlockReason::ModeUnset)
    } else {
        None
    };

    Snapshot {
        mode,
        source,
        block_reason,
        no_network: no_network.on,
        mock_only: mock_only.on,
        allow_uploads: allow_uploads.on,
        strict_phi_on_upload: strict_phi_on_upload.on,
        warnings,
    }
}

fn decide(
    inputs: &Inputs,
    file: Option<FileContent>,
    latched: bool,
    warnings: &mut Vec<String>,
) -> (AppMode, Source) {
    if latched {
        return (AppMode::Standby, Source::Latch);
    }
    if let Some(file) = file {
        return (from_file(file, warnings), Source::File);
    }
    for (name, value, source) in [
        ("ROS_MODE", &inputs.ros_mode, Source::RosMode),
        (
            "GOVERNANCE_MODE",
            &inputs.governance_mode,
            Source::GovernanceMode,
        ),
    ] {
        if value.is_empty() {
            continue;
        }
        let mode = AppMode::from_word(value).unwrap_or_else(|| {
            warnings.push(format!(
                "{name}: expected DEMO, LIVE or STANDBY; another value is taken as STANDBY"
            ));
            AppMode::Standby
        });
        return (mode, source);
    }
    warnings.push(
        "no mode is set: expected ROS_MODE or GOVERNANCE_MODE; \
         the mode is DEMO and the network is blocked"
            .to_owned(),
    );
    (AppMode::Demo, Source::Default)
}

fn from_file(file: FileContent, warnings: &mut Vec<String>) -> AppMode {
    let warning = match file {
        FileContent::Word(mode) => return mode,
        FileContent::Unreadable => "ROS_MODE_FILE: the file cannot be read; taken as STANDBY",
        FileContent::Empty => "ROS_MODE_FILE: the file is empty; taken as STANDBY",
        FileContent::Other => {
            "ROS_MODE_FILE: expected DEMO, LIVE or STANDBY; other content is taken as STANDBY"
        }
    };
    warnings.push(warning.to_owned());
    AppMode::Standby
}

fn flag_warning(name: &str, flag: Flag) -> Option<String> {
    let state = if flag.on { "on" } else { "off" };
    flag.odd.then(|| {
        format!(
            "{name}: expected one of 1 true t yes y on 0 false f no n off; \
             another value is taken as {state}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The rows that every language runs.
    const CASES: &str = include_str!("../../__test__/cases/mode.json");

    #[test]
    fn every_row_of_the_shared_table_resolves_as_it_says() {
        let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
        assert!(cases.len() >= 60);
        let scratch = std::env::temp_dir().join(format!("rf-mode-cases-{}", std::process::id()));
        for case in &cases {
            let mut inputs = Inputs::default();
            for (name, value) in case["env"].as_object().unwrap() {
                inputs.set(name, value.as_str().unwrap().as_bytes());
            }
            let file = case.get("file").map(|file| {
                if let Some(content) = file["content"].as_str() {
                    std::fs::write(&scratch, content).unwrap();
                }
                let found = FileContent::read(&scratch);
                let _ = std::fs::remove_file(&scratch);
                found
            });
            let found = shown(&resolve(&inputs, file, false));
            assert_eq!(found, case["expect"], "{}", case["name"]);
        }
    }

    #[test]
    fn the_latch_goes_before_everything_and_leaves_the_flags_alone() {
        let mut inputs = Inputs::default();
        inputs.set("ROS_MODE", b"LIVE");
        inputs.set("ALLOW_UPLOADS", b"yes");
        let live = Some(FileContent::Word(AppMode::Live));
        let snapshot = resolve(&inputs, live, true);
        assert_eq!(
            (snapshot.mode, snapshot.source),
            (AppMode::Standby, Source::Latch)
        );
        assert_eq!(snapshot.block_reason, Some(BlockReason::StandbyMode));
        assert!(snapshot.allow_uploads && snapshot.warnings.is_empty());
    }

    fn shown(snapshot: &Snapshot) -> Value {
        json!({
            "mode": snapshot.mode.as_str(),
            "source": snapshot.source.as_str(),
            "networkAllowed": snapshot.network_allowed(),
            "blockReason": snapshot.block_reason.map(BlockReason::as_str),
            "noNetwork": snapshot.no_network,
            "mockOnly": snapshot.mock_only,
            "allowUploads": snapshot.allow_uploads,
            "strictPhiOnUpload": snapshot.strict_phi_on_upload,
            "warnings": snapshot.warnings,
        })
    }
}
