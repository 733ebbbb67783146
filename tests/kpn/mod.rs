//! The KPN Healthcare Messenger.

mod talk;
