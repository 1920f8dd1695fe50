//! Opening, leaving and recovering a workspace's store.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::ids::{MemberId, WorkspaceId};
use domain::workspace::Member;
use domain::{Actor, AggregateRef, Body, Command, Params, Role, Timestamp};
use uuid::Uuid;

use super::{EmbeddedFault, Engine, Error, ErrorCode, Inner, Open, State, io_error, new_id};
use crate::folder::FolderError;
use crate::ipc::boot::{
    BackupView, Frame, MemberView, Phase, Recovery, RecoveryProblem, SyncState, SyncView,
};
use crate::ipc::home::needs;
use crate::jobs::{Job, JobKind};
use crate::profile::{ConnectionName, Seat};
use crate::store::{self, OpenError, Store};
use crate::sync::{self, Sync};

/// The embedded service's own database in a connection's folder.
const SERVICE: &str = "service.db";
/// What is backed up.
const PRECIOUS: &[&str] = &[SERVICE, store::FILE];
/// How long after the opening what is large is looked through: by then the window has long been in use.
const SETTLED: Duration = Duration::from_secs(10);
/// How often what changed is backed up while a workspace is open; when it is closed, too.
const BACKUP: Duration = Duration::from_hours(1);

impl Engine {
    /// What the window shows first.
    pub async fn phase(&self) -> Result<Phase, Error> {
        let turn = self.0.turning.lock().await;
        let (store, me, status, sample) = match &*self.state() {
            State::FirstStart => return Ok(Phase::FirstStart),
            State::Blocked(recovery) => return Ok(Phase::Recovery(recovery.clone())),
            State::Open(open) => (
                open.store.clone(),
                open.seat.clone(),
                open.sync.status(),
                open.name == ConnectionName::Sample,
            ),
        };
        drop(turn);
        let now = self.now();
        store
            .read(move |view| {
                let workspace = view.workspace()?;
                let member = |member: &Member| MemberView {
                    id: member.id,
                    name: member.name.clone(),
                    roles: member.roles.clone(),
                };
                let members: Vec<MemberView> =
                    workspace.as_ref().map(|w| w.members.iter().map(member).collect()).unwrap_or_default();
                let counts = view.counts()?;
                let mine = members.iter().find(|member| member.id == me.member);
                Ok(Phase::Open(Box::new(Frame {
                    workspace: me.workspace,
                    name: workspace.as_ref().map(|workspace| workspace.name.clone()).unwrap_or_default(),
                    sample,
                    me: MemberView {
                        id: me.member,
                        name: mine.map_or_else(|| me.name.clone(), |member| member.name.clone()),
                        roles: Role::ALL.to_vec(),
                    },
                    members,
                    sync: sync_view(&status),
                    needs: u32::try_from(needs(*view, now, me.member)?.len()).unwrap_or(u32::MAX),
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
                profile.active = profile.this_computer.as_ref().map(|_| ConnectionName::ThisComputer);
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

    /// Sets the damaged cache aside, saves what is precious in it, and refills the rest.
    pub async fn recover_cache(&self) -> Result<(), Error> {
        let Some(name) = self.profile().active else { return Err(Error::not_found()) };
        let folder = self.folder_of(name);
        let now = self.now();
        self.turn(async move || {
            let recovered = tokio::task::spawn_blocking(move || store::recover(&folder, now))
                .await
                .map_err(|error| Error::internal(&error))?;
            let recovered = recovered.map_err(|error| Error::internal(&error))?;
            tracing::warn!(?recovered, "the damaged cache was set aside");
            Ok(())
        })
        .await
    }

    /// A read, a write or the look through the whole file met damage that the check at the start did not see: nothing
    /// more is read or written until the cache was recovered.
    pub(crate) async fn found_damaged(&self) {
        self.block(|_| cache(&OpenError::Damaged)).await;
    }

    /// The same of the embedded service's database.
    async fn found_service_damaged(&self) {
        self.block(|folder| Recovery { backups: backups(folder), ..service(&EmbeddedFault::Damaged) }).await;
    }

    async fn block(&self, why: impl FnOnce(&Path) -> Recovery) {
        {
            let _turn = self.0.turning.lock().await;
            let State::Open(Open { name, .. }) = *self.state() else { return };
            let recovery = why(&self.folder_of(name));
            self.close_store().await;
            *self.state_mut() = State::Blocked(recovery);
        }
        self.told_all();
    }

    /// Goes back to a backup of the embedded service's database; unsent work is kept and sent again.
    pub async fn restore_backup(&self, file: &str) -> Result<(), Error> {
        let Some(name) = self.profile().active else { return Err(Error::not_found()) };
        let Some(seat) = self.profile().seat(name).cloned() else { return Err(Error::not_found()) };
        let folder = self.folder_of(name);
        let known = store::backup::list(&folder).map_err(|error| io_error(&error))?;
        let backup = known.into_iter().find(|backup| backup.file == file).ok_or_else(Error::not_found)?;
        let (embedded, path) =
            (self.0.embedded.clone(), folder.join(store::backup::FOLDER).join(backup.file));
        self.turn(async move || {
            tokio::task::spawn_blocking(move || embedded.restore(&path, &folder.join(SERVICE), &seat))
                .await
                .map_err(|error| Error::internal(&error))?
                .map_err(|fault| Error::internal(&fault))
        })
        .await
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
            };
            let workspace = domain::text::line(workspace, domain::text::LINE, "name")?;
            // What a start that was cut short left behind holds nothing of a person's.
            let folder = self.folder_of(name);
            if folder.exists() {
                let aside = self.0.data.join(format!("{}.left-{}", name.folder(), self.now().0));
                std::fs::rename(&folder, aside).map_err(|error| io_error(&error))?;
            }
            let opened =
                self.open_connection(name, &seat).await.map_err(|recovery| blocked_error(&recovery))?;
            let command = Command {
                id: new_id(),
                aggregate: AggregateRef::Workspace(seat.workspace),
                body: Body::WorkspaceCreate {
                    name: workspace,
                    sample: name == ConnectionName::Sample,
                    member: Member { id: seat.member, name: seat.name.clone(), roles: Role::ALL.to_vec() },
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
    async fn turn(&self, work: impl AsyncFnOnce() -> Result<(), Error>) -> Result<(), Error> {
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
    }

    /// Whether the database of a service that was there is gone: opening it would begin an empty one.
    fn lost_service(&self, name: ConnectionName) -> bool {
        !std::fs::metadata(self.folder_of(name).join(SERVICE)).is_ok_and(|file| file.len() > 0)
    }

    async fn open_connection(&self, name: ConnectionName, seat: &Seat) -> Result<Open, Recovery> {
        let (folder, embedded, opened_by) = (self.folder_of(name), self.0.embedded.clone(), seat.clone());
        let clock = self.0.clock.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let backups = backups(&folder);
            let store = Store::open(&folder)
                .map_err(|error| Recovery { backups: backups.clone(), ..cache(&error) })?;
            let transport = embedded
                .open(&folder.join(SERVICE), &opened_by)
                .map_err(|fault| Recovery { backups, ..service(&fault) })?;
            if is_small(&folder) {
                daily(&folder, clock());
            }
            Ok::<_, Recovery>((store, transport))
        })
        .await
        .map_err(|error| other(&error))?;
        let (store, transport) = opened?;
        super::files::settle(&self.folder_of(name), &store, self.now()).await;
        let sync = sync::start(store.clone(), transport, self.0.clock.clone());
        self.forward(&store, &sync);
        let upkeep = tokio::spawn(upkeep(Arc::downgrade(&self.0), self.folder_of(name))).abort_handle();
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
    }

    pub(super) async fn close_store(&self) {
        let before = std::mem::replace(&mut *self.state_mut(), State::FirstStart);
        if let State::Open(open) = before {
            open.sync.stop().await;
            open.upkeep.abort();
            let _ = back_up(self.folder_of(open.name), self.now(), self.0.jobs.begin(JobKind::BackUp)).await;
        }
    }

    pub(super) fn folder_of(&self, name: ConnectionName) -> PathBuf {
        self.0.data.join(name.folder())
    }

    fn told_all(&self) {
        self.told(&["workspace", "settings", "projects", "runs", "outbox", "activity", "sync"]);
    }
}

/// Whether everything precious in a folder is looked through before it is opened.
fn is_small(folder: &Path) -> bool {
    PRECIOUS.iter().all(|name| store::is_small(&folder.join(name)))
}

/// Looks after what is open: what is large is looked through and backed up for the day while it is in use; then what
/// changed is backed up, once an hour.
async fn upkeep(engine: Weak<Inner>, folder: PathBuf) {
    if !is_small(&folder) {
        tokio::time::sleep(SETTLED).await;
        let (here, looked) = (folder.clone(), tokio::task::spawn_blocking);
        let found = looked(move || {
            let service = store::check_pages(&here.join(SERVICE));
            (store::check(&here), service)
        });
        let Some(inner) = engine.upgrade() else { return };
        // Closing the store ends this task: another one has to do it.
        match found.await {
            Ok((Err(OpenError::Damaged), _)) => {
                tokio::spawn(async move { Engine(inner).found_damaged().await });
                return;
            }
            Ok((_, Err(OpenError::Damaged))) => {
                tokio::spawn(async move { Engine(inner).found_service_damaged().await });
                return;
            }
            _ => {}
        }
        let (here, now) = (folder.clone(), (inner.clock)());
        drop(inner);
        let _ = tokio::task::spawn_blocking(move || daily(&here, now)).await;
    }
    loop {
        tokio::time::sleep(BACKUP).await;
        let Some(inner) = engine.upgrade() else { return };
        let (now, job) = ((inner.clock)(), inner.jobs.begin(JobKind::BackUp));
        drop(inner);
        let _ = back_up(folder.clone(), now, job).await;
    }
}

/// Makes the day's backups where they are missing. A missed backup is no reason not to work; the log says so.
fn daily(folder: &Path, now: Timestamp) {
    if let Err(error) = store::backup::daily(folder, PRECIOUS, now) {
        tracing::error!(%error, "the daily backup failed");
    }
}

/// Backs up what changed. A missed backup is no reason not to work; the log says so.
pub(super) async fn back_up(folder: PathBuf, now: Timestamp, job: Job) -> Result<(), Error> {
    let made = tokio::task::spawn_blocking(move || {
        store::backup::renew(&folder, PRECIOUS, now, &|done, of| job.step(done, of))
    })
    .await;
    let made = made.map_err(|error| Error::internal(&error)).and_then(|made| made.map_err(backup_error));
    if let Err(error) = made.as_ref().map_err(|error| error.code)
        && error != ErrorCode::Cancelled
    {
        tracing::error!(?error, "the backup failed");
    }
    made.map(drop)
}

fn backup_error(error: OpenError) -> Error {
    match error {
        OpenError::Io(error) if error.kind() == std::io::ErrorKind::Interrupted => {
            Error::new(ErrorCode::Cancelled)
        }
        OpenError::Io(error) => io_error(&error),
        OpenError::ReadOnly => Error::new(ErrorCode::ReadOnly),
        OpenError::DiskFull => Error::new(ErrorCode::DiskFull),
        error => Error::internal(&error),
    }
}

fn sync_view(status: &sync::SyncStatus) -> SyncView {
    let (state, since) = match status.state {
        sync::SyncState::Idle => (SyncState::Idle, None),
        sync::SyncState::Syncing => (SyncState::Syncing, None),
        sync::SyncState::Offline { since } => (SyncState::Offline, Some(since)),
        sync::SyncState::SignedOut => (SyncState::SignedOut, None),
        sync::SyncState::NotAMember => (SyncState::NotAMember, None),
        sync::SyncState::UpdateNeeded => (SyncState::UpdateNeeded, None),
    };
    SyncView { state, embedded: true, since, queued: u32::try_from(status.queued).unwrap_or(u32::MAX) }
}

pub(super) fn backups(folder: &Path) -> Vec<BackupView> {
    let known = store::backup::list(folder).unwrap_or_default();
    let of_service = known.into_iter().filter(|backup| backup.name == SERVICE);
    of_service.map(|backup| BackupView { file: backup.file, at: backup.at, bytes: backup.bytes }).collect()
}

fn recovery(problem: RecoveryProblem, words: &[(&str, String)]) -> Recovery {
    let params: Params = words.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Recovery { problem, params, backups: Vec::new() }
}

fn cache(error: &OpenError) -> Recovery {
    match error {
        OpenError::TooNew { found, known } => {
            recovery(RecoveryProblem::TooNew, &[("found", found.to_string()), ("known", known.to_string())])
        }
        OpenError::Damaged => recovery(RecoveryProblem::CacheDamaged, &[]),
        OpenError::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        OpenError::DiskFull => recovery(RecoveryProblem::DiskFull, &[]),
        OpenError::Io(error) => recovery(RecoveryProblem::Other, &[("detail", error.to_string())]),
    }
}

fn service(fault: &EmbeddedFault) -> Recovery {
    match fault {
        EmbeddedFault::TooNew { found, known } => {
            recovery(RecoveryProblem::TooNew, &[("found", found.to_string()), ("known", known.to_string())])
        }
        EmbeddedFault::Damaged => recovery(RecoveryProblem::ServiceDamaged, &[]),
        EmbeddedFault::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        EmbeddedFault::DiskFull => recovery(RecoveryProblem::DiskFull, &[]),
        EmbeddedFault::Other(detail) => recovery(RecoveryProblem::Other, &[("detail", detail.clone())]),
    }
}

pub(super) fn folder_recovery(fault: &FolderError) -> Recovery {
    match fault {
        FolderError::ReadOnly => recovery(RecoveryProblem::ReadOnly, &[]),
        FolderError::InUse { .. } => recovery(RecoveryProblem::InUse, &[]),
        other => recovery(RecoveryProblem::Other, &[("detail", other.to_string())]),
    }
}

pub(super) fn other(error: &dyn std::fmt::Display) -> Recovery {
    recovery(RecoveryProblem::Other, &[("detail", error.to_string())])
}

fn blocked_error(recovery: &Recovery) -> Error {
    let code = match recovery.problem {
        RecoveryProblem::TooNew => ErrorCode::StoreTooNew,
        RecoveryProblem::ReadOnly => ErrorCode::ReadOnly,
        RecoveryProblem::DiskFull => ErrorCode::DiskFull,
        _ => ErrorCode::Internal,
    };
    Error { params: recovery.params.clone(), ..Error::new(code) }
}
