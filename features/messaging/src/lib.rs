//! Conversations between care providers and patients: chats, their members, messages, files and receipts.
//!
//! Always true:
//! - Nobody reads or writes a chat except through [`access`]; a function that needs a right takes the proof of it,
//!   an [`OpenChat`], which only a door makes. What is pushed to members' live connections comes from [`push`].
//! - What a message says is never changed after it is posted. It can be deleted, and expire: its text and files go, its
//!   place stays, until its whole chat is removed. Only what waited for somebody moves, to the chat that they had.
//! - The places of a chat's messages are 1, 2, 3, … without a gap, in the order of their commits; what waited for
//!   somebody in another chat stands behind what was said in the one that they had.
//! - Text, subjects and file names are sealed before they reach a transaction; this crate hands out plain text
//!   only to who holds a proof.
//! - A member sees the chat from its beginning, also what was written before they came.
//! - Every statement names the organisation beside the chat, so that a proof is worth nothing elsewhere.
//! - What is done in a chat leaves a line about each patient whom it is with or about, past members included.
//! - What is asked for and what is replied is sealed like text. A reply is final, and goes with its message.
//! - Words are written for the search after the commit of their text and taken away in the transaction that takes the
//!   text away; who searches finds what they could read, in the chats that they are a member of.
//! - This crate knows no names, no partner, no HTTP and none of their JSON; who may write to whom is settled by its
//!   callers.

pub mod access;
pub mod aux_ids;
pub mod chat;
pub mod draft;
pub mod endings;
pub mod export;
pub mod files;
pub mod finding;
pub mod guests;
pub mod indexing;
pub mod mentions;
pub mod merging;
pub mod pictures;
pub mod push;
pub mod removal;
pub mod reseal;
pub mod rows;

mod group;
mod handover;
mod likes;
mod line;
mod listing;
mod manage;
mod may;
mod meant;
mod members;
mod messages;
mod post;
mod receipts;
mod remains;
mod replies;
mod request;
mod start;
mod unread;

#[cfg(test)]
mod tests;

pub use access::{Ground, OpenChat, Right, join_as_team, open, open_direct};
pub use chat::{Chat, ChatKind, Party, Patients, Settings, SettingsChange, Standing};
pub use draft::{Draft, SealedDraft};
pub use export::{Entry, Export};
pub use files::{FileRow, NewFile, file, unnamed_blobs};
pub use finding::{Found, Hit, find};
pub use group::{GroupDraft, NewGroup, SealedSubject};
pub use handover::hand_over;
pub use likes::{like, unlike};
pub use listing::{
    CHATS_HEARD_MAX, UNREAD_CHATS_MAX, details, ids, list, list_named, list_of_team, list_to_join, list_with,
    peers, unread_chats,
};
pub use manage::{assign_to_team, change_settings, close, hold, rename, reopen};
pub use may::May;
pub use members::{
    Member, PARTIES_PER_CALL_MAX, add_members, is_in_a_chat, managers, members, members_count,
    members_of_chats, must_invite, remove_members, set_admins, set_owner, share_a_chat,
};
pub use mentions::Mentions;
pub use messages::{Gone, Message, Window, delete, gone, message, messages, messages_after, place_of};
pub use post::{Posted, must_ask_who, post};
pub use receipts::{Receipt, mark_delivered, mark_read, receipts};
pub use removal::remove;
pub use replies::{Asked, SealedReply, answer, asked, reply};
pub use request::{Answer, Choice, Question, Reply, Request, Verification};
pub use start::{start_direct, start_group};
pub use unread::{Fresh, fresh, has_read_since, members_after, oldest_unread};
