//! The mode of the process: what it is, which input decided it, and what that closes.
//!
//! Opening needs exactness and closing does not: only the exact words `DEMO` and `LIVE` open
//! anything, every other non-empty value is [`AppMode::Standby`].

mod environment;
mod file;
mod flags;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzz;
mod process;
mod resolve;

use std::fmt;

pub use environment::Inputs;
pub use file::FileContent;
pub use process::{
    Published, Subscription, adopt, current, enter_standby, generation, inputs, network_blocked,
    refresh, subscribe, subscribe_last,
};
pub use resolve::resolve;

/// The three modes of ResearchFlow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppMode {
    /// No real AI and no real data. The network is open when the mode was asked for by name.
    Demo,
    /// Everything is allowed, behind authentication.
    Live,
    /// Locked: only status and configuration may be read, and nothing leaves the process.
    Standby,
}

impl AppMode {
    /// Reads a mode word as a file or a variable holds it.
    ///
    /// `None` is any value that is not exactly one of the three words; the caller closes it.
    ///
    /// ```
    /// use researchflow_core::mode::AppMode;
    ///
    /// assert_eq!(AppMode::from_word(b"LIVE"), Some(AppMode::Live));
    /// assert_eq!(AppMode::from_word(b"live"), None);
    /// ```
    pub fn from_word(word: &[u8]) -> Option<Self> {
        match word {
            b"DEMO" => Some(Self::Demo),
            b"LIVE" => Some(Self::Live),
            b"STANDBY" => Some(Self::Standby),
            _ => None,
        }
    }

    /// The word that names the mode in variables, files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "DEMO",
            Self::Live => "LIVE",
            Self::Standby => "STANDBY",
        }
    }
}

/// The input that decided the mode. The first that is set decides alone, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// [`enter_standby`] was called; it holds for the life of the process.
    Latch,
    /// The file that `ROS_MODE_FILE` names.
    File,
    /// `ROS_MODE`.
    RosMode,
    /// `GOVERNANCE_MODE`.
    GovernanceMode,
    /// Nothing was set.
    Default,
}

impl Source {
    /// The name callers see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Latch => "latch",
            Self::File => "file",
            Self::RosMode => "ROS_MODE",
            Self::GovernanceMode => "GOVERNANCE_MODE",
            Self::Default => "default",
        }
    }
}

/// Why the network is blocked. The first that applies is named, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockReason {
    /// The mode is [`AppMode::Standby`].
    StandbyMode,
    /// `NO_NETWORK` is on.
    NoNetwork,
    /// `MOCK_ONLY` is on.
    MockOnly,
    /// No mode was set at all.
    ModeUnset,
}

impl BlockReason {
    /// The name callers and metrics see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StandbyMode => "standby_mode",
            Self::NoNetwork => "no_network",
            Self::MockOnly => "mock_only",
            Self::ModeUnset => "mode_unset",
        }
    }
}

impl fmt::Display for BlockReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The mode and everything that follows from it, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The mode in force.
    pub mode: AppMode,
    /// The input that decided it.
    pub source: Source,
    /// Why the network is blocked; `None` when it is open.
    pub block_reason: Option<BlockReason>,
    /// `NO_NETWORK` as read.
    pub no_network: bool,
    /// `MOCK_ONLY` as read.
    pub mock_only: bool,
    /// `ALLOW_UPLOADS` as read.
    pub allow_uploads: bool,
    /// `STRICT_PHI_ON_UPLOAD` as read; on unless switched off.
    pub strict_phi_on_upload: bool,
    /// What an operator should mend, without any value that was found.
    pub warnings: Vec<String>,
}

impl Snapshot {
    /// Whether calls may leave the machine.
    pub fn network_allowed(&self) -> bool {
        self.block_reason.is_none()
    }
}
