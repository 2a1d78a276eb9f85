//! Properties of the road to a line.

pub(crate) use super::render::fuzz::log_line;
pub(crate) use super::safe_text::fuzz::safe_text;
