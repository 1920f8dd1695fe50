//! The domain of Partner Console: entities, commands, the one reducer, and the rules of Talkdesk's partner process.
//!
//! Pure: no I/O, no clock, no randomness, no async. Both sides, the desktop and the partner service, compile this
//! crate and apply the same commands with it. Facts about Talkdesk cite their page (`D/x`: docs.talkdesk.com/docs/x,
//! `R/x`: docs.talkdesk.com/reference/x, *seed page*: the overview page "Partner processes").
//!
//! Deliberately absent: wire formats of Talkdesk, storage, words for people.

#![cfg_attr(test, allow(clippy::unwrap_used, missing_docs))]

pub mod aggregate;
pub mod alert;
pub mod apply;
pub mod carry;
pub mod checklist;
pub mod command;
pub mod comment;
pub mod common;
pub mod dependencies;
pub mod event_test;
pub mod external;
pub mod facts;
pub mod fields;
pub mod files;
pub mod ids;
pub mod installation;
pub mod preflight;
pub mod process;
pub mod project;
pub mod protocol;
pub mod redact;
pub mod refusal;
pub mod sso;
pub mod status;
pub mod table;
pub mod templates;
pub mod text;
pub mod time;
pub mod undo;
pub mod workspace;

pub use aggregate::Aggregate;
pub use apply::{Effects, apply};
pub use command::{Body, Command, Envelope};
pub use common::{AggregateRef, Extra, Mark, Params, Place, Role, Timestamp};
pub use facts::{Actor, Facts, Outside};
pub use refusal::{Refusal, RefusalCode, Rule};
pub use undo::{Undo, undo};
