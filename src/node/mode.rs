//! The mode, for JavaScript.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Env, Result};
use napi_derive::napi;

use crate::mode::{self, Inputs, Published, Snapshot};

thread_local! {
    /// Whether this thread reads the environment of the process: only the one that runs the main
    /// program may.
    static READS_ENVIRONMENT: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn attach(reads_environment: bool) {
    READS_ENVIRONMENT.set(reads_environment);
    refresh();
}

pub(super) fn refresh() {
    if READS_ENVIRONMENT.get() {
        // SAFETY: this is the thread that runs the main program, and no other changes the
        // environment.
        unsafe { mode::refresh() };
    }
}

#[napi(object)]
pub struct ModeSnapshot {
    pub mode: String,
    pub source: String,
    pub network_allowed: bool,
    pub block_reason: Option<String>,
    pub no_network: bool,
    pub mock_only: bool,
    pub allow_uploads: bool,
    pub strict_phi_on_upload: bool,
    pub warnings: Vec<String>,
}

impl From<&Snapshot> for ModeSnapshot {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            mode: snapshot.mode.as_str().to_owned(),
            source: snapshot.source.as_str().to_owned(),
            network_allowed: snapshot.network_allowed(),
            block_reason: snapshot
                .block_reason
                .map(|reason| reason.as_str().to_owned()),
            no_network: snapshot.no_network,
            mock_only: snapshot.mock_only,
            allow_uploads: snapshot.allow_uploads,
            strict_phi_on_upload: snapshot.strict_phi_on_upload,
            warnings: snapshot.warnings.clone(),
        }
    }
}

/// The number of the decision in force, after the main thread has looked at its environment.
#[napi(catch_unwind)]
pub fn mode_generation() -> u32 {
    refresh();
    mode::generation()
}

#[napi(catch_unwind)]
pub fn mode_snapshot() -> ModeSnapshot {
    (&mode::current().snapshot).into()
}

#[napi(catch_unwind)]
pub fn resolve_mode(env: HashMap<String, String>) -> ModeSnapshot {
    (&mode::resolve(&inputs_of(&env), None, false)).into()
}

/// Whether the environment of the process has a variable of this name. For the main thread.
#[napi(catch_unwind)]
pub fn environment_has(name: String) -> bool {
    std::env::var_os(name).is_some()
}

/// The variables where `process.env` is not the environment of the process, which is not read from
/// then on.
#[napi(catch_unwind)]
pub fn adopt_environment(env: HashMap<String, String>) {
    READS_ENVIRONMENT.set(false);
    mode::adopt(inputs_of(&env));
}

fn inputs_of(env: &HashMap<String, String>) -> Inputs {
    let mut inputs = Inputs::default();
    for (name, value) in env {
        inputs.set(name, value.as_bytes());
    }
    inputs
}

#[napi(catch_unwind)]
pub fn enter_standby() {
    mode::enter_standby();
}

/// Calls `listener` on this thread after each change, for as long as the thread lives. It does
/// not keep the thread alive.
#[napi(catch_unwind)]
pub fn on_mode_change(
    env: Env,
    listener: Function<FnArgs<(ModeSnapshot, ModeSnapshot)>, ()>,
) -> Result<()> {
    let call = listener
        .build_threadsafe_function::<(Arc<Published>, Arc<Published>)>()
        .weak::<true>()
        .build_callback(|context| {
            let (now, before) = context.value;
            Ok(FnArgs {
                data: (
                    ModeSnapshot::from(&now.snapshot),
                    ModeSnapshot::from(&before.snapshot),
                ),
            })
        })?;
    let subscription = mode::subscribe(move |now, before| {
        call.call(
            (Arc::clone(now), Arc::clone(before)),
            ThreadsafeFunctionCallMode::NonBlocking,
        );
    });
    env.add_env_cleanup_hook(subscription, drop)?;
    Ok(())
}
