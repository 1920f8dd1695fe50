//! What stands on Partner Project against what stands here. Partner Project has no public API: a person enters each
//! field there and says so, and the console remembers which value that was.

use serde::{Deserialize, Serialize};

use crate::fields::{FIELDS, FieldKey};
use crate::project::Version;

/// How a field here stands to what was entered on Partner Project.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CarriedState {
    /// The same value was entered there.
    AsHere,
    /// Another value was entered there.
    Differs,
    /// There is a value here, and none was entered there.
    Never,
    /// Empty here, and nothing was entered there.
    Empty,
}

impl CarriedState {
    /// Whether somebody has to enter it there.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Differs | Self::Never)
    }
}

/// How a field of a version stands.
pub fn state(version: &Version, field: FieldKey) -> CarriedState {
    let here = version.information.get(field);
    match version.carried.get(&field) {
        Some(carried) if carried.value == here => CarriedState::AsHere,
        Some(_) => CarriedState::Differs,
        None if here.is_some() => CarriedState::Never,
        None => CarriedState::Empty,
    }
}

/// The fields that are not there as they stand here, in the portal's order.
pub fn open_fields(version: &Version) -> Vec<FieldKey> {
    FIELDS.iter().map(|field| field.key).filter(|field| state(version, *field).is_open()).collect()
}
