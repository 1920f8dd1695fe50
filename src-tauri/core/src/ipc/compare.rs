//! A version side by side with what came before it: its predecessor, and what each track was last submitted with.

use domain::Timestamp;
use domain::fields::{FIELDS, FieldKey, Information, TrackName, spec};
use serde::Serialize;

use super::common::VersionArgs;
use super::with_project;
use crate::engine::Engine;
use crate::error::Error;

/// A version against what came before it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CompareView {
    /// Its number.
    pub number: String,
    /// Its content.
    pub information: Information,
    /// What it can be compared with: the predecessor, then the last round of each track.
    pub bases: Vec<CompareBase>,
}

/// What a version is compared with.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CompareBase {
    /// What it is.
    pub of: CompareWith,
    /// The content then.
    pub information: Information,
    /// The fields that it has to do with, in the catalogue's order: a round's are those that its track looks at.
    pub fields: Vec<FieldKey>,
    /// Those among them that differ.
    pub changed: Vec<FieldKey>,
}

/// What came before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CompareWith {
    /// The version that it was made from, as that one stands now.
    Predecessor {
        /// Its number.
        number: String,
    },
    /// The copy that was frozen when a track was submitted last.
    Round {
        /// The track.
        track: TrackName,
        /// The round's number in it.
        n: u32,
        /// When it was submitted.
        at: Timestamp,
    },
}

pub(super) async fn compare(engine: &Engine, args: VersionArgs) -> Result<CompareView, Error> {
    with_project(engine, args.project, move |_, _, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let now = &version.information;
        let base = |of, before: &Information, concerns: &dyn Fn(FieldKey) -> bool| CompareBase {
            of,
            information: before.clone(),
            fields: FIELDS.iter().map(|field| field.key).filter(|key| concerns(*key)).collect(),
            changed: now.differences(before).into_iter().filter(|key| concerns(*key)).collect(),
        };
        let predecessor = version.predecessor.and_then(|id| project.version(id)).map(|before| {
            let of = CompareWith::Predecessor { number: before.number.clone() };
            base(of, &before.information, &|_| true)
        });
        let rounds = TrackName::ALL.into_iter().filter_map(|track| {
            let round = version.track(track).round()?;
            let of = CompareWith::Round { track, n: round.n, at: round.submitted.at };
            Some(base(of, &round.information, &|key| spec(key).part.track() == track))
        });
        Ok(CompareView {
            number: version.number.clone(),
            information: now.clone(),
            bases: predecessor.into_iter().chain(rounds).collect(),
        })
    })
    .await
}
