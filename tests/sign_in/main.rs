//! Sign-in against the sandbox, over real sockets, with a client that plays the person's browser.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod begin;
mod browser;
mod certified;
mod clients;
mod fake;
mod kept;
#[path = "../shared/log.rs"]
mod log;
mod refresh;
mod secrets;
mod support;
mod window;
