//! The real window, driven as a person would.

mod driver;
mod report;
