//! What crosses rooms: who may import whom, and the engine together with real servers.

mod arrows;
