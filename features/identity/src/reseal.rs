//! Names, identifiers, details, auxiliary ids, pictures, names of passkeys, authenticators, what providers said of people, and
//! keys that sign, sealed anew after a rotation of the installation's key.

use kernel::{ClientId, InvitationId, OrganisationId, PersonId, Result, SigningKeyId};
use store::{Statement, Tx, args};
use vault::{DataKeyId, KeyRing, Resealing};

use crate::aux_ids;
use crate::details;
use crate::factors::key_place;
use crate::invitations::address_place;
use crate::passkeys::{self, PasskeyId};
use crate::persons::{identifier_place, identifier_row, name_place};
use crate::pictures::picture_place;
use crate::rows::aux_ids as aux_rows;
use crate::rows::details as detail_rows;
use crate::rows::signing_keys as signing_rows;
use crate::rows::verifications as proofs;
use crate::rows::{factors as factor_rows, invitations, passkeys as keys, persons as rows, pictures};
use crate::{signing_keys, verifications};

/// People that one call of [`reseal_some`] looks at.
const PEOPLE_PER_LOOK: i64 = 60;

/// Looks at the people behind this one, in the order of their ids, and seals anew what an older key sealed. It only
/// reads; its changes are for a transaction that follows. Says, too, behind whom the next look begins: behind nobody
/// when none is left.
///
/// # Errors
/// As [`Tx::all`].
pub async fn reseal_some<'r>(
    tx: &Tx,
    ring: &'r KeyRing,
    after: PersonId,
) -> Result<(Resealing<'r>, Option<PersonId>)> {
    let mut resealing = Resealing::new(ring);
    if after == PersonId::from_bytes([0; 12]) {
        look_at_signing_keys(tx, &mut resealing).await?;
    }
    let place = args![&after, PEOPLE_PER_LOOK];
    let people = tx.all(rows::SEALED_AFTER, &place, |row| {
        Ok((
            row.get::<PersonId>(0)?,
            row.get::<Vec<u8>>(1)?,
            row.get::<Vec<u8>>(2)?,
            row.get::<Option<Vec<u8>>>(3)?,
        ))
    });
    let people = people.await?;
    for (id, first, last, picture) in &people {
        let names =
            [("first_name", rows::RESEAL_FIRST_NAME, first), ("last_name", rows::RESEAL_LAST_NAME, last)];
        for (column, sql, old) in names {
            resealing.look(name_place(column, id), old, |new| Statement::new(sql, &args![id, new, old]));
        }
        if let Some(old) = picture {
            resealing
                .look(picture_place(id), old, |new| Statement::new(pictures::RESEAL, &args![id, new, old]));
        }
    }
    let ids: Vec<PersonId> = people.iter().map(|(id, ..)| *id).collect();
    look_at_identifiers(tx, &ids, &mut resealing).await?;
    look_at_verifications(tx, &ids, &mut resealing).await?;
    look_at_aux_ids(tx, &ids, &mut resealing).await?;
    look_at_invitations(tx, &ids, &mut resealing).await?;
    look_at_passkeys(tx, &ids, &mut resealing).await?;
    look_at_authenticators(tx, &ids, &mut resealing).await?;
    look_at_details(tx, &ids, &mut resealing).await?;
    Ok((resealing, ids.last().copied()))
}

/// They are few, and looked at with the first of the people.
async fn look_at_signing_keys(tx: &Tx, resealing: &mut Resealing<'_>) -> Result<()> {
    let found =
        tx.all(signing_rows::SEALED, &[], |row| Ok((row.get::<SigningKeyId>(0)?, row.get::<Vec<u8>>(1)?)));
    for (id, old) in &found.await? {
        resealing.look(signing_keys::place(id), old, |new| {
            Statement::new(signing_rows::RESEAL, &args![id, new, old])
        });
    }
    Ok(())
}

async fn look_at_identifiers(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(rows::SEALED_IDENTIFIERS, people, &[], |row| {
        let key = (row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<[u8; 32]>(2)?);
        Ok((key, row.get::<Vec<u8>>(3)?))
    });
    for ((person, system, hash), old) in &found.await? {
        resealing.look(identifier_place(&identifier_row(*person, hash)), old, |new| {
            Statement::new(rows::RESEAL_IDENTIFIER, &args![system, hash, new, old])
        });
    }
    Ok(())
}

async fn look_at_verifications(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(proofs::SEALED, people, &[], |row| {
        let key = (row.get::<PersonId>(0)?, row.get::<OrganisationId>(1)?, row.get::<String>(2)?);
        Ok((key, row.get::<Vec<u8>>(3)?))
    });
    for ((person, organisation, provider), old) in &found.await? {
        let row = verifications::row_of(*person, *organisation, provider);
        resealing.look(verifications::place(&row), old, |new| {
            Statement::new(proofs::RESEAL, &args![person, organisation, provider, new, old])
        });
    }
    Ok(())
}

async fn look_at_aux_ids(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(aux_rows::SEALED, people, &[], |row| {
        let key = (row.get::<ClientId>(0)?, row.get::<OrganisationId>(1)?, row.get::<PersonId>(2)?);
        Ok((key, row.get::<Vec<u8>>(3)?))
    });
    for ((client, organisation, person), old) in &found.await? {
        let row = aux_ids::row_of(*client, *organisation, *person);
        resealing.look(aux_ids::place(&row), old, |new| {
            Statement::new(aux_rows::RESEAL, &args![client, organisation, person, new, old])
        });
    }
    Ok(())
}

async fn look_at_invitations(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(invitations::SEALED, people, &[], |row| {
        Ok((row.get::<InvitationId>(0)?, row.get::<Vec<u8>>(1)?))
    });
    for (id, old) in &found.await? {
        resealing
            .look(address_place(id), old, |new| Statement::new(invitations::RESEAL, &args![id, new, old]));
    }
    Ok(())
}

async fn look_at_passkeys(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(keys::SEALED, people, &[], |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<PasskeyId>(1)?, row.get::<Vec<u8>>(2)?))
    });
    for (person, id, old) in &found.await? {
        resealing.look(passkeys::name_place(id), old, |new| {
            Statement::new(keys::RESEAL, &args![person, id, new, old])
        });
    }
    Ok(())
}

async fn look_at_authenticators(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found = tx.all_of(factor_rows::SEALED, people, &[], |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<Vec<u8>>(1)?))
    });
    for (id, old) in &found.await? {
        resealing.look(key_place(id), old, |new| Statement::new(factor_rows::RESEAL, &args![id, new, old]));
    }
    Ok(())
}

async fn look_at_details(tx: &Tx, people: &[PersonId], resealing: &mut Resealing<'_>) -> Result<()> {
    let found =
        tx.all_of(detail_rows::OF, people, &[], |row| Ok((row.get::<PersonId>(0)?, row.get::<Vec<u8>>(1)?)));
    for (id, old) in &found.await? {
        resealing
            .look(details::place(id), old, |new| Statement::new(detail_rows::RESEAL, &args![id, new, old]));
    }
    Ok(())
}

/// How many values this key sealed.
///
/// # Errors
/// As [`Tx::one`].
pub async fn count_sealed_by(tx: &Tx, key: DataKeyId) -> Result<i64> {
    let mut count = 0;
    let all = [
        rows::COUNT_SEALED_BY,
        invitations::COUNT_SEALED_BY,
        signing_rows::COUNT_SEALED_BY,
        keys::COUNT_SEALED_BY,
        factor_rows::COUNT_SEALED_BY,
        detail_rows::COUNT_SEALED_BY,
    ];
    for sql in all {
        count += tx.one(sql, &args![&key], |row| row.get::<i64>(0)).await?.unwrap_or_default();
    }
    Ok(count)
}
