//! Who asks: found out, and counted, before anything of a body is read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::protocol::{FaultCode, PROTOCOL_HEADER};

use super::Failure;
use crate::identity::provider::Verified;
use crate::identity::{Caller, bearer};
use crate::limits::Person;
use crate::members::Denied;
use crate::{LEAST_PROTOCOL, Service};

/// A member, and by a protocol that may do what is asked.
impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let caller = match service.caller(&parts.headers).await {
            Ok(caller) => caller,
            Err(denied) => return Err(turned_away(service, parts, denied)),
        };
        service.limits.person(&Person::Member(caller.workspace, caller.member))?;
        let protocol =
            parts.headers.get(PROTOCOL_HEADER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        let Some(protocol) = protocol else {
            return Err(Failure::new(FaultCode::Invalid)
                .with("in", "header")
                .with("header", PROTOCOL_HEADER));
        };
        // A desktop that is too old reads on.
        if protocol < LEAST_PROTOCOL && !parts.method.is_safe() {
            return Err(Failure::new(FaultCode::ProtocolTooOld).with("least", LEAST_PROTOCOL));
        }
        Ok(caller)
    }
}

/// Somebody who signed in at an identity provider, a member of a workspace or not yet.
pub(super) struct SignedIn {
    pub(super) who: Verified,
    pub(super) token: String,
}

impl FromRequestParts<Service> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let who = match service.who(&parts.headers).await {
            Ok((who, _)) => who,
            Err(denied) => return Err(turned_away(service, parts, denied)),
        };
        service.limits.person(&Person::Subject(who.issuer.clone(), who.subject.clone()))?;
        let token = bearer(&parts.headers).unwrap_or_default().to_owned();
        Ok(Self { who, token })
    }
}

/// Whoever it is.
pub(super) struct Anybody;

impl FromRequestParts<Service> for Anybody {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        service.limits.address(parts)?;
        Ok(Self)
    }
}

/// What is not let in is counted by its address. Somebody else who is signed in there is not held up by it.
fn turned_away(service: &Service, parts: &Parts, denied: Denied) -> Failure {
    match service.limits.address(parts) {
        Ok(()) => denied.into(),
        Err(too_often) => too_often.into(),
    }
}
