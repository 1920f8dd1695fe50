//! Workspaces that a team shares: coming in, going on, and leaving. Each is a store of its own; one is open at a time,
//! and switching opens what is here at once, online or not.

use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::command::Envelope;
use domain::ids::{MemberId, WorkspaceId};
use domain::protocol::{Members, Membership, Offer, Present};
use domain::workspace::Member;
use domain::{AggregateRef, Body, Place, Role};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use url::Url;
use uuid::Uuid;

use super::{Engine, Error, ErrorCode, Inner, State, io_error};
use crate::ipc::boot::MovedView;
use crate::ipc::teams::ConnectionView;
use crate::profile::{ConnectionName, Seat, Team};
use crate::session::registration::{AuthServer, ClientAuth, Redirect, Registration, Way};
use crate::store::{self, Store};
use crate::sync::{Asking, Http, NoToken, People, Receiving, Sync, SyncState, SyncStatus, Tokens, Transport};
use crate::web::server_url;

/// How often it is asked what the person may do, beside whenever syncing begins to work again.
const LOOK: Duration = Duration::from_mins(1);
/// Most teams that one computer belongs to.
const LIST: usize = 50;

/// The tokens of a registration's session.
struct SessionTokens {
    engine: Weak<Inner>,
    registration: Uuid,
}

impl Tokens for SessionTokens {
    fn token(&self) -> Asking<'_> {
        Box::pin(async move {
            let Some(engine) = self.engine.upgrade().map(Engine) else { return Err(NoToken::SignedOut) };
            if engine.registration(self.registration).is_err() {
                return Err(NoToken::SignedOut);
            }
            engine.session(self.registration).access_token().await.map_err(|error| match error.code {
                ErrorCode::SignedOut => NoToken::SignedOut,
                _ => NoToken::Later(error.to_string()),
            })
        })
    }
}

impl Engine {
    /// How desktops sign in at a service, as it says itself.
    pub(crate) async fn ask_team(&self, url: &str) -> Result<Vec<Offer>, Error> {
        // Nobody is signed in yet, and nobody has to be.
        let nobody = crate::secret::Secret::new("nobody".to_owned());
        let http = Http::new(service(url)?, nobody).map_err(|_| wrong_url())?;
        Ok(People::new(Arc::new(http)).sign_in().await?.providers)
    }

    /// The registration for what a service offers: the one that is there, or a new one.
    pub(crate) async fn register_for(&self, url: &str, offer: Offer) -> Result<Uuid, Error> {
        let same = |known: &&Registration| {
            known.client_id == offer.client_id
                && matches!(&known.server, AuthServer::Issuer { issuer } if *issuer == offer.issuer)
        };
        if let Some(known) = self.profile().registrations.iter().find(same) {
            return Ok(known.id);
        }
        let registration = Registration {
            id: Uuid::now_v7(),
            name: service(url)?.host_str().unwrap_or_default().to_owned(),
            server: AuthServer::Issuer { issuer: offer.issuer },
            client_id: offer.client_id,
            auth: ClientAuth::None,
            redirect: Redirect::Loopback,
            scopes: offer.scopes,
            by: Way::Window,
        };
        let id = registration.id;
        self.set_registration(registration, None).await?;
        Ok(id)
    }

    /// The workspaces that whoever is signed in belongs to at a service.
    pub(crate) async fn team_workspaces(
        &self,
        url: &str,
        registration: Uuid,
    ) -> Result<Vec<Membership>, Error> {
        self.people_at(url, registration, None)?.workspaces().await
    }

    /// Opens a workspace of a team here; one that is here already is opened as it is.
    pub(crate) async fn join_team(
        &self,
        url: &str,
        registration: Uuid,
        workspace: WorkspaceId,
    ) -> Result<(), Error> {
        if let Some(id) = self.team_of(workspace) {
            return self.switch(ConnectionName::Team(id)).await;
        }
        let me = self.people_at(url, registration, Some(workspace))?.me().await?;
        let seat = Seat { workspace, member: me.member, name: me.name, roles: me.roles, moved: None };
        self.add_team(url, registration, seat, None).await
    }

    /// The connection with a workspace, where it is here already.
    fn team_of(&self, workspace: WorkspaceId) -> Option<Uuid> {
        self.profile().teams.iter().find(|team| team.seat.workspace == workspace).map(|team| team.id)
    }

    /// Makes a team's workspace at a service, by a code that the service printed, and opens it.
    pub(crate) async fn found_team(
        &self,
        url: &str,
        registration: Uuid,
        code: &str,
        name: &str,
    ) -> Result<(), Error> {
        // The code serves once: what would be refused afterwards is refused before.
        let name = domain::text::line(name, domain::text::LINE, "name")?;
        let made = self.people_at(url, registration, None)?.found(code).await?;
        if let Some(id) = self.team_of(made.workspace) {
            return self.switch(ConnectionName::Team(id)).await;
        }
        let seat = Seat {
            workspace: made.workspace,
            member: made.member,
            name: made.name,
            roles: made.roles,
            moved: None,
        };
        self.add_team(url, registration, seat, Some(name)).await
    }

    async fn add_team(
        &self,
        url: &str,
        registration: Uuid,
        seat: Seat,
        founded: Option<String>,
    ) -> Result<(), Error> {
        if self.profile().teams.len() >= LIST {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("url")));
        }
        let team = Team { id: Uuid::now_v7(), url: service(url)?.into(), registration, seat: seat.clone() };
        let name = ConnectionName::Team(team.id);
        self.turn(async || {
            self.change_profile(|profile| {
                profile.teams.push(team);
                profile.active = Some(name);
            })
        })
        .await?;
        let Some(title) = founded else { return Ok(()) };
        let member = Member::new(seat.member, seat.name, Role::ALL.to_vec());
        let create = Body::WorkspaceCreate { name: title, sample: false, member };
        self.change(AggregateRef::Workspace(seat.workspace), create).await.map(drop)
    }

    /// Opens another workspace of this computer's. What waits to be sent from the one before waits on.
    pub(crate) async fn switch(&self, name: ConnectionName) -> Result<(), Error> {
        if self.profile().seat(name).is_none() {
            return Err(Error::not_found());
        }
        if self.profile().active == Some(name) && matches!(&*self.state(), State::Open(_)) {
            return Ok(());
        }
        self.turn(async || self.change_profile(|profile| profile.active = Some(name))).await
    }

    /// Takes a team's workspace off this computer. What was not sent is saved first, among the person's downloads;
    /// answers where.
    pub(crate) async fn leave_team(&self, id: Uuid) -> Result<Option<String>, Error> {
        let team = self.profile().team(id).cloned().ok_or_else(Error::not_found)?;
        let name = ConnectionName::Team(id);
        let folder = self.folder_of(name);
        let mut saved = None;
        let mut goes = Vec::new();
        self.turn(async || {
            let here = folder.clone();
            let unsent = unsent(here).await?;
            if !unsent.is_empty() {
                saved = Some(self.save_unsent(team.seat.workspace, team.seat.member, &unsent).await?);
            }
            goes = self.originals_of(name).await.unwrap_or_default();
            self.change_profile(|profile| {
                profile.teams.retain(|team| team.id != id);
                if profile.active == Some(name) {
                    profile.active = profile.another();
                }
            })?;
            tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_error(&error)),
                _ => Ok(()),
            })
            .await
            .map_err(|error| Error::internal(&error))?
        })
        .await?;
        self.forget(goes).await?;
        Ok(saved)
    }

    /// Saves what was not sent among the person's downloads; says where.
    pub(super) async fn save_unsent(
        &self,
        workspace: WorkspaceId,
        member: MemberId,
        unsent: &[Envelope],
    ) -> Result<String, Error> {
        let json = json!({ "workspace": workspace, "member": member, "unsent": unsent });
        let bytes = serde_json::to_vec_pretty(&json).map_err(|error| Error::internal(&error))?;
        Ok(self.save_file("Unsent changes.json", bytes).await?.display().to_string())
    }

    /// The workspaces of this computer: its own, the teams', and the sample.
    pub(crate) async fn connections(&self) -> Result<Vec<ConnectionView>, Error> {
        let profile = self.profile().clone();
        let mut views = Vec::new();
        for name in profile.names() {
            let Some(seat) = profile.seat(name) else { continue };
            let team = match name {
                ConnectionName::Team(id) => profile.team(id),
                ConnectionName::ThisComputer | ConnectionName::Local(_) | ConnectionName::Sample => None,
            };
            let open = match &*self.state() {
                State::Open(open) if open.name == name => Some(open.store.clone()),
                _ => None,
            };
            let is_open = open.is_some();
            // One that is not open is looked into without being opened: that must cost it nothing.
            let (title, queued) = if let Some(store) = open {
                store.read(|view| view.glance().map_err(Error::from)).await?
            } else {
                let folder = self.folder_of(name);
                let glanced = tokio::task::spawn_blocking(move || store::glance(&folder)).await;
                glanced.ok().and_then(Result::ok).unwrap_or_default()
            };
            let host = team.and_then(|team| Url::parse(&team.url).ok());
            views.push(ConnectionView {
                name,
                title,
                person: seat.name.clone(),
                roles: seat.roles.clone(),
                host: host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default(),
                registration: team.map(|team| team.registration),
                open: is_open,
                queued: u32::try_from(queued).unwrap_or(u32::MAX),
                moved: seat.moved.as_deref().map(MovedView::from),
            });
        }
        Ok(views)
    }

    /// Who belongs to the team whose workspace is open.
    pub(crate) async fn team_members(&self) -> Result<Members, Error> {
        self.people()?.members().await
    }

    /// The people of the team whose workspace is open.
    pub(crate) fn people(&self) -> Result<People, Error> {
        Ok(People::new(self.open_team()?.1))
    }

    /// Who is connected to the open workspace's service.
    pub(crate) fn here(&self) -> Result<Vec<Present>, Error> {
        match &*self.state() {
            State::Open(open) => Ok(open.sync.here().borrow().clone()),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    /// What Talkdesk delivers to the open workspace's service.
    pub(crate) fn receiving(&self) -> Result<Receiving, Error> {
        Ok(Receiving::new(self.open_team()?.1))
    }

    /// The open workspace's team, and its service.
    fn open_team(&self) -> Result<(Uuid, Arc<dyn Transport>), Error> {
        let name = match &*self.state() {
            State::Open(open) => open.name,
            _ => return Err(Error::new(ErrorCode::NotOpen)),
        };
        let ConnectionName::Team(id) = name else { return Err(Error::not_found()) };
        Ok((id, self.team_transport(id)?))
    }

    /// The address of the open workspace's service.
    pub(crate) fn team_url(&self) -> Result<Url, Error> {
        let (id, _) = self.open_team()?;
        let profile = self.profile();
        let team = profile.teams.iter().find(|team| team.id == id).ok_or_else(Error::not_found)?;
        service(&team.url)
    }

    /// Removes a member, at the service and from the lists of people who can be chosen.
    pub(crate) async fn remove_member(&self, member: MemberId) -> Result<(), Error> {
        self.people()?.remove(member).await?;
        let workspace = AggregateRef::Workspace(self.workspace_id()?);
        match self.change(workspace, Body::MemberLeave { member }).await {
            // Somebody who was invited and never opened the workspace stands in no list.
            Err(error)
                if error
                    .refusal
                    .as_ref()
                    .is_some_and(|refusal| refusal.code == domain::RefusalCode::NotFound) =>
            {
                Ok(())
            }
            done => done.map(drop),
        }
    }

    pub(super) fn people_at(
        &self,
        url: &str,
        registration: Uuid,
        workspace: Option<WorkspaceId>,
    ) -> Result<People, Error> {
        Ok(People::new(self.transport(service(url)?, registration, workspace)?))
    }

    /// How requests reach a team's service.
    pub(super) fn team_transport(&self, id: Uuid) -> Result<Arc<dyn Transport>, Error> {
        let team = self.profile().team(id).cloned().ok_or_else(Error::not_found)?;
        self.transport_of(&team)
    }

    pub(super) fn transport_of(&self, team: &Team) -> Result<Arc<dyn Transport>, Error> {
        self.transport(service(&team.url)?, team.registration, Some(team.seat.workspace))
    }

    fn transport(
        &self,
        url: Url,
        registration: Uuid,
        workspace: Option<WorkspaceId>,
    ) -> Result<Arc<dyn Transport>, Error> {
        let tokens = SessionTokens { engine: Arc::downgrade(&self.0), registration };
        let http = Http::new(url, tokens).map_err(|_| wrong_url())?;
        Ok(Arc::new(match workspace {
            Some(workspace) => http.of(workspace),
            None => http,
        }))
    }

    /// Goes on where a sign-in makes it possible, and keeps up with what the person may do.
    pub(super) fn follow_team(&self, id: Uuid, sync: &Sync) {
        let (waker, mut tags) = (sync.waker(), self.changes());
        let mut status = sync.watch();
        let ended = sync.watch();
        let engine = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                let told = tokio::select! {
                    told = tags.recv() => told,
                    () = closed(ended.clone()) => return,
                };
                match told {
                    Ok(told) if told.iter().any(|tag| tag == "session") => waker.wake(),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => waker.wake(),
                    Err(RecvError::Closed) => return,
                }
            }
        });
        tokio::spawn(async move {
            // Before the first round there may be no workspace to stand in.
            let met =
                |status: &SyncStatus| status.state == SyncState::Idle && status.last_synced_at.is_some();
            while status.wait_for(met).await.is_ok() {
                let Some(engine) = engine.upgrade().map(Engine) else { return };
                if let Err(error) = engine.meet_team(id).await {
                    tracing::info!(code = ?error.code, "the team's service did not say what the person may do");
                }
                drop(engine);
                let away = status
                    .wait_for(|status| !matches!(status.state, SyncState::Idle | SyncState::Syncing { .. }));
                if let Ok(Err(_)) = tokio::time::timeout(LOOK, away).await {
                    return;
                }
            }
        });
    }

    /// Takes what the service says of the person, and has them stand among the members.
    async fn meet_team(&self, id: Uuid) -> Result<(), Error> {
        let me = People::new(self.team_transport(id)?).me().await?;
        let name = ConnectionName::Team(id);
        let changed = match &mut *self.state_mut() {
            State::Open(open) if open.name == name => {
                let changed = open.seat.roles != me.roles;
                open.seat.roles.clone_from(&me.roles);
                changed
            }
            _ => return Ok(()),
        };
        if changed {
            self.change_profile(|profile| {
                let seat = profile.seat(name).cloned().map(|seat| Seat { roles: me.roles.clone(), ..seat });
                profile.set_seat(name, seat);
            })?;
            self.told(&["workspace"]);
        }
        let (store, member) = self.open_store()?;
        let known = store
            .read(move |view| {
                Ok::<_, Error>(
                    view.workspace()?
                        .map(|workspace| workspace.members.iter().find(|known| known.id == member).cloned()),
                )
            })
            .await?;
        let enters = match known {
            // The workspace itself was not read or made yet.
            None => false,
            Some(None) => true,
            Some(Some(known)) => known.left.is_some() || known.roles != me.roles,
        };
        if enters {
            let body = Body::MemberEnter { name: me.name };
            self.change(AggregateRef::Workspace(me.workspace), body).await?;
        }
        Ok(())
    }
}

/// The commands of a store that is not open which its service does not have.
pub(super) async fn unsent(folder: PathBuf) -> Result<Vec<Envelope>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let store = tokio::task::spawn_blocking(move || Store::open(&folder))
        .await
        .map_err(|error| Error::internal(&error))?
        .map_err(|error| Error::internal(&error))?;
    let rows = store.read(|view| view.outbox().map_err(Error::from)).await;
    store.close();
    Ok(rows?.into_iter().map(|row| row.envelope).collect())
}

/// Ends once the sync is gone.
async fn closed(mut status: watch::Receiver<SyncStatus>) {
    while status.changed().await.is_ok() {}
}

pub(super) fn service(url: &str) -> Result<Url, Error> {
    server_url(url.trim()).ok_or_else(wrong_url)
}

fn wrong_url() -> Error {
    Error::new(ErrorCode::Invalid).at(Place::input("url"))
}
