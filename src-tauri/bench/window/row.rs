//! A row of the report, before it is held against its bar.

use serde::Serialize;

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The unit of both figures.
    pub unit: &'static str,
    /// The figure.
    pub value: f64,
    /// What it is measured against in the same run; none: the figure stands for itself.
    pub floor: Option<f64>,
    /// The most that the ratio may be, or without a floor the figure; none: only told.
    pub bar: Option<f64>,
    /// Which way is better.
    pub better: &'static str,
}

impl Row {
    /// A figure of which less is better.
    pub const fn lower(
        name: &'static str,
        unit: &'static str,
        value: f64,
        floor: Option<f64>,
        bar: Option<f64>,
    ) -> Self {
        Self { name, unit, value, floor, bar, better: "lower" }
    }
}

/// The figure that so many in a hundred stay within (nearest rank).
pub fn percentile(figures: &[f64], percent: usize) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    let rank = (figures.len() * percent).div_ceil(100).max(1);
    figures.get(rank - 1).copied().unwrap_or(f64::NAN)
}
