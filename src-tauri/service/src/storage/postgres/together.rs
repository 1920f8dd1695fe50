//! What is asked for at the same time, done together: while some of it is under way, the next gathers, and is done in one
//! statement after it.
//!
//! Nobody waits for company: who comes alone is served at once, and with many at once a statement costs each of them a
//! part of it. What is answered was looked at after it was asked.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem::replace;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use tokio::sync::oneshot;

use crate::error::StoreError;

/// The most that is done together: so many, and so many bytes, of which one alone may be more.
const MOST: (usize, usize) = (100, 4 * 1024 * 1024);

/// What can be done for many at once.
#[async_trait]
pub(super) trait Work: 'static {
    /// Only what is of the same is done together.
    type Of: Copy + Eq + Hash + Send + Sync + 'static;
    /// What one asks.
    type One: Send + Sync + 'static;
    /// What one is answered.
    type Answer: Send + 'static;

    /// How large one is, in bytes, where that counts.
    fn bytes(_: &Self::One) -> usize {
        0
    }

    /// Does it for all; an answer for each, in their order.
    async fn all(client: &Object, of: Self::Of, ones: &[Self::One]) -> Result<Vec<Self::Answer>, StoreError>;
}

/// What waits to be done.
pub(super) struct Together<W: Work> {
    pool: Pool,
    waiting: Arc<Waiting<W>>,
}

/// What is of the same has a place here for as long as somebody does it.
struct Waiting<W: Work>(Mutex<HashMap<W::Of, Vec<Asked<W>>>>);

struct Asked<W: Work> {
    one: W::One,
    told: oneshot::Sender<Result<W::Answer, StoreError>>,
}

impl<W: Work> Together<W> {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, waiting: Arc::new(Waiting(Mutex::default())) }
    }

    /// Does one, with whatever else waits.
    pub(super) async fn ask(&self, of: W::Of, one: W::One) -> Result<W::Answer, StoreError> {
        let (told, answer) = oneshot::channel();
        if self.waiting.push(of, Asked { one, told }) {
            // A task of its own: whoever asked first may go away before the others are answered.
            tokio::spawn(run(self.pool.clone(), Arc::clone(&self.waiting), of));
        }
        answer.await.map_err(|_| StoreError::NoTurn)?
    }
}

impl<W: Work> Waiting<W> {
    fn all(&self) -> MutexGuard<'_, HashMap<W::Of, Vec<Asked<W>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody sees to it yet: the caller does.
    fn push(&self, of: W::Of, asked: Asked<W>) -> bool {
        let mut all = self.all();
        let nobody = !all.contains_key(&of);
        all.entry(of).or_default().push(asked);
        nobody
    }

    /// What is done together next; nothing, and no place any more, where nothing waits.
    fn next(&self, of: W::Of) -> Option<Vec<Asked<W>>> {
        let mut all = self.all();
        let waiting = all.get_mut(&of)?;
        if waiting.is_empty() {
            all.remove(&of);
            return None;
        }
        let (mut count, mut bytes) = (0, 0);
        for asked in waiting.iter() {
            bytes += W::bytes(&asked.one);
            if count > 0 && (count == MOST.0 || bytes > MOST.1) {
                break;
            }
            count += 1;
        }
        let rest = waiting.split_off(count);
        Some(replace(waiting, rest))
    }
}

/// Whoever sees to what waits. Where he comes to grief, what waits is let go of, and the next who asks sees to it himself.
struct Seen<'a, W: Work>(&'a Waiting<W>, W::Of);

impl<W: Work> Drop for Seen<'_, W> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.all().remove(&self.1);
        }
    }
}

async fn run<W: Work>(pool: Pool, waiting: Arc<Waiting<W>>, of: W::Of) {
    let _seen = Seen(&waiting, of);
    while let Some(together) = waiting.next(of) {
        let (ones, told): (Vec<_>, Vec<_>) =
            together.into_iter().map(|asked| (asked.one, asked.told)).unzip();
        // Whoever went away is not waited for.
        match done::<W>(&pool, of, &ones).await {
            Ok(answers) => {
                for (told, answer) in told.into_iter().zip(answers) {
                    let _ = told.send(Ok(answer));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for told in told {
                    let _ = told.send(Err(Arc::clone(&error).into()));
                }
            }
        }
    }
}

async fn done<W: Work>(pool: &Pool, of: W::Of, ones: &[W::One]) -> Result<Vec<W::Answer>, StoreError> {
    W::all(&pool.get().await?, of, ones).await
}
