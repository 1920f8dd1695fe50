//! How people come in at a team's service, and who belongs to a workspace of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::common::{Role, Timestamp};
use crate::ids::{MemberId, WorkspaceId};

/// How a desktop signs in to a service: `GET /v1/sign-in`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Each identity provider that desktops are registered at.
    pub providers: Vec<Offer>,
}

/// A desktop's registration at an identity provider, as the service tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The issuer.
    pub issuer: String,
    /// The public client's id.
    pub client_id: String,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}

/// Somebody's place in a workspace.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name; empty while nobody has named it.
    #[serde(default)]
    pub title: String,
    /// The member.
    pub member: MemberId,
    /// The member's name.
    pub name: String,
    /// The roles in force.
    pub roles: Vec<Role>,
}

/// The workspaces of whoever signed in: `GET /v1/workspaces`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Memberships {
    /// Each once.
    pub workspaces: Vec<Membership>,
    /// Whether the service has a vault, and so takes secrets.
    #[serde(default)]
    pub vault: bool,
}

/// Who belongs to a workspace: `GET /v1/members`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Members {
    /// Everybody, those who were removed included.
    pub members: Vec<MemberRow>,
    /// Open invitations, for whoever decides on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitations: Option<Vec<InvitationRow>>,
}

/// A member, as the service knows them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberRow {
    /// Who.
    pub id: MemberId,
    /// The name at the identity provider.
    pub name: String,
    /// The roles given here.
    pub roles: Vec<Role>,
    /// The address, for whoever decides on others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When they were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
}

/// Somebody who may come in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationRow {
    /// The invitation.
    pub id: Uuid,
    /// To whom.
    pub email: String,
    /// The roles that they will have.
    pub roles: Vec<Role>,
    /// Until when it stands.
    pub expires_at: Timestamp,
}

/// Somebody who is connected now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Present {
    /// Who.
    pub member: MemberId,
    /// Since when, by the service's clock.
    pub since: Timestamp,
}

/// Who is connected now, each once: the event `here` of the stream of changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Here {
    /// In the order of their ids.
    pub here: Vec<Present>,
}
