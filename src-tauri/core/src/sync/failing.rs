//! Whether the apps behind the relay take what is passed on to them, as the service said last. What needs someone is read
//! from here, as everything is: nobody waits for the service to see it.

use std::time::Duration;

use domain::protocol::FailingApps;
use tokio::time::sleep;

use super::api::Api;
use super::round::RoundError;
use crate::store::{Store, StoreError, feed};

/// How often the service is asked. It tells of an app after a quarter of an hour.
const LOOK: Duration = Duration::from_mins(1);

/// Asks for as long as there is a service that others share: one in this process relays nothing.
pub(super) async fn look(api: Api, store: Store) {
    if api.look_every().is_none() {
        return;
    }
    loop {
        match note(&api, &store).await {
            Ok(()) => {}
            Err(RoundError::Store(StoreError::Closed)) => return,
            // What was known stands: the sync itself says that the service is away.
            Err(error) => tracing::debug!(%error, "it is not known whether apps take their events"),
        }
        sleep(LOOK).await;
    }
}

/// Asks once, and keeps what is news.
pub(super) async fn note(api: &Api, store: &Store) -> Result<(), RoundError> {
    let FailingApps { apps } = api.failing().await?.unwrap_or_default();
    Ok(store.write(move |tx| feed::set_failing(tx, &apps)).await?)
}
