//! Properties of the rules of the mode.

use super::{AppMode, BlockReason, FileContent, Inputs, Source, resolve};

const WORDS: [&[u8]; 3] = [b"DEMO", b"LIVE", b"STANDBY"];
const FLAGS: [&[u8]; 12] = [
    b"1", b"true", b"t", b"yes", b"y", b"on", b"0", b"false", b"f", b"no", b"n", b"off",
];

/// Input: a byte that says whether the latch is on and whether there is a file, then line by line
/// what the file and the variables hold. Only an exact word opens anything, and no warning says what was
/// found.
pub(crate) fn mode(bytes: &[u8]) {
    let Some((switches, rest)) = bytes.split_first() else {
        return;
    };
    let mut lines = rest.split(|byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default();
    let latched = switches & 1 == 1;
    let held = next();
    let file = (switches & 2 == 2).then(|| FileContent::of(held));
    let mut inputs = Inputs::default();
    for name in [
        "ROS_MODE",
        "GOVERNANCE_MODE",
        "NO_NETWORK",
        "MOCK_ONLY",
        "ALLOW_UPLOADS",
        "STRICT_PHI_ON_UPLOAD",
        "EGRESS_ALLOW",
    ] {
        inputs.set(name, next());
    }
    let snapshot = resolve(&inputs, file, latched);

    let decided = match snapshot.source {
        Source::Latch => &b"STANDBY"[..],
        Source::File => held.trim_ascii_end(),
        Source::RosMode => &inputs.ros_mode,
        Source::GovernanceMode => &inputs.governance_mode,
        Source::Default => b"DEMO",
    };
    let exact = AppMode::from_word(decided);
    assert_eq!(snapshot.mode, exact.unwrap_or(AppMode::Standby));
    assert_eq!(latched, snapshot.source == Source::Latch);
    assert!(latched || file.is_some() == (snapshot.source == Source::File));
    assert!(snapshot.source != Source::GovernanceMode || inputs.ros_mode.is_empty());

    let off = |value: &[u8]| {
        value.is_empty()
            || FLAGS[6..]
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word))
    };
    assert_eq!(snapshot.no_network, !off(&inputs.no_network));
    assert_eq!(snapshot.mock_only, !off(&inputs.mock_only));
    let open = matches!(snapshot.mode, AppMode::Demo | AppMode::Live)
        && snapshot.source != Source::Default
        && off(&inputs.no_network)
        && off(&inputs.mock_only);
    assert_eq!(snapshot.network_allowed(), open);
    assert!(
        snapshot.mode != AppMode::Standby
            || snapshot.block_reason == Some(BlockReason::StandbyMode)
    );

    // Whatever else a variable had held, it would have been warned of in the same words.
    let mut other = inputs.clone();
    for value in [&mut other.ros_mode, &mut other.governance_mode] {
        replace_unless_known(value, &WORDS);
    }
    for value in [
        &mut other.no_network,
        &mut other.mock_only,
        &mut other.allow_uploads,
        &mut other.strict_phi_on_upload,
    ] {
        replace_unless_known(value, &FLAGS);
    }
    assert_eq!(resolve(&other, file, latched), snapshot);
}

fn replace_unless_known(value: &mut Vec<u8>, known: &[&[u8]]) {
    if !value.is_empty() && !known.iter().any(|word| value.eq_ignore_ascii_case(word)) {
        *value = b"something else".to_vec();
    }
}
