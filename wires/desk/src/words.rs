//! The names of this API, and what they mean here.

pub(crate) mod appointments;
pub(crate) mod figures;
