//! The KPN Healthcare Messenger.

mod bad;
mod clients;
mod company;
mod deleting;
mod finding;
mod groups;
mod joining;
mod missing;
mod paging;
mod quota;
mod talk;
mod team;
mod words;
