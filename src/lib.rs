//! The core of ResearchFlow's operator controls: which mode the process is in, what may leave it,
//! and whether the services it depends on answer.
//!
//! Everything here is free of Node. The `node` feature adds the addon's glue and nothing else, so
//! `cargo test --no-default-features` tests every rule without a JavaScript engine.
//!
//! One rule, one place: [`mode`] decides once for the whole process, [`egress`] asks it what may
//! be reached, and [`readiness`] asks [`egress`] before it dials. [`telemetry`] counts what came of
//! it, and [`phi`] keeps people out of what is written.

pub mod egress;
pub mod event_loop;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzz;
pub mod health;
pub mod history;
pub mod log;
pub mod mode;
pub mod phi;
pub mod probe;
pub mod readiness;
mod regular_file;
pub mod runtime;
pub mod telemetry;

#[cfg(feature = "node")]
mod node;
