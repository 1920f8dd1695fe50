//! Connections: the workspaces of this computer, the one that is open, and the people of a team's.

use domain::Role;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::{InvitationRow, MemberRow, Present};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::boot::MovedView;
use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::profile::ConnectionName;

/// A workspace of this computer's.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConnectionView {
    /// Which.
    pub name: ConnectionName,
    /// What the workspace is called; empty while it was not read yet.
    pub title: String,
    /// Who sits at it.
    pub person: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// The host of the team's service; empty where the workspace is this computer's own.
    pub host: String,
    /// The registration by which the person signs in.
    pub registration: Option<Uuid>,
    /// Whether it is the one that is open.
    pub open: bool,
    /// Commands that wait to be sent.
    pub queued: u32,
    /// That it goes or went to a team's service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub moved: Option<MovedView>,
}

/// Names a workspace of this computer's.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ConnectionArgs {
    /// Which.
    pub name: ConnectionName,
}

/// A team's service.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamUrlArgs {
    /// Its address.
    pub url: String,
}

/// How a person signs in at a team's service.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamSignIn {
    /// The registration to sign in by, made where it was not there; none: the service names no way, so the person
    /// has to know one.
    pub registration: Option<Uuid>,
}

/// Somebody's account at a team's service.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamAccountArgs {
    /// The service's address.
    pub url: String,
    /// The registration.
    pub registration: Uuid,
}

/// A workspace that somebody belongs to.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamWorkspaceView {
    /// Which.
    pub workspace: WorkspaceId,
    /// What it is called; empty while nobody has named it.
    pub title: String,
    /// Their roles.
    pub roles: Vec<Role>,
}

/// Opens a team's workspace here.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct JoinTeamArgs {
    /// The service's address.
    pub url: String,
    /// The registration.
    pub registration: Uuid,
    /// The workspace.
    pub workspace: WorkspaceId,
}

/// Makes a team's workspace.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundTeamArgs {
    /// The service's address.
    pub url: String,
    /// The registration.
    pub registration: Uuid,
    /// The code that the service printed.
    pub code: String,
    /// What the workspace is to be called.
    pub name: String,
}

/// Names a team's workspace.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamArgs {
    /// Which.
    pub id: Uuid,
}

/// A team's workspace was taken off this computer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeftTeam {
    /// Where what was not sent was saved.
    pub saved: Option<String>,
}

/// A workspace of this computer's own was taken off it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RemovedWorkspace {
    /// Where everything of it but secrets was saved; none where it is at a team's service.
    pub kept: Option<String>,
    /// Where what its service did not have yet was saved.
    pub unsent: Option<String>,
}

/// The people of a team, as its service knows them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TeamView {
    /// Everybody, those who were removed included.
    pub members: Vec<MemberRow>,
    /// Open invitations; none where the person does not decide on them.
    pub invitations: Option<Vec<InvitationRow>>,
}

/// Invites somebody.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InviteArgs {
    /// Their address.
    pub email: String,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Names an invitation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InvitationArgs {
    /// Which.
    pub id: Uuid,
}

/// Says what a member may do.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemberRolesArgs {
    /// Who.
    pub member: MemberId,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Names a member.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MemberArgs {
    /// Who.
    pub member: MemberId,
}

pub(super) async fn connections(engine: &Engine, _: Nothing) -> Result<Vec<ConnectionView>, Error> {
    engine.connections().await
}

pub(super) async fn sync_now(engine: &Engine, _: Nothing) -> Result<Done, Error> {
    engine.sync_now().map(|()| Done {})
}

pub(super) async fn switch_connection(engine: &Engine, args: ConnectionArgs) -> Result<Done, Error> {
    engine.switch(args.name).await.map(|()| Done {})
}

pub(super) async fn ask_team(engine: &Engine, args: TeamUrlArgs) -> Result<TeamSignIn, Error> {
    let registration = match engine.ask_team(&args.url).await?.into_iter().next() {
        Some(offer) => Some(engine.register_for(&args.url, offer).await?),
        None => None,
    };
    Ok(TeamSignIn { registration })
}

pub(super) async fn team_workspaces(
    engine: &Engine,
    args: TeamAccountArgs,
) -> Result<Vec<TeamWorkspaceView>, Error> {
    let known = engine.team_workspaces(&args.url, args.registration).await?;
    let view = |of: domain::protocol::Membership| TeamWorkspaceView {
        workspace: of.workspace,
        title: of.title,
        roles: of.roles,
    };
    Ok(known.into_iter().map(view).collect())
}

pub(super) async fn join_team(engine: &Engine, args: JoinTeamArgs) -> Result<Done, Error> {
    engine.join_team(&args.url, args.registration, args.workspace).await.map(|()| Done {})
}

pub(super) async fn found_team(engine: &Engine, args: FoundTeamArgs) -> Result<Done, Error> {
    engine.found_team(&args.url, args.registration, &args.code, &args.name).await.map(|()| Done {})
}

pub(super) async fn leave_team(engine: &Engine, args: TeamArgs) -> Result<LeftTeam, Error> {
    engine.leave_team(args.id).await.map(|saved| LeftTeam { saved })
}

pub(super) async fn remove_workspace(
    engine: &Engine,
    args: ConnectionArgs,
) -> Result<RemovedWorkspace, Error> {
    let removed = engine.remove_workspace(args.name).await?;
    Ok(RemovedWorkspace { kept: removed.kept, unsent: removed.unsent })
}

pub(super) async fn team(engine: &Engine, _: Nothing) -> Result<TeamView, Error> {
    let people = engine.team_members().await?;
    Ok(TeamView { members: people.members, invitations: people.invitations })
}

pub(super) async fn here(engine: &Engine, _: Nothing) -> Result<Vec<Present>, Error> {
    engine.here()
}

pub(super) async fn invite_member(engine: &Engine, args: InviteArgs) -> Result<Done, Error> {
    engine.people()?.invite(&args.email, &args.roles).await?;
    engine.told(&["team"]);
    Ok(Done {})
}

pub(super) async fn withdraw_invitation(engine: &Engine, args: InvitationArgs) -> Result<Done, Error> {
    engine.people()?.uninvite(args.id).await?;
    engine.told(&["team"]);
    Ok(Done {})
}

pub(super) async fn set_member_roles(engine: &Engine, args: MemberRolesArgs) -> Result<Done, Error> {
    engine.people()?.set_roles(args.member, &args.roles).await?;
    engine.told(&["team"]);
    Ok(Done {})
}

pub(super) async fn remove_member(engine: &Engine, args: MemberArgs) -> Result<Done, Error> {
    engine.remove_member(args.member).await?;
    engine.told(&["team"]);
    Ok(Done {})
}
