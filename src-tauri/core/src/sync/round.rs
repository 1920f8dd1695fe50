//! One round: meet the service, take a snapshot where the feed is not ours any more, send, read the feed.

use std::collections::BTreeSet;

use domain::Refusal;
use domain::command::Envelope;
use domain::ids::CommandId;
use domain::protocol::{BATCH, CommandResult, Me, Outcome, PROTOCOL, Results};
use domain::refusal::RefusalCode;
use tokio::sync::watch;

use super::api::{Api, CallError};
use super::{Clock, files};
use crate::blobs::Blobs;
use crate::store::feed::{self, Position};
use crate::store::{Store, StoreError, Write, files as store_files};

/// The most bytes of commands in a batch.
const BATCH_BYTES: usize = 1024 * 1024;
/// How often a round starts again because the epoch changed under it.
const TURNS: usize = 3;

/// How a round ended that reached the service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Round {
    /// All that can be sent was sent, all that there is was read.
    Complete,
    /// Likewise, and what was read made commands that are to be sent.
    More,
    /// All was read; this desktop is too old to send.
    ReadOnly,
}

/// Why a round did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum RoundError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a round works with.
pub(super) struct Rounds {
    pub(super) store: Store,
    pub(super) api: Api,
    pub(super) clock: Clock,
}

/// Whether the feed is the one that was read before.
enum Met {
    Same,
    Another,
}

/// What came of reading the feed.
enum Pulled {
    /// All was read; Talkdesk's last delivery has this number, and something of ours may be to be sent again.
    All { deliveries: u64, again: bool },
    /// It is not the one that was read before.
    Another,
}

impl Rounds {
    /// Does one round, and tells with each batch how many commands were answered.
    pub(super) async fn round(&self, sent: &watch::Sender<usize>) -> Result<Round, RoundError> {
        // What the last process, or a round that was cut short, left in flight.
        self.store.write(feed::give_back).await?;
        for _ in 0..TURNS {
            let (position, waiting) = self
                .store
                .read(|view| Ok::<_, StoreError>((view.feed()?, view.counts()?.queued > 0)))
                .await?;
            let mut position = position;
            let mut can_send = true;
            // The epoch has to be known before anything is sent under it.
            if waiting || position.as_ref().is_none_or(|at| at.snapshot_after.is_some()) {
                let me = self.api.me().await?;
                can_send = me.least_protocol <= PROTOCOL;
                if is_another(position.as_ref(), &me) {
                    position = Some(self.begin(me).await?);
                }
            }
            if let Some(after) = position.as_ref().and_then(|at| at.snapshot_after)
                && matches!(self.snapshot(after).await?, Met::Another)
            {
                continue;
            }
            if waiting && can_send {
                match self.push(sent).await {
                    Ok(Met::Same) => {}
                    Ok(Met::Another) => continue,
                    Err(RoundError::Call(CallError::UpdateNeeded)) => can_send = false,
                    Err(error) => return Err(error),
                }
            }
            if let Pulled::All { deliveries, again } = self.pull().await? {
                return Ok(match can_send {
                    false => Round::ReadOnly,
                    true if self.deliveries(deliveries).await? || again => Round::More,
                    true => Round::Complete,
                });
            }
        }
        Err(CallError::Unreadable("the epoch does not hold still".to_owned()).into())
    }

    async fn begin(&self, me: Me) -> Result<Position, RoundError> {
        tracing::info!(epoch = %me.epoch, head = me.head, "taking a snapshot");
        let (epoch, head) = (me.epoch, me.head);
        let position = self.store.write(move |tx| {
            feed::begin_snapshot(tx, epoch, head)?;
            tx.view().feed()
        });
        Ok(position.await?.ok_or(StoreError::Closed)?)
    }

    async fn snapshot(&self, mut after: u64) -> Result<Met, RoundError> {
        loop {
            let met = self.api.snapshot(after).await?;
            let epoch = met.page.epoch;
            let (more, last) = (met.page.more, met.last);
            let taken = self
                .store
                .write(move |tx| {
                    let same = tx.view().feed()?.is_some_and(|at| at.epoch == epoch);
                    if same {
                        feed::take_snapshot(tx, &met.page, last)?;
                    }
                    Ok::<_, StoreError>(same)
                })
                .await?;
            match (taken, more, last) {
                (false, ..) => return Ok(Met::Another),
                (true, true, Some(last)) => after = last,
                _ => return Ok(Met::Same),
            }
        }
    }

    async fn push(&self, sent: &watch::Sender<usize>) -> Result<Met, RoundError> {
        // What waits for another at the service stays in the queue; it is sent once a round.
        let mut waiting = BTreeSet::new();
        let mut again = BTreeSet::new();
        let mut most = BATCH;
        loop {
            let besides = waiting.clone();
            let batch = self.store.write(move |tx| feed::take_batch(tx, &besides, most, BATCH_BYTES)).await?;
            if batch.is_empty() {
                return Ok(Met::Same);
            }
            if let Err(error) = files::send_named(&self.api, &self.store, &batch).await {
                self.store.write(feed::give_back).await?;
                return Err(error);
            }
            match self.api.commands(&batch).await {
                Ok(mut results) => {
                    // Files that the service does not have after all are sent once more, and what waits for their
                    // commands with them.
                    let lacking = self.lacking(&batch, &results, &mut again).await?;
                    let waits = |result: &CommandResult| {
                        lacking.contains(&result.id)
                            || !lacking.is_empty() && matches!(result.outcome, Outcome::Waiting { .. })
                    };
                    results.results.retain(|result| !waits(result));
                    let before = waiting.len();
                    let held_up = |result: &&CommandResult| matches!(result.outcome, Outcome::Waiting { .. });
                    waiting.extend(results.results.iter().filter(held_up).map(|result| result.id));
                    let answered = results.results.len() - (waiting.len() - before);
                    let met = self.settle(results).await?;
                    sent.send_modify(|sent| *sent += answered);
                    if !lacking.is_empty() {
                        self.store.write(feed::give_back).await?;
                        continue;
                    }
                    if matches!(met, Met::Another) {
                        return Ok(Met::Another);
                    }
                    most = BATCH;
                }
                // One of the batch is at fault: find it by halves, and let it alone be refused.
                Err(CallError::TooLarge | CallError::Invalid(_)) if batch.len() > 1 => {
                    self.store.write(feed::give_back).await?;
                    most = batch.len() / 2;
                }
                Err(error @ (CallError::TooLarge | CallError::Invalid(_))) => {
                    self.refuse(&batch, &error).await?;
                    sent.send_modify(|sent| *sent += 1);
                }
                Err(error) => {
                    self.store.write(feed::give_back).await?;
                    return Err(error.into());
                }
            }
        }
    }

    /// The commands that were refused for a file which is here, once for each: their files count as not sent.
    async fn lacking(
        &self,
        batch: &[Envelope],
        results: &Results,
        again: &mut BTreeSet<CommandId>,
    ) -> Result<BTreeSet<CommandId>, RoundError> {
        let mut lacking = BTreeSet::new();
        let mut unsent = BTreeSet::new();
        let blobs = Blobs::of(self.store.folder());
        for (command, result) in batch.iter().zip(&results.results) {
            let Outcome::Refused { refusal } = &result.outcome else { continue };
            let named = command.blobs();
            if refusal.code == RefusalCode::BlobMissing
                && named.iter().all(|id| blobs.has(*id))
                && again.insert(command.id)
            {
                lacking.insert(command.id);
                unsent.extend(named);
            }
        }
        if !unsent.is_empty() {
            let unsent = move |tx: &mut Write<'_>| {
                unsent.iter().try_for_each(|id| store_files::set_sent(tx, *id, false))
            };
            self.store.write(unsent).await?;
        }
        Ok(lacking)
    }

    async fn settle(&self, results: Results) -> Result<Met, RoundError> {
        let now = (self.clock)();
        let same = self
            .store
            .write(move |tx| {
                // What was taken was taken under the epoch of the answer, whichever we knew.
                feed::settle(tx, results.epoch, &results.results, now)?;
                Ok::<_, StoreError>(tx.view().feed()?.is_some_and(|at| at.epoch == results.epoch))
            })
            .await?;
        Ok(if same { Met::Same } else { Met::Another })
    }

    async fn refuse(&self, batch: &[Envelope], error: &CallError) -> Result<(), RoundError> {
        let code =
            if *error == CallError::TooLarge { RefusalCode::TooLong } else { RefusalCode::UnknownCommand };
        let refusal = Refusal::ours(code).with("detail", error);
        let now = (self.clock)();
        let ids: Vec<CommandId> = batch.iter().map(|command| command.id).collect();
        self.store
            .write(move |tx| {
                ids.iter().try_for_each(|id| feed::settle_refused(tx, *id, refusal.clone(), now))
            })
            .await?;
        Ok(())
    }

    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's lifetime is not general enough"
    )]
    async fn position(&self) -> Result<Option<Position>, StoreError> {
        self.store.read(|view| view.feed()).await
    }

    async fn pull(&self) -> Result<Pulled, RoundError> {
        let mut again = false;
        loop {
            let Some(at) = self.position().await? else { return Ok(Pulled::Another) };
            let met = self.api.changes(at.head).await?;
            let (more, last) = (met.page.more, met.last);
            let (epoch, head) = (met.page.epoch, met.page.head);
            if epoch != at.epoch || head < at.head {
                self.store.write(move |tx| feed::begin_snapshot(tx, epoch, head)).await?;
                return Ok(Pulled::Another);
            }
            let deliveries = met.page.deliveries;
            let now = (self.clock)();
            again |= self.store.write(move |tx| feed::take_changes(tx, &met.page, last, now)).await?;
            if !more {
                return Ok(Pulled::All { deliveries, again });
            }
        }
    }
}

fn is_another(position: Option<&Position>, me: &Me) -> bool {
    position.is_none_or(|at| at.epoch != me.epoch || me.head < at.head)
}
