//! What Talkdesk delivered to the service: read by number, and made commands of, as a delivery is that somebody takes by
//! hand.
//!
//! A command has its delivery's id, so that it is one, however many desktops make it; those that were made already are
//! not even sent here. Files come first, then commands and the new position in one transaction: whenever this is cut
//! short, the same page is read again.

use domain::files::FileRef;
use domain::ids::CommandId;
use domain::installation::{CheckedStep, EventFacts};
use domain::protocol::{Delivery, DeliveryRow as Numbered};
use domain::{Actor, AggregateRef, Body, Command};
use uuid::Uuid;

use super::api::CallError;
use super::round::{RoundError, Rounds};
use crate::blobs::Blobs;
use crate::picture;
use crate::store::{DeliveryRow, StoreError, SubmitError, Write, files, submit};

impl Rounds {
    /// Reads on to a number; says whether a command was made.
    pub(super) async fn deliveries(&self, until: u64) -> Result<bool, RoundError> {
        let mut at = self.delivered().await?;
        if until <= at {
            return Ok(false);
        }
        let me = self.api.me().await?;
        let actor = Actor { member: me.member, roles: me.roles };
        let mut made = false;
        while at < until {
            let Some(page) = self.api.deliveries(at).await? else { return Ok(made) };
            // Whatever is not in the last page was made a command by somebody else, or is kept no more.
            let next = if page.more { page.last } else { Some(page.last.unwrap_or(0).max(until)) };
            let next = next.filter(|next| *next > at);
            at = next.ok_or_else(|| CallError::Unreadable("a page that leads nowhere".to_owned()))?;
            made |= self.take(page.rows, at, actor.clone()).await?;
        }
        Ok(made)
    }

    async fn delivered(&self) -> Result<u64, StoreError> {
        self.store.read(|view| Ok(view.feed()?.map_or(0, |feed| feed.deliveries))).await
    }

    /// Takes a page that ends with a number.
    async fn take(&self, page: Vec<Numbered>, last: u64, actor: Actor) -> Result<bool, RoundError> {
        // Nothing is let go of between a file and what names it.
        let _filing = self.store.filing().await;
        let deliveries = self.unknown(page).await?;
        let blobs = Blobs::of(self.store.folder());
        let on_disk = tokio::task::spawn_blocking(move || {
            deliveries.into_iter().map(|delivery| with_body(&blobs, delivery)).collect::<Result<Vec<_>, _>>()
        });
        let local = |error: &dyn std::fmt::Display| CallError::Local(error.to_string());
        let deliveries = on_disk.await.map_err(|error| local(&error))?.map_err(|error| local(&error))?;
        let now = (self.clock)();
        let written = self.store.write(move |tx| {
            let mut made = false;
            for delivery in deliveries {
                if let Some(body) = delivery.event.as_ref().and_then(|event| event.body.as_ref()) {
                    files::added(tx, body.sha256, body.bytes, now)?;
                }
                made |= take_one(tx, &actor, now, delivery)?;
            }
            crate::store::feed::set_deliveries(tx, last)?;
            Ok::<_, StoreError>(made)
        });
        Ok(written.await?)
    }

    /// Those that are not here yet.
    async fn unknown(&self, page: Vec<Numbered>) -> Result<Vec<Delivery>, StoreError> {
        self.store
            .read(|view| {
                let mut unknown = Vec::with_capacity(page.len());
                for Numbered { delivery, .. } in page {
                    let known = match &delivery.event {
                        Some(event) if !event.installation.is_empty() => view
                            .installation(intake::installation_id(&event.installation))?
                            .is_some_and(|known| known.event(&event.id).is_some()),
                        _ => false,
                    };
                    if !known {
                        unknown.push(delivery);
                    }
                }
                Ok(unknown)
            })
            .await
    }
}

/// Keeps what is shown of an event's body as a file, which the event names.
fn with_body(blobs: &Blobs, mut delivery: Delivery) -> Result<Delivery, crate::blobs::BlobError> {
    let Some(event) = delivery.event.as_mut().filter(|event| !event.installation.is_empty()) else {
        return Ok(delivery);
    };
    if !delivery.shown.is_empty() {
        let bytes = std::mem::take(&mut delivery.shown).into_bytes();
        event.body = Some(body_file(event, blobs.add(&bytes)?, &bytes));
    }
    Ok(delivery)
}

fn body_file(event: &EventFacts, sha256: domain::files::BlobId, bytes: &[u8]) -> FileRef {
    let name = intake::body_name(event);
    let media_type = picture::look(bytes, &name).media_type.to_owned();
    FileRef { sha256, name, media_type, bytes: bytes.len() as u64, pixels: None }
}

/// Makes a command of a delivery; one that changes no installation is listed as it came.
fn take_one(
    tx: &mut Write<'_>,
    actor: &Actor,
    now: domain::Timestamp,
    delivery: Delivery,
) -> Result<bool, StoreError> {
    let Delivery { id, received, received_at, event, unverified, kind, claimed, shown, .. } = delivery;
    let (key_id, account) =
        event.as_ref().map(|event| (event.key_id.clone(), event.account.clone())).unwrap_or_default();
    if let Some(event) = event.filter(|event| !event.installation.is_empty()) {
        let aggregate = AggregateRef::Installation(intake::installation_id(&event.installation));
        let command = Command { id: CommandId(id), aggregate, body: Body::EventTake { event } };
        return match submit(tx, actor, now, command, || CommandId(Uuid::now_v7())) {
            Ok(_) => Ok(true),
            Err(SubmitError::Refused(refusal)) => {
                // The service keeps it; trying again would be refused again.
                tracing::warn!(%id, ?refusal, "a delivery was not taken");
                Ok(false)
            }
            Err(SubmitError::Store(error)) => Err(error),
        };
    }
    let steps = CheckedStep::all(unverified.as_ref(), &key_id);
    let (at, by) = (received_at, actor.member);
    let row = DeliveryRow { id, at, by, steps, kind, claimed, account, key_id, body: shown, received };
    tx.add_delivery(&row, None)?;
    Ok(false)
}
