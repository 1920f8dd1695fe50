//! What came of a verification, step by step (D/events-api).

use serde::{Deserialize, Serialize};

/// A step of a verification and what came of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CheckedStep {
    /// Which.
    pub step: DeliveryStep,
    /// What came of it.
    pub outcome: StepOutcome,
    /// Why it failed.
    pub reason: Option<DeliveryFault>,
    /// A name or a place that the reason is about; for the key, which it is.
    pub detail: String,
}

/// The steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStep {
    /// The body is an event.
    Body,
    /// Both headers are there.
    Header,
    /// The gateway has the key.
    Key,
    /// The signature can be read.
    Encoding,
    /// It fits the body.
    Match,
}

/// What came of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// It went well.
    Passed,
    /// It did not.
    Failed,
    /// It was not tried.
    NotRun,
}

/// Why a step failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryFault {
    /// The body is larger than any event.
    TooLarge,
    /// The body is no JSON; the detail is line and column.
    NotJson,
    /// A member is missing or of another kind; the detail names it.
    Member,
    /// A header is missing; the detail names it.
    HeaderMissing,
    /// A header is malformed; the detail names it.
    HeaderMalformed,
    /// The event names no gateway.
    NoGateway,
    /// The event names a gateway that is not Talkdesk's; the detail is its address.
    GatewayUntrusted,
    /// The gateway knows no such key.
    KeyUnknown,
    /// The key has expired.
    KeyExpired,
    /// What the gateway gave is no key.
    KeyUnreadable,
    /// The gateway gave no answer.
    KeyUnavailable,
    /// The signature is no ECDSA signature of the key's curve.
    Encoding,
    /// The signature does not fit the body.
    Mismatch,
}

impl DeliveryStep {
    /// All of them, in the order in which they are taken.
    pub const ALL: [Self; 5] = [Self::Body, Self::Header, Self::Key, Self::Encoding, Self::Match];
}

/// Why a delivery is not believed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotVerified {
    /// Which step failed.
    pub step: DeliveryStep,
    /// Why it failed.
    pub reason: DeliveryFault,
    /// What the reason is about: a header, a member, a place in the body, an address. Often empty.
    pub detail: String,
}

impl CheckedStep {
    /// The steps in their order: after the one that failed none was tried. `key_id` is the key that was named.
    pub fn all(failed: Option<&NotVerified>, key_id: &str) -> Vec<Self> {
        let mut over = false;
        let of = |step| {
            let own = failed.filter(|failed| failed.step == step);
            let outcome = match own {
                Some(_) => StepOutcome::Failed,
                None if over => StepOutcome::NotRun,
                None => StepOutcome::Passed,
            };
            over |= own.is_some();
            let key =
                if step == DeliveryStep::Key && outcome == StepOutcome::Passed { key_id.trim() } else { "" };
            let detail = own.map_or(key, |failed| &failed.detail).to_owned();
            Self { step, outcome, reason: own.map(|failed| failed.reason), detail }
        };
        DeliveryStep::ALL.map(of).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_step_that_failed_none_was_tried() {
        use StepOutcome::{Failed, NotRun, Passed};
        let outcomes = |failed: Option<(DeliveryStep, DeliveryFault)>| -> Vec<_> {
            let failed = failed.map(|(step, reason)| NotVerified { step, reason, detail: "d".into() });
            CheckedStep::all(failed.as_ref(), "k").iter().map(|step| step.outcome).collect()
        };
        assert_eq!(outcomes(None), [Passed; 5]);
        let key = Some((DeliveryStep::Key, DeliveryFault::KeyUnknown));
        assert_eq!(outcomes(key), [Passed, Passed, Failed, NotRun, NotRun]);
        let body = Some((DeliveryStep::Body, DeliveryFault::TooLarge));
        assert_eq!(outcomes(body), [Failed, NotRun, NotRun, NotRun, NotRun]);
    }
}
