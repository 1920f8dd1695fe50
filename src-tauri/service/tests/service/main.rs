//! The partner service as its callers meet it: over the router, over a socket, and as a program that is killed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agreement;
mod commands;
mod crash;
mod faults;
mod folded;
mod journey;
mod names;
mod opening;
mod reading;
mod socket;
mod world;
