//! Whether this process only counts what it would refuse.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

type Listener = Box<dyn Fn() + Send>;

static AUDIT: Mutex<Audit> = Mutex::new(Audit {
    on: false,
    at_end: BTreeMap::new(),
    next: 0,
});

struct Audit {
    on: bool,
    at_end: BTreeMap<u64, Listener>,
    next: u64,
}

/// Keeps a listener registered until it is dropped.
#[derive(Debug)]
pub struct AuditSubscription(u64);

/// Whether it does.
pub fn audits() -> bool {
    lock().on
}

/// Begins an audit, or ends it and tells the listeners: what it let through is open still.
pub fn set_audit(on: bool) {
    let mut audit = lock();
    let ends = audit.on && !on;
    audit.on = on;
    if ends {
        audit.at_end.values().for_each(|listener| listener());
    }
}

/// Calls `listener` at each end of an audit, on the thread that ends it: it hands the news on and
/// returns, and never asks this module anything.
pub fn at_audit_end(listener: impl Fn() + Send + 'static) -> AuditSubscription {
    let mut audit = lock();
    let id = audit.next;
    audit.next += 1;
    audit.at_end.insert(id, Box::new(listener));
    AuditSubscription(id)
}

impl Drop for AuditSubscription {
    fn drop(&mut self) {
        lock().at_end.remove(&self.0);
    }
}

fn lock() -> MutexGuard<'static, Audit> {
    AUDIT.lock().unwrap_or_else(PoisonError::into_inner)
}
