//! Conversations between care providers and patients.
