//! Words told apart, folded, and found by keyed hashes.
//!
//! Always true:
//! - No word is plain in a row or an index; a hash is made with a key of its organisation alone.
//! - What is looked for is folded as what is found: case, accents and width do not matter.
//! - Words of a message that is deleted do not come back: who writes them and who takes them away wait for each other.

mod excerpt;
mod rows;
mod wanted;
mod words;

#[cfg(test)]
mod tests;

pub use excerpt::{Piece, excerpt};
pub use rows::{ALL_SQL, forget, forget_place, forget_progress, forgettable, hold, reach};
pub use wanted::Wanted;
pub use words::{Word, name_tokens, tokens, words};

use kernel::Id;

/// What a token is named by. The type has no values.
#[derive(Debug)]
pub enum OfToken {}

/// The keyed hash of a word; in its bytes it is an id, so that lists of both are the same.
pub type Token = Id<OfToken>;

/// What words are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A message and the names of its files.
    Message,
    /// The subject of a chat.
    Subject,
    /// The names of a person, by their beginnings.
    Name,
}

impl Of {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Subject => "subject",
            Self::Name => "name",
        }
    }

    /// Words of chats are one kind to who looks for them.
    const fn hashed_as(self) -> &'static str {
        match self {
            Self::Message | Self::Subject => "word",
            Self::Name => "name",
        }
    }
}
