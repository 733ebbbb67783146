//! The OAuth flow, as browsers and applications go through it.
