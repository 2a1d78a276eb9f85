//! How lines look.

use std::sync::OnceLock;

use super::stream::Stream;

static SETTINGS: OnceLock<Settings> = OnceLock::new();

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One object a line.
    Json,
    /// For people.
    #[default]
    Text,
}

/// Whether the text format has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Everywhere.
    Always,
    /// On a terminal.
    #[default]
    OnTerminals,
    /// Nowhere.
    Never,
}

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The form of a line.
    pub format: Format,
    /// Whether the text format has colours.
    pub colour: Colour,
    /// Whether all lines go to standard error, as in a program whose output is data.
    pub errors_only: bool,
}

impl Settings {
    pub(super) fn coloured(self, stream: Stream) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::OnTerminals => stream.is_terminal(),
            Colour::Never => false,
        }
    }
}

pub(super) fn configure(settings: Settings) -> bool {
    SETTINGS.set(settings).is_ok()
}

pub(super) fn settings() -> Settings {
    SETTINGS.get().copied().unwrap_or_default()
}
