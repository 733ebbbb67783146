//! The bedside server and its commands.
