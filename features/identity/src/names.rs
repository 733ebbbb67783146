//! Writing the beginnings of names for the search, after the commits that brought their bearers.

use kernel::{OrganisationId, PersonId, Result};
use search::{Of, Token};
use store::{Tx, args};
use vault::{KeyRing, SearchKey};

use crate::memberships;
use crate::persons::name_place;
use crate::rows::names as rows;

/// Rows that one look reads: few enough for the statements that write their names.
const ROWS_PER_LOOK: i64 = 40;

/// Somebody whose names are not written, as they are sealed.
#[derive(Clone, Debug)]
pub struct Unwritten {
    person: PersonId,
    first_name: Vec<u8>,
    last_name: Vec<u8>,
}

/// The same, with what their names are found by.
#[derive(Clone, Debug)]
pub struct Named(Unwritten, Vec<Token>);

/// Some of an organisation behind this person whose names are not written, in the order of their ids.
pub async fn unwritten(tx: &Tx, organisation: OrganisationId, after: PersonId) -> Result<Vec<Unwritten>> {
    let place = args![&organisation, &after, tx.now_ms(), ROWS_PER_LOOK];
    let found = tx.all(rows::UNWRITTEN, &place, |row| {
        Ok(Unwritten { person: row.get(0)?, first_name: row.get(1)?, last_name: row.get(2)? })
    });
    let mut found = found.await?;
    found.dedup_by_key(|one| one.person);
    Ok(found)
}

/// In which organisations the names of these people are not written. In the order of the organisations, so that those
/// who write them do not wait for each other.
pub async fn unwritten_of(tx: &Tx, persons: &[PersonId]) -> Result<Vec<(OrganisationId, Unwritten)>> {
    let now = args![tx.now_ms()];
    let found = tx.all_of(rows::UNWRITTEN_OF, persons, &now, |row| {
        let (person, first_name, last_name) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok((row.get::<OrganisationId>(0)?, Unwritten { person, first_name, last_name }))
    });
    let mut found = found.await?;
    found.sort_by_key(|(organisation, one)| (*organisation, one.person));
    found.dedup_by_key(|(organisation, one)| (*organisation, one.person));
    Ok(found)
}

impl Unwritten {
    /// Who it is.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Opens the names, which the installation's key sealed, and hashes their beginnings. What is damaged has none.
    pub fn named(self, house: &KeyRing, key: &SearchKey) -> Result<Named> {
        let open = |column, sealed: &[u8]| match house.open_text(name_place(column, &self.person), sealed) {
            Err(error) if error.retry_after_s().is_none() => Ok(String::new()),
            opened => opened,
        };
        let (first, last) = (open("first_name", &self.first_name)?, open("last_name", &self.last_name)?);
        let tokens = search::name_tokens(key, &[&first, &last]);
        Ok(Named(self, tokens))
    }
}

/// Writes the names of somebody who still has them.
pub async fn write(tx: &Tx, organisation: OrganisationId, named: &Named) -> Result<()> {
    let Named(Unwritten { person, first_name, last_name }, tokens) = named;
    search::hold(tx, organisation).await?;
    let rest = args![&organisation, person, first_name, last_name, tx.now_ms()];
    tx.run_of(rows::INSERT, tokens, &rest).await?;
    tx.run(rows::REACH, &rest).await.map(drop)
}

/// Has the names of somebody written anew, wherever they are. To be called in the transaction that changes a name.
pub async fn forget(tx: &Tx, person: PersonId) -> Result<()> {
    let mut organisations: Vec<OrganisationId> =
        memberships::of_person(tx, person).await?.into_iter().map(|one| one.organisation).collect();
    organisations.sort_unstable();
    organisations.dedup();
    for organisation in organisations {
        forget_in(tx, organisation, &[person]).await?;
    }
    Ok(())
}

/// As [`forget`], of several, in one organisation.
pub(crate) async fn forget_in(tx: &Tx, organisation: OrganisationId, persons: &[PersonId]) -> Result<()> {
    search::forget(tx, organisation, persons).await?;
    search::forget_progress(tx, organisation, Of::Name, persons).await
}
