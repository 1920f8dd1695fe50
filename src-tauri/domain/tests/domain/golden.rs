//! Every released command stays readable for ever, and says the same when it is packed again.
//!
//! `golden/commands.json` holds one envelope of every kind in its released form. Rows of the outbox and of the
//! service's feed are envelopes, so what is stored anywhere is covered by it. An entry is never changed: a new form of
//! a command gets a new `v`, an upcast, and an entry of its own.

use std::collections::BTreeSet;

use domain::workspace::{Customer, FIRST_CONTACT};
use domain::{Body, Envelope};

use crate::bodies::{GOLDEN, VARIANTS, golden, variant};

#[test]
fn every_released_command_is_read_and_packed_again() {
    for json in golden() {
        let envelope: Envelope = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), json, "the envelope loses nothing");
        let command = envelope.command().unwrap_or_else(|error| panic!("{error}"));
        let packed = Envelope::new(&command, envelope.made_at, envelope.needs.clone());
        assert!(packed.v >= envelope.v, "{}", envelope.kind);
        if packed.v == envelope.v {
            assert_eq!(packed, envelope, "{}", envelope.kind);
        }
        assert_eq!(packed.command().unwrap(), command, "{}", envelope.kind);
    }
}

#[test]
fn every_kind_has_its_golden_command() {
    let read: Vec<Body> = crate::bodies::samples();
    let held: BTreeSet<&str> = read.iter().map(variant).collect();
    assert_eq!(held, VARIANTS.iter().copied().collect());
    let kinds: BTreeSet<String> = golden().iter().map(|json| json["kind"].to_string()).collect();
    assert_eq!(kinds.len(), VARIANTS.len(), "a kind for each");
    let ids: BTreeSet<String> = golden().iter().map(|json| json["id"].to_string()).collect();
    assert_eq!(ids.len(), read.len(), "an id for each");
    assert!(GOLDEN.ends_with("]\n"));
}

#[test]
fn the_address_of_a_customer_became_a_contact() {
    let old: Envelope =
        serde_json::from_value(golden().into_iter().find(|json| json["kind"] == "customer.set").unwrap())
            .unwrap();
    assert_eq!(old.v, 1);
    let Body::CustomerSet { details, .. } = old.command().unwrap().body else { panic!() };
    let [contact] = &details.contacts[..] else { panic!("{details:?}") };
    assert_eq!(
        (contact.id, &*contact.email, contact.gets_links),
        (FIRST_CONTACT, "admin@customer-a.example", true)
    );
    // A stored state of that time reads the same way, and without an address there is no contact.
    for (email, contacts) in [("a@customer.example", 1), ("", 0)] {
        let state = serde_json::json!({ "id": uuid::Uuid::nil(), "name": "A", "account": "", "region": "", "email": email, "notes": "" });
        let customer: Customer = serde_json::from_value(state).unwrap();
        assert_eq!(customer.details.contacts.len(), contacts);
        assert!(customer.extra.is_empty(), "the old field does not linger");
    }
}

#[test]
fn a_version_of_tomorrow_stays_unknown() {
    for v in [0, 3, 99] {
        let json = golden().into_iter().find(|json| json["kind"] == "customer.set").unwrap();
        let envelope: Envelope = serde_json::from_value(json).unwrap();
        assert!(Envelope { v, ..envelope }.command().is_err(), "v{v}");
    }
}
