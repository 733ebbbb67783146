//! Pictures of people and groups: sealed before their transaction begins, and shown through the doors of what they show.

use identity::pictures::{Picture, SealedPicture, picture_of};
use kernel::{Actor, ChatId, Error, Kind, PersonId, Result};
use messaging::{Right, pictures as of_chats};
use store::Tx;

use crate::House;
use crate::chats::{self, ChatRef};

/// Gives the actor this square picture, and says what tells it from the one before.
///
/// # Errors
/// As [`identity::pictures::set_picture`].
pub async fn set_own(house: &House, actor: &Actor, square: &[u8]) -> Result<String> {
    let picture = SealedPicture::seal(&house.vault.house(), &house.rng, actor.person, square);
    let mark = picture.mark().to_owned();
    let setting = house.db.write((actor.clone(), picture), |tx, (actor, picture)| {
        Box::pin(identity::pictures::set_picture(tx, actor, picture))
    });
    setting.await.map(|()| mark)
}

/// Gives a group this square picture, and says what tells it from the one before.
///
/// # Errors
/// As [`chats::open`] and [`of_chats::set_picture`].
pub async fn set_of_group(house: &House, actor: &Actor, chat: ChatId, square: &[u8]) -> Result<String> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let picture = of_chats::SealedPicture::seal(&ring, &house.rng, chat, square);
    let mark = picture.mark().to_owned();
    let setting = house.db.write((actor.clone(), chat, picture), |tx, (actor, chat, picture)| {
        Box::pin(async move {
            let open = chats::open(tx, actor, ChatRef::Group(*chat), Right::Manage).await?;
            of_chats::set_picture(tx, &open, picture).await
        })
    });
    setting.await.map(|()| mark)
}

/// Takes a group's picture away.
///
/// # Errors
/// As [`chats::open`] and [`of_chats::remove_picture`].
pub async fn remove_of_group(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    let open = chats::open(tx, actor, chat, Right::Manage).await?;
    of_chats::remove_picture(tx, &open).await
}

/// The picture of somebody whom the actor may find, or is in a chat with; only its mark when it is among those known.
///
/// # Errors
/// [`Error::NotFound`] for anybody else, and when there is none.
pub async fn of_person(tx: &Tx, actor: &Actor, id: PersonId, known: &[String]) -> Result<Picture> {
    let person = chats::person(tx, actor, id).await?.ok_or(Error::not_found(Kind::Person))?;
    picture_of(tx, &person, known).await?.ok_or(Error::not_found(Kind::Picture))
}

/// The picture of a group that the actor may read; only its mark when it is among those known.
///
/// # Errors
/// As [`chats::open`]; [`Error::NotFound`] when there is none.
pub async fn of_group(tx: &Tx, actor: &Actor, chat: ChatRef, known: &[String]) -> Result<of_chats::Picture> {
    let open = chats::open(tx, actor, chat, Right::ReadOne).await?;
    of_chats::picture(tx, &open, known).await?.ok_or(Error::not_found(Kind::Picture))
}
