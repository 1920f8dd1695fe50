//! Sets of credentials: what is known of each, and the five steps by which a new one takes the place of the old.

use serde::{Deserialize, Serialize};

use super::{Installation, SEVEN_DAYS};
use crate::common::{Mark, Timestamp};

/// A set of credentials without its secrets.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CredentialSet {
    /// The OAuth client; empty in a copy that was stripped of it.
    pub client_id: String,
    /// The `kid` of assertions that are signed with the private key.
    pub key_id: String,
    /// ES256, ES384, ES512, PS256, PS384 or PS512.
    pub key_algorithm: String,
    /// The private key's other half, base64.
    pub public_key: String,
    /// Whether a client secret came.
    pub has_secret: bool,
    /// Whether a private key came.
    pub has_private_key: bool,
}

/// How a client says who it is (R/cc-jwt, R/authorization-code-basic).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// By its secret, in HTTP Basic.
    Basic,
    /// By an assertion that it signs: mandatory to be listed on `AppConnect`.
    PrivateKeyJwt,
}

/// What was done with a set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SetSteps {
    /// Of which.
    pub client_id: String,
    /// Tokens that were got with it from here: the first of each way.
    pub tokens: Vec<TokenGot>,
    /// Where production keeps it.
    pub deployed: Option<Deployed>,
    /// Somebody saw it in use.
    pub in_use: Option<Mark>,
    /// Talkdesk was told that it is in use.
    pub acknowledged: Option<Mark>,
    /// The team's service keeps its secrets, which a desktop gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Mark>,
}

/// A token that was got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TokenGot {
    /// How.
    pub way: Authentication,
    /// What it is good for, in the server's words.
    pub scope: String,
    /// By whom and when.
    pub mark: Mark,
}

/// Where production keeps a set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Deployed {
    /// Where, in a person's words.
    pub to: String,
    /// By whom and when.
    pub mark: Mark,
}

impl SetSteps {
    pub(crate) fn new(client_id: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            tokens: Vec::new(),
            deployed: None,
            in_use: None,
            acknowledged: None,
            kept: None,
        }
    }
}

/// A set in its place among the others.
#[derive(Clone, PartialEq, Debug)]
pub struct Rotation<'a> {
    /// The set.
    pub set: &'a CredentialSet,
    /// The event that brought it.
    pub event: &'a str,
    /// When it came into being.
    pub since: Timestamp,
    /// When it was taken here, and by whom.
    pub received: Mark,
    /// What was done with it.
    pub steps: Option<&'a SetSteps>,
    /// Until when it can be relied on, once another took its place.
    pub until: Option<Timestamp>,
    /// Why until then.
    pub ends: Option<SetEnd>,
}

/// What ends a set whose place another took (D/events-api).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SetEnd {
    /// Both hold for seven days.
    SevenDays,
    /// It was asked for because it is known to others: no grace is documented for such a set. The request carries no such
    /// word, so when Talkdesk ends it nobody was told; from the new set's coming it cannot be relied on.
    Compromised,
    /// Talkdesk was told that the new one is in use.
    Acknowledged,
}

impl Rotation<'_> {
    /// Ends it at a moment, where nothing ended it before.
    fn end(&mut self, at: Timestamp, why: SetEnd) {
        if self.until.is_none_or(|until| at < until) {
            (self.until, self.ends) = (Some(at), Some(why));
        }
    }

    /// The steps that are open before Talkdesk should be told that the set is in use: `token`, `deployed`, `in_use`.
    pub fn open_steps(&self) -> Vec<&'static str> {
        let steps = self.steps;
        [
            ("token", steps.is_none_or(|steps| steps.tokens.is_empty())),
            ("deployed", steps.is_none_or(|steps| steps.deployed.is_none())),
            ("in_use", steps.is_none_or(|steps| steps.in_use.is_none())),
        ]
        .into_iter()
        .filter_map(|(step, open)| open.then_some(step))
        .collect()
    }
}

/// The sets of an installation, oldest first, with the end of each.
pub fn rotations(of: &Installation) -> Vec<Rotation<'_>> {
    let mut sets: Vec<Rotation<'_>> = Vec::new();
    for taken in of.in_order() {
        let Some(set) = taken.event.what.set().filter(|set| !set.client_id.is_empty()) else { continue };
        if sets.iter().any(|known| known.set.client_id == set.client_id) {
            continue;
        }
        let since = taken.event.happened_at;
        // Whether the rotation was asked for because the credentials were known to others: once said, it holds until the
        // next set comes, whatever is asked for beside it.
        let compromised = of.asked.iter().any(|asked| {
            asked.compromised
                && asked.mark.at <= taken.mark.at
                && sets.last().is_none_or(|last| last.received.at <= asked.mark.at)
        });
        let (ends, why) = if compromised {
            (since, SetEnd::Compromised)
        } else {
            (Timestamp(since.0.saturating_add(SEVEN_DAYS)), SetEnd::SevenDays)
        };
        for old in &mut sets {
            old.end(ends, why);
        }
        let steps = of.steps(&set.client_id);
        if let Some(told) = steps.and_then(|steps| steps.acknowledged) {
            for old in &mut sets {
                // A compromised set is ended by nothing but this, as far as Talkdesk told.
                if old.ends == Some(SetEnd::Compromised) {
                    (old.until, old.ends) = (None, None);
                }
                old.end(told.at, SetEnd::Acknowledged);
            }
        }
        let event = &taken.event.id;
        sets.push(Rotation { set, event, since, received: taken.mark, steps, until: None, ends: None });
    }
    sets
}
