//! Every route of the sandbox over a real socket.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cloud;
mod faults;
mod install;
mod oauth;
mod partner_project;
mod reviewer;
mod server;
mod support;
