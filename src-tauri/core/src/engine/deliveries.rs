//! Taking a delivery of Talkdesk's by hand: verified, its credentials sealed, its facts made a command.
//!
//! In this order nothing is lost: what the reducer would refuse is not begun; the secrets are in the vault before
//! anything says that they came; the body without them is kept before the command names it. Where a step does not
//! work nothing is recorded, and the same delivery can be taken again.

use domain::ids::InstallationId;
use domain::installation::{CheckedStep, Installation, Received, Standing};
use domain::{AggregateRef, Body};
use http::{HeaderMap, HeaderValue};
use intake::{SetSecrets, Taken};
use talkdesk::Ambient;
use talkdesk::event::Event;
use talkdesk::keys::{Refused, Verifier};
use talkdesk::region::{Region, Regions};
use talkdesk::signature::{HeaderFault, KEY_ID_HEADER, KeyFault, SIGNATURE_HEADER, Unverified};
use talkdesk::wire::{Reach, Wire};
use url::Url;
use uuid::Uuid;

use super::{Engine, Error};
use crate::ipc::events::{DeliveryView, Outcome};
use crate::store::DeliveryRow;
use crate::vault::{Kind, Name};

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
    /// Where calls to Talkdesk may go: to its gateways, and to the sandbox of this computer that the console is
    /// connected with.
    pub(crate) fn cloud(&self) -> (Reach, Regions) {
        cloud(&self.profile().port)
    }

    /// An installation, as it is shown.
    pub(crate) async fn installation(&self, id: InstallationId) -> Result<Installation, Error> {
        let (store, _) = self.open_store()?;
        store.read(move |view| view.installation(id)?.ok_or_else(Error::not_found)).await
    }

    /// Takes a delivery, or says which step it failed at. One that is not verified is kept beside, without its secrets.
    pub(crate) async fn take_delivery(&self, delivery: Delivery) -> Result<DeliveryView, Error> {
        let (store, me) = self.open_store()?;
        let (reach, regions) = self.cloud();
        let known = match intake::claimed_installation(&delivery.body) {
            Some(id) => self.installation(id).await.ok(),
            None => None,
        };
        let root = known.as_ref().and_then(|known| Url::parse(&Standing::of(known).root).ok());
        let wire = Wire::new(reach).map_err(|error| Error::internal(&error))?;
        let verifier = Verifier::new(wire, regions.clone(), Ambient::system());
        let (headers, body) = (headers(&delivery), &delivery.body);
        let taken = match &headers {
            Err(fault) => Err(Refused::Unverified(Unverified::Header(*fault))),
            Ok(headers) => {
                intake::take(&verifier, &regions, root.as_ref(), headers, body, Received::ByHand).await
            }
        };
        let why = taken.as_ref().err().map(intake::why);
        if let Err(Refused::Unverified(Unverified::Key(KeyFault::Unavailable(why)))) = &taken {
            tracing::info!(why, "a signature key could not be fetched");
        }
        let steps = CheckedStep::all(why.as_ref(), &delivery.key_id);
        match taken {
            Ok(Taken { installation: Some(id), facts, secrets }) => {
                let event = facts.id.clone();
                let known = known.is_some_and(|known| known.event(&event).is_some());
                let mut view = DeliveryView {
                    outcome: if known { Outcome::Duplicate } else { Outcome::Taken },
                    steps,
                    installation: Some(id),
                    event: Some(event),
                };
                let aggregate = AggregateRef::Installation(id);
                let mut facts = Box::new(facts);
                self.try_change(aggregate, Body::EventTake { event: facts.clone() }).await?;
                // One that was taken elsewhere has its secrets there: taking it again brings them here.
                self.seal(secrets).await?;
                if known {
                    view.outcome = Outcome::Duplicate;
                    return Ok(view);
                }
                let (shown, _) = intake::shown(body).unwrap_or_default();
                let name = intake::body_name(&facts);
                facts.body = Some(self.add_file(&name, shown.into_bytes()).await?);
                self.change(aggregate, Body::EventTake { event: facts }).await?;
                Ok(view)
            }
            // Verified and about no installation: there is nothing that it could change.
            other => {
                let outcome = match &other {
                    Ok(_) => Outcome::About,
                    Err(refused) if intake::is_passing(refused) => Outcome::Unknown,
                    Err(_) => Outcome::Refused,
                };
                let event = Event::parse(body).ok();
                let claims = |read: fn(&Event) -> Option<&str>| {
                    event.as_ref().and_then(read).unwrap_or_default().to_owned()
                };
                let row = DeliveryRow {
                    id: Uuid::now_v7(),
                    at: self.now(),
                    by: me,
                    steps: steps.clone(),
                    kind: claims(|event| Some(&event.kind)),
                    claimed: claims(|event| Some(&event.id)),
                    account: claims(Event::account_id),
                    key_id: delivery.key_id.trim().chars().take(200).collect(),
                    body: intake::shown(body).map(|(shown, _)| shown).unwrap_or_default(),
                    received: Received::ByHand,
                };
                store.write(move |tx| tx.add_delivery(&row).map_err(Error::from)).await?;
                Ok(DeliveryView { outcome, steps, installation: None, event: None })
            }
        }
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

/// Keys are asked for at Talkdesk's gateways, and at a sandbox on this computer that the console is connected with.
fn cloud(port: &str) -> (Reach, Regions) {
    let mut regions = Regions::default();
    let here =
        Url::parse(port).ok().filter(|url| url.scheme() == "http" && Reach::Sandbox.allows(url).is_ok());
    let Some(sandbox) = here else { return (Reach::Internet, regions) };
    let name = "Sandbox".to_owned();
    regions.0.push(Region { key: None, name, gateways: vec![sandbox], id_domain: None });
    (Reach::Sandbox, regions)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_for_at_talkdesk_and_at_a_sandbox_of_this_computer_only() {
        for port in ["", "no url", "https://partner.example", "http://partner.example", "http://10.0.0.1"] {
            assert_eq!(cloud(port), (Reach::Internet, Regions::default()), "{port}");
        }
        let (reach, regions) = cloud("http://127.0.0.1:4780");
        assert_eq!(reach, Reach::Sandbox);
        let root = Url::parse("http://127.0.0.1:4780/gateway/td-eu-1").unwrap();
        assert_eq!(regions.of_gateway(&root).unwrap().name, "Sandbox");
    }
}
