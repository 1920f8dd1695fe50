//! What is counted for Prometheus. No label names a workspace, a person, a customer or an address: a route's pattern, a
//! method, a status and a few words of ours are all that there is, so what is counted can be shown to whoever operates
//! the service.

use std::fmt;
use std::time::Duration;

use axum::http::Method;
use domain::protocol::Outcome;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Upper bounds of how long answers take, in seconds: from one that comes out of memory to one that is given up.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Answered {
    method: String,
    /// The route's pattern, such as `/v1/blobs/{sha256}`; `none` where there is no such route.
    route: String,
    status: u16,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct Became {
    outcome: &'static str,
}

/// The service's counters. Each process has its own.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    commands: Family<Became, Counter>,
    /// Streams of events that are open.
    pub(crate) streams: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("partner_service");
        let requests = Family::default();
        registry.register("requests", "Requests that were answered", requests.clone());
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        let help = "How long the answer took to begin";
        registry.register_with_unit("answer", help, Unit::Seconds, seconds.clone());
        let commands = Family::default();
        registry.register("commands", "Commands, by what became of them", commands.clone());
        let streams: Gauge = Gauge::default();
        registry.register("streams", "Streams of events that are open", streams.clone());
        let built = Gauge::<i64>::default();
        built.set(1);
        let version = [("version".into(), env!("CARGO_PKG_VERSION").into())];
        registry.sub_registry_with_labels(version.into_iter()).register("build", "This program", built);
        Self { registry, requests, seconds, commands, streams }
    }

    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, status: u16, took: Duration) {
        // A caller may make methods up.
        let method = if METHODS.contains(method) { method.as_str() } else { "other" };
        let route = route.unwrap_or("none").to_owned();
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method: method.to_owned(), route, status }).inc();
    }

    pub(crate) fn became(&self, outcome: &Outcome) {
        let outcome = match outcome {
            Outcome::Taken { .. } => "taken",
            Outcome::Refused { .. } => "refused",
            Outcome::Waiting { .. } => "waiting",
        };
        self.commands.get_or_create(&Became { outcome }).inc();
    }

    /// All of it, in the text format of `OpenMetrics` 1.0.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

/// A stream that is open, for as long as this lives.
pub(crate) struct Open(Gauge);

impl Open {
    pub(crate) fn on(streams: &Gauge) -> Self {
        streams.inc();
        Self(streams.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
