//! The KPN Healthcare Messenger.

mod avatars;
mod bad;
pub mod clients;
mod deleting;
mod endings;
mod finding;
mod freeing;
mod groups;
mod joining;
mod missing;
mod paging;
mod quota;
mod talk;
mod team;
mod words;
