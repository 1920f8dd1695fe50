//! Events that were sent to try an app with: by whom they were signed, where they went, and what came back each time.
//!
//! Whose key it was decides what is right. An app that was told of no such key refuses each; a deployment for tests, which
//! trusts the gateway of a sandbox, takes each.

use serde::{Deserialize, Serialize};

use crate::common::{Mark, Place, Timestamp};
use crate::refusal::{Refusal, RefusalCode};
use crate::text;

/// Whose key signed them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// Nobody's: no gateway knows the key.
    Stranger,
    /// A sandbox's, whose gateway the app trusts.
    Sandbox,
}

/// Events that were sent, as the version keeps them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventTest {
    /// Who, when.
    #[serde(flatten)]
    pub mark: Mark,
    /// What was seen.
    #[serde(flatten)]
    pub report: TestReport,
}

/// What was seen when events were sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestReport {
    /// Whose key signed them.
    pub signer: Signer,
    /// Where they went.
    pub url: String,
    /// One of each type, in the order in which they were sent first.
    pub events: Vec<TestedEvent>,
}

/// An event that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestedEvent {
    /// Its type.
    pub kind: String,
    /// Each time that it was sent.
    pub tries: Vec<TestTry>,
}

/// One time that an event was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TestTry {
    /// When.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub ms: u32,
    /// The status; none where there was no answer.
    pub status: Option<u16>,
    /// Where it sends on to, without what may be secret in it; nothing was sent there.
    #[serde(default)]
    pub to: String,
    /// Why there was no answer: `unreachable`, `proxy`, `late`, `broken`, `tls`, `blocked`, or another word;
    /// empty where there was one. Until late and broken were told apart it was `lost`.
    #[serde(default)]
    pub fault: String,
}

/// What an answer says of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// The app took it.
    Took,
    /// The app refused it.
    Refused,
    /// Neither: there was no answer, a redirect, or the answer of a server that has no such place or failed.
    Neither,
}

impl Said {
    /// By the status of an answer. Whoever has nothing at that address, takes no POST, or asks to come again refused
    /// nothing.
    pub fn by(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Took,
            Some(404 | 405 | 408 | 410 | 421 | 429) => Self::Neither,
            Some(400..=499) => Self::Refused,
            _ => Self::Neither,
        }
    }
}

impl TestedEvent {
    /// What the last answer says; what was never sent has none.
    pub fn said(&self) -> Said {
        Said::by(self.tries.last().and_then(|last| last.status))
    }
}

impl TestReport {
    /// Whether an event went as it has to.
    pub fn is_right(&self, event: &TestedEvent) -> bool {
        match self.signer {
            Signer::Stranger => event.said() == Said::Refused,
            Signer::Sandbox => event.said() == Said::Took,
        }
    }

    /// The report as it may be kept.
    pub(crate) fn checked(&self) -> Result<(), Refusal> {
        let too_long =
            |max: usize| Refusal::ours(RefusalCode::TooLong).with("max", max).at(Place::input("events"));
        text::optional_line(&self.url, text::URL, "url")?;
        if self.events.len() > TYPES {
            return Err(too_long(TYPES));
        }
        for event in &self.events {
            text::optional_line(&event.kind, text::LINE, "events")?;
            if event.tries.len() > TRIES {
                return Err(too_long(TRIES));
            }
            for one in &event.tries {
                text::optional_line(&one.to, text::URL, "events")?;
                text::optional_line(&one.fault, text::LINE, "events")?;
            }
        }
        Ok(())
    }
}

/// The most types of a report. Ours: it bounds a state.
const TYPES: usize = 20;
/// The most tries of an event. Ours.
const TRIES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_key_it_was_decides_what_is_right() {
        use Said::{Neither, Refused, Took};
        let cases = [
            (Some(200), Took),
            (Some(204), Took),
            (Some(401), Refused),
            (Some(422), Refused),
            (Some(302), Neither),
            (Some(404), Neither),
            (Some(405), Neither),
            (Some(429), Neither),
            (Some(503), Neither),
            (None, Neither),
        ];
        for (status, said) in cases {
            let last = TestTry { at: Timestamp(1), ms: 1, status, to: String::new(), fault: String::new() };
            let before = TestTry { status: Some(500), ..last.clone() };
            let event = TestedEvent { kind: "app.installed".to_owned(), tries: vec![before, last] };
            assert_eq!(event.said(), said, "{status:?}");
            for (signer, right) in [(Signer::Stranger, Refused), (Signer::Sandbox, Took)] {
                let report = TestReport { signer, url: String::new(), events: vec![event.clone()] };
                assert_eq!(report.is_right(&event), said == right, "{status:?} {signer:?}");
            }
        }
        assert_eq!(TestedEvent { kind: String::new(), tries: Vec::new() }.said(), Neither);
    }
}
