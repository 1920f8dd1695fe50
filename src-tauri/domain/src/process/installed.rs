//! What an installation shows of the partner process, whichever version it is of.

use std::collections::BTreeSet;

use super::Proof;
use crate::installation::{Happened, Installation};

/// The proofs that an installation holds. Its events count because none is taken before its signature was verified.
pub fn of_installation(installation: &Installation) -> BTreeSet<Proof> {
    let events = || installation.events.iter().map(|taken| &taken.event);
    let happened = |what: fn(&Happened) -> bool| events().any(|event| what(&event.what));
    // How it stands, and the partner's answers, are asked and told at the gateway of the installation's region.
    let called = !installation.seen.is_empty() || !installation.answers.is_empty();
    let users = |what: &Happened| matches!(what, Happened::Updated { adding, removing, .. } if !adding.is_empty() || !removing.is_empty());
    [
        (Proof::InstallationStored, true),
        (Proof::AppIdKnown, events().any(|event| !event.app.is_empty())),
        (Proof::TokenObtained, installation.sets.iter().any(|set| !set.tokens.is_empty())),
        (Proof::EventVerified, !installation.events.is_empty()),
        (Proof::RegionUsed, called),
        (
            Proof::CredentialsStored,
            happened(|what| matches!(what, Happened::Installed { set } if !set.client_id.is_empty())),
        ),
        (Proof::UsersChanged, happened(users)),
        (Proof::PlanChanged, happened(|what| matches!(what, Happened::Updated { plan: Some(_), .. }))),
    ]
    .into_iter()
    .filter_map(|(proof, seen)| seen.then_some(proof))
    .collect()
}
