//! The keys of deliveries: fetched from the gateway by their id, with no credential
//! (`GET {root}/events/signature-keys/{key_id}`), and kept until they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Semaphore;
use url::Url;

use crate::ambient::Ambient;
use crate::event::{Event, Unreadable};
use crate::gateway::join;
use crate::region::Regions;
use crate::signature::{Claim, Key, KeyFault, KeyId, Unverified};
use crate::wire::{Call, Failure, Wire};

/// How long a key is kept that does not say when it expires. Ours.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long it is remembered that a gateway has no such key: a forger's ids must not each cost a call. Ours.
const MISSING_KEPT: SignedDuration = SignedDuration::from_secs(60);
const CACHE_LIMIT: usize = 256;
/// How many keys are asked for at the same time.
const CALLS_LIMIT: usize = 8;

/// The answer to a request for a key.
#[derive(Deserialize)]
struct Told {
    public_key: String,
    key_id: Option<String>,
    expires_at: Option<String>,
}

/// Reads the gateway's answer: the key and when it expires. Pure.
pub fn read_key(body: &[u8], asked: &KeyId) -> Result<(Key, Option<Timestamp>), KeyFault> {
    let told: Told = serde_json::from_slice(body).map_err(|_| KeyFault::Unreadable)?;
    if told.key_id.is_some_and(|told| told != asked.as_str()) {
        return Err(KeyFault::Unreadable);
    }
    // A time that cannot be read must not make a key last for ever.
    let expires_at =
        told.expires_at.map(|text| text.parse().map_err(|_| KeyFault::Unreadable)).transpose()?;
    Ok((Key::read(&told.public_key).map_err(|_| KeyFault::Unreadable)?, expires_at))
}

/// Verifies deliveries.
#[derive(Debug)]
pub struct Verifier {
    wire: Wire,
    regions: Regions,
    ambient: Ambient,
    cache: Mutex<HashMap<(String, KeyId), Arc<Slot>>>,
    calls: Semaphore,
}

/// A key's place: the lock lets one caller fetch it while the others wait for it.
#[derive(Debug, Default)]
struct Slot(tokio::sync::Mutex<Option<Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    key: Result<Key, KeyFault>,
    until: Timestamp,
}

/// Why a delivery is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// It is no event.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is not verified.
    #[error(transparent)]
    Unverified(#[from] Unverified),
}

impl Verifier {
    /// A verifier that trusts the gateways of `regions`.
    pub fn new(wire: Wire, regions: Regions, ambient: Ambient) -> Self {
        let (cache, calls) = (Mutex::default(), Semaphore::new(CALLS_LIMIT));
        Self { wire, regions, ambient, cache, calls }
    }

    /// Verifies a delivery: its headers and its body as they were received, and the event that the body was read as.
    ///
    /// The key comes from `known`, the gateway of an installation that is known, or else from the gateway that the event
    /// itself names, if that is one of a region's: until it is verified, an event may say anything.
    pub async fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        event: &Event,
        known: Option<&Url>,
    ) -> Result<(), Unverified> {
        let claim = Claim::of(headers)?;
        let gateway = self.gateway(event, known)?;
        let key = self.key(&gateway, &claim.key_id).await?;
        claim.verify(&key, body)
    }

    fn gateway(&self, event: &Event, known: Option<&Url>) -> Result<Url, KeyFault> {
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let named = event.links.root().ok_or(KeyFault::NoGateway)?;
        match self.regions.of_gateway(&named) {
            Some(_) => Ok(named),
            None => Err(KeyFault::Untrusted(named.origin().ascii_serialization())),
        }
    }

    /// A key of a gateway, from the cache or from the gateway.
    pub async fn key(&self, gateway: &Url, id: &KeyId) -> Result<Key, KeyFault> {
        let slot = self.slot(gateway, id);
        let mut kept = slot.0.lock().await;
        let now = self.ambient.now();
        if let Some(kept) = kept.as_ref().filter(|kept| now < kept.until) {
            return kept.key.clone();
        }
        *kept = None;
        let fetched = self.fetch(gateway, id, now).await?;
        let key = fetched.key.clone();
        *kept = Some(fetched);
        key
    }

    fn slot(&self, gateway: &Url, id: &KeyId) -> Arc<Slot> {
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (gateway.as_str().to_owned(), id.clone());
        if let Some(slot) = cache.get(&name) {
            return slot.clone();
        }
        if cache.len() >= CACHE_LIMIT {
            // What nobody waits for and is not a key in force can go; if all are, the whole cache is made anew.
            let now = self.ambient.now();
            cache.retain(|_, slot| match slot.0.try_lock() {
                Ok(kept) => kept.as_ref().is_some_and(|kept| kept.key.is_ok() && now < kept.until),
                Err(_) => true,
            });
            if cache.len() >= CACHE_LIMIT {
                cache.clear();
            }
        }
        cache.entry(name).or_default().clone()
    }

    async fn fetch(&self, gateway: &Url, id: &KeyId, now: Timestamp) -> Result<Kept, KeyFault> {
        // The semaphore is never closed.
        let _turn = self.calls.acquire().await;
        let url = join(gateway, &["events", "signature-keys", id.as_str()]);
        let url = url.ok_or(KeyFault::NoGateway)?;
        let unavailable = |failure: Failure| KeyFault::Unavailable(failure.to_string());
        let answer = self.wire.send(Call::get(url), now).await.map_err(unavailable)?;
        let missing = |fault| Kept { key: Err(fault), until: now + MISSING_KEPT };
        if matches!(answer.status.as_u16(), 400 | 404 | 410) {
            return Ok(missing(KeyFault::Unknown));
        }
        let body = answer.content().map_err(unavailable)?;
        Ok(match read_key(&body, id) {
            Err(fault) => missing(fault),
            Ok((_, Some(expires_at))) if expires_at <= now => missing(KeyFault::Expired),
            Ok((key, expires_at)) => {
                Kept { key: Ok(key), until: expires_at.map_or(now + KEPT, |at| at.min(now + KEPT)) }
            }
        })
    }
}

#[cfg(test)]
#[path = "keys/tests.rs"]
mod tests;
