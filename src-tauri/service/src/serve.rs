//! The router on a socket: on this machine only, or behind a proxy that speaks TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::Service;

/// How long requests under way may take to end once the service was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The text format of `OpenMetrics`.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Why the service does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address can be reached from other computers.
    #[error(
        "{0} is no loopback address: other machines come in through a proxy that speaks TLS (--behind-proxy)"
    )]
    NotLoopback(SocketAddr),
    /// The system refuses.
    #[error("cannot listen on {0}: {1}")]
    Refused(SocketAddr, #[source] io::Error),
}

/// Who can reach the service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Programs on this machine.
    ThisMachine,
    /// Whoever the network lets through: a proxy speaks TLS with them.
    Anybody,
}

/// Takes an address, port 0 for any that is free.
pub async fn listen(address: SocketAddr, reach: Reach) -> Result<TcpListener, ListenError> {
    if reach == Reach::ThisMachine && !address.ip().is_loopback() {
        return Err(ListenError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|error| ListenError::Refused(address, error))
}

/// Serves until `stop` is done, then ends what is under way.
pub async fn serve(
    listener: TcpListener,
    service: &Service,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let relay = tokio::spawn(service.clone().relay(service.stopping.subscribe()));
    let sweep = tokio::spawn(service.clone().sweep(service.stopping.subscribe()));
    let telling = tokio::spawn(service.clone().tell_on(service.stopping.subscribe()));
    let (stopping, stopped) = oneshot::channel();
    let streams = Arc::clone(&service.stopping);
    let routes = service.router().into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, routes).with_graceful_shutdown(async move {
        stop.await;
        // Streams would go on for ever; their listeners find another replica.
        streams.send_replace(true);
        let _ = stopping.send(());
    });
    // A caller that never ends its request must not keep the service from stopping.
    let overdue = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    let served = tokio::select! {
        served = served.into_future() => served,
        () = overdue => Ok(()),
    };
    // A message that is handed over at this moment is handed over whole: it would come twice otherwise.
    let _ = tokio::time::timeout(GRACE, telling).await;
    // What it was passing on is taken up again after a while, by whoever serves then.
    for beside in [relay, sweep] {
        beside.abort();
        let _ = beside.await;
    }
    served
}

/// Serves `/metrics`, for Prometheus, on a listener of its own for as long as it is asked for: nobody who reaches the
/// service's own port can read it.
pub async fn serve_metrics(listener: TcpListener, service: &Service) -> io::Result<()> {
    let metrics = Arc::clone(&service.metrics);
    let text = move || {
        let text = metrics.text().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
        async { text.map(|text| ([(header::CONTENT_TYPE, OPEN_METRICS)], text)) }
    };
    axum::serve(listener, Router::new().route("/metrics", get(text))).await
}
