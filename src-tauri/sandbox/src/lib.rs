//! Partner Console: sandbox.
