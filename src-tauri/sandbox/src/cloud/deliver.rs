//! Deliveries: an event is posted to the version's events callback URL, signed; what is not answered with a success is
//! posted again, after 5 minutes and after 10 more.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use url::{Host, Url};

use crate::faults::Kind;
use crate::state::{SandboxState, World, new_id};

/// An event on its way.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Delivery {
    pub id: String,
    pub event_id: String,
    pub url: Option<String>,
    pub state: State,
    pub attempts: Vec<Attempt>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    UnderWay,
    Delivered,
    GivenUp,
    /// There is no callback, it lies outside this computer, or a fault says so.
    NotSent,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Attempt {
    at: Timestamp,
    status: Option<u16>,
    /// Where a redirect leads; it is not followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    millis: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Kind>,
}

/// The callback among a version's fields: as the console sends them, or as Talkdesk's app object has it.
pub(crate) fn callback(fields: &Map<String, Value>) -> Option<String> {
    let text = |value: &Value| Some(value.as_str()?.trim().to_owned()).filter(|text| !text.is_empty());
    let own = fields.get("events_callback_url");
    let own = own.and_then(|field| text(field).or_else(|| text(field.get("value")?)));
    own.or_else(|| {
        let urls = fields.get("urls")?.as_array()?;
        let found = urls
            .iter()
            .find(|url| url.get("type").and_then(Value::as_str) == Some("installation_subscription"));
        text(found?.get("url")?)
    })
}

/// Where a delivery goes: where all go, or the callback if that may be reached.
fn target(state: &SandboxState, callback: Option<&str>) -> Option<Url> {
    let options = state.options();
    if let Some(to) = &options.deliver_to {
        return Url::parse(to).ok();
    }
    let url = Url::parse(callback?).ok()?;
    let here = match url.host()? {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    (here || (options.deliver_outside && url.scheme() == "https")).then_some(url)
}

/// Sends an event off.
pub(super) fn begin(state: &SandboxState, world: &mut World, event_id: &str, callback: Option<String>) {
    let target = target(state, callback.as_deref());
    // Without an id the event is still there to be fetched.
    let Ok(id) = new_id() else { return };
    let under_way = if target.is_some() { State::UnderWay } else { State::NotSent };
    let url = target.as_ref().map(Url::to_string).or(callback);
    let (event_id, attempts) = (event_id.to_owned(), Vec::new());
    world.cloud.deliveries.push(Delivery { id: id.clone(), event_id, url, state: under_way, attempts });
    while world.cloud.tasks.try_join_next().is_some() {}
    if let Some(url) = target {
        let weak = state.downgrade();
        world.cloud.tasks.spawn(async move {
            let mut waits = None;
            loop {
                let Some(state) = weak.upgrade() else { return };
                let waits = waits.get_or_insert_with(|| state.options().delivery_retries.clone().into_iter());
                let done = attempt(&state, &id, &url).await;
                let next = if done { None } else { waits.next() };
                if next.is_none() {
                    return end(&state, &id, if done { State::Delivered } else { State::GivenUp });
                }
                drop(state);
                tokio::time::sleep(next.unwrap_or_default()).await;
            }
        });
    }
}

fn end(state: &SandboxState, id: &str, how: State) {
    let mut world = state.world();
    let found = world.cloud.deliveries.iter_mut().find(|delivery| delivery.id == id);
    if let Some(delivery) = found.filter(|delivery| delivery.state == State::UnderWay) {
        delivery.state = how;
    }
}

/// One attempt. The answer says whether there is nothing left to do.
async fn attempt(state: &SandboxState, id: &str, url: &Url) -> bool {
    let (body, key_id, signature, fault) = {
        let mut world = state.world();
        let fault = world.faults.take_for_delivery();
        let raw = state.options().signature_raw;
        let cloud = &world.cloud;
        let Some(delivery) = cloud.deliveries.iter().find(|delivery| delivery.id == id) else { return true };
        let Some(event) = cloud.events.iter().find(|event| event.id == delivery.event_id) else {
            return true;
        };
        let signed: &[u8] = if fault == Some(Kind::WrongSignature) { b"another body" } else { &event.body };
        let key_id = if fault == Some(Kind::WrongKey) { "no-such-key" } else { &cloud.signature_key.id };
        (event.body.clone(), key_id.to_owned(), cloud.signature_key.sign(signed, raw), fault)
    };
    if fault == Some(Kind::NotSent) {
        end(state, id, State::NotSent);
        return true;
    }
    let post = || {
        let mut request = state.http().post(url.clone()).timeout(state.options().delivery_time_limit);
        request = request.header("content-type", "application/json");
        if fault != Some(Kind::Unsigned) {
            request = request
                .header("X-Hub-Ecdsa-Signature", &signature)
                .header("X-Hub-Ecdsa-Signature-Id", &key_id);
        }
        request.body(body.clone()).send()
    };
    if fault == Some(Kind::Twice) {
        // At least once: the caller of the second cannot tell which of them counts.
        let _ = post().await;
    }
    let (at, begun) = (state.now(), Instant::now());
    let answer = post().await;
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut record = Attempt { at, status: None, location: None, error: None, millis, fault };
    match answer {
        Ok(answer) => {
            record.status = Some(answer.status().as_u16());
            let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
            record.location = location.map(str::to_owned);
        }
        Err(error) if error.is_timeout() => record.error = Some("timeout"),
        Err(error) if error.is_connect() => record.error = Some("unreachable"),
        Err(_) => record.error = Some("broken"),
    }
    let done = record.status.is_some_and(|status| (200..300).contains(&status));
    let mut world = state.world();
    let found = world.cloud.deliveries.iter_mut().find(|delivery| delivery.id == id);
    if let Some(delivery) = found {
        delivery.attempts.push(record);
    }
    done
}

/// When an attempt that failed is made again: after 5 minutes, and after 10 more (D/events-api).
pub(crate) fn documented_retries() -> Vec<Duration> {
    vec![Duration::from_mins(5), Duration::from_mins(10)]
}
