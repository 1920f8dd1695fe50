//! The engine: what is open now, and everything that the calls of the window ask of it.
//!
//! It knows no window. The shell hands in what only it can do ([`Host`]), how the embedded partner service is opened
//! ([`Embedded`]), and the clock; a test hands in its own.

mod apps;
mod arriving;
mod computer;
mod copies;
mod credentials;
mod deliveries;
mod desktop;
mod export;
mod files;
mod giving;
mod import;
mod installations;
mod listener;
mod moving;
mod open;
mod originals;
mod outside;
mod port;
mod preflight;
mod recovery;
mod regions;
mod removing;
mod sample;
mod sign_in;
mod sso;
mod storage;
mod teams;
mod templates;
mod test_events;
#[cfg(all(test, unix))]
mod tests;
mod upkeep;
mod vault;

pub(crate) use arriving::ARRIVING;
pub(crate) use copies::Copy;
pub(crate) use deliveries::Delivery;
#[cfg(test)]
pub(crate) use installations::call_error;
pub(crate) use moving::{Destination, host_of};
pub use outside::{Choosing, Clock, Embedded, EmbeddedFault, Host, Options};

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use domain::ids::{CommandId, ContactId, CustomerId, MemberId, ProjectId, TemplateId, WorkspaceId};
use domain::{Actor, AggregateRef, Body, Command, Facts, Place, Refusal, RefusalCode, Timestamp, Undo};
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::clipboard::Clipboard;
use crate::error::{Error, ErrorCode};
use crate::folder::{Folder, FolderError};
use crate::ipc::boot::{Recovery, Settings};
use crate::jobs::Jobs;
use crate::link::{DeepLink, LinkProblem};
use crate::profile::{self, ConnectionName, Profile, Seat};
use crate::secret::Secret;
use crate::session::Session;
use crate::store::{self, Store, Submitted};
use crate::sync::Sync;
use crate::vault::Vault;

/// How often it is looked whether something became due.
const LOOK: std::time::Duration = std::time::Duration::from_mins(10);

/// How large the window may show things, in per cent.
const ZOOM: std::ops::RangeInclusive<u16> = 50..=200;
/// The longest that the vault may stay open with nobody there, in minutes: a day.
const LONGEST_IDLE: u16 = 24 * 60;
/// The languages of the window. The last is nobody's: the window's tests look with it for words outside the catalogue.
const LANGUAGES: &[&str] = if cfg!(debug_assertions) {
    &["system", "en", "pt", "es", "pseudo"]
} else {
    &["system", "en", "pt", "es"]
};

/// A handle on the engine; clones share it.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    /// Holds the lock on the data folder until it is closed; none where it could not be had.
    folder: Mutex<Option<Folder>>,
    data: PathBuf,
    host: Arc<dyn Host>,
    embedded: Arc<dyn Embedded>,
    clock: Clock,
    clipboard: Clipboard,
    /// A session for each registration that was looked at.
    sessions: Mutex<HashMap<Uuid, Session>>,
    tags: broadcast::Sender<Vec<String>>,
    profile: Mutex<Profile>,
    port_token: Mutex<Secret<String>>,
    /// Talkdesk's, as they were read at the start.
    regions: RwLock<Arc<regions::Known>>,
    vault: Vault,
    /// When somebody was there last, in milliseconds as the clock has them.
    touched: AtomicI64,
    /// Tells whoever watches the vault that it was opened, or that what is chosen of it changed.
    watched: Arc<Notify>,
    jobs: Jobs,
    /// Takes events at loopback, while a person wants that.
    listening: Mutex<Option<listener::Listening>>,
    /// Turns at decoding pictures.
    pictures: tokio::sync::Semaphore,
    /// The link from outside that was not followed yet.
    link: Mutex<Option<Result<DeepLink, LinkProblem>>>,
    state: RwLock<State>,
    /// Whether what was open last was opened.
    opened: watch::Sender<bool>,
    /// Held while a store is opened, left or recovered, so that two of these never overlap.
    turning: tokio::sync::Mutex<()>,
    /// Held while a workspace is moved to a team's service.
    moving: tokio::sync::Mutex<()>,
}

/// What is open.
enum State {
    /// The data folder is not usable, or no attempt was made yet.
    Blocked(Recovery),
    /// Nothing was started yet.
    FirstStart,
    /// A workspace is open.
    Open(Open),
}

struct Open {
    name: ConnectionName,
    seat: Seat,
    store: Store,
    sync: Sync,
    /// What looks after it.
    upkeep: JoinHandle<()>,
}

impl Engine {
    /// Starts the engine and opens what was open last. What keeps it from opening is no error here: the window
    /// shows it and offers what can be done.
    pub async fn start(options: Options) -> Self {
        let engine = Self::begin(options);
        engine.open().await;
        engine
    }

    /// Takes the data folder and opens nothing yet: a window can come up while [`Engine::open`] is at work, and its
    /// calls wait for that. Call it inside a tokio runtime.
    pub fn begin(options: Options) -> Self {
        let folder = Folder::open(&options.data);
        Self::begin_in(folder, options)
    }

    /// The same with the data folder as it was found by whoever looked before.
    pub fn begin_in(folder: Result<Folder, FolderError>, options: Options) -> Self {
        let (tags, _) = broadcast::channel(256);
        let (folder, blocked) = match folder {
            Ok(folder) => (Some(folder), None),
            Err(fault) => (None, Some(recovery::folder_recovery(&fault))),
        };
        let (profile, unreadable) = match profile::read(&options.data) {
            Ok(profile) => (profile, None),
            Err(error) => (Profile::default(), Some(recovery::other(&error))),
        };
        let jobs = {
            let tags = tags.clone();
            Jobs::new(move || {
                let _ = tags.send(vec!["jobs".to_owned()]);
            })
        };
        let watched = Arc::new(Notify::new());
        let vault = {
            let (tags, watched) = (tags.clone(), watched.clone());
            Vault::new(&options.data, options.keychain, options.clock.clone(), move || {
                let _ = tags.send(vec!["vault".to_owned()]);
                watched.notify_one();
            })
        };
        let state = blocked.or(unreadable).map_or(State::FirstStart, State::Blocked);
        let engine = Self(Arc::new(Inner {
            folder: Mutex::new(folder),
            regions: RwLock::new(Arc::new(regions::read(&options.data))),
            data: options.data,
            host: options.host,
            embedded: options.embedded,
            touched: AtomicI64::new((options.clock)().0),
            clock: options.clock,
            clipboard: Clipboard::start(),
            sessions: Mutex::default(),
            tags,
            profile: Mutex::new(profile),
            port_token: Mutex::new(Secret::new(String::new())),
            vault,
            watched,
            jobs,
            listening: Mutex::default(),
            pictures: tokio::sync::Semaphore::new(files::PICTURES),
            link: Mutex::new(None),
            state: RwLock::new(state),
            opened: watch::Sender::new(false),
            turning: tokio::sync::Mutex::new(()),
            moving: tokio::sync::Mutex::new(()),
        }));
        if engine.holds_folder() {
            engine.drop_arriving();
        }
        engine.watch();
        engine.watch_vault();
        engine.resume_forgetting();
        engine.keep_giving();
        engine
    }

    /// Opens what was open last, once.
    pub async fn open(&self) {
        if matches!(&*self.state(), State::FirstStart) {
            self.open_active().await;
        }
        self.0.opened.send_replace(true);
    }

    /// Waits until [`Engine::open`] is through.
    pub(crate) async fn opened(&self) {
        // The sender lives as long as this engine.
        let _ = self.0.opened.subscribe().wait_for(|opened| *opened).await;
    }

    /// Has the window look, now and then, whether something became due. What becomes due does so by the clock alone.
    fn watch(&self) {
        let inner = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let Some(inner) = inner.upgrade() else { return };
                let engine = Self(inner);
                if engine.settings().notify {
                    engine.told(&["notices"]);
                }
            }
        });
    }

    /// Tags of what changed, after it is durable.
    pub fn changes(&self) -> broadcast::Receiver<Vec<String>> {
        self.0.tags.subscribe()
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// The data folder.
    pub fn data_folder(&self) -> &Path {
        &self.0.data
    }

    /// A person's own settings.
    pub fn settings(&self) -> Settings {
        self.profile().settings.clone()
    }

    /// Sets a person's own settings.
    pub fn set_settings(&self, settings: Settings) -> Result<(), Error> {
        if !LANGUAGES.contains(&settings.language.as_str()) {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("language")));
        }
        if settings.lock_after > LONGEST_IDLE {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("lock_after")));
        }
        if !ZOOM.contains(&settings.zoom) {
            return Err(Error::new(ErrorCode::Invalid).at(Place::input("zoom")));
        }
        let turned_on = settings.notify && !self.settings().notify;
        self.change_profile(|profile| profile.settings = settings)?;
        self.told(&["settings"]);
        self.0.watched.notify_one();
        if turned_on {
            // What is due already is known: from here on it is told.
            self.told(&["notices"]);
        }
        Ok(())
    }

    /// What takes its time.
    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// What has to be done before the process ends: the clipboard's owner leaves in order.
    pub async fn close(&self) {
        self.opened().await;
        self.close_store().await;
        self.0.clipboard.stop().await;
        // Whoever waited for this may open the folder at once, whatever still holds this engine.
        drop(self.0.folder.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Lets what waits go out now: somebody knows that the service is there again.
    pub(crate) fn sync_now(&self) -> Result<(), Error> {
        let (.., wake) = self.writer()?;
        wake.wake();
        Ok(())
    }

    /// Applies a command here, durable when it answers, and lets it be sent.
    pub async fn change(&self, aggregate: AggregateRef, body: Body) -> Result<Submitted, Error> {
        let (store, actor, wake) = self.writer()?;
        let now = self.now();
        let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
        let submitted = store
            .write(move |tx| store::submit(tx, &actor, now, command, new_id).map_err(Error::from))
            .await?;
        wake.wake();
        Ok(submitted)
    }

    /// Applies several commands to one aggregate, all or none.
    pub async fn change_all(&self, aggregate: AggregateRef, bodies: Vec<Body>) -> Result<(), Error> {
        let (store, actor, wake) = self.writer()?;
        let now = self.now();
        store
            .write(move |tx| {
                bodies.into_iter().try_for_each(|body| {
                    let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
                    store::submit(tx, &actor, now, command, new_id).map(drop).map_err(Error::from)
                })
            })
            .await?;
        wake.wake();
        Ok(())
    }

    /// Takes a change back by a command of its own; refused as changed where somebody else changed the same since.
    pub async fn undo(&self, aggregate: AggregateRef, undo: Undo) -> Result<Submitted, Error> {
        let (store, actor, wake) = self.writer()?;
        let now = self.now();
        let submitted = store
            .write(move |tx| {
                let state = tx.view().aggregate(aggregate)?.ok_or_else(Error::not_found)?;
                if !undo.fits(&state) {
                    return Err(Refusal::ours(RefusalCode::Changed).into());
                }
                let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body: undo.back };
                store::submit(tx, &actor, now, command, new_id).map_err(Error::from)
            })
            .await?;
        wake.wake();
        Ok(submitted)
    }

    /// Says whether a command would apply, and writes nothing.
    async fn try_change(&self, aggregate: AggregateRef, body: Body) -> Result<(), Error> {
        let (store, actor, _) = self.writer()?;
        let now = self.now();
        let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
        store
            .read(move |view| {
                let facts = Facts::gather(&command, actor, now, view)?;
                let mut state = view.aggregate(aggregate)?;
                domain::apply(&mut state, &command, &facts).map(|_| ()).map_err(Error::from)
            })
            .await
    }

    /// Sends a refused or conflicted command again.
    pub async fn retry(&self, id: CommandId) -> Result<(), Error> {
        let (store, _, wake) = self.writer()?;
        found(store.write(move |tx| store::outbox::retry(tx, id).map_err(Error::from)).await?)?;
        wake.wake();
        Ok(())
    }

    /// Sends a refused or conflicted command again as another change, which has to apply to what stands now.
    pub async fn amend(&self, id: CommandId, body: Body) -> Result<(), Error> {
        let (store, actor, wake) = self.writer()?;
        let now = self.now();
        let done = store
            .write(move |tx| {
                let view = tx.view();
                let row = view.outbox_row(id)?.ok_or_else(Error::not_found)?;
                let command = Command { id, aggregate: row.envelope.aggregate, body: body.clone() };
                let facts = Facts::gather(&command, actor, now, &view)?;
                domain::apply(&mut view.aggregate(command.aggregate)?, &command, &facts)?;
                store::outbox::amend(tx, id, body, now).map_err(Error::from)
            })
            .await;
        found(done?)?;
        wake.wake();
        Ok(())
    }

    /// Drops a refused or conflicted command.
    pub async fn discard(&self, id: CommandId) -> Result<(), Error> {
        let (store, _, wake) = self.writer()?;
        let gone = store.write(move |tx| store::outbox::discard(tx, [id]).map_err(Error::from)).await?;
        found(!gone.is_empty())?;
        wake.wake();
        Ok(())
    }

    /// Remembers where a person is in something that is not done yet.
    pub async fn keep_draft(&self, key: String, text: String) -> Result<(), Error> {
        let (store, _) = self.open_store()?;
        store.write(move |tx| tx.set_draft(&key, Some(&text)).map_err(Error::from)).await
    }

    /// The addresses of these contacts of a customer's, as far as they have one.
    pub async fn contact_emails(
        &self,
        id: CustomerId,
        contacts: Vec<ContactId>,
    ) -> Result<Vec<String>, Error> {
        let (store, _) = self.open_store()?;
        store
            .read(move |view| {
                let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
                let customer = workspace.customer(id).ok_or_else(Error::not_found)?;
                let known = contacts.iter().filter_map(|id| customer.details.contact(*id));
                let emails = known.map(|contact| contact.email.clone()).filter(|email| !email.is_empty());
                Ok::<_, Error>(emails.collect())
            })
            .await
    }

    /// The id and version that an imported template gets.
    pub async fn next_template(&self, replaces: Option<TemplateId>) -> Result<(TemplateId, u32), Error> {
        let Some(id) = replaces else { return Ok((TemplateId(Uuid::now_v7()), 1)) };
        let (store, _) = self.open_store()?;
        store
            .read(move |view| {
                let workspace = view.workspace()?.ok_or_else(Error::not_found)?;
                let known = workspace.template(id, None).ok_or_else(Error::not_found)?;
                Ok::<_, Error>((id, known.version + 1))
            })
            .await
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<Uuid, Session>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open workspace's store, and who sits at it.
    pub(crate) fn open_store(&self) -> Result<(Store, MemberId), Error> {
        match &*self.state() {
            State::Open(open) => Ok((open.store.clone(), open.seat.member)),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    /// The open workspace.
    pub fn workspace_id(&self) -> Result<WorkspaceId, Error> {
        match &*self.state() {
            State::Open(open) => Ok(open.seat.workspace),
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    /// One project, as it is shown.
    async fn project(&self, id: ProjectId) -> Result<domain::project::Project, Error> {
        let (store, _) = self.open_store()?;
        store.read(move |view| view.project(id)?.ok_or_else(Error::not_found)).await
    }

    fn writer(&self) -> Result<(Store, Actor, crate::sync::Waker), Error> {
        match &*self.state() {
            State::Open(Open { seat: Seat { moved: Some(moved), .. }, .. }) => {
                Err(Error::new(ErrorCode::Moved).with("host", host_of(&moved.team)))
            }
            State::Open(open) => {
                let actor = Actor { member: open.seat.member, roles: open.seat.roles.clone() };
                Ok((open.store.clone(), actor, open.sync.waker()))
            }
            _ => Err(Error::new(ErrorCode::NotOpen)),
        }
    }

    pub(crate) fn told(&self, tags: &[&str]) {
        // Nobody listening is no fault: the window reads when it comes.
        let _ = self.0.tags.send(tags.iter().map(|tag| (*tag).to_owned()).collect());
    }

    fn profile(&self) -> MutexGuard<'_, Profile> {
        self.0.profile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_profile(&self, change: impl FnOnce(&mut Profile)) -> Result<(), Error> {
        let mut profile = self.profile();
        let mut changed = profile.clone();
        change(&mut changed);
        profile::write(&self.0.data, &changed).map_err(|error| io_error(&error))?;
        *profile = changed;
        Ok(())
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn found(there: bool) -> Result<(), Error> {
    if there { Ok(()) } else { Err(Error::not_found()) }
}

/// A fresh id for a follow-up.
fn new_id() -> CommandId {
    CommandId(Uuid::now_v7())
}

/// Does what waits for the disk beside the tasks that must not.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal(&error))?
}

fn io_error(error: &std::io::Error) -> Error {
    use std::io::ErrorKind;
    let code = match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => ErrorCode::ReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        ErrorKind::NotFound => ErrorCode::NotFound,
        _ => return Error::internal(error),
    };
    Error::new(code).with("detail", error)
}
