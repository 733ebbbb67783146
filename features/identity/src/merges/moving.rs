//! What is sealed for a person and goes over to another: identifiers, auxiliary ids and a picture. Each is bound to its
//! person, and sealed anew before the transaction that moves it.

use kernel::{ClientId, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};
use vault::Vault;

use super::changed_meanwhile;
use crate::aux_ids;
use crate::persons::{identifier_place, identifier_row};
use crate::pictures::picture_place;
use crate::rows::{aux_ids as aux_rows, invitations, merges as rows, pictures};

pub(super) const CHANGED: &str = "one of two people came to be known by something else in this moment";

/// Sealed anew for `to`.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    from: PersonId,
    to: PersonId,
    identifiers: Vec<Identifier>,
    aux_ids: Vec<AuxId>,
    picture: Option<Picture>,
}

#[derive(Clone, Debug)]
struct Identifier {
    system: String,
    hash: [u8; 32],
    value: Vec<u8>,
}

#[derive(Clone, Debug)]
struct AuxId {
    client: ClientId,
    organisation: OrganisationId,
    hash: [u8; 32],
    value: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Picture {
    mark: String,
    bytes: Vec<u8>,
}

impl Moving {
    /// Seals what these statements list, of who is kept and who is gone.
    pub async fn seal(
        tx: &Tx,
        [identifiers, aux_ids, picture]: [&'static str; 3],
        (keep, gone): (PersonId, PersonId),
        (from, to): (PersonId, PersonId),
    ) -> Result<Self> {
        let (ring, both) = (tx.tool::<Vault>()?.house(), args![&keep, &gone]);
        let identifier = |row: &Row<'_>| {
            let (system, hash, sealed) = (row.get(0)?, row.get::<[u8; 32]>(1)?, row.get::<Vec<u8>>(2)?);
            let text = ring.open_text(identifier_place(&identifier_row(from, &hash)), &sealed)?;
            let value = ring.seal(identifier_place(&identifier_row(to, &hash)), text.as_bytes());
            Ok(Identifier { system, hash, value })
        };
        let identifiers = tx.all(identifiers, &both, identifier).await?;
        let aux_id = |row: &Row<'_>| {
            let (client, organisation) = (row.get::<ClientId>(0)?, row.get::<OrganisationId>(1)?);
            let text = aux_ids::open(&ring, (client, organisation, from), &row.get::<Vec<u8>>(3)?)?;
            let place = aux_ids::row_of(client, organisation, to);
            let value = ring.seal(aux_ids::place(&place), text.as_bytes());
            Ok(AuxId { client, organisation, hash: row.get(2)?, value })
        };
        let aux_ids = tx.all(aux_ids, &both, aux_id).await?;
        let opened = |row: &Row<'_>| {
            let bytes = ring.open(picture_place(&from), &row.get::<Vec<u8>>(1)?)?;
            Ok(Picture { mark: row.get(0)?, bytes: ring.seal(picture_place(&to), &bytes) })
        };
        let picture = tx.one(picture, &both, opened).await?;
        Ok(Self { from, to, identifiers, aux_ids, picture })
    }

    /// Records what is about to go over, which is all that was sealed for it and nothing else.
    pub async fn note(&self, tx: &Tx, (keep, gone): (PersonId, PersonId)) -> Result<()> {
        let known_by = tx.run(rows::NOTE_IDENTIFIERS, &args![&gone]).await?;
        let called = tx.run(rows::NOTE_AUX_IDS, &args![&keep, &gone]).await?;
        if known_by != self.identifiers.len() as u64 || called != self.aux_ids.len() as u64 {
            return Err(changed_meanwhile());
        }
        if let Some(picture) = &self.picture {
            tx.run(rows::NOTE_PICTURE, &args![&gone, picture.mark.as_str()]).await?;
        }
        Ok(())
    }

    /// Moves it.
    pub async fn take(&self, tx: &Tx) -> Result<()> {
        let (from, to) = (&self.from, &self.to);
        let mut taken = 0;
        for Identifier { system, hash, value } in &self.identifiers {
            let values = args![system.as_str(), hash, from, to, value];
            taken += tx.run(invitations::TAKE_IDENTIFIER, &values).await?;
        }
        for AuxId { client, organisation, hash, value } in &self.aux_ids {
            let values = args![client, organisation, from, to, value, hash];
            taken += tx.run(aux_rows::HAND_OVER, &values).await?;
        }
        if taken < (self.identifiers.len() + self.aux_ids.len()) as u64 {
            return Err(changed_meanwhile());
        }
        let Some(Picture { mark, bytes }) = &self.picture else { return Ok(()) };
        tx.run(pictures::PUT, &args![to, bytes, tx.now_ms()]).await?;
        tx.run(pictures::MARK, &args![to, mark.as_str()]).await?;
        tx.run(pictures::DELETE, &args![from]).await?;
        tx.run(pictures::UNMARK, &args![from]).await.map(drop)
    }
}
