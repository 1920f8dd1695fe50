//! What is not kept for ever: looked for once a day in each workspace, by one replica and the service's clock.
//!
//! Originals of deliveries go after the days that the workspace's policy names, where it names any: those that hold no
//! credentials, and wait for no app behind the relay. Files that no command names go once they lay loose for thirty days.
//!
//! What became of a call to Talkdesk is forgotten after thirty days: nobody asks again under its id then, and its command
//! stays.
//!
//! Loose is what came and was never named: its command was refused, or discarded before it was sent. A desktop whose
//! command is still queued asks for the file before it sends that one: its time begins anew, or the file is gone and is
//! sent again, for a desktop keeps what waits. Files that the service shares with a desktop are left to that desktop.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::alert::DAY;
use domain::files::{BlobId, named};
use domain::ids::WorkspaceId;
use domain::protocol::Delivery;
use domain::workspace::Workspace;
use domain::{AggregateRef, Timestamp};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::error::StoreError;
use crate::{OpenError, Service};

/// How long a file lies loose before it goes, and a call is known.
const GRACE: i64 = 30 * DAY;
/// How often it is asked whether a workspace is due.
const LOOK: Duration = Duration::from_hours(1);
/// Commands that are read at once.
const PAGE: u32 = 500;

impl Service {
    /// Looks through what each workspace that is due keeps; gives how many files were removed.
    pub async fn sweep_due(&self) -> Result<usize, OpenError> {
        let mut removed = 0;
        if !self.files.are_its_own() {
            return Ok(removed);
        }
        loop {
            let now = (self.clock)();
            let Some(workspace) = self.storage.take_sweep(now, Timestamp(now.0 - DAY)).await? else {
                return Ok(removed);
            };
            self.sweep_originals(workspace, now).await?;
            self.storage.forget_calls(workspace, Timestamp(now.0 - GRACE)).await?;
            removed += self.sweep_files(workspace, now).await?;
        }
    }

    async fn sweep_originals(&self, workspace: WorkspaceId, now: Timestamp) -> Result<(), StoreError> {
        let of = AggregateRef::Workspace(workspace);
        let Some(state) = self.storage.state(workspace, of).await? else { return Ok(()) };
        let state: Workspace = serde_json::from_str(&state)?;
        let Some(days) = state.policies.originals_days else { return Ok(()) };
        let before = Timestamp(now.0 - i64::from(days) * DAY);
        let mut after = 0;
        loop {
            let found = self.storage.originals(workspace, after).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            after = *last;
            let mut over = Vec::new();
            for (number, json) in &found {
                let delivery: Delivery = serde_json::from_str(json)?;
                let bare = delivery.event.is_some_and(|event| !event.what.may_hold_credentials());
                if bare && delivery.received_at < before {
                    over.push(*number);
                }
            }
            if !over.is_empty() {
                tracing::info!(%workspace, originals = over.len(), days, "originals were let go of");
                self.storage.drop_originals(workspace, over).await?;
            }
        }
    }

    async fn sweep_files(&self, workspace: WorkspaceId, now: Timestamp) -> Result<usize, StoreError> {
        // What is here before what is named: a file that comes meanwhile is looked at tomorrow.
        let files = self.files.clone();
        let here = spawn_blocking(move || files.all(workspace)).await??;
        loop {
            let (commands, upto) = self.storage.unnoted(workspace, PAGE).await?;
            if commands.is_empty() {
                break;
            }
            let mut found = BTreeSet::<BlobId>::new();
            for json in commands {
                named(&serde_json::from_str(&json)?, &mut found);
            }
            self.storage.note_named(workspace, found, upto).await?;
        }
        self.storage.note_loose(workspace, here, now).await?;
        let files = self.files.clone();
        let remove = Box::new(move |ids: &[BlobId]| files.remove(workspace, ids));
        let removed = self.storage.drop_loose(workspace, Timestamp(now.0 - GRACE), remove).await?;
        if removed > 0 {
            tracing::info!(%workspace, removed, "files that nothing names were removed");
        }
        Ok(removed)
    }

    /// Sweeps for as long as the service is served.
    pub(crate) async fn sweep(self, mut stopping: watch::Receiver<bool>) {
        if !self.files.are_its_own() {
            return;
        }
        loop {
            let working = async {
                if let Err(error) = self.sweep_due().await {
                    tracing::warn!(%error, "what is kept was not looked through");
                }
                tokio::time::sleep(LOOK).await;
            };
            tokio::select! {
                () = working => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
}
