//! A group's picture: a small square, sealed as its subject is.

use audit::Deed;
use kernel::{ChatId, Error, Result, Rng};
use store::{Tx, args};
use vault::{KeyRing, Place};

use crate::access::{OpenChat, Right};
use crate::line;
use crate::manage::{changed, must_be_group};
use crate::rows::chats::ring;
use crate::rows::pictures as rows;

/// A square picture, sealed for one chat.
#[derive(Clone, Debug)]
pub struct SealedPicture {
    chat: ChatId,
    mark: String,
    bytes: Vec<u8>,
}

/// A picture, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Another one with each picture.
    pub mark: String,
    /// The picture; `None` for who has it already.
    pub bytes: Option<Vec<u8>>,
}

pub(crate) fn picture_place(chat: &ChatId) -> Place<'_> {
    Place { table: "chat_pictures", column: "picture", row: chat.as_bytes() }
}

impl SealedPicture {
    /// Seals a square picture for this chat.
    #[must_use]
    pub fn seal(ring: &KeyRing, rng: &Rng, chat: ChatId, square: &[u8]) -> Self {
        let mark = kernel::id::hex(&rng.bytes::<8>());
        Self { chat, mark, bytes: ring.seal(picture_place(&chat), square) }
    }

    /// What tells it from the one before.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.mark
    }
}

/// Gives a group a picture, in place of any that it has. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::Precondition`] for a chat of two, which shows the other person; [`Error::Conflict`] while a legal hold on
/// the picture that is there stands.
pub async fn set_picture(tx: &Tx, chat: &OpenChat, picture: &SealedPicture) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if picture.chat != chat.id() {
        return Err(Error::bug("a picture that was sealed for another chat"));
    }
    let row = args![chat.key(), chat.tenant(), &picture.bytes, tx.now_ms()];
    if tx.run(rows::PUT, &row).await? == 0 {
        return Err(held());
    }
    tx.run(rows::MARK, &args![chat.tenant(), chat.key(), &*picture.mark]).await?;
    changed(tx, chat).await
}

/// Takes a group's picture away, when it has one. Asks for [`Right::Manage`].
///
/// # Errors
/// As [`set_picture`].
pub async fn remove_picture(tx: &Tx, chat: &OpenChat) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if tx.run(rows::DELETE, &args![chat.tenant(), chat.key()]).await? == 0 {
        let is_there = tx.one(rows::GET, &args![chat.tenant(), chat.key()], |_| Ok(())).await?;
        return if is_there.is_some() { Err(held()) } else { Ok(()) };
    }
    tx.run(rows::UNMARK, &args![chat.tenant(), chat.key()]).await?;
    changed(tx, chat).await
}

fn held() -> Error {
    Error::conflict("legal_hold", "A legal hold keeps this picture: it cannot be replaced or removed.")
}

/// A group's picture. Asks for [`Right::ReadOne`], and leaves the line that a list leaves: it shows no message. Of those
/// that the caller has already, by their marks, nothing is read.
///
/// # Errors
/// What the store or the vault refuses.
pub async fn picture(tx: &Tx, chat: &OpenChat, known: &[String]) -> Result<Option<Picture>> {
    chat.must_be_for(Right::ReadOne)?;
    line::of(tx, chat, Deed::ChatListed, chat.key().as_bytes()).await?;
    let args = args![chat.tenant(), chat.key()];
    let mark = tx.one(rows::MARK_OF, &args, |row| row.get::<Option<String>>(0)).await?.flatten();
    if let Some(mark) = mark.filter(|mark| known.contains(mark)) {
        return Ok(Some(Picture { mark, bytes: None }));
    }
    let ring = ring(tx, chat.organisation())?;
    let found = tx.one(rows::GET, &args, |row| {
        let bytes = ring.open(picture_place(chat.key()), &row.get::<Vec<u8>>(1)?)?;
        Ok(Picture { mark: row.get(0)?, bytes: Some(bytes) })
    });
    found.await
}
