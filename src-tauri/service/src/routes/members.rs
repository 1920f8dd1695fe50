//! The people of a workspace: who belongs to it, who is invited, and the way in.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, patch, post};
use domain::Role;
use domain::ids::MemberId;
use domain::protocol::{
    FaultCode, InvitationRow, MemberRow, Members, Membership, Memberships, Offer, SignIn,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Failure;
use crate::Service;
use crate::identity::people::PeopleError;
use crate::identity::{Caller, Identities, Provider};
use crate::members::decides;

pub(super) fn router() -> axum::Router<Service> {
    axum::Router::new()
        .route("/v1/sign-in", get(sign_in))
        .route("/v1/workspaces", get(workspaces))
        .route("/v1/owner", post(owner))
        .route("/v1/members", get(members))
        .route("/v1/members/{id}", patch(set_roles).merge(delete(remove)))
        .route("/v1/invitations", post(invite))
        .route("/v1/invitations/{id}", delete(uninvite))
}

/// How desktops sign in.
async fn sign_in(State(service): State<Service>) -> Json<SignIn> {
    let providers = match &*service.identities {
        Identities::Providers(providers) => providers.as_slice(),
        Identities::Embedded { .. } | Identities::Tokens(_) => &[],
    };
    let offer = |provider: &Provider| {
        provider.desktop.as_ref().map(|desktop| Offer {
            issuer: provider.issuer.clone(),
            client_id: desktop.client_id.clone(),
            scopes: desktop.scopes.clone(),
        })
    };
    Json(SignIn { providers: providers.iter().filter_map(offer).collect() })
}

/// The workspaces that whoever signed in belongs to; open invitations to their address are accepted by this.
async fn workspaces(
    State(service): State<Service>,
    headers: HeaderMap,
) -> Result<Json<Memberships>, Failure> {
    let (who, token) = service.who(&headers).await?;
    Ok(Json(Memberships { workspaces: service.enter(&who, token).await? }))
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// A new workspace for whoever brings a code that the service printed.
async fn owner(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Result<Json<Code>, JsonRejection>,
) -> Result<Json<Membership>, Failure> {
    let (who, _) = service.who(&headers).await?;
    let Json(Code { code }) = body?;
    Ok(Json(service.found(&who, &code).await?))
}

/// Who belongs to the workspace. Addresses and invitations are told to those who decide on them.
async fn members(State(service): State<Service>, caller: Caller) -> Result<Json<Members>, Failure> {
    let people = service.people(caller.workspace).await?;
    let decides = decides(&caller).is_ok();
    let member = |person: crate::identity::people::Person| MemberRow {
        id: person.id,
        name: person.name,
        roles: person.roles,
        email: person.email.filter(|_| decides),
        removed_at: person.removed_at,
    };
    let invitation = |invitation: crate::identity::people::Invitation| InvitationRow {
        id: invitation.id,
        email: invitation.email,
        roles: invitation.roles,
        expires_at: invitation.expires_at,
    };
    Ok(Json(Members {
        members: people.members.into_iter().map(member).collect(),
        invitations: decides.then(|| people.invitations.into_iter().map(invitation).collect()),
    }))
}

#[derive(Deserialize)]
struct Invited {
    email: String,
    roles: Vec<Role>,
}

#[derive(Serialize)]
struct Made {
    id: Uuid,
}

async fn invite(
    State(service): State<Service>,
    caller: Caller,
    body: Result<Json<Invited>, JsonRejection>,
) -> Result<(StatusCode, Json<Made>), Failure> {
    let (by, at) = (decides(&caller)?, (service.clock)());
    let Json(Invited { email, roles }) = body?;
    let change = service.change_people(caller.workspace, |people| people.invite(&email, roles, by, at));
    Ok((StatusCode::CREATED, Json(Made { id: change.await?? })))
}

async fn uninvite(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    decides(&caller)?;
    service.change_people(caller.workspace, |people| people.uninvite(id)).await??;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Roles {
    roles: Vec<Role>,
}

async fn set_roles(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Result<Json<Roles>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    decides(&caller)?;
    let Json(Roles { roles }) = body?;
    service.change_people(caller.workspace, |people| people.set_roles(MemberId(id), roles)).await??;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    decides(&caller)?;
    let at = (service.clock)();
    service.change_people(caller.workspace, |people| people.remove(MemberId(id), at)).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl From<JsonRejection> for Failure {
    fn from(_: JsonRejection) -> Self {
        Self::new(FaultCode::Invalid).with("in", "body")
    }
}

impl From<PeopleError> for Failure {
    fn from(error: PeopleError) -> Self {
        let reason = match error {
            PeopleError::NotFound => return Self::new(FaultCode::NotFound),
            PeopleError::LastAdmin => "last_admin",
            PeopleError::Address => "address",
            PeopleError::Member => "member",
            PeopleError::NoRole => "no_role",
            PeopleError::Full => "full",
        };
        Self::new(FaultCode::Invalid).with("in", "body").with("reason", reason)
    }
}
