//! The domain from outside, as the desktop and the partner service use it: one binary, a module for each concern.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;
mod golden;
mod roles;
mod status;
mod world;
