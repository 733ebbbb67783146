//! The KPN Healthcare Messenger.

mod asking;
mod aux_ids;
mod avatars;
mod bad;
mod checking;
pub mod clients;
mod company;
mod deleting;
mod endings;
mod exporting;
mod finding;
mod freeing;
mod gateway;
mod groups;
pub mod guests;
mod joining;
mod missing;
mod once;
mod paging;
mod quota;
mod searching;
mod tags;
mod talk;
mod team;
mod words;
