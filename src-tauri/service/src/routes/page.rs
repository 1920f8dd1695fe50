//! Which page of something is asked for.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use domain::protocol::{FaultCode, PAGE};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Failure;
use crate::storage::Page;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A number; 0 is before the first.
    #[serde(default)]
    after: u64,
    /// The most rows of the page; 500 at most.
    #[serde(default = "most")]
    limit: u32,
}

fn most() -> u32 {
    PAGE
}

pub(super) fn page(query: &Result<Query<Asked>, QueryRejection>) -> Result<Page, Failure> {
    match query {
        Ok(Query(Asked { after, limit })) if *limit > 0 => {
            // Numbers are signed in the store; none is greater.
            let after = (*after).min(i64::MAX.unsigned_abs());
            Ok(Page { after, limit: usize::try_from(*limit.min(&PAGE)).unwrap_or(usize::MAX) })
        }
        _ => Err(Failure::new(FaultCode::Invalid).with("in", "query")),
    }
}
