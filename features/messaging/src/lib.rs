//! Conversations between care providers and patients: chats, their members, messages, files and receipts.
//!
//! Always true:
//! - Nobody reads or writes a chat except through [`access`]; a function that needs a right takes the proof of it,
//!   an [`OpenChat`], which only a door makes.
//! - A message is never changed after it is posted. It can be deleted: its text and files go, its place stays.
//! - The places of a chat's messages are 1, 2, 3, … without a gap, in the order of their commits.
//! - Text, subjects and file names are sealed before they reach a transaction; this crate hands out plain text
//!   only to who holds a proof.
//! - A member sees the chat from its beginning, also what was written before they came.
//! - Every statement names the organisation beside the chat, so that a proof is worth nothing elsewhere.
//! - What is done in a chat leaves a line about each patient whom it is with or about, past members included.
//! - This crate knows no names, no partner, no HTTP and no JSON; who may write to whom is settled by its callers.

pub mod access;
pub mod chat;
pub mod draft;
pub mod export;
pub mod files;
pub mod reseal;
pub mod rows;

mod group;
mod line;
mod listing;
mod manage;
mod may;
mod members;
mod messages;
mod post;
mod receipts;
mod start;

#[cfg(test)]
mod tests;

pub use access::{Ground, OpenChat, Right, join_as_team, open, open_direct};
pub use chat::{Chat, ChatKind, Party, Patients, Settings, SettingsChange, Standing};
pub use draft::{Draft, SealedDraft};
pub use export::{Entry, Export};
pub use files::{FileRow, NewFile, file, unnamed_blobs};
pub use group::{GroupDraft, NewGroup, SealedSubject};
pub use listing::{
    CHATS_HEARD_MAX, UNREAD_CHATS_MAX, details, ids, list, list_of_team, list_to_join, unread_chats,
};
pub use manage::{assign_to_team, change_settings, close, rename, reopen};
pub use may::May;
pub use members::{
    Member, PARTIES_PER_CALL_MAX, add_members, members, members_of_chats, remove_members, set_admins,
    set_owner,
};
pub use messages::{Gone, Message, Window, delete, gone, message, messages, messages_after, place_of};
pub use post::{Posted, post};
pub use receipts::{Receipt, mark_delivered, mark_read, receipts};
pub use start::{start_direct, start_group};
