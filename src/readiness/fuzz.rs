//! Properties of URLs and of answers.

pub(crate) use super::postgres::fuzz::postgres_url;
pub(crate) use super::redis::fuzz::{redis_reply, redis_url};
pub(crate) use super::worker::fuzz::{worker_reply, worker_url};
