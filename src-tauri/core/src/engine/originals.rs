//! Deliveries as they came, of events that were taken on this computer: sealed in the vault for as long as the
//! workspace keeps originals, and sent to an address again, byte for byte.
//!
//! What a team's service took is there. In a team's workspace nothing that may hold credentials stays on a computer, so
//! neither does such an original. A vault that is closed keeps nobody from taking an event that has no secret: it is
//! taken, and its original is not kept.

use std::time::Instant;

use domain::alert::DAY;
use domain::command::RevealedSecret;
use domain::installation::{EventFacts, Received};
use domain::protocol::Try;
use domain::{AggregateRef, Body, Place, Timestamp};
use intake::original;
use talkdesk::address::is_loopback;
use talkdesk::wire::{Blocked, Reach, Wire};
use url::Url;

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

    /// Sends an event to an address once, as it came, after it was noted that somebody did: from here, else from the
    /// team's service.
    pub(crate) async fn replay(&self, event: &str, url: &str) -> Result<Try, Error> {
        let gone = || Error::not_found().at(Place::input("event"));
        let name = self.original(event)?;
        if !self.with_vault(move |vault| Ok(vault.holds(name))).await? {
            if !self.is_team() {
                return Err(gone());
            }
            let sent = self.receiving()?.replay(event, url).await;
            return sent.map_err(|error| if error.code == ErrorCode::NotFound { gone() } else { error });
        }
        let (url, wire) = self.way_to(url)?;
        let raw = self.with_vault(move |vault| vault.open(name)).await?.ok_or_else(gone)?;
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

    /// Lets go of the originals that the workspace's rule does not keep. Those that may hold credentials stay, as at a
    /// team's service.
    pub(super) async fn sweep_originals(&self) -> Result<(), Error> {
        let held = self.with_vault(Vault::names).await?;
        if !held.iter().any(|name| name.kind == Kind::Original) {
            return Ok(());
        }
        let (store, _) = self.open_store()?;
        let (days, taken) = store
            .read(|view| {
                let days = view.workspace()?.and_then(|workspace| workspace.policies.originals_days);
                Ok::<_, Error>((days, taken_here(*view)?))
            })
            .await?;
        let Some(days) = days else { return Ok(()) };
        let before = Timestamp(self.now().0 - i64::from(days) * DAY);
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
