//! People's pictures: small squares, sealed as their names are. Whose picture somebody may see is whom they may see.

use kernel::{Actor, Error, Event, PersonId, Result, Rng};
use store::{Tx, args};
use vault::{KeyRing, Place, Vault};

use crate::rows::pictures as rows;
use crate::{Person, log};

/// A square picture, sealed for one person.
#[derive(Clone, Debug)]
pub struct SealedPicture {
    person: PersonId,
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

pub(crate) fn picture_place(person: &PersonId) -> Place<'_> {
    Place { table: "person_pictures", column: "picture", row: person.as_bytes() }
}

impl SealedPicture {
    /// Seals a square picture of this person.
    #[must_use]
    pub fn seal(ring: &KeyRing, rng: &Rng, person: PersonId, square: &[u8]) -> Self {
        let mark = kernel::id::hex(&rng.bytes::<8>());
        Self { person, mark, bytes: ring.seal(picture_place(&person), square) }
    }

    /// What tells it from the one before.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.mark
    }
}

/// Gives the actor a picture, in place of any that they have.
///
/// # Errors
/// [`Error::Bug`] for a picture that was sealed for somebody else.
pub async fn set_picture(tx: &Tx, actor: &Actor, picture: &SealedPicture) -> Result<()> {
    if picture.person != actor.person {
        return Err(Error::bug("a picture that was sealed for somebody else"));
    }
    tx.run(rows::PUT, &args![&picture.person, &picture.bytes, tx.now_ms()]).await?;
    tx.run(rows::MARK, &args![&picture.person, &*picture.mark]).await?;
    changed(tx, actor, "picture set").await
}

/// Takes the actor's picture away, when they have one.
///
/// # Errors
/// What the store refuses.
pub async fn remove_picture(tx: &Tx, actor: &Actor) -> Result<()> {
    if tx.run(rows::DELETE, &args![&actor.person]).await? == 0 {
        return Ok(());
    }
    tx.run(rows::UNMARK, &args![&actor.person]).await?;
    changed(tx, actor, "picture removed").await
}

async fn changed(tx: &Tx, actor: &Actor, what: &'static str) -> Result<()> {
    log::changed_oneself(tx, actor, what).await?;
    tx.emit(Event::PersonChanged { person: actor.person });
    Ok(())
}

/// The picture of somebody whom a door has shown to the caller, and has noted in the access log. Of those that the
/// caller has already, by their marks, nothing is read.
///
/// # Errors
/// What the store or the vault refuses.
pub async fn picture_of(tx: &Tx, person: &Person, known: &[String]) -> Result<Option<Picture>> {
    let Some(mark) = person.picture_mark.clone() else { return Ok(None) };
    if known.contains(&mark) {
        return Ok(Some(Picture { mark, bytes: None }));
    }
    let ring = tx.tool::<Vault>()?.house();
    let args = args![&person.id];
    let bytes = tx.one(rows::GET, &args, |row| ring.open(picture_place(&person.id), &row.get::<Vec<u8>>(0)?));
    Ok(bytes.await?.map(|bytes| Picture { mark, bytes: Some(bytes) }))
}
