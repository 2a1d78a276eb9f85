//! A Postgres URL: what libpq and node-postgres accept, in the driver's own terms.

#[cfg(any(fuzzing, test))]
pub(in crate::readiness) mod fuzz;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host as ConfiguredHost, SslMode, TargetSessionAttrs};

use crate::mode::{BlockReason, Published};
use crate::readiness::dial::Endpoint;
use crate::readiness::target::is_ambiguous;
use crate::readiness::tls::{Settings, Verify};

const DEFAULT_PORT: u16 = 5432;

/// The parameters that are handed to the driver. Others belong to other clients of the same URL
/// (`schema`, `pgbouncer`, `connection_limit`, …) and mean nothing to a check.
const DRIVER_PARAMETERS: [&str; 9] = [
    "user",
    "password",
    "dbname",
    "options",
    "host",
    "hostaddr",
    "port",
    "channel_binding",
    "target_session_attrs",
];

/// A parsed URL.
#[derive(Clone, Debug)]
pub(in crate::readiness) struct Target {
    pub(super) config: Config,
    pub(super) hosts: Vec<Host>,
    pub(super) tls: Settings,
    /// `target_session_attrs` asks for a server that takes writes.
    pub(super) writable: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) endpoint: Endpoint,
    /// The name that a certificate must be for.
    pub(super) name: String,
}

impl Target {
    /// Parses a URL. `ca_file` holds authorities to trust where the URL names none.
    ///
    /// The error has nothing to say, since a URL is full of what must not be said.
    pub(in crate::readiness) fn parse(url: &str, ca_file: Option<&Path>) -> Result<Self, ()> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(());
        }
        if is_ambiguous(url) {
            return Err(());
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut kept = Vec::new();
        let mut tls = TlsParameters::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if DRIVER_PARAMETERS.contains(&name) {
                kept.push(pair);
            } else {
                tls.take(name, value)?;
            }
        }
        let mut config = Config::from_str(&format!("{base}?{}", kept.join("&"))).map_err(drop)?;
        config.application_name("researchflow-core readiness");
        if config.get_user().is_none() {
            return Err(());
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        let hosts = hosts(&config)?;
        let (mode, tls) = tls.settings(ca_file)?;
        config.ssl_mode(mode);
        let writable = matches!(
            config.get_target_session_attrs(),
            TargetSessionAttrs::ReadWrite
        );
        Ok(Self {
            config,
            hosts,
            tls,
            writable,
        })
    }

    /// Whether any of the hosts may be reached.
    pub(in crate::readiness) fn admitted(&self, published: &Published) -> Result<(), BlockReason> {
        let mut verdict = Ok(());
        for host in &self.hosts {
            verdict = host.endpoint.admitted(published);
            if verdict.is_ok() {
                break;
            }
        }
        verdict
    }
}

fn hosts(config: &Config) -> Result<Vec<Host>, ()> {
    let names = config.get_hosts();
    let addresses = config.get_hostaddrs();
    let ports = config.get_ports();
    let count = names.len().max(addresses.len());
    if ports.len() > 1 && ports.len() != count {
        return Err(());
    }
    (0..count)
        .map(|index| {
            let port = ports
                .get(index)
                .or(ports.first())
                .copied()
                .unwrap_or(DEFAULT_PORT);
            let address = addresses.get(index).map(ToString::to_string);
            let name = match names.get(index) {
                Some(ConfiguredHost::Tcp(name)) if name.is_empty() => "localhost".to_owned(),
                Some(ConfiguredHost::Tcp(name)) => name.clone(),
                #[cfg(unix)]
                Some(ConfiguredHost::Unix(directory)) => {
                    return Ok(Host {
                        endpoint: Endpoint::Unix(directory.join(format!(".s.PGSQL.{port}"))),
                        name: String::new(),
                    });
                }
                None => address.clone().ok_or(())?,
            };
            Ok(Host {
                endpoint: Endpoint::Tcp {
                    host: address.unwrap_or_else(|| name.clone()),
                    port,
                },
                name,
            })
        })
        .collect()
}

#[derive(Default)]
struct TlsParameters {
    mode: Option<String>,
    root: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    required: Option<bool>,
}

impl TlsParameters {
    fn take(&mut self, name: &str, value: &str) -> Result<(), ()> {
        let value = percent_decode_str(value).decode_utf8().map_err(drop)?;
        match name {
            "sslmode" => self.mode = Some(value.into_owned()),
            "sslrootcert" => self.root = Some(value.as_ref().into()),
            "sslcert" => self.certificate = Some(value.as_ref().into()),
            "sslkey" => self.key = Some(value.as_ref().into()),
            // JDBC's and node-postgres' way to say it; a mode that is named goes first.
            "ssl" => self.required = Some(matches!(value.as_ref(), "true" | "1")),
            _ => {}
        }
        Ok(())
    }

    /// The meanings are libpq's: `require` looks at no certificate, unless a root is named;
    /// `verify-ca` needs one; and the public authorities say nothing without the host's name.
    fn settings(self, ca_file: Option<&Path>) -> Result<(SslMode, Settings), ()> {
        let system = self.root.as_deref() == Some(Path::new("system"));
        let mode = match self.mode.as_deref() {
            Some(mode) => mode,
            None if system => "verify-full",
            None => match self.required {
                Some(true) => "require",
                Some(false) => "disable",
                None => "prefer",
            },
        };
        if system && mode != "verify-full" {
            return Err(());
        }
        let named = self.root.filter(|_| !system);
        let (mode, verify) = match mode {
            "disable" => (SslMode::Disable, Verify::Nothing),
            // `allow` differs from `prefer` in the order of its attempts only.
            "allow" | "prefer" => (SslMode::Prefer, Verify::Nothing),
            // `no-verify` is node-postgres' name for what `require` is to libpq.
            "no-verify" => (SslMode::Require, Verify::Nothing),
            "require" if named.is_none() => (SslMode::Require, Verify::Nothing),
            "require" | "verify-ca" => (SslMode::Require, Verify::Chain),
            "verify-full" => (SslMode::Require, Verify::Full),
            _ => return Err(()),
        };
        let identity = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(()),
        };
        // A root that the URL names is trusted alone, as libpq does.
        let public_roots = verify == Verify::Full && named.is_none();
        let ca_file = named.or_else(|| ca_file.map(Path::to_owned));
        if verify == Verify::Chain && ca_file.is_none() {
            return Err(());
        }
        Ok((
            mode,
            Settings {
                verify,
                public_roots,
                // Who looks at nothing needs nobody to trust.
                ca_file: ca_file.filter(|_| verify != Verify::Nothing),
                identity,
            },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(url: &str) -> Vec<Endpoint> {
        let target = Target::parse(url, None).unwrap();
        target.hosts.into_iter().map(|host| host.endpoint).collect()
    }

    fn tcp(host: &str, port: u16) -> Endpoint {
        Endpoint::Tcp {
            host: host.to_owned(),
            port,
        }
    }

    #[test]
    fn reads_the_hosts_of_a_url() {
        assert_eq!(endpoints("postgres://u:p@db/app"), [tcp("db", 5432)]);
        assert_eq!(
            endpoints("postgresql://u@a:1,b:2/app"),
            [tcp("a", 1), tcp("b", 2)]
        );
        assert_eq!(
            endpoints("postgres://u@db/app?hostaddr=10.0.0.9&schema=public&pgbouncer=true"),
            [tcp("10.0.0.9", 5432)]
        );
        assert_eq!(endpoints("postgres://u@/app"), [tcp("localhost", 5432)]);
        assert_eq!(
            endpoints("postgres://u@/app?host=/run/pg&port=6000"),
            [Endpoint::Unix("/run/pg/.s.PGSQL.6000".into())]
        );
    }

    #[test]
    fn reads_what_a_certificate_must_be() {
        for (parameters, mode, verify, public_roots) in [
            ("", SslMode::Prefer, Verify::Nothing, false),
            ("ssl=true", SslMode::Require, Verify::Nothing, false),
            ("ssl=0", SslMode::Disable, Verify::Nothing, false),
            (
                "sslmode=no-verify",
                SslMode::Require,
                Verify::Nothing,
                false,
            ),
            ("sslmode=disable", SslMode::Disable, Verify::Nothing, false),
            ("sslmode=require", SslMode::Require, Verify::Nothing, false),
            (
                "sslmode=require&sslrootcert=/ca.pem",
                SslMode::Require,
                Verify::Chain,
                false,
            ),
            (
                "sslmode=verify-ca&sslrootcert=/ca.pem",
                SslMode::Require,
                Verify::Chain,
                false,
            ),
            ("sslmode=verify-full", SslMode::Require, Verify::Full, true),
            ("sslrootcert=system", SslMode::Require, Verify::Full, true),
            (
                "sslmode=verify-full&sslrootcert=system",
                SslMode::Require,
                Verify::Full,
                true,
            ),
        ] {
            let target = Target::parse(&format!("postgres://u@h/d?{parameters}"), None).unwrap();
            assert_eq!(target.config.get_ssl_mode(), mode, "{parameters}");
            assert_eq!(target.tls.verify, verify, "{parameters}");
            assert_eq!(target.tls.public_roots, public_roots, "{parameters}");
        }
    }

    #[test]
    fn refuses_what_is_no_usable_url() {
        for url in [
            "",
            "host=db user=u",
            "mysql://u@db/app",
            "postgres://db/app",
            "postgres://u@db:port/app",
            "postgres://u@db/app?sslmode=maybe",
            "postgres://u:pa@ss/word@db/app",
            "postgres://u:pa#ss@db/app",
            "postgres://u@db/app?sslcert=/c.pem",
            "postgres://u@db/app?sslmode=verify-ca",
            "postgres://u@db/app?sslmode=require&sslrootcert=system",
            "postgres://u@db/app?port=1,2",
        ] {
            assert!(Target::parse(url, None).is_err(), "{url}");
        }
    }
}
