//! What is answered, and to what.

use std::time::Duration;

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
use crate::readiness::Readiness;
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
}

impl Routes {
    pub(super) fn new(options: Options) -> Self {
        Self {
            readiness: options.readiness,
            program: options.program,
            max_loop_lag: options.max_loop_lag,
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let has_body = !request.body().is_end_stream();
        let mut answer = self.route(&request, has_body).await.into_response();
        if has_body {
            // It is not read, so nothing that comes after it can be.
            let close = HeaderValue::from_static("close");
            answer.headers_mut().insert(CONNECTION, close);
        }
        if request.method() == Method::HEAD {
            // hyper keeps the length that was set and leaves the body out.
            *answer.body_mut() = Full::default();
        }
        answer
    }

    async fn route(&self, request: &Request<Incoming>, has_body: bool) -> Answer {
        let path = request.uri().path();
        if !matches!(path, "/health" | "/health/ready" | "/metrics" | "/status") {
            return Answer::error(
                StatusCode::NOT_FOUND,
                "not found: there are /health, /health/ready, /metrics and /status",
            );
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return Answer::error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
                .with(ALLOW, "GET, HEAD");
        }
        if has_body {
            return Answer::error(StatusCode::PAYLOAD_TOO_LARGE, "no body is taken");
        }
        match path {
            "/health" => self.health(),
            "/health/ready" => self.ready().await,
            "/metrics" => self.metrics(request),
            _ => self.status().await,
        }
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

    async fn ready(&self) -> Answer {
        let report = self.readiness.check_promptly().await;
        let status = StatusCode::from_u16(report.status.http_status());
        Answer::new(status.unwrap_or_default(), JSON, report.to_json(false))
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

struct Answer(Response<Full<Bytes>>);

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

    fn into_response(self) -> Response<Full<Bytes>> {
        self.0
    }
}
