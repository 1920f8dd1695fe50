//! Deliveries as they came, of what was taken on this computer: sealed by the vault for as long as the workspace keeps
//! originals, shown with their secrets hidden, and sent to an address again, byte for byte. An event's is a record of
//! the vault; that of a delivery which did not verify stands in its row, and goes with it.
//!
//! What a team's service took is there. In a team's workspace nothing that may hold credentials stays on a computer, so
//! neither does such an original. A vault that is closed keeps nobody from taking an event that has no secret: it is
//! taken, and its original is not kept.

use std::time::Instant;

use domain::alert::DAY;
use domain::command::RevealedSecret;
use domain::installation::{EventFacts, Received, StepOutcome};
use domain::protocol::{AsItCame, Try, Which};
use domain::{AggregateRef, Body, Place, Timestamp};
use intake::{Incoming, original};
use talkdesk::address::is_loopback;
use talkdesk::wire::{Blocked, Reach, Wire};
use url::Url;
use uuid::Uuid;

use super::preflight::WITHIN;
use super::{Engine, Error, ErrorCode};
use crate::profile::ConnectionName;
use crate::secret::Secret;
use crate::store::{StoreError, View};
use crate::vault::{Kind, Name, Vault};

/// An event that was taken, as far as its original goes.
struct Told {
    event: String,
    taken_at: Timestamp,
    may_hold_credentials: bool,
}

/// Where a delivery is kept as it came.
#[derive(Clone)]
enum Kept {
    /// In a record of the vault.
    Record(Name),
    /// In its row, sealed under this name.
    Row(Name, Vec<u8>),
    /// Not here; a team's service may have it, and knows it so.
    There(Which),
}

/// It is not kept as it came.
fn gone() -> Error {
    Error::not_found().at(Place::input("delivery"))
}

fn told_gone(error: Error) -> Error {
    if error.code == ErrorCode::NotFound { gone() } else { error }
}

/// Every event that did not come by a service of its own.
fn taken_here(view: View<'_>) -> Result<Vec<Told>, StoreError> {
    let mut all = Vec::new();
    for row in view.installation_rows()? {
        let Some(known) = view.installation(row.id)? else { continue };
        let own = |received| !matches!(received, Received::Relay | Received::Mirror);
        all.extend(known.events.into_iter().filter(|taken| own(taken.event.received)).map(|taken| Told {
            may_hold_credentials: taken.event.what.may_hold_credentials(),
            event: taken.event.id,
            taken_at: taken.mark.at,
        }));
    }
    Ok(all)
}

impl Engine {
    /// The name of an event's original in the vault.
    pub(crate) fn original(&self, event: &str) -> Result<Name, Error> {
        Ok(Name { kind: Kind::Original, id: original::id(self.workspace_id()?, event) })
    }

    /// Seals a delivery as it came.
    pub(super) async fn seal_original(&self, of: &EventFacts, raw: Vec<u8>) -> Result<(), Error> {
        if self.is_team() && of.what.may_hold_credentials() {
            return Ok(());
        }
        let (name, raw) = (self.original(&of.id)?, Secret::new(raw));
        match self.with_vault(move |vault| vault.seal(name, raw.expose())).await {
            Err(error) if error.code == ErrorCode::VaultLocked => {
                tracing::info!("the vault is closed: an event is not kept as it came");
            }
            sealed => {
                sealed?;
                self.told(&["vault"]);
            }
        }
        Ok(())
    }

    /// Seals a delivery that did not verify, or is about no installation, for its row. In a team's workspace one that may
    /// hold credentials is not kept, nor any while the vault is closed.
    pub(super) async fn seal_unverified(
        &self,
        id: Uuid,
        incoming: &Incoming<'_>,
        raw: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Error> {
        if self.is_team() && incoming.may_hold_secrets() {
            return Ok(None);
        }
        let (name, raw) = (Name { kind: Kind::Original, id }, Secret::new(raw));
        match self.with_vault(move |vault| vault.seal_apart(name, raw.expose())).await {
            // It stands in the list all the same.
            Err(error) => {
                tracing::warn!(code = ?error.code, "a delivery is not kept as it came");
                Ok(None)
            }
            Ok(sealed) => Ok(Some(sealed)),
        }
    }

    /// Where a delivery is kept as it came.
    async fn kept(&self, which: &Which) -> Result<Kept, Error> {
        match which.clone() {
            Which::Event(event) => {
                let name = self.original(&event)?;
                let here = self.with_vault(move |vault| Ok(vault.holds(name))).await?;
                Ok(if here { Kept::Record(name) } else { Kept::There(Which::Event(event)) })
            }
            Which::Delivery(id) => {
                let (store, _) = self.open_store()?;
                let row = store.read(move |view| Ok::<_, Error>(view.delivery(id)?)).await?;
                let (row, sealed) = row.ok_or_else(gone)?;
                let name = Name { kind: Kind::Original, id };
                // The service knows one that verified by its event, though it is of no installation.
                let verified = row.steps.iter().all(|step| step.outcome == StepOutcome::Passed);
                let there = if verified { Which::Event(row.claimed) } else { Which::Delivery(id) };
                Ok(sealed.map_or(Kept::There(there), |bytes| Kept::Row(name, bytes)))
            }
        }
    }

    /// Opens what is kept here; none of what is not.
    async fn raw(&self, kept: &Kept) -> Result<Option<Secret<Vec<u8>>>, Error> {
        match kept.clone() {
            Kept::Record(name) => {
                self.with_vault(move |vault| vault.open(name)).await?.ok_or_else(gone).map(Some)
            }
            Kept::Row(name, bytes) => {
                self.with_vault(move |vault| vault.open_apart(name, &bytes)).await.map(Some)
            }
            Kept::There(_) if self.is_team() => Ok(None),
            Kept::There(_) => Err(gone()),
        }
    }

    /// A delivery as it came, its secrets hidden: from here, else from the team's service.
    pub(crate) async fn as_it_came(&self, which: &Which) -> Result<AsItCame, Error> {
        let kept = self.kept(which).await?;
        match (self.raw(&kept).await?, kept) {
            (Some(raw), _) => original::shown(raw.expose()).ok_or_else(gone),
            (None, Kept::There(which)) => self.receiving()?.original(&which).await.map_err(told_gone),
            (None, _) => Err(gone()),
        }
    }

    /// Sends a delivery to an address once, as it came, after it was noted that somebody did: from here, else from the
    /// team's service.
    pub(crate) async fn replay(&self, which: &Which, url: &str) -> Result<Try, Error> {
        let kept = self.kept(which).await?;
        if let (Kept::There(which), true) = (&kept, self.is_team()) {
            return self.receiving()?.replay(which, url).await.map_err(told_gone);
        }
        let (url, wire) = self.way_to(url)?;
        let raw = self.raw(&kept).await?.ok_or_else(gone)?;
        let raw = Secret::new(original::readable(raw.expose().clone()));
        let workspace = AggregateRef::Workspace(self.workspace_id()?);
        let of = url.host_str().unwrap_or_default().to_owned();
        let note = Body::SecretNoteReveal { secret: RevealedSecret::Event, of, copied: false };
        self.change(workspace, note).await?;
        let (at, began) = (self.now(), Instant::now());
        let answer = original::send(&wire, url, raw.expose()).await;
        let ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        Ok(match answer {
            Ok(status) => Try { at, ms, status: Some(status.as_u16()), fault: String::new() },
            Err(fault) => Try { at, ms, status: None, fault: fault.to_owned() },
        })
    }

    /// The way to an address that a person typed: on the internet, or of an app that runs on this computer.
    fn way_to(&self, text: &str) -> Result<(Url, Wire), Error> {
        let wrong =
            |reason: &str| Error::new(ErrorCode::Invalid).at(Place::input("url")).with("reason", reason);
        let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= domain::text::URL);
        let url = url.ok_or_else(|| wrong("url"))?;
        let (reach, regions) = self.cloud();
        let reach = if is_loopback(&url) { Reach::Sandbox } else { reach };
        reach.allows(&url).map_err(|why| {
            wrong(match why {
                Blocked::Scheme => "scheme",
                Blocked::Credentials => "credentials",
                Blocked::Address | Blocked::Origin => "address",
            })
        })?;
        let wire = Wire::new(reach, &regions).map_err(|error| Error::internal(&error))?;
        Ok((url, wire.within(WITHIN)))
    }

    /// Lets go of the originals that the workspace's rule does not keep. Those of events that may hold credentials stay,
    /// as at a team's service.
    pub(super) async fn sweep_originals(&self) -> Result<(), Error> {
        let held = self.with_vault(Vault::names).await?;
        let (store, _) = self.open_store()?;
        let (days, taken) = store
            .read(|view| {
                let days = view.workspace()?.and_then(|workspace| workspace.policies.originals_days);
                Ok::<_, Error>((days, taken_here(*view)?))
            })
            .await?;
        let Some(days) = days else { return Ok(()) };
        let before = Timestamp(self.now().0 - i64::from(days) * DAY);
        let unverified = store.write(move |tx| Ok::<_, Error>(tx.let_go_of_deliveries(before)?)).await?;
        if unverified > 0 {
            tracing::info!(unverified, "deliveries are no longer kept as they came");
        }
        let over = taken.iter().filter(|told| !told.may_hold_credentials && told.taken_at < before);
        let mut over: Vec<Name> = over.map(|told| self.original(&told.event)).collect::<Result<_, _>>()?;
        over.retain(|name| held.contains(name));
        if !over.is_empty() {
            tracing::info!(originals = over.len(), "originals were let go of");
            self.forget(over).await?;
        }
        Ok(())
    }

    /// The originals of a workspace of this computer.
    pub(super) async fn originals_of(&self, name: ConnectionName) -> Result<Vec<Name>, Error> {
        let Some(workspace) = self.profile().seat(name).map(|seat| seat.workspace) else {
            return Ok(Vec::new());
        };
        let taken = self.read_of(name, taken_here).await?;
        let name = |told: Told| Name { kind: Kind::Original, id: original::id(workspace, &told.event) };
        Ok(taken.into_iter().map(name).collect())
    }

    /// Drops secrets from the vault here.
    pub(super) async fn forget(&self, names: Vec<Name>) -> Result<(), Error> {
        self.with_vault(move |vault| names.into_iter().try_for_each(|name| vault.forget(name))).await
    }
}
