//! What every wire shares: the caller, limits, request ids.
