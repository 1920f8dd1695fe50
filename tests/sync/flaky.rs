//! A transport that loses answers after the service carried the request out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use partner_core::sync::{InProcess, Sending, Transport, TransportError};

/// Loses every n-th answer; none, where n is 0.
pub struct Flaky {
    inside: InProcess<axum::Router>,
    token: String,
    every: usize,
    asked: AtomicUsize,
}

impl Flaky {
    pub fn over(router: axum::Router, token: &str, every: usize) -> Arc<dyn Transport> {
        let (inside, token) = (InProcess::new(router), format!("Bearer {token}"));
        Arc::new(Self { inside, token, every, asked: AtomicUsize::new(0) })
    }
}

impl Transport for Flaky {
    fn send(&self, mut request: Request<Bytes>) -> Sending<'_> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        request.headers_mut().insert(AUTHORIZATION, self.token.parse().unwrap());
        Box::pin(async move {
            let answer = self.inside.send(request).await?;
            if self.every > 0 && asked.is_multiple_of(self.every) {
                return Err(TransportError::Lost("the answer was lost".to_owned()));
            }
            Ok(answer)
        })
    }
}
