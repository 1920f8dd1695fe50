//! Growing patience: half a random step and half a sure one, so that many desktops do not come back at once.

use std::time::Duration;

/// Never sooner than this after an attempt that failed, whatever wakes it.
pub(super) const LEAST: Duration = Duration::from_secs(1);
/// Never later than this.
pub(super) const MOST: Duration = Duration::from_mins(1);

/// How long to wait next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failed: u32,
}

impl Backoff {
    /// It worked.
    pub(super) fn reset(&mut self) {
        self.failed = 0;
    }

    /// It failed once more.
    pub(super) fn next(&mut self) -> Duration {
        let step = step(self.failed);
        self.failed = self.failed.saturating_add(1);
        // Without randomness every step is whole.
        let random = getrandom::u32().unwrap_or(u32::MAX);
        step / 2 + (step / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

fn step(failed: u32) -> Duration {
    // 2, 4, 8, 16, 32, 60, 60 … seconds.
    Duration::from_secs(2 << failed.min(10)).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_grows_to_a_minute_and_starts_over() {
        let mut backoff = Backoff::default();
        for most in [2, 4, 8, 16, 32, 60, 60, 60] {
            let most = Duration::from_secs(most);
            let wait = backoff.next();
            assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
        }
        for _ in 0..100 {
            assert!(backoff.next() <= MOST);
        }
        backoff.reset();
        assert!(backoff.next() <= Duration::from_secs(2));
    }
}
