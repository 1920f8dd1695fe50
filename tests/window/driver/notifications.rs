//! The service that shows notifications on a desktop, as the app sees it: it takes them, and passes a click on.

#![expect(clippy::used_underscore_binding, reason = "by what the interface is made of")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedVariant;

use super::{SHORT, poll};

const PLACE: &str = "/org/freedesktop/Notifications";

/// What was shown: title and body.
type Shown = Arc<Mutex<Vec<(String, String)>>>;

/// A service that takes notifications.
pub struct Notifications {
    bus: zbus::Connection,
    shown: Shown,
}

struct Service(Shown);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the interface has them so")]
    fn notify(
        &self,
        _app: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedVariant>,
        _expires: i32,
    ) -> u32 {
        let mut shown = self.0.lock().unwrap();
        shown.push((summary, body));
        u32::try_from(shown.len()).unwrap()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;
}

impl Notifications {
    /// Takes the place of the service on a session bus.
    pub async fn on(bus: &str) -> Result<Self> {
        let shown = Shown::default();
        let bus = zbus::connection::Builder::address(bus)
            .name("org.freedesktop.Notifications")
            .serve_at(PLACE, Service(shown.clone()))
            .build()
            .await
            .context("taking the place of the notification service")?;
        Ok(Self { bus, shown })
    }

    /// Waits until so many were shown; the last one.
    pub async fn wait_shown(&self, count: usize) -> Result<(String, String)> {
        let last = || {
            let shown = self.shown.lock().unwrap();
            (shown.len() == count).then(|| shown.last().cloned()).flatten()
        };
        poll(SHORT, async || last())
            .await
            .with_context(|| format!("not {count} notifications, but: {:?}", self.shown.lock().unwrap()))
    }

    /// A person clicks on one of them, counted from 1.
    pub async fn click(&self, id: u32) -> Result<()> {
        let place = self.bus.object_server().interface::<_, Service>(PLACE).await?;
        Ok(Service::action_invoked(place.signal_emitter(), id, "default").await?)
    }
}
