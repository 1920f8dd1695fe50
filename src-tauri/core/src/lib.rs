//! Partner Console: core.
