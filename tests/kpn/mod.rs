//! The KPN Healthcare Messenger.

mod bad;
mod checking;
mod clients;
mod deleting;
mod finding;
mod groups;
mod joining;
mod missing;
mod paging;
mod quota;
mod searching;
mod talk;
mod team;
mod words;
