//! Taking a delivery of Talkdesk's on this computer: verified, its credentials sealed, its facts made a command.
//!
//! In this order nothing is lost: what the reducer would refuse is not begun; the secrets are in the vault before
//! anything says that they came; the body without them is kept before the command names it. Where a step does not
//! work nothing is recorded, and the same delivery can be taken again.

use domain::ids::InstallationId;
use domain::installation::{CheckedStep, Installation, Received, Standing};
use domain::{AggregateRef, Body, Place};
use http::{HeaderMap, HeaderValue};
use intake::{Incoming, SetSecrets, Taken, original};
use talkdesk::Ambient;
use talkdesk::event::Event;
use talkdesk::keys::{Refused, Verifier};
use talkdesk::signature::{HeaderFault, KEY_ID_HEADER, KeyFault, SIGNATURE_HEADER, Unverified};
use talkdesk::wire::Wire;
use url::Url;
use uuid::Uuid;

use super::installations::call_error;
use super::{Engine, Error, ErrorCode};
use crate::ipc::events::{DeliveryView, Outcome};
use crate::store::DeliveryRow;
use crate::vault::{Kind, Name};

/// The largest body that is kept of what came to the listener and was not verified, in bytes.
const SHOWN_LIMIT: usize = 64 * 1024;

/// A delivery as somebody has it.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// The value of `X-Hub-Ecdsa-Signature`; empty where it was not there.
    pub signature: String,
    /// The value of `X-Hub-Ecdsa-Signature-Id`.
    pub key_id: String,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Engine {
    /// An installation, as it is shown.
    pub(crate) async fn installation(&self, id: InstallationId) -> Result<Installation, Error> {
        let (store, _) = self.open_store()?;
        store.read(move |view| view.installation(id)?.ok_or_else(Error::not_found)).await
    }

    /// Takes a delivery that somebody has, or says which step it failed at.
    pub(crate) async fn take_delivery(&self, delivery: Delivery) -> Result<DeliveryView, Error> {
        self.take(headers(&delivery), &delivery.body, Received::ByHand).await
    }

    /// Takes a delivery, or says which step it failed at. One that is not verified is kept beside, without its secrets.
    pub(super) async fn take(
        &self,
        headers: Result<HeaderMap, HeaderFault>,
        body: &[u8],
        received: Received,
    ) -> Result<DeliveryView, Error> {
        let (store, me) = self.open_store()?;
        let (reach, regions) = self.cloud();
        let incoming = Incoming::read(body);
        let known = match incoming.installation() {
            Some(id) => self.installation(id).await.ok(),
            None => None,
        };
        let root = known.as_ref().and_then(|known| Url::parse(&Standing::of(known).root).ok());
        let wire = Wire::new(reach, &regions).map_err(|error| Error::internal(&error))?;
        let verifier = Verifier::new(wire, regions.clone(), Ambient::system());
        let taken = match &headers {
            Err(fault) => Err(Refused::Unverified(Unverified::Header(*fault))),
            Ok(headers) => {
                intake::take(&verifier, &regions, root.as_ref(), headers, &incoming, received).await
            }
        };
        let why = taken.as_ref().err().map(intake::why);
        if let Err(Refused::Unverified(Unverified::Key(KeyFault::Unavailable(why)))) = &taken {
            tracing::info!(why, "a signature key could not be fetched");
        }
        let named = headers.as_ref().ok().and_then(|headers| headers.get(KEY_ID_HEADER)?.to_str().ok());
        let key_id: String = named.unwrap_or_default().trim().chars().take(200).collect();
        let steps = CheckedStep::all(why.as_ref(), &key_id);
        match taken {
            Ok(Taken { installation: Some(id), facts, secrets }) => {
                let taken = Taken { installation: Some(id), facts, secrets };
                let original = headers.ok().map(|headers| original::packed(&headers, body));
                self.keep(id, taken, known.as_ref(), &incoming, original, steps).await
            }
            // Verified and about no installation: there is nothing that it could change.
            other => {
                let outcome = match &other {
                    Ok(_) => Outcome::About,
                    Err(refused) if intake::is_passing(refused) => Outcome::Unknown,
                    Err(_) => Outcome::Refused,
                };
                let claims = |read: fn(&Event) -> Option<&str>| {
                    incoming.event().and_then(read).unwrap_or_default().to_owned()
                };
                // Whoever finds the listener may send anything to it; what is far larger than an event is not kept.
                let large = received == Received::Listener && body.len() > SHOWN_LIMIT;
                let id = Uuid::now_v7();
                let original =
                    headers.ok().filter(|_| !large).map(|headers| original::packed(&headers, body));
                let sealed = match original {
                    Some(raw) => self.seal_unverified(id, &incoming, raw).await?,
                    None => None,
                };
                let row = DeliveryRow {
                    id,
                    at: self.now(),
                    by: me,
                    steps: steps.clone(),
                    kind: claims(|event| Some(&event.kind)),
                    claimed: claims(|event| Some(&event.id)),
                    account: claims(Event::account_id),
                    key_id,
                    body: if large { String::new() } else { incoming.shown() },
                    received,
                };
                store.write(move |tx| tx.add_delivery(&row, sealed.as_deref()).map_err(Error::from)).await?;
                Ok(DeliveryView { outcome, steps, installation: None, event: None })
            }
        }
    }

    /// Fetches an event of an installation from its own gateway, by the event's id, and takes it: the original of a
    /// delivery that was lost, or that did not verify (D/events-api, *Replay*; scope events:read).
    pub(crate) async fn fetch_event(&self, id: InstallationId, event: &str) -> Result<DeliveryView, Error> {
        let wrong = || Error::new(ErrorCode::Invalid).at(Place::input("event"));
        let event = event.trim();
        // One segment of a path, whatever else an id may be.
        if event.is_empty()
            || event.len() > 200
            || !event.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return Err(wrong());
        }
        let reached = self.reach(id, None).await?;
        let body = reached.gateway().event(reached.app(), event).await;
        let body = body.map_err(|failure| call_error(&failure))?;
        let known = self.installation(id).await?;
        let incoming = Incoming::read(&body);
        let taken = intake::fetched(&self.cloud().1, &incoming).ok();
        // A gateway that answers with something else is not believed.
        let taken =
            taken.filter(|taken| taken.facts.id == event && taken.facts.installation == known.talkdesk_id);
        let taken = taken.ok_or_else(|| Error::new(ErrorCode::Platform).at(Place::input("event")))?;
        // It has no headers: it is no delivery, and its gateway's answer had others.
        let original = original::packed(&HeaderMap::new(), &body);
        self.keep(id, taken, Some(&known), &incoming, Some(original), Vec::new()).await
    }

    /// Keeps an event that is to be believed: what it says, its secrets, and it as it came, where it did.
    async fn keep(
        &self,
        id: InstallationId,
        taken: Taken,
        known: Option<&Installation>,
        incoming: &Incoming<'_>,
        original: Option<Vec<u8>>,
        steps: Vec<CheckedStep>,
    ) -> Result<DeliveryView, Error> {
        let Taken { facts, secrets, .. } = taken;
        let event = facts.id.clone();
        let known = known.is_some_and(|known| known.event(&event).is_some());
        let outcome = if known { Outcome::Duplicate } else { Outcome::Taken };
        let aggregate = AggregateRef::Installation(id);
        let mut facts = Box::new(facts);
        self.try_change(aggregate, Body::EventTake { event: facts.clone() }).await?;
        // One that was taken elsewhere has its secrets there: taking it again brings them here.
        self.seal(secrets).await?;
        if !known {
            let name = intake::body_name(&facts);
            facts.body = Some(self.add_file(&name, incoming.shown().into_bytes()).await?);
            self.change(aggregate, Body::EventTake { event: facts.clone() }).await?;
        }
        // The rule for originals goes by what was taken: one of an event that was not would stay for ever. Where it
        // cannot be sealed, taking the event again does it.
        if let Some(original) = original {
            self.seal_original(&facts, original).await?;
        }
        Ok(DeliveryView { outcome, steps, installation: Some(id), event: Some(event) })
    }

    /// Keeps the secrets of a set.
    async fn seal(&self, secrets: Option<SetSecrets>) -> Result<(), Error> {
        let Some(SetSecrets { id, client_secret, private_key }) = secrets else { return Ok(()) };
        self.with_vault(move |vault| {
            // The key first: where it cannot be kept the secret is not either.
            for (kind, secret) in
                [(Kind::InstallationKey, private_key), (Kind::InstallationSecret, client_secret)]
            {
                if let Some(secret) = secret.filter(|secret| !secret.expose().is_empty()) {
                    vault.seal(Name { kind, id }, secret.expose().as_bytes())?;
                }
            }
            Ok(())
        })
        .await?;
        self.told(&["vault"]);
        Ok(())
    }
}

fn headers(delivery: &Delivery) -> Result<HeaderMap, HeaderFault> {
    let mut headers = HeaderMap::new();
    for (name, value) in [(SIGNATURE_HEADER, &delivery.signature), (KEY_ID_HEADER, &delivery.key_id)] {
        let value = value.trim();
        if !value.is_empty() {
            let value = HeaderValue::from_str(value).map_err(|_| HeaderFault::Malformed(name))?;
            headers.insert(name, value);
        }
    }
    Ok(headers)
}
