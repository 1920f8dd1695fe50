//! Talkdesk's regions as this console knows them, and where it has them from.

use std::path::PathBuf;

use serde::Serialize;
use url::Url;

use super::common::Nothing;
use crate::engine::Engine;
use crate::error::Error;

/// Talkdesk's regions. An installation's own links win over them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegionsView {
    /// In the order in which they are listed.
    pub regions: Vec<RegionView>,
    /// Where they are from.
    #[serde(flatten)]
    pub from: RegionsFrom,
    /// The file that names others in their place, whether it is there or not. It is read at the start.
    pub file: PathBuf,
}

/// A region.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RegionView {
    /// Talkdesk's key for it, as `td-us-1`; empty where it is not known.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Its gateways, the likeliest first; without `https://`, which all but those of a sandbox have.
    pub gateways: Vec<String>,
    /// What the host of an account at its Talkdesk ID ends in; empty where it is not known.
    pub id_domain: String,
}

/// Where the regions are from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum RegionsFrom {
    /// Talkdesk's documentation.
    Documentation,
    /// The file in the data folder.
    File,
    /// The documentation, for the file cannot be understood.
    Unreadable {
        /// The line that is wrong; none where the file cannot be read at all.
        line: Option<u32>,
    },
}

pub(super) async fn regions(engine: &Engine, _: Nothing) -> Result<RegionsView, Error> {
    let (known, file) = engine.regions();
    let regions = known.regions.0.iter().map(|region| RegionView {
        key: region.key.clone().unwrap_or_default(),
        name: region.name.clone(),
        gateways: region.gateways.iter().map(shown).collect(),
        id_domain: region.id_domain.clone().unwrap_or_default(),
    });
    Ok(RegionsView { regions: regions.collect(), from: known.from, file })
}

fn shown(gateway: &Url) -> String {
    let text = gateway.as_str().trim_end_matches('/');
    text.strip_prefix("https://").unwrap_or(text).to_owned()
}
