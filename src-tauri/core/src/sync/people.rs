//! How a person comes in at a team's service, and who belongs to a workspace of it: asked when somebody looks or acts,
//! never queued.

use std::sync::Arc;

use bytes::Bytes;
use domain::ids::MemberId;
use domain::protocol::{Fault, FaultCode, Me, Members, Membership, Memberships, SignIn};
use domain::{Place, Role};
use http::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::{Api, CallError, intercepts};
use super::transport::Transport;
use crate::error::{Error, ErrorCode};

/// A team's service, asked about people.
#[derive(Clone)]
pub struct People(Api);

impl People {
    /// At the other end of a transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(Api::new(transport))
    }

    /// How desktops sign in there.
    pub async fn sign_in(&self) -> Result<SignIn, Error> {
        self.read(Method::GET, "/v1/sign-in", Value::Null).await
    }

    /// Who the caller is in the workspace that the transport names.
    pub async fn me(&self) -> Result<Me, Error> {
        self.read(Method::GET, "/v1/me", Value::Null).await
    }

    /// The workspaces of whoever is signed in; open invitations to their address are accepted by this.
    pub async fn workspaces(&self) -> Result<Vec<Membership>, Error> {
        let answer: Memberships = self.read(Method::GET, "/v1/workspaces", Value::Null).await?;
        Ok(answer.workspaces)
    }

    /// Whether the service has a vault, and so takes secrets. One that does not say so has none.
    pub async fn takes_secrets(&self) -> Result<bool, Error> {
        let answer: Memberships = self.read(Method::GET, "/v1/workspaces", Value::Null).await?;
        Ok(answer.vault)
    }

    /// Makes a workspace, by a code that the service printed.
    pub async fn found(&self, code: &str) -> Result<Membership, Error> {
        let made = self.read(Method::POST, "/v1/owner", json!({ "code": code })).await;
        made.map_err(|error: Error| match error.code {
            ErrorCode::Forbidden => error.at(Place::input("code")),
            _ => error,
        })
    }

    /// Who belongs to the workspace.
    pub async fn members(&self) -> Result<Members, Error> {
        self.read(Method::GET, "/v1/members", Value::Null).await
    }

    /// Invites an address; it stands for two weeks.
    pub async fn invite(&self, email: &str, roles: &[Role]) -> Result<(), Error> {
        self.ask(Method::POST, "/v1/invitations", json!({ "email": email, "roles": roles })).await.map(drop)
    }

    /// Takes an invitation back.
    pub async fn uninvite(&self, id: Uuid) -> Result<(), Error> {
        self.ask(Method::DELETE, &format!("/v1/invitations/{id}"), Value::Null).await.map(drop)
    }

    /// Sets what a member may do.
    pub async fn set_roles(&self, member: MemberId, roles: &[Role]) -> Result<(), Error> {
        self.ask(Method::PATCH, &format!("/v1/members/{member}"), json!({ "roles": roles })).await.map(drop)
    }

    /// Removes a member: from the next command on they do nothing any more.
    pub async fn remove(&self, member: MemberId) -> Result<(), Error> {
        self.ask(Method::DELETE, &format!("/v1/members/{member}"), Value::Null).await.map(drop)
    }

    async fn read<T: DeserializeOwned>(&self, method: Method, path: &str, body: Value) -> Result<T, Error> {
        ask_for(&self.0, method, path, body).await
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Response<Bytes>, Error> {
        ask(&self.0, method, path, body).await
    }
}

/// Asks the service, and reads what it answers.
pub(super) async fn ask_for<T: DeserializeOwned>(
    api: &Api,
    method: Method,
    path: &str,
    body: Value,
) -> Result<T, Error> {
    read(&ask(api, method, path, body).await?)
}

/// What an answer says, or the fault that it is.
pub(super) fn read<T: DeserializeOwned>(answer: &Response<Bytes>) -> Result<T, Error> {
    if !answer.status().is_success() || intercepts(answer) {
        return Err(fault(answer));
    }
    serde_json::from_slice(answer.body())
        .map_err(|error| Error::new(ErrorCode::Platform).with("detail", error))
}

/// Asks the service; null is no body.
pub(super) async fn ask(
    api: &Api,
    method: Method,
    path: &str,
    body: Value,
) -> Result<Response<Bytes>, Error> {
    let (header, body) = if body.is_null() {
        (None, Bytes::new())
    } else {
        (Some((http::header::CONTENT_TYPE, "application/json".to_owned())), body.to_string().into())
    };
    let answer = api.send(method, path, header, body).await.map_err(|error| match error {
        CallError::Offline(why) => Error::new(ErrorCode::Offline).with("detail", why),
        other => Error::internal(&other),
    })?;
    if answer.status().is_success() && !intercepts(&answer) { Ok(answer) } else { Err(fault(&answer)) }
}

/// What the service said, with its own word for why: `reason` or `token`.
fn fault(answer: &Response<Bytes>) -> Error {
    let Ok(said) = serde_json::from_slice::<Fault>(answer.body()) else {
        // Nothing that speaks the protocol: another server, or a proxy before one that is away.
        let code = match answer.status() {
            _ if intercepts(answer) => ErrorCode::Intercepted,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Busy,
            status if status.is_server_error() => ErrorCode::Offline,
            _ => ErrorCode::Platform,
        };
        return Error::new(code).with("detail", answer.status());
    };
    let code = match said.code {
        FaultCode::SignedOut => ErrorCode::SignedOut,
        FaultCode::Forbidden => ErrorCode::Forbidden,
        FaultCode::NotFound => ErrorCode::NotFound,
        FaultCode::ProtocolTooOld => ErrorCode::ServiceTooOld,
        FaultCode::Unavailable => ErrorCode::Busy,
        FaultCode::Invalid | FaultCode::TooLarge | FaultCode::WrongOffset => ErrorCode::Invalid,
        FaultCode::RateLimited => ErrorCode::RateLimited,
        FaultCode::Internal => ErrorCode::Platform,
    };
    Error { params: said.params, ..Error::new(code) }
}
