//! The domain from outside, as the desktop and the partner service use it: one binary, a module for each concern.

#![allow(clippy::unwrap_used, missing_docs)]
#![allow(
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a table of cases is as long and wide as its cases"
)]

mod alerts;
mod bodies;
mod cases;
mod checklist;
mod comments;
mod dependencies;
mod fields;
mod files;
mod findings;
mod golden;
mod hostile;
mod installation;
mod laws;
mod names;
mod preflight;
mod protocol;
mod redacting;
mod review;
mod roles;
mod round_trips;
mod sequences;
mod stale;
mod status;
mod steps;
mod submission;
mod tickets;
mod undo;
mod workspace;
mod world;
