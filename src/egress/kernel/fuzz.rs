//! Properties of what the judge reads.

pub(crate) use super::decide::fuzz::caller_memory;
pub(crate) use super::dns::fuzz::dns_question;
