//! What crosses rooms: who may import whom, and the engine together with real servers.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod acting;
mod apps;
mod arrows;
mod cases;
#[path = "../shared/cloud.rs"]
mod cloud;
mod compare;
mod computer;
mod corpus;
mod delivered;
mod engine;
mod exchange;
mod failing;
mod fetched;
mod life;
mod listener;
#[path = "../shared/log.rs"]
mod log;
mod manifest;
mod moving;
#[path = "../shared/passing.rs"]
mod passing;
mod port;
mod preflight;
mod removing;
mod replayed;
mod sign_in;
mod sso;
#[path = "../shared/team.rs"]
mod team;
mod teams;
mod templates;
mod test_events;
mod vault;
mod whole_life;
mod world;
