//! The one decision of this process: written here, read by every thread.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use super::file::{self, FileContent};
use super::{Inputs, Snapshot, resolve};
use crate::egress::{AllowList, ChildList};

/// What the process decided, together with what it admits while the network is blocked.
#[derive(Clone, Debug)]
pub struct Published {
    /// Counts the decisions; it never goes back.
    pub generation: u32,
    /// The mode and what follows from it.
    pub snapshot: Snapshot,
    /// Since when this mode is in force by this source.
    pub since: SystemTime,
    /// The declared internal dependencies (`EGRESS_ALLOW`).
    pub allow: AllowList,
    /// The programs that may start meanwhile (`EGRESS_ALLOW_CHILDREN`).
    pub children: ChildList,
}

/// Keeps a listener registered until it is dropped.
#[derive(Debug)]
pub struct Subscription(u64);

type Listener = Box<dyn Fn(&Arc<Published>, &Arc<Published>) + Send>;

#[derive(Default)]
struct State {
    /// `None` until the main thread has read the environment.
    inputs: Option<Inputs>,
    file: Option<FileContent>,
    following: bool,
    latched: bool,
    listeners: Vec<(u64, Listener)>,
    /// Called when the others have been.
    last_listeners: Vec<(u64, Listener)>,
    next_listener: u64,
}

static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);
static PUBLISHED: LazyLock<RwLock<Arc<Published>>> = LazyLock::new(|| {
    RwLock::new(Arc::new(Published {
        generation: 0,
        snapshot: undecided(),
        since: SystemTime::now(),
        allow: AllowList::default(),
        children: ChildList::default(),
    }))
});
static GENERATION: AtomicU32 = AtomicU32::new(0);
static NETWORK_BLOCKED: AtomicBool = AtomicBool::new(true);

/// The decision in force. Any thread may ask, at any time.
pub fn current() -> Arc<Published> {
    Arc::clone(&PUBLISHED.read().unwrap_or_else(PoisonError::into_inner))
}

/// The number of the decision in force: cheaper than [`current`] for a caller that keeps a copy.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Acquire)
}

/// Whether the network is blocked: one atomic load, for what is asked at every call.
pub fn network_blocked() -> bool {
    NETWORK_BLOCKED.load(Ordering::Acquire)
}

/// The variables as they were last read.
pub fn inputs() -> Inputs {
    lock().inputs.clone().unwrap_or_default()
}

/// Reads the environment and publishes a new decision when it changed something.
///
/// # Safety
///
/// Only the thread that runs the main program may call this, and no other thread may change the
/// environment meanwhile. Node's worker threads have copies of it, save those that are started with
/// `SHARE_ENV`: such a thread must leave the environment alone, as it must for every `getenv` of
/// the C library.
pub unsafe fn refresh() {
    let state = lock();
    // SAFETY: the caller is the one thread that changes the environment.
    let changed = unsafe {
        match &state.inputs {
            Some(inputs) => inputs.changed(),
            None => Some(Inputs::default().changed().unwrap_or_default()),
        }
    };
    if let Some(inputs) = changed {
        decide_by(inputs, state);
    }
}

/// Takes the variables from a runtime whose `process.env` is not the environment of the process,
/// and publishes a new decision when they changed something.
pub fn adopt(inputs: Inputs) {
    let state = lock();
    if state.inputs.as_ref() != Some(&inputs) {
        decide_by(inputs, state);
    }
}

fn decide_by(inputs: Inputs, mut state: MutexGuard<'static, State>) {
    let path = inputs.mode_file();
    let is_new = state.inputs.as_ref().and_then(Inputs::mode_file) != path;
    if is_new && let Some(path) = &path {
        // Nobody waits for this read but the thread that asked: the latch is set meanwhile.
        drop(state);
        let content = FileContent::read(path);
        state = lock();
        state.file = Some(content);
    } else if path.is_none() {
        state.file = None;
    }
    state.inputs = Some(inputs);
    if path.is_some() && !state.following {
        // Without a thread the file could not be followed, so it may not open anything either.
        state.following = file::follow(followed_path, found).is_ok();
        if !state.following {
            state.file = Some(FileContent::Unreadable);
        }
    }
    publish(&mut state);
}

/// Enters STANDBY for the life of the process. There is no way back but a restart.
pub fn enter_standby() {
    let mut state = lock();
    state.latched = true;
    publish(&mut state);
}

/// Calls `listener` with the new decision and the one before, each time they differ.
///
/// It is called on the thread that noticed the change, with the state locked: it hands the news
/// on and returns, and never asks this module anything.
pub fn subscribe(
    listener: impl Fn(&Arc<Published>, &Arc<Published>) + Send + 'static,
) -> Subscription {
    let mut state = lock();
    let id = state.next_id();
    state.listeners.push((id, Box::new(listener)));
    Subscription(id)
}

/// As [`subscribe`], for a listener that is called when all others have been.
pub fn subscribe_last(
    listener: impl Fn(&Arc<Published>, &Arc<Published>) + Send + 'static,
) -> Subscription {
    let mut state = lock();
    let id = state.next_id();
    state.last_listeners.push((id, Box::new(listener)));
    Subscription(id)
}

impl State {
    fn next_id(&mut self) -> u64 {
        self.next_listener += 1;
        self.next_listener
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut state = lock();
        state.listeners.retain(|(id, _)| *id != self.0);
        state.last_listeners.retain(|(id, _)| *id != self.0);
    }
}

fn publish(state: &mut State) {
    let before = current();
    let (snapshot, allow, children) = match &state.inputs {
        Some(inputs) => (
            resolve(inputs, state.file, state.latched),
            AllowList::parse(&inputs.egress_allow),
            ChildList::parse(&inputs.egress_allow_children),
        ),
        None => (
            Snapshot {
                source: if state.latched {
                    super::Source::Latch
                } else {
                    super::Source::Default
                },
                ..undecided()
            },
            AllowList::default(),
            ChildList::default(),
        ),
    };
    if snapshot == before.snapshot && allow == before.allow && children == before.children {
        return;
    }
    let is_same_mode =
        (snapshot.mode, snapshot.source) == (before.snapshot.mode, before.snapshot.source);
    let now = Arc::new(Published {
        generation: before.generation.wrapping_add(1),
        snapshot,
        since: if is_same_mode {
            before.since
        } else {
            SystemTime::now()
        },
        allow,
        children,
    });
    announce(&now.snapshot, &before.snapshot);
    *PUBLISHED.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&now);
    NETWORK_BLOCKED.store(!now.snapshot.network_allowed(), Ordering::Release);
    GENERATION.store(now.generation, Ordering::Release);
    for (_, listener) in state.listeners.iter().chain(&state.last_listeners) {
        listener(&now, &before);
    }
}

/// Tells the log what an operator should mend, once: a mode that is closed by a typing mistake looks
/// like one that was meant.
///
/// Where nothing is set nothing was mistyped, and a program that only loads the package is left in
/// peace.
fn announce(now: &Snapshot, before: &Snapshot) {
    if now.source == super::Source::Default {
        return;
    }
    for warning in &now.warnings {
        if !before.warnings.contains(warning) {
            tracing::warn!(mode = now.mode.as_str(), "{warning}");
        }
    }
}

fn followed_path() -> Option<std::path::PathBuf> {
    lock().inputs.as_ref().and_then(Inputs::mode_file)
}

fn found(path: &Path, content: FileContent) {
    let mut state = lock();
    // The variable may have been changed while the file was read.
    let in_force = state.inputs.as_ref().and_then(Inputs::mode_file);
    if in_force.as_deref() == Some(path) && state.file != Some(content) {
        state.file = Some(content);
        publish(&mut state);
    }
}

/// Before the main thread has read the environment nothing is known, and nothing is open.
fn undecided() -> Snapshot {
    let mut snapshot = resolve(&Inputs::default(), None, true);
    snapshot.source = super::Source::Default;
    snapshot.warnings = vec![
        "the main thread has not loaded @researchflow/core; the mode is STANDBY until it does"
            .to_owned(),
    ];
    snapshot
}

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
