//! The page for the person on call: one document that asks for nothing else, with a script that
//! fetches it again and is not needed.
//!
//! `maud` escapes everything that is put into it; the style and the script go in as they are and
//! are named by their hashes in the policy.

mod parts;
mod sparkline;
mod words;

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, PreEscaped, html};
use ring::digest::{SHA256, digest};

use super::guard::Guard;
use crate::event_loop::EventLoop;
use crate::health::Program;
use crate::mode::Published;
use crate::readiness::{Minutes, Report};
use crate::telemetry::Telemetry;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("refresh.js");

/// How often the page is fetched again where there is no script, in seconds.
const REFRESH_SECONDS: u8 = 15;

/// What the page shows.
pub(super) struct Shown<'a> {
    pub(super) report: &'a Report,
    pub(super) minutes: &'a [Minutes],
    pub(super) published: &'a Published,
    pub(super) event_loop: &'a EventLoop,
    pub(super) max_loop_lag: Duration,
    pub(super) telemetry: &'a Telemetry,
    pub(super) guard: Option<&'a Guard>,
    pub(super) program: &'a Program,
}

/// The page's `Content-Security-Policy`: its own style and script, and a request to where it came
/// from.
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
        format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
            hash(STYLE),
            hash(SCRIPT)
        )
    });
    &POLICY
}

pub(super) fn render(shown: &Shown<'_>) -> String {
    let verdict = words::verdict(shown);
    let mode = shown.published.snapshot.mode.as_str();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (verdict.word) " · " (mode) " · " (shown.program.service) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                link rel="icon" href=(words::icon(verdict.tone));
                style { (PreEscaped(STYLE)) }
                noscript { meta http-equiv="refresh" content=(REFRESH_SECONDS); }
            }
            body {
                div #page {
                    (parts::banner(shown))
                    main {
                        (parts::verdict(&verdict, shown))
                        (parts::checks(shown))
                        (parts::calls(shown))
                        div.pair {
                            (parts::event_loop(shown))
                            (parts::guard(shown))
                        }
                    }
                    (parts::footer(shown))
                }
                p #lost role="alert" {}
                p #news.unseen role="status" {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}
