//! Hints between replicas by `LISTEN` and `NOTIFY`.
//!
//! A notification takes a lock on the whole server when it commits, so none is sent by a transaction that writes: hints
//! are gathered for a moment and told together. Whoever was not connected has missed some, and looks at everything.

use std::collections::BTreeSet;
use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;
use tokio_postgres::{AsyncMessage, Connection, NoTls, Notification};

use super::connect::Address;
use crate::error::StoreError;
use crate::storage::{Heard, Hint};

const CHANNEL: &str = "partner_feeds";
/// Stands before the id of a workspace to which somebody came, or from which somebody went.
const PEOPLE: char = '@';
/// How long hints are gathered.
const GATHER: Duration = Duration::from_millis(20);
/// Hints in one notification: it holds less than 8,000 bytes.
const TOGETHER: usize = 200;
/// How long a listener that lost its connection waits, at first and at last.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Tells other replicas what moved, until nobody writes any more.
pub(super) async fn tell(pool: Pool, mut hints: UnboundedReceiver<Hint>) {
    while let Some(first) = hints.recv().await {
        sleep(GATHER).await;
        let mut told = BTreeSet::from([first]);
        while let Ok(more) = hints.try_recv() {
            told.insert(more);
        }
        let words: Vec<String> = told.into_iter().map(word).collect();
        for together in words.chunks(TOGETHER) {
            // A hint that is lost is made up for by the next look.
            if let Err(error) = notify(&pool, &together.join(" ")).await {
                tracing::warn!(%error, "other replicas are not told of writes");
            }
        }
    }
}

/// A hint as it stands in a notification: a workspace's id, after a mark where it is about people.
fn word(hint: Hint) -> String {
    match hint {
        Hint::Moved(workspace) => workspace.to_string(),
        Hint::People(workspace) => format!("{PEOPLE}{workspace}"),
    }
}

/// Reads [`word`]; by a newer replica there may be others.
fn hint(word: &str) -> Option<Hint> {
    match word.strip_prefix(PEOPLE) {
        Some(workspace) => workspace.parse().ok().map(Hint::People),
        None => word.parse().ok().map(Hint::Moved),
    }
}

async fn notify(pool: &Pool, told: &str) -> Result<(), StoreError> {
    let client = pool.get().await?;
    let statement = client.prepare_cached("SELECT pg_notify($1, $2)").await?;
    client.query_one(&statement, &[&CHANNEL, &told]).await?;
    Ok(())
}

/// Hears what any replica tells, on a connection of its own, until nobody wants to hear.
pub(super) async fn listen(address: Address, heard: UnboundedSender<Heard>) {
    let mut wait = PATIENCE.0;
    while !heard.is_closed() {
        tokio::select! {
            () = heard.closed() => return,
            ended = hear(&address, &heard) => match ended {
                Ok(()) => wait = PATIENCE.0,
                Err(error) => tracing::warn!(%error, "other replicas are not heard"),
            },
        }
        sleep(wait).await;
        wait = (wait * 2).min(PATIENCE.1);
    }
}

/// Listens until the connection ends.
async fn hear(address: &Address, heard: &UnboundedSender<Heard>) -> Result<(), StoreError> {
    // The client is held: with it goes the connection.
    let (client, mut notifications) = if let Some(tls) = &address.tls {
        let (client, connection) = address.config.connect(tls.clone()).await?;
        (client, messages(connection))
    } else {
        let (client, connection) = address.config.connect(NoTls).await?;
        (client, messages(connection))
    };
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    let _ = heard.send(Heard::Missed);
    while let Some(notification) = notifications.recv().await {
        for hint in notification.payload().split(' ').filter_map(hint) {
            let _ = heard.send(Heard::Told(hint));
        }
    }
    Ok(())
}

/// What a connection is told besides answers; driving the connection is part of reading it.
fn messages<S, T>(mut connection: Connection<S, T>) -> UnboundedReceiver<Notification>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (told, receiver) = unbounded_channel();
    tokio::spawn(async move {
        let mut messages = poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(notification) = message {
                let _ = told.send(notification);
            }
        }
    });
    receiver
}
