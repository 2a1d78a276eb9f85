//! What the properties of the URLs share.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The text as it may stand anywhere in a URL.
pub(in crate::readiness) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
