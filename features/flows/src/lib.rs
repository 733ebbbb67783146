//! The only code that uses two features at once, and the reactions to events.
