//! Talkdesk's regions: the documented ones, unless a file in the data folder names others, as the service's `--regions`
//! does. They are read once, at the start, and where everything of another computer was taken: which gateways may be
//! asked does not change under a call.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use talkdesk::region::{Region, Regions};
use talkdesk::wire::Reach;
use url::Url;

use super::Engine;
use crate::folder::REGIONS as FILE;
use crate::ipc::regions::RegionsFrom;

/// The regions, and where they are from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Known {
    pub(crate) regions: Regions,
    pub(crate) from: RegionsFrom,
}

impl Engine {
    /// The regions as they were read at the start, and the file that they are read from.
    pub(crate) fn regions(&self) -> (Arc<Known>, PathBuf) {
        let known = self.0.regions.read().unwrap_or_else(PoisonError::into_inner).clone();
        (known, self.0.data.join(FILE))
    }

    /// Reads the file once more, where another computer's came and nothing was begun here: no call is under way.
    pub(super) fn read_regions(&self) {
        let known = Arc::new(read(&self.0.data));
        *self.0.regions.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// Where calls to Talkdesk may go: to its gateways, and to the sandbox of this computer that the console is
    /// connected with.
    pub(crate) fn cloud(&self) -> (Reach, Regions) {
        cloud(&self.profile().port, self.regions().0.regions.clone())
    }
}

/// Reads the file. One that cannot be read changes nothing.
pub(super) fn read(data: &Path) -> Known {
    let documented = |from| Known { regions: Regions::default(), from };
    let text = match std::fs::read(data.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return documented(RegionsFrom::Documentation),
        Err(error) => {
            tracing::warn!(%error, "the file of regions cannot be read");
            return documented(RegionsFrom::Unreadable { line: None });
        }
    };
    match serde_json::from_slice(&text) {
        Ok(regions) => Known { regions, from: RegionsFrom::File },
        Err(error) => {
            tracing::warn!(%error, "the file of regions cannot be understood");
            documented(RegionsFrom::Unreadable { line: u32::try_from(error.line()).ok() })
        }
    }
}

/// The file as it is, where what it says is in force.
pub(super) fn in_force(data: &Path) -> Option<Vec<u8>> {
    let text = std::fs::read(data.join(FILE)).ok()?;
    serde_json::from_slice::<Regions>(&text).is_ok().then_some(text)
}

/// Keys are asked for at Talkdesk's gateways, and at a sandbox on this computer that the console is connected with.
fn cloud(port: &str, mut regions: Regions) -> (Reach, Regions) {
    let here =
        Url::parse(port).ok().filter(|url| url.scheme() == "http" && Reach::Sandbox.allows(url).is_ok());
    let Some(sandbox) = here else { return (Reach::Internet, regions) };
    let name = "Sandbox".to_owned();
    regions.0.push(Region { key: None, name, gateways: vec![sandbox], id_domain: None });
    (Reach::Sandbox, regions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_for_at_talkdesk_and_at_a_sandbox_of_this_computer_only() {
        for port in ["", "no url", "https://partner.example", "http://partner.example", "http://10.0.0.1"] {
            assert_eq!(cloud(port, Regions::default()), (Reach::Internet, Regions::default()), "{port}");
        }
        let (reach, regions) = cloud("http://127.0.0.1:4780", Regions::default());
        assert_eq!(reach, Reach::Sandbox);
        let root = Url::parse("http://127.0.0.1:4780/gateway/td-eu-1").unwrap();
        assert_eq!(regions.of_gateway(&root).unwrap().name, "Sandbox");
    }

    #[test]
    fn regions_are_data_that_a_file_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let documented = |from| Known { regions: Regions::default(), from };
        assert_eq!(read(folder.path()), documented(RegionsFrom::Documentation));
        let file = folder.path().join(FILE);
        std::fs::write(&file, r#"[{ "name": "UAE", "gateways": ["https://api.talkdesk.example"] }]"#)
            .unwrap();
        let Known { regions, from } = read(folder.path());
        let root = Url::parse("https://api.talkdesk.example/v1").unwrap();
        assert_eq!(regions.of_gateway(&root).unwrap().name, "UAE");
        assert_eq!((regions.0.len(), from), (1, RegionsFrom::File), "in the place of the documented ones");
        for (text, line) in [("[{", 1), ("[\n  { \"name\": \"UAE\" }\n]", 2), (r#"{ "regions": [] }"#, 1)] {
            std::fs::write(&file, text).unwrap();
            let from = RegionsFrom::Unreadable { line: Some(line) };
            assert_eq!(read(folder.path()), documented(from), "{text}");
        }
    }
}
