//! Nothing sensitive is plain anywhere, and the access log knows who did what.
