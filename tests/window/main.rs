//! The real window, driven as a person would.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

mod alerts;
mod apps;
mod attached;
mod bad_input;
mod beside;
mod carry;
mod closing;
#[path = "../shared/cloud.rs"]
mod cloud;
mod computer;
mod content;
mod credentials;
mod driver;
mod exchange;
mod files;
mod folder;
mod given;
mod habits;
mod installations;
mod keyboard;
mod kill;
mod main_job;
mod pace;
mod places;
mod recovery;
mod report;
mod screens;
mod shots;
mod sign_in;
mod steps;
#[path = "../shared/team.rs"]
mod team;
mod teams;
mod together;
