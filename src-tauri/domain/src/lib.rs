//! Partner Console: domain.
