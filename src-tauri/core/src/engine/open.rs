//! Opening, leaving and recovering a workspace's store.

use std::path::PathBuf;
use std::sync::Arc;

use domain::ids::{MemberId, WorkspaceId};
use domain::workspace::Member;
use domain::{Actor, AggregateRef, Body, Command, Role};
use uuid::Uuid;

use super::computer::Nowhere;
use super::recovery::{blocked_error, cache, folder_recovery, other, service};
use super::upkeep::{self, SERVICE, backups, daily, is_small};
use super::{EmbeddedFault, Engine, Error, ErrorCode, Open, State, files, io_error, new_id};
use crate::ipc::boot::{Frame, MemberView, MovedView, Phase, Recovery, SyncState, SyncView};
use crate::ipc::home::needs;
use crate::jobs::JobKind;
use crate::profile::{ConnectionName, Seat};
use crate::store::{self, Store};
use crate::sync::{self, Sync};

impl Engine {
    /// What the window shows first.
    pub async fn phase(&self) -> Result<Phase, Error> {
        let turn = self.0.turning.lock().await;
        let (store, me, status, name) = match &*self.state() {
            State::FirstStart => return Ok(Phase::FirstStart),
            State::Blocked(recovery) => return Ok(Phase::Recovery(recovery.clone())),
            State::Open(open) => (open.store.clone(), open.seat.clone(), open.sync.status(), open.name),
        };
        drop(turn);
        let (sample, embedded) = (name == ConnectionName::Sample, !matches!(name, ConnectionName::Team(_)));
        let (now, left) = (self.now(), self.left());
        store
            .read(move |view| {
                let workspace = view.workspace()?;
                let members: Vec<MemberView> = workspace
                    .as_ref()
                    .map(|w| w.members.iter().map(MemberView::from).collect())
                    .unwrap_or_default();
                let counts = view.counts()?;
                // What was put off is none that presses.
                let found = needs(*view, now, me.member)?;
                let open = found.iter().filter(|need| need.snoozed.is_none());
                let mine = members.iter().find(|member| member.id == me.member);
                Ok(Phase::Open(Box::new(Frame {
                    workspace: me.workspace,
                    name: workspace.as_ref().map(|workspace| workspace.name.clone()).unwrap_or_default(),
                    sample,
                    me: MemberView {
                        id: me.member,
                        name: mine.map_or_else(|| me.name.clone(), |member| member.name.clone()),
                        roles: me.roles,
                        absence: mine.and_then(|member| member.absence.clone()),
                        mail: mine.and_then(|member| member.mail.clone()),
                        left: false,
                    },
                    members,
                    sync: sync_view(&status, embedded),
                    moved: me.moved.as_deref().map(MovedView::from),
                    left,
                    needs: u32::try_from(open.count()).unwrap_or(u32::MAX),
                    reviews: u32::try_from(view.count_reviews()?).unwrap_or(u32::MAX),
                    conflicts: u32::try_from(counts.conflicted + counts.refused).unwrap_or(u32::MAX),
                })))
            })
            .await
    }

    pub(super) fn is_blocked(&self) -> bool {
        matches!(&*self.state(), State::Blocked(_))
    }

    /// Starts a workspace on this computer.
    pub async fn start_here(&self, workspace: &str, person: &str) -> Result<(), Error> {
        self.start_new(ConnectionName::ThisComputer, workspace, person).await
    }

    /// Starts with sample data.
    pub async fn start_sample(&self) -> Result<(), Error> {
        self.start_new(ConnectionName::Sample, "Sample Apps", "Partner manager").await?;
        self.fill_sample().await
    }

    /// Drops the sample data and goes back to what was before.
    pub async fn leave_sample(&self) -> Result<(), Error> {
        self.turn(async || {
            if self.profile().active != Some(ConnectionName::Sample) {
                return Err(Error::not_found());
            }
            let folder = self.folder_of(ConnectionName::Sample);
            tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder))
                .await
                .map_err(|error| Error::internal(&error))?
                .map_err(|error| io_error(&error))?;
            self.change_profile(|profile| {
                profile.sample = None;
                profile.active = profile.another();
            })
        })
        .await
    }

    /// Tries once more to open the store.
    pub async fn reopen(&self) -> Result<(), Error> {
        {
            let mut folder = self.0.folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if folder.is_none() {
                match crate::folder::Folder::open(&self.0.data) {
                    Ok(opened) => *folder = Some(opened),
                    Err(fault) => {
                        *self.state_mut() = State::Blocked(folder_recovery(&fault));
                        drop(folder);
                        self.told(&["workspace"]);
                        return Ok(());
                    }
                }
            }
        }
        self.open_active().await;
        Ok(())
    }

    async fn start_new(&self, name: ConnectionName, workspace: &str, person: &str) -> Result<(), Error> {
        {
            let _turn = self.0.turning.lock().await;
            if self.is_blocked() {
                return Err(Error::new(ErrorCode::NotOpen));
            }
            if self.profile().seat(name).is_some() {
                return Err(Error::new(ErrorCode::Invalid).with("reason", "started"));
            }
            let seat = Seat {
                workspace: WorkspaceId(Uuid::now_v7()),
                member: MemberId(Uuid::now_v7()),
                name: domain::text::line(person, domain::text::LINE, "member")?,
                roles: Role::ALL.to_vec(),
                moved: None,
            };
            let workspace = domain::text::line(workspace, domain::text::LINE, "name")?;
            self.set_aside(name)?;
            let opened =
                self.open_connection(name, &seat).await.map_err(|recovery| blocked_error(&recovery))?;
            let command = Command {
                id: new_id(),
                aggregate: AggregateRef::Workspace(seat.workspace),
                body: Body::WorkspaceCreate {
                    name: workspace,
                    sample: name == ConnectionName::Sample,
                    member: Member::new(seat.member, seat.name.clone(), Role::ALL.to_vec()),
                },
            };
            let actor = Actor { member: seat.member, roles: Role::ALL.to_vec() };
            let now = self.now();
            opened
                .store
                .write(move |tx| store::submit(tx, &actor, now, command, new_id).map_err(Error::from))
                .await?;
            opened.sync.waker().wake();
            self.change_profile(|profile| {
                profile.set_seat(name, Some(seat));
                profile.active = Some(name);
            })?;
            self.close_store().await;
            *self.state_mut() = State::Open(opened);
        }
        self.told_all();
        Ok(())
    }

    /// Opens what the profile names.
    pub(super) async fn open_active(&self) {
        let _turn = self.0.turning.lock().await;
        self.close_store().await;
        self.open_named().await;
    }

    /// Closes what is open, does the work, and opens what the profile names then, also where the work failed: nobody
    /// sees the time between.
    pub(super) async fn turn(&self, work: impl AsyncFnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let _turn = self.0.turning.lock().await;
        self.close_store().await;
        let done = work().await;
        self.open_named().await;
        done
    }

    async fn open_named(&self) {
        let (active, seat) = {
            let profile = self.profile();
            (profile.active, profile.active.and_then(|name| profile.seat(name).cloned()))
        };
        let state = match (active, seat) {
            (Some(name), Some(_)) if self.lost_service(name) => State::Blocked(Recovery {
                backups: backups(&self.folder_of(name)),
                ..service(&EmbeddedFault::Damaged)
            }),
            (Some(name), Some(seat)) => match self.open_connection(name, &seat).await {
                Ok(open) => State::Open(open),
                Err(recovery) => State::Blocked(recovery),
            },
            _ => State::FirstStart,
        };
        *self.state_mut() = state;
        self.told_all();
        self.resume_moving();
    }

    /// Whether this process has the data folder.
    pub(super) fn holds_folder(&self) -> bool {
        self.0.folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_some()
    }

    /// Sets the folder of a connection that begins anew aside: what a start that was cut short left behind holds
    /// nothing of a person's.
    pub(super) fn set_aside(&self, name: ConnectionName) -> Result<(), Error> {
        let folder = self.folder_of(name);
        if !folder.exists() {
            return Ok(());
        }
        let aside = self.0.data.join(format!("{}.left-{}", name.folder(), self.now().0));
        std::fs::rename(&folder, aside).map_err(|error| io_error(&error))
    }

    /// Whether the database of a service that was there is gone: opening it would begin an empty one.
    fn lost_service(&self, name: ConnectionName) -> bool {
        if matches!(name, ConnectionName::Team(_)) {
            return false;
        }
        !std::fs::metadata(self.folder_of(name).join(SERVICE)).is_ok_and(|file| file.len() > 0)
    }

    pub(super) async fn open_connection(&self, name: ConnectionName, seat: &Seat) -> Result<Open, Recovery> {
        let (folder, embedded, opened_by) = (self.folder_of(name), self.0.embedded.clone(), seat.clone());
        let clock = self.0.clock.clone();
        let team = match name {
            // What a sign-in brought is used by the other computer alone.
            ConnectionName::Team(_) if self.left().is_some() => Some(Nowhere::transport()),
            ConnectionName::Team(id) => Some(self.team_transport(id).map_err(|error| other(&error))?),
            ConnectionName::ThisComputer | ConnectionName::Local(_) | ConnectionName::Sample => None,
        };
        let opened = tokio::task::spawn_blocking(move || {
            let backups = backups(&folder);
            let store = Store::open(&folder)
                .map_err(|error| Recovery { backups: backups.clone(), ..cache(&error) })?;
            let transport = match team {
                Some(transport) => transport,
                None => embedded
                    .open(&folder.join(SERVICE), &opened_by)
                    .map_err(|fault| Recovery { backups, ..service(&fault) })?,
            };
            if is_small(&folder) {
                daily(&folder, clock());
            }
            Ok::<_, Recovery>((store, transport))
        })
        .await
        .map_err(|error| other(&error))?;
        let (store, transport) = opened?;
        files::settle(&self.folder_of(name), &store, self.now()).await;
        let sync = sync::start(store.clone(), transport, self.0.clock.clone());
        self.forward(&store, &sync);
        if let ConnectionName::Team(id) = name
            && self.left().is_none()
        {
            self.follow_team(id, &sync);
        }
        let upkeep = tokio::spawn(upkeep::upkeep(Arc::downgrade(&self.0), self.folder_of(name)));
        Ok(Open { name, seat: seat.clone(), store, sync, upkeep })
    }

    /// Passes on what a store says of its changes, and how syncing stands, for as long as it is open.
    fn forward(&self, store: &Store, sync: &Sync) {
        let (tags, mut changes) = (self.0.tags.clone(), store.changes());
        tokio::spawn(async move {
            while let Some(changed) = changes.next().await {
                let _ = tags.send(changed.iter().map(ToString::to_string).collect());
            }
        });
        let (tags, mut status) = (self.0.tags.clone(), sync.watch());
        tokio::spawn(async move {
            while status.changed().await.is_ok() {
                let _ = tags.send(vec!["sync".to_owned()]);
            }
        });
        let (tags, mut here) = (self.0.tags.clone(), sync.here());
        tokio::spawn(async move {
            while here.changed().await.is_ok() {
                let _ = tags.send(vec!["here".to_owned()]);
            }
        });
    }

    pub(super) async fn close_store(&self) {
        self.stop_listener().await;
        let before = std::mem::replace(&mut *self.state_mut(), State::FirstStart);
        if let State::Open(open) = before {
            open.sync.stop().await;
            open.upkeep.abort();
            // It ended by being told to, or before: either is well.
            let _ = open.upkeep.await;
            let _ =
                upkeep::back_up(self.folder_of(open.name), self.now(), self.0.jobs.begin(JobKind::BackUp))
                    .await;
        }
    }

    pub(super) fn folder_of(&self, name: ConnectionName) -> PathBuf {
        self.0.data.join(name.folder())
    }

    pub(super) fn told_all(&self) {
        self.told(&[
            "workspace",
            "settings",
            "projects",
            "runs",
            "installations",
            "outbox",
            "activity",
            "sync",
        ]);
    }
}

fn sync_view(status: &sync::SyncStatus, embedded: bool) -> SyncView {
    let (mut since, mut until, mut sent) = (None, None, 0);
    let state = match status.state {
        sync::SyncState::Idle => SyncState::Idle,
        sync::SyncState::Syncing { sent: so_far } => {
            sent = so_far;
            SyncState::Syncing
        }
        sync::SyncState::Offline { since: at } => {
            since = Some(at);
            SyncState::Offline
        }
        sync::SyncState::Busy { until: at } => {
            until = Some(at);
            SyncState::Busy
        }
        sync::SyncState::Intercepted => SyncState::Intercepted,
        sync::SyncState::SignedOut => SyncState::SignedOut,
        sync::SyncState::NotAMember => SyncState::NotAMember,
        sync::SyncState::UpdateNeeded => SyncState::UpdateNeeded,
    };
    let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
    SyncView { state, embedded, since, until, sent: count(sent), queued: count(status.queued) }
}
