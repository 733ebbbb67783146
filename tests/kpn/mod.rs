//! The KPN Healthcare Messenger.

mod asking;
mod aux_ids;
mod bad;
mod checking;
mod clients;
mod deleting;
mod finding;
mod gateway;
mod groups;
mod joining;
mod missing;
mod once;
mod paging;
mod quota;
mod tags;
mod searching;
mod talk;
mod team;
mod words;
