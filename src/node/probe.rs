//! The probe server, for JavaScript.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::Object;
use napi::{Env, Error, Result, Status};
use napi_derive::napi;

use super::readiness::NativeReadiness;
use crate::health::{self, Program};
use crate::probe::{self, Group, Guard, Options, Server};

thread_local! {
    /// The servers that were started here, from the first one on.
    static GROUP: RefCell<Option<Group>> = const { RefCell::new(None) };
}

/// Where and as what it serves.
#[napi(object)]
pub struct ProbeOptions {
    /// An IP address.
    pub host: String,
    pub port: u16,
    pub max_loop_lag_ms: u32,
    pub service: String,
    pub version: String,
}

/// Why it does not listen.
#[napi(object)]
pub struct ProbeFailure {
    /// The system's own code, where there is one.
    pub code: Option<String>,
}

#[napi]
pub struct NativeProbeServer {
    server: Arc<Server>,
}

#[napi]
impl NativeProbeServer {
    #[napi(getter)]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Resolves when the port is free again.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn close<'env>(&self, env: &'env Env) -> Result<Object<'env>> {
        self.server.close();
        let (deferred, promise) = env.create_deferred()?;
        let server = Arc::clone(&self.server);
        super::runtime()?.spawn(async move {
            server.closed().await;
            deferred.resolve(|_| Ok(()));
        });
        Ok(promise)
    }
}

/// Starts to listen. It ends with the thread that starts it.
#[napi(catch_unwind, ts_return_type = "NativeProbeServer | ProbeFailure")]
pub fn start_probe_server(
    env: Env,
    options: ProbeOptions,
    readiness: &NativeReadiness,
) -> Result<napi::Either<NativeProbeServer, ProbeFailure>> {
    let host: IpAddr = options
        .host
        .parse()
        .map_err(|_| Error::new(Status::InvalidArg, "expected an IP address"))?;
    let started = probe::start(Options {
        address: SocketAddr::new(host, options.port),
        readiness: readiness.readiness.clone(),
        program: Program {
            service: options.service,
            version: options.version,
        },
        max_loop_lag: Duration::from_millis(options.max_loop_lag_ms.into()),
    });
    match started {
        Ok(server) => {
            let server = Arc::new(server);
            // `lib/` keeps the object for as long as it listens.
            end_with_thread(env, &server)?;
            Ok(napi::Either::A(NativeProbeServer { server }))
        }
        Err(error) => Ok(napi::Either::B(ProbeFailure {
            code: super::system_code(&error).map(str::to_owned),
        })),
    }
}

/// One hook does for all servers of a thread: one for each would stay when its server has closed.
fn end_with_thread(env: Env, server: &Arc<Server>) -> Result<()> {
    GROUP.with_borrow_mut(|group| {
        if group.is_none() {
            env.add_env_cleanup_hook((), |()| {
                if let Ok(Some(group)) = GROUP.try_with(RefCell::take) {
                    group.close();
                }
            })?;
        }
        group.get_or_insert_default().add(server);
        Ok(())
    })
}

/// The answer to `GET /health` of a process whose event loop turns.
#[napi(catch_unwind)]
pub fn health_answer(service: String, version: String) -> String {
    health::to_json(&Program { service, version }, None)
}

/// Tells the page what the guard has reported.
#[napi(catch_unwind)]
pub fn tell_guard_report(level: String, audits: bool, gaps: Vec<String>) {
    probe::set_guard(Guard {
        level,
        audits,
        gaps,
    });
}
