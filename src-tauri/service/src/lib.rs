//! Partner Console: service.
