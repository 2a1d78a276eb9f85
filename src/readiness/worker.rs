//! The worker: `GET <url>/health`; 2xx is good. No redirect is followed and no proxy used.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::code::{Code, Failure, Miss, Step};
use super::dial::{Endpoint, resolve};
use super::probe::{Checking, MAX_CONNECTION_AGE, Probe, Progress};
use super::target::has_at_behind_host;
use super::tls::{Settings, Verify};
use crate::mode::{self, BlockReason, Published};

/// How much of a good answer's body is read so that the connection can be kept.
const BODY_LIMIT: usize = 64 << 10;

/// How often to stand back for the tasks that take a connection back: the connection's own, and the
/// one that waits for it.
const RETURN_YIELDS: u32 = 3;

/// A parsed worker URL.
#[derive(Clone, Debug)]
pub(super) struct Target {
    url: Url,
    endpoint: Endpoint,
    tls: Settings,
}

impl Target {
    /// Parses an `http://` or `https://` URL and points it at `/health` below it.
    ///
    /// The error has nothing to say, since a URL is full of what must not be said.
    pub(super) fn parse(url: &str, ca_file: Option<&Path>) -> Result<Self, ()> {
        if has_at_behind_host(url) {
            return Err(());
        }
        let mut url = Url::parse(url).map_err(drop)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(());
        }
        let path = format!("{}/health", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        let endpoint = Endpoint::Tcp {
            host: url.host_str().ok_or(())?.to_owned(),
            port: url.port_or_known_default().ok_or(())?,
        };
        Ok(Self {
            url,
            endpoint,
            tls: Settings {
                verify: Verify::Full,
                ca_file: ca_file.map(Path::to_owned),
                public_roots: true,
                identity: None,
            },
        })
    }
}

/// The worker, asked for its health.
pub(super) struct Worker {
    target: Target,
    progress: Arc<Progress>,
    kept: Mutex<Option<(Client, Instant)>>,
}

impl Worker {
    pub(super) fn new(target: Target) -> Self {
        Self {
            target,
            progress: Arc::default(),
            kept: Mutex::default(),
        }
    }

    async fn ask(&self) -> Result<(), Miss> {
        self.progress.begin();
        let kept = self.lock().take();
        if let Some((client, since)) =
            kept.filter(|(_, since)| since.elapsed() < MAX_CONNECTION_AGE)
        {
            match self.get(client, since).await {
                // The server may have ended a kept connection long ago; only a new one tells.
                Err(Miss::Failed(Failure {
                    code: Code::UnexpectedReply,
                    ..
                })) => {}
                answered => return answered,
            }
        }
        let client = client(&self.target, &self.progress).await?;
        self.get(client, Instant::now()).await
    }

    async fn get(&self, client: Client, since: Instant) -> Result<(), Miss> {
        self.progress.enter(Step::Query);
        let mut response = client
            .get(self.target.url.clone())
            .send()
            .await
            .map_err(|error| http_miss(&error.without_url()))?;
        let status = response.status();
        if !status.is_success() {
            let code = Code::Http(status.as_u16());
            return Err(Miss::failed(code, "the status is not 2xx"));
        }
        // Read to its end, so that the connection can be kept; a body that is too long is left
        // alone and the connection with it.
        let mut left = BODY_LIMIT;
        while let Some(chunk) = response.chunk().await.map_err(|error| http_miss(&error))? {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => break,
            }
        }
        // The library takes the connection back in tasks of its own. Let them run first: a check
        // that follows at once would find none and open another.
        for _ in 0..RETURN_YIELDS {
            tokio::task::yield_now().await;
        }
        *self.lock() = Some((client, since));
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Client, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe for Worker {
    fn check(&self) -> Checking<'_> {
        Box::pin(self.ask())
    }

    fn admitted(&self, published: &Published) -> Result<(), BlockReason> {
        self.target.endpoint.admitted(published)
    }

    fn disconnect(&self) {
        drop(self.lock().take());
    }

    fn step(&self) -> Step {
        self.progress.step()
    }
}

async fn client(target: &Target, progress: &Arc<Progress>) -> Result<Client, Failure> {
    let tls = match target.url.scheme() {
        "https" => target.tls.load().await?,
        // The library wants settings, and a plain worker must not fail for a file it has no use for.
        _ => Settings::without_files()?,
    };
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Resolver {
            target: target.endpoint.clone(),
            progress: Arc::clone(progress),
        })
        .redirect(Policy::none())
        .no_proxy()
        .http1_only()
        .referer(false)
        .retry(reqwest::retry::never())
        .user_agent("researchflow-core readiness")
        .build()
        .map_err(|_| Failure::new(Code::Error, "no HTTP client can be made"))
}

/// Looks names up as every other check does, if the mode lets them be reached.
struct Resolver {
    target: Endpoint,
    progress: Arc<Progress>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let admitted = self.target.admitted(&mode::current());
        self.progress.enter(Step::Resolve);
        let progress = Arc::clone(&self.progress);
        Box::pin(async move {
            admitted.map_err(Miss::Blocked)?;
            let addresses = resolve(name.as_str()).await?;
            progress.enter(Step::Connect);
            let addresses: Addrs =
                Box::new(addresses.into_iter().map(|address| (address, 0).into()));
            Ok(addresses)
        })
    }
}

fn http_miss(error: &reqwest::Error) -> Miss {
    match Miss::within(error) {
        // A connection that opened and then broke, before any request, broke in its handshake.
        Some(miss) if error.is_connect() => miss.in_tls_handshake(),
        Some(miss) => miss,
        None if error.is_timeout() => Miss::failed(Code::Timeout, "timed out"),
        // Connected, and what came is not HTTP or ended too soon.
        None => Failure::new(Code::UnexpectedReply, "the answer is not whole HTTP")
            .told_by(error)
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_for_health_below_the_url() {
        for (url, asked) in [
            ("http://worker:8000", "http://worker:8000/health"),
            ("http://worker:8000/", "http://worker:8000/health"),
            ("https://worker/base/?x=1#y", "https://worker/base/health"),
        ] {
            let target = Target::parse(url, None).unwrap();
            assert_eq!(target.url.as_str(), asked);
        }
    }

    #[test]
    fn refuses_what_is_no_usable_url() {
        for url in [
            "",
            "worker:8000",
            "ftp://worker",
            "http://",
            "http://h:99999",
            "http://user:12/x@worker",
            "http://user:12?x@worker",
            "http://user:12#x@worker",
            "http://user:12\\x@worker",
            "http://user:a@12/x@worker",
        ] {
            assert!(Target::parse(url, None).is_err(), "{url}");
        }
    }
}
