//! The pages and live updates of our own web client.
