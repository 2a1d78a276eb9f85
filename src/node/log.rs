//! The log, for JavaScript. A line is one call with one number and one string.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::bindgen_prelude::{FnArgs, Function, Uint32Array};
use napi::{Env, Result, sys};
use napi_derive::napi;

use crate::log::{self, Colour, Format, Level, Parts, Patience, Settings, Threshold};
use crate::phi;

/// How many units of UTF-16 a line may have without a second call to the engine.
const USUAL_UNITS: usize = 4096;

thread_local! {
    static LINE: RefCell<Line> = const { RefCell::new(Line { units: Vec::new(), text: String::new() }) };
}

/// Where a line is put while it is handed over, used again for each.
struct Line {
    units: Vec<u16>,
    text: String,
}

/// The names of the levels, the least grave first; each is known by its place.
#[napi(catch_unwind)]
pub fn log_levels() -> Vec<&'static str> {
    Level::ALL.map(Level::as_str).to_vec()
}

/// One number that all threads share: the place of the least grave level that is written.
#[napi(catch_unwind)]
pub fn log_threshold() -> Uint32Array {
    // SAFETY: the number is there until the process ends, and both sides treat it as one word.
    unsafe { Uint32Array::with_external_data(Threshold::address(), 1, |_, _| {}) }
}

/// Writes lines from the level in this place on.
#[napi(catch_unwind)]
pub fn set_log_threshold(place: u32) {
    Threshold::set(place);
}

/// Says how lines look and whether all go to standard error, for the whole process. The first call
/// decides; whether this is it.
#[napi(catch_unwind)]
pub fn configure_log(json: bool, coloured: Option<bool>, errors_only: bool) -> bool {
    log::configure(Settings {
        format: if json { Format::Json } else { Format::Text },
        colour: match coloured {
            Some(true) => Colour::Always,
            Some(false) => Colour::Never,
            None => Colour::OnTerminals,
        },
        errors_only,
    })
}

/// The function that hands a line over. It takes the place of the level and the parts, with
/// newlines between: the origin, the logger's context, the fields, the message.
#[napi(
    catch_unwind,
    ts_return_type = "(level: number, parts: string) => void"
)]
pub fn log_writer(env: &Env) -> Result<Function<'_, FnArgs<(u32, String)>, ()>> {
    env.create_function("writeLine", write_line)
}

/// Waits until what was logged before is written, within the log's bound.
#[napi(catch_unwind)]
pub fn flush_log() -> bool {
    log::flush()
}

/// Writes what waits before the process ends by this signal. For the main thread, while the program
/// does not handle the signal.
#[napi(catch_unwind)]
pub fn flush_log_at_signal(signal: i32) {
    #[cfg(unix)]
    log::arm(signal);
    #[cfg(not(unix))]
    let _ = signal;
}

/// The text with what identifies a person taken out.
#[napi(catch_unwind)]
pub fn redact_text(text: String) -> String {
    phi::redact_text(&text).into_owned()
}

/// The same for JSON; nothing where that cannot be done.
#[napi(catch_unwind)]
pub fn redact_json(json: String) -> Option<String> {
    let mut redacted = Vec::with_capacity(json.len());
    phi::redact_json(json.as_bytes(), &mut redacted).ok()?;
    String::from_utf8(redacted).ok()
}

/// Makes redactions carry a short hash under this key.
#[napi(catch_unwind)]
pub fn set_phi_hash_key(key: String) {
    phi::set_hash_key(Some(key.as_bytes()));
}

/// Written out, because it runs once for each line, and the generated glue of a function with a
/// string allocates. It throws nothing and returns undefined.
unsafe extern "C" fn write_line(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut arguments = [ptr::null_mut(); 2];
    let mut given = arguments.len();
    let mut place = 0;
    // SAFETY: `env` and `info` are those of this call, and there is room for as many arguments as
    // is said. One that was not given comes as undefined, which is no number.
    let read = unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &raw mut given,
            arguments.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        );
        sys::napi_get_value_uint32(env, arguments[0], &raw mut place)
    };
    let level = usize::try_from(place)
        .ok()
        .and_then(|place| Level::ALL.get(place));
    if let (sys::Status::napi_ok, Some(level)) = (read, level) {
        let write = || {
            LINE.with_borrow_mut(|line| {
                // SAFETY: as above.
                if unsafe { line.read(env, arguments[1]) }.is_some()
                    && let Some(parts) = Parts::split(&line.text)
                {
                    log::write(*level, &parts, Patience::Some);
                }
                line.shrink();
            });
        };
        // A fault that went through here would abort the process; so it costs a line.
        let _ = catch_unwind(AssertUnwindSafe(write));
    }
    ptr::null_mut()
}

impl Line {
    /// Reads a string as UTF-16, which the engine copies as it is, and makes UTF-8 of it: together
    /// that takes two thirds of the time that the engine's own UTF-8 does.
    ///
    /// # Safety
    ///
    /// `env` and `value` are those of a call that is under way.
    unsafe fn read(&mut self, env: sys::napi_env, value: sys::napi_value) -> Option<()> {
        if self.units.is_empty() {
            self.units.resize(USUAL_UNITS, 0);
        }
        loop {
            let room = self.units.len();
            let mut length = 0;
            // SAFETY: there is room for as many units as is said.
            let read = unsafe {
                sys::napi_get_value_string_utf16(
                    env,
                    value,
                    self.units.as_mut_ptr(),
                    room,
                    &raw mut length,
                )
            };
            if read != sys::Status::napi_ok {
                return None;
            }
            // The last place is for the end that the engine marks.
            if length + 1 < room {
                self.decode(length);
                return Some(());
            }
            // SAFETY: without room for it, only the length is asked for.
            let read = unsafe {
                sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &raw mut length)
            };
            if read != sys::Status::napi_ok {
                return None;
            }
            self.units.resize(length + 2, 0);
        }
    }

    fn decode(&mut self, length: usize) {
        let units = &self.units[..length];
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        // In one go, so that the compiler makes vectors of it.
        if units.iter().fold(0, |all, unit| all | unit) < 0x80 {
            #[expect(clippy::cast_possible_truncation, reason = "all of them are ASCII")]
            bytes.extend(units.iter().map(|unit| *unit as u8));
            // SAFETY: all of them are ASCII, as was seen above.
            self.text = unsafe { String::from_utf8_unchecked(bytes) };
        } else {
            self.text = String::from_utf8(bytes).unwrap_or_default();
            let characters = char::decode_utf16(units.iter().copied());
            self.text
                .extend(characters.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
    }

    /// A line of unusual length is no reason to keep its room.
    fn shrink(&mut self) {
        if self.units.len() > 16 * USUAL_UNITS {
            self.units = Vec::new();
            self.text = String::new();
        }
    }
}
