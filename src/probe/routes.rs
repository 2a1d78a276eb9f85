//! What is answered, and to what.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{self, BoxFuture, Either, Ready};
use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};

use super::{Options, guard, page};
use crate::event_loop;
use crate::health::{self, Program};
use crate::mode;
use crate::readiness::{Readiness, Report};
use crate::telemetry::{self, Format, UnknownFormat, View, view};

/// How long the page waits for a run; it then shows what is known from before.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// What the server needs to answer.
pub(super) struct Routes {
    readiness: Readiness,
    program: Program,
    max_loop_lag: Duration,
    /// Made once for the report that is served again.
    told: Mutex<Option<Told>>,
}

struct Told {
    report: Arc<Report>,
    answer: Answer,
}

/// What hyper is given.
type Sent = Response<Full<Bytes>>;

/// An answer, or one that has to be waited for.
type Routed<'a> = Either<Answer, BoxFuture<'a, Answer>>;

impl Routes {
    pub(super) fn new(options: Options) -> Self {
        Self {
            readiness: options.readiness,
            program: options.program,
            max_loop_lag: options.max_loop_lag,
            told: Mutex::default(),
        }
    }

    /// The answer, at once where nothing has to be waited for.
    pub(super) fn answer(
        &self,
        request: &Request<Incoming>,
    ) -> Either<Ready<Sent>, BoxFuture<'_, Sent>> {
        let has_body = !request.body().is_end_stream();
        let is_head = request.method() == Method::HEAD;
        match self.route(request, has_body) {
            Either::Left(mut answer) => {
                if has_body {
                    // It is not read, so nothing that comes after it can be.
                    answer = answer.with(CONNECTION, "close");
                }
                Either::Left(future::ready(answer.into_response(is_head)))
            }
            Either::Right(answer) => {
                Either::Right(answer.map(move |it| it.into_response(is_head)).boxed())
            }
        }
    }

    fn route(&self, request: &Request<Incoming>, has_body: bool) -> Routed<'_> {
        let path = request.uri().path();
        let at_once = if !matches!(path, "/health" | "/health/ready" | "/metrics" | "/status") {
            Answer::error(
                StatusCode::NOT_FOUND,
                "not found: there are /health, /health/ready, /metrics and /status",
            )
        } else if request.method() != Method::GET && request.method() != Method::HEAD {
            Answer::error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
                .with(ALLOW, "GET, HEAD")
        } else if has_body {
            Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "no body is taken")
        } else {
            match path {
                "/health" => self.health(),
                "/health/ready" => return self.ready(),
                "/metrics" => self.metrics(request),
                _ => return Either::Right(self.status().boxed()),
            }
        };
        Either::Left(at_once)
    }

    fn health(&self) -> Answer {
        let stuck_for = event_loop::shared().stuck_for();
        let stuck_for = (stuck_for > self.max_loop_lag).then_some(stuck_for);
        let status = match stuck_for {
            None => StatusCode::OK,
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Answer::new(status, JSON, health::to_json(&self.program, stuck_for))
    }

    fn ready(&self) -> Routed<'_> {
        match self.readiness.cached() {
            Some(report) => Either::Left(self.told(report)),
            None => Either::Right(
                self.readiness
                    .check_promptly()
                    .map(|report| Answer::of(&report))
                    .boxed(),
            ),
        }
    }

    /// The answer that was made of the report before, unless it tells ages, which change.
    fn told(&self, report: Arc<Report>) -> Answer {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.as_ref()
            && Arc::ptr_eq(&told.report, &report)
        {
            return told.answer.clone();
        }
        let answer = Answer::of(&report);
        *told = (!report.has_ages()).then(|| Told {
            report,
            answer: answer.clone(),
        });
        answer
    }

    fn metrics(&self, request: &Request<Incoming>) -> Answer {
        let target = request
            .uri()
            .path_and_query()
            .map_or("", |target| target.as_str());
        let accept = request.headers().get_all(ACCEPT).iter();
        let accept: Vec<_> = accept.filter_map(|value| value.to_str().ok()).collect();
        // At a path of this name Prometheus' own text is what is expected.
        let answer = match view(target, Some(&accept.join(",")), View::Page(Format::Text)) {
            Ok(View::Json) => {
                let body = telemetry::shared().report(&self.program.version);
                Answer::new(StatusCode::OK, JSON, body)
            }
            Ok(View::Page(format)) => {
                let body = telemetry::shared().exposition(format);
                Answer::new(StatusCode::OK, format.content_type(), body)
            }
            Err(UnknownFormat) => Answer::new(
                StatusCode::BAD_REQUEST,
                JSON,
                UnknownFormat::BODY.to_owned(),
            ),
        };
        answer.with(VARY, "Accept")
    }

    async fn status(&self) -> Answer {
        let run = tokio::time::timeout(PAGE_PATIENCE, self.readiness.check_promptly()).await;
        let body = page::render(&page::Shown {
            report: &run.unwrap_or_else(|_| self.readiness.last_known()),
            minutes: &self.readiness.minutes(),
            published: &mode::current(),
            event_loop: event_loop::shared(),
            max_loop_lag: self.max_loop_lag,
            telemetry: telemetry::shared(),
            guard: guard::guard().as_deref(),
            program: &self.program,
        });
        Answer::new(StatusCode::OK, HTML, body)
            .with(CONTENT_SECURITY_POLICY, page::policy())
            .with(REFERRER_POLICY, "no-referrer")
    }
}

#[derive(Clone)]
struct Answer(Sent);

impl Answer {
    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let length = HeaderValue::from(body.len());
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response)
            .with(CACHE_CONTROL, "no-store")
            .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
    }

    fn of(report: &Report) -> Self {
        let status = StatusCode::from_u16(report.status.http_status());
        Self::new(status.unwrap_or_default(), JSON, report.to_json(false))
    }

    /// `text` is a word of ours, without a quote in it.
    fn error(status: StatusCode, text: &'static str) -> Self {
        Self::new(status, JSON, format!(r#"{{"error":"{text}"}}"#))
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.0
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
        self
    }

    fn into_response(mut self, is_head: bool) -> Sent {
        if is_head {
            // hyper keeps the length that was set and leaves the body out.
            *self.0.body_mut() = Full::default();
        }
        self.0
    }
}
