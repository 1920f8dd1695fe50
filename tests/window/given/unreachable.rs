//! A partner service that answers nothing.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use partner_core::engine::{Embedded, EmbeddedFault};
use partner_core::profile::Seat;
use partner_core::sync::{Sending, Transport, TransportError};

pub struct Unreachable;

impl Embedded for Unreachable {
    fn open(&self, _: &Path, _: &Seat) -> Result<Arc<dyn Transport>, EmbeddedFault> {
        Ok(Arc::new(Self))
    }

    fn restore(&self, _: &Path, _: &Path, _: &Seat) -> Result<(), EmbeddedFault> {
        Err(EmbeddedFault::Other("unreachable".to_owned()))
    }
}

impl Transport for Unreachable {
    fn send(&self, _: Request<Bytes>) -> Sending<'_> {
        Box::pin(async { Err(TransportError::Lost("no answer".to_owned())) })
    }
}
