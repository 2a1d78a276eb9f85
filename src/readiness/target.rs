//! The three dependencies that are asked over the wire, and the URLs they are named by.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::path::Path;
use std::sync::Arc;

use super::check::Probed;
use super::code::Code;
use super::postgres::{self, Postgres};
use super::probe::Probe;
use super::redis::{self, Redis};
use super::worker::{self, Worker};

/// A dependency that a URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// `postgres://…`: `SELECT 1`.
    Db,
    /// `redis://…`, `rediss://…`, `unix://…`: `PING`.
    Redis,
    /// `http://…`, `https://…`: `GET /health`.
    Worker,
}

/// A URL that is not of its dependency's form. It does not say what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusableUrl;

impl Dependency {
    /// The dependency that answers call `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "db" => Some(Self::Db),
            "redis" => Some(Self::Redis),
            "worker" => Some(Self::Worker),
            _ => None,
        }
    }

    /// Makes the probe for `url`. `ca_file` names a PEM file of authorities to trust beside the
    /// public ones. Nothing is opened yet.
    ///
    /// # Errors
    ///
    /// [`UnusableUrl`] when the URL is not of this dependency's form.
    pub fn probe(self, url: &str, ca_file: Option<&Path>) -> Result<Arc<dyn Probe>, UnusableUrl> {
        // A variable that was filled from a file often ends with the file's newline.
        let url = url.trim_ascii();
        let unusable = |()| UnusableUrl;
        Ok(match self {
            Self::Db => {
                let target = postgres::Target::parse(url, ca_file).map_err(unusable)?;
                Arc::new(Postgres::new(target))
            }
            Self::Redis => {
                let target = redis::Target::parse(url, ca_file).map_err(unusable)?;
                Arc::new(Redis::new(target))
            }
            Self::Worker => {
                let target = worker::Target::parse(url, ca_file).map_err(unusable)?;
                Arc::new(Worker::new(target))
            }
        })
    }

    /// The same for a URL that the environment may or may not hold: what is wrong with it is a
    /// result of the check.
    ///
    /// # Errors
    ///
    /// [`Code::NotConfigured`] without a URL, [`Code::InvalidConfig`] with an unusable one.
    pub fn probe_if_set(self, url: Option<&str>, ca_file: Option<&Path>) -> Probed {
        let url = url
            .filter(|url| !url.is_empty())
            .ok_or(Code::NotConfigured)?;
        self.probe(url, ca_file)
            .map_err(|UnusableUrl| Code::InvalidConfig)
    }
}

/// Whether a URL holds a character that should have been percent-encoded, most likely in a password:
/// read as it stands, what is behind the character would be taken for a host and looked up.
pub(super) fn is_ambiguous(url: &str) -> bool {
    let before_query = url.split('?').next().unwrap_or_default();
    before_query.contains('#') || before_query.matches('@').count() > 1
}

/// Whether a `@` stands behind the host of a URL. Then it ends a password that holds a `/` or a `?`, most
/// likely, and what is before that, the user's name, would be taken for the host and looked up.
pub(super) fn has_at_behind_host(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once(['/', '\\', '?', '#'])
        .is_some_and(|(_, behind)| behind.contains('@'))
}
