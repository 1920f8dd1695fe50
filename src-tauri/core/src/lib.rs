//! The desktop's engine: what the window's calls do, without the window.
//!
//! [`engine`] holds what is open; [`ipc`] is the one list of calls and what they answer; [`store`] is the local cache,
//! the outbox and search; [`sync`] agrees with a partner service; [`platform`] and [`session`] speak to other servers; [`vault`] keeps
//! what is secret.
//! Deliberately absent: Tauri, the partner service itself, words for people.

#![cfg_attr(test, allow(clippy::unwrap_used, missing_docs))]

mod app;
pub mod archive;
pub mod blobs;
pub mod clipboard;
mod computer;
pub mod engine;
pub mod error;
pub mod folder;
pub mod ipc;
pub mod jobs;
pub mod link;
mod loopback;
pub mod manifest;
pub mod picture;
pub mod platform;
pub mod profile;
pub mod session;
pub mod storage;
pub mod store;
pub mod sync;
#[cfg(test)]
mod testing;
mod text;
pub mod vault;
pub mod web;

pub use talkdesk::address::is_guarded;
pub use talkdesk::secret;
