//! Partner Console: core.

#![cfg_attr(test, allow(clippy::unwrap_used, missing_docs))]

pub mod store;
pub mod error;
pub mod platform;
pub mod secret;
pub mod session;
pub mod web;
pub mod clipboard;
pub mod folder;
pub mod time;
