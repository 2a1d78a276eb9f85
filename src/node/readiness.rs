//! Readiness, for JavaScript.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Either, FnArgs, Function, Object};
use napi::{Env, Result};
use napi_derive::napi;

use super::js_probe::{Admits, JsProbe, Order, Pending, Thread};
use crate::event_loop::Pulse;
use crate::readiness::{Check, Code, Dependency, Failure, Probe, Probed, Readiness, Report};

/// A check, as `lib/` declares it.
#[napi(object)]
pub struct DeclaredCheck {
    pub name: String,
    pub critical: bool,
    pub timeout_ms: u32,
    /// `db`, `redis` or `worker`; nothing for a custom check.
    pub dependency: Option<String>,
    pub url: Option<String>,
    /// Whether JavaScript does the asking.
    pub in_js: bool,
}

/// An answer to an HTTP request.
#[napi(object)]
pub struct HttpAnswer {
    pub status: u32,
    pub body: String,
}

/// Whether `url` is of the form that `dependency` takes.
#[napi(catch_unwind)]
pub fn is_usable_url(dependency: String, url: String, ca_file: Option<String>) -> bool {
    Dependency::from_name(&dependency).is_some_and(|dependency| {
        dependency
            .probe(&url, ca_file.as_deref().map(Path::new))
            .is_ok()
    })
}

#[napi]
pub struct NativeReadiness {
    pub(super) readiness: Readiness,
    pending: Arc<Pending>,
    ca_file: Option<PathBuf>,
}

#[napi]
impl NativeReadiness {
    #[napi(constructor, catch_unwind)]
    pub fn new(
        checks: Vec<DeclaredCheck>,
        cache_ms: u32,
        ca_file: Option<String>,
        tell: Function<FnArgs<(u32, u32, u32)>, ()>,
    ) -> Result<Self> {
        let pulse = Arc::new(Pulse::default());
        let answered = Arc::clone(&pulse);
        let tell = tell
            .build_threadsafe_function::<Order>()
            .weak::<true>()
            .build_callback(move |context| {
                answered.answered();
                Ok(context.value.into())
            })?;
        let thread = Arc::new(Thread { tell, pulse });
        let pending = Arc::new(Pending::default());
        let ca_file = ca_file.map(PathBuf::from);
        let checks = checks
            .into_iter()
            .zip(0u32..)
            .map(|(declared, index)| {
                let probe = if declared.in_js {
                    Ok(js_probe(&declared, index, &thread, &pending))
                } else {
                    native_probe(
                        declared.dependency.as_deref(),
                        declared.url.as_deref(),
                        ca_file.as_deref(),
                    )
                };
                Check {
                    name: declared.name,
                    critical: declared.critical,
                    timeout: Duration::from_millis(declared.timeout_ms.into()),
                    probe,
                }
            })
            .collect();
        let cache = Duration::from_millis(cache_ms.into());
        Ok(Self {
            readiness: Readiness::new(checks, cache, super::runtime()?),
            pending,
            ca_file,
        })
    }

    /// Points the check of a dependency at another URL, or at none.
    #[napi(catch_unwind)]
    pub fn set_url(&self, dependency: String, url: Option<String>) {
        let probe = native_probe(
            Some(dependency.as_str()),
            url.as_deref(),
            self.ca_file.as_deref(),
        );
        self.readiness.replace(&dependency, probe);
    }

    /// JavaScript has finished a run: well, or with the name of a code and a word on the cause.
    #[napi(catch_unwind)]
    pub fn settle(&self, run: u32, code: Option<String>, cause: Option<String>) {
        let failure = code.map(|code| Failure {
            code: Code::from_name(&code),
            cause: cause.map_or("the check rejected".into(), Into::into),
            text: None,
        });
        self.pending.settle(run, failure);
    }

    /// The report as JSON, at once when it is fresh and as a promise when it must be made.
    #[napi(catch_unwind, ts_return_type = "string | Promise<string>")]
    pub fn check<'env>(&self, env: &'env Env) -> Result<Either<String, Object<'env>>> {
        self.answer_with(env, |report| report.to_json(true))
    }

    /// The same as an answer to an HTTP request.
    #[napi(catch_unwind, ts_return_type = "HttpAnswer | Promise<HttpAnswer>")]
    pub fn answer<'env>(
        &self,
        env: &'env Env,
        details: bool,
    ) -> Result<Either<HttpAnswer, Object<'env>>> {
        self.answer_with(env, move |report| HttpAnswer {
            status: report.status.http_status().into(),
            body: report.to_json(details),
        })
    }

    #[napi(catch_unwind)]
    pub fn drain(&self) {
        self.readiness.drain();
    }

    /// Resolves when what was running has ended.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.readiness.close();
        let (deferred, promise) = env.create_deferred()?;
        let readiness = self.readiness.clone();
        super::runtime()?.spawn(async move {
            readiness.closed().await;
            deferred.resolve(|_| Ok(()));
        });
        Ok(promise)
    }

    fn answer_with<'env, T>(
        &self,
        env: &'env Env,
        render: impl FnOnce(&Report) -> T + Send + 'static,
    ) -> Result<Either<T, Object<'env>>>
    where
        T: napi::bindgen_prelude::ToNapiValue + Send + 'static,
    {
        if let Some(report) = self.readiness.cached() {
            return Ok(Either::A(render(&report)));
        }
        let (deferred, promise) = env.create_deferred()?;
        let readiness = self.readiness.clone();
        super::runtime()?.spawn(async move {
            let answer = render(&*readiness.check().await);
            deferred.resolve(move |_| Ok(answer));
        });
        Ok(Either::B(promise))
    }
}

impl Drop for NativeReadiness {
    fn drop(&mut self) {
        self.readiness.close();
    }
}

fn native_probe(dependency: Option<&str>, url: Option<&str>, ca_file: Option<&Path>) -> Probed {
    let dependency = dependency
        .and_then(Dependency::from_name)
        .ok_or(Code::NotConfigured)?;
    dependency.probe_if_set(url, ca_file)
}

fn js_probe(
    declared: &DeclaredCheck,
    index: u32,
    thread: &Arc<Thread>,
    pending: &Arc<Pending>,
) -> Arc<dyn Probe> {
    let admits = match &declared.dependency {
        None => Admits::Always,
        Some(_) => native_probe(
            declared.dependency.as_deref(),
            declared.url.as_deref(),
            None,
        )
        .map_or(Admits::NotBlocked, Admits::As),
    };
    Arc::new(JsProbe {
        index,
        thread: Arc::clone(thread),
        pending: Arc::clone(pending),
        admits,
    })
}
