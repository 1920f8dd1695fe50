//! Talkdesk's public platform, as a partner's software meets it: the events that it sends and their signatures, its
//! regions, tokens from Talkdesk ID, and the gateway's calls.
//!
//! Facts cite their page (`D/x`: docs.talkdesk.com/docs/x, `R/x`: docs.talkdesk.com/reference/x, *OAS*: the
//! description of the API that Talkdesk publishes); what no page says is taken as it comes, never guessed. What reads bytes from outside
//! ([`event`], [`signature`], [`sealed`], [`hal`], [`problem`]) is pure: bytes in, a value or the reason out. What
//! calls out ([`keys`], [`token`], [`gateway`], [`apps`]) goes through one client, [`wire`], which keeps to the rules of every
//! call: https, no address inside a network, no redirect, a size and a time limit. Clock and randomness are handed in
//! ([`Ambient`]).
//!
//! Deliberately absent: storage, screens, sign-in of people, and every other crate of ours.

#![cfg_attr(test, allow(clippy::unwrap_used, missing_docs))]

pub mod address;
mod ambient;
pub mod apps;
pub mod assertion;
pub mod event;
pub mod gateway;
pub mod hal;
pub mod keys;
pub mod problem;
pub mod region;
pub mod sealed;
pub mod secret;
pub mod signature;
pub mod stranger;
#[cfg(test)]
mod testing;
pub mod token;
pub mod wire;

pub use ambient::Ambient;
pub use event::Event;
pub use secret::Secret;
