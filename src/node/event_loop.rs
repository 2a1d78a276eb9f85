//! The watch over the event loop, for JavaScript.

use napi::bindgen_prelude::Function;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Result, Status};
use napi_derive::napi;

use crate::event_loop;

/// Lets the loop of this thread, the main one, be watched; `turned` is called each time it is asked
/// while somebody wants to know. It does not keep the thread alive.
#[napi(catch_unwind)]
pub fn follow_event_loop(turned: Function<(), ()>) -> Result<()> {
    let call = turned
        .build_threadsafe_function::<()>()
        .weak::<true>()
        .build_callback(|_| {
            event_loop::shared().answered();
            // What JavaScript changed in its environment counts for those who ask from outside.
            super::mode::refresh();
            Ok(())
        })?;
    event_loop::shared()
        .attach(move || call.call((), ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok);
    Ok(())
}
