//! The people of a workspace: who belongs to it, who is invited, and the way in.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Role;
use domain::ids::MemberId;
use domain::protocol::{
    FaultCode, InvitationRow, MemberRow, Members, Membership, Memberships, Offer, SignIn,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Anybody, Failure, SignedIn};
use crate::Service;
use crate::identity::people::PeopleError;
use crate::identity::{Caller, Identities, Provider};
use crate::members::decides;

pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(workspaces))
        .routes(routes!(owner))
        .routes(routes!(members))
        .routes(routes!(set_roles, remove))
        .routes(routes!(invite))
        .routes(routes!(uninvite))
}

/// How desktops sign in.
#[utoipa::path(get, path = "/v1/sign-in", tag = "people", security(()), responses((status = 200, body = SignIn), Failure))]
async fn sign_in(State(service): State<Service>, _: Anybody) -> Json<SignIn> {
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
#[utoipa::path(get, path = "/v1/workspaces", tag = "people", responses((status = 200, body = Memberships), Failure))]
async fn workspaces(
    State(service): State<Service>,
    SignedIn { who, token }: SignedIn,
) -> Result<Json<Memberships>, Failure> {
    Ok(Json(Memberships { workspaces: service.enter(&who, &token).await?, vault: service.has_vault() }))
}

#[derive(Deserialize, ToSchema)]
struct Code {
    code: String,
}

/// A new workspace for whoever brings a code that the service printed.
#[utoipa::path(post, path = "/v1/owner", tag = "people", request_body = Code, responses((status = 200, body = Membership), Failure))]
async fn owner(
    State(service): State<Service>,
    SignedIn { who, .. }: SignedIn,
    body: Result<Json<Code>, JsonRejection>,
) -> Result<Json<Membership>, Failure> {
    let Json(Code { code }) = body?;
    Ok(Json(service.found(&who, &code).await?))
}

/// Who belongs to the workspace. Addresses and invitations are told to those who decide on them.
#[utoipa::path(get, path = "/v1/members", tag = "people", responses((status = 200, body = Members), Failure))]
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

#[derive(Deserialize, ToSchema)]
struct Invited {
    email: String,
    roles: Vec<Role>,
}

#[derive(Serialize, ToSchema)]
struct Made {
    id: Uuid,
}

/// Invites an address; admins only. The first person whose verified address it is comes in by it.
#[utoipa::path(post, path = "/v1/invitations", tag = "people", request_body = Invited, responses((status = 201, body = Made), Failure))]
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

/// Takes an invitation back; admins only.
#[utoipa::path(delete, path = "/v1/invitations/{id}", tag = "people", params(("id" = Uuid, Path)), responses((status = 204), Failure))]
async fn uninvite(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Failure> {
    decides(&caller)?;
    service.change_people(caller.workspace, |people| people.uninvite(id)).await??;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct Roles {
    roles: Vec<Role>,
}

/// Sets what a member may do; admins only.
#[utoipa::path(patch, path = "/v1/members/{id}", tag = "people", params(("id" = Uuid, Path)), request_body = Roles, responses((status = 204), Failure))]
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

/// Removes a member: from the next command on they do nothing any more. Admins only.
#[utoipa::path(delete, path = "/v1/members/{id}", tag = "people", params(("id" = Uuid, Path)), responses((status = 204), Failure))]
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
