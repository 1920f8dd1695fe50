//! Times, and what is told of them.

use std::time::Duration;

use serde::Serialize;

/// A row of the report, before it is held against its bar.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The unit of both figures.
    pub unit: &'static str,
    /// What was measured.
    pub value: f64,
    /// What it is measured against; none: the figure itself counts.
    pub floor: Option<f64>,
    /// The most that `value / floor`, or without a floor the value, may be; none: only told.
    pub bar: Option<f64>,
    /// Which way is better.
    pub better: &'static str,
}

/// The time that so many in a hundred stay within (nearest rank), in milliseconds.
pub fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100).max(1);
    times.get(rank - 1).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

/// The middle of some times, in milliseconds.
pub fn median(times: &[Duration]) -> f64 {
    percentile(times, 50)
}
