//! Sealing at rest, blind indexes and keys.
