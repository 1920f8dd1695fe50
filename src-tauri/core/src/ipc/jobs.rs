//! What takes its time, and the way to stop it.

use serde::Deserialize;

use super::common::{Done, Nothing};
use crate::engine::Engine;
use crate::error::Error;
use crate::jobs::JobView;

/// Names a job.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct JobArgs {
    /// Which.
    pub id: u32,
}

pub(super) async fn jobs(engine: &Engine, _: Nothing) -> Result<Vec<JobView>, Error> {
    Ok(engine.jobs().shown())
}

/// One that is over needs no stopping.
pub(super) async fn stop_job(engine: &Engine, args: JobArgs) -> Result<Done, Error> {
    engine.jobs().stop(args.id);
    Ok(Done {})
}
