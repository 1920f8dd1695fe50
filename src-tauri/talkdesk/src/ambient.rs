//! What a computation takes from its surroundings: the time and random bytes. Tests hand in their own.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

type Now = dyn Fn() -> Timestamp + Send + Sync;
type Random = dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync;

/// The clock and the source of randomness.
#[derive(Clone)]
pub struct Ambient {
    now: Arc<Now>,
    random: Arc<Random>,
}

/// The system gives no random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

impl Ambient {
    /// The system's clock and randomness.
    pub fn system() -> Self {
        Self::new(Timestamp::now, |bytes| getrandom::fill(bytes).map_err(|_| NoRandomness))
    }

    /// Others.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync + 'static,
    ) -> Self {
        Self { now: Arc::new(now), random: Arc::new(random) }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Random bytes.
    pub(crate) fn random_bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        (self.random)(&mut bytes)?;
        Ok(bytes)
    }

    /// 128 random bits as 32 hexadecimal digits.
    pub fn random_id(&self) -> Result<String, NoRandomness> {
        Ok(format!("{:032x}", u128::from_be_bytes(self.random_bytes()?)))
    }
}

impl fmt::Debug for Ambient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ambient").finish_non_exhaustive()
    }
}
