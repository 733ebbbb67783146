//! The KPN Healthcare Messenger.

mod bad;
mod clients;
mod deleting;
mod exporting;
mod finding;
mod groups;
mod joining;
mod missing;
mod paging;
mod quota;
mod talk;
mod team;
mod words;
