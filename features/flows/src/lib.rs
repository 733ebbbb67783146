//! The house as a whole: its tools, and the only code that uses two features at once.
//!
//! Always true:
//! - A flow has no rules of its own, only order; the rules are in the features that it calls.
//! - What is promised to somebody outside is written in the transaction of its cause.

pub mod asap;
pub mod asking;
pub mod aux_ids;
pub mod booking;
pub mod chats;
pub mod checking;
pub mod desk;
pub mod duties;
pub mod export;
pub mod factors;
pub mod finding;
pub mod forgetting;
pub mod guests;
mod house;
pub mod imports;
pub mod indexing;
pub mod invitations;
mod keyed;
pub mod keys;
mod letters;
pub mod mail;
pub mod merging;
mod once;
pub mod pictures;
pub mod reading;
pub mod sign_in_links;
pub mod signing;
pub mod telling;
pub mod video;

pub use chats::{ChatHead, ChatList, ChatRef, FullChat};
pub use house::{AvailabilityIds, House, Rooms, Settings};
pub use reading::Stretch;
