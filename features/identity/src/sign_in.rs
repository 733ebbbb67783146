//! Signing in with an e-mail address and a password, step by step:
//!
//! 1. [`Desk::admit`](crate::Desk::admit) says whether this may be tried now;
//! 2. [`find_account`] reads what is kept of the account, by its blind hash;
//! 3. [`Desk::verify`](crate::Desk::verify) does the same work whether or not there is such an account;
//! 4. [`begin`] makes the session and its line in the access log, in one transaction, or [`note_refusal`] writes
//!    the line that it was refused.

use kernel::{Error, OrganisationId, Origin, PersonId, Result};
use secrecy::SecretString;
use store::{Tx, args};

use crate::rows::persons as rows;
use crate::sessions::{self, NewSession};
use crate::{log, memberships, recognise};

/// What is kept of an account that may sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The Argon2id hash of their password.
    pub hash: SecretString,
}

/// What a sign-in is for.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Who, as proven.
    pub person: PersonId,
    /// Where they want to go, when they are on their way to something of that organisation.
    pub towards: Option<OrganisationId>,
    /// The hash of the session secret that the browser held so far; that session ends.
    pub instead_of: Option<[u8; 32]>,
    /// The request.
    pub origin: Origin,
}

/// The account whose e-mail address has this blind hash.
pub async fn find_account(tx: &Tx, email_hash: &[u8; 32]) -> Result<Option<Account>> {
    let map = |row: &store::Row<'_>| {
        Ok(Account { person: row.get(0)?, hash: SecretString::from(row.get::<String>(1)?) })
    };
    tx.one(rows::FIND_ACCOUNT, &args![email_hash], map).await
}

/// Makes the session of somebody whose password was right. Its secret is always a new one.
pub async fn begin(tx: &Tx, arrival: &Arrival) -> Result<NewSession> {
    if let Some(hash) = &arrival.instead_of {
        let old = recognise::recognise_session(tx, hash).await?;
        if let Some((person, session)) = old.and_then(|old| Some((old.person, old.session?))) {
            sessions::end(tx, person, session).await?;
        }
    }
    let all = memberships::of_person(tx, arrival.person).await?;
    let at =
        |organisation: Option<OrganisationId>| all.iter().find(|one| Some(one.organisation) == organisation);
    let last = sessions::last_organisation(tx, arrival.person).await?;
    let membership =
        at(arrival.towards).or_else(|| at(last)).or(all.first()).ok_or(Error::Unauthenticated)?;
    let session = sessions::create(tx, arrival.person, membership.organisation).await?;
    log::signed_in(tx, membership.organisation, arrival.person, session.id, arrival.origin).await?;
    Ok(session)
}

/// Writes that somebody was refused: in the log of each organisation that the person belongs to, or in the
/// installation's for an account that there is not. Both ask the same of the store, so that neither is slower.
pub async fn note_refusal(tx: &Tx, person: Option<PersonId>, origin: Origin) -> Result<()> {
    let all = memberships::of_person(tx, person.unwrap_or_else(|| tx.new_id())).await?;
    let mut organisations: Vec<_> = all.iter().map(|one| one.organisation).collect();
    organisations.sort();
    organisations.dedup();
    if organisations.is_empty() {
        organisations.push(audit::INSTALLATION);
    }
    for organisation in organisations {
        log::sign_in_refused(tx, organisation, person, origin).await?;
    }
    Ok(())
}

/// Signs out the browser that holds the secret of this hash, whoever it is.
pub async fn leave(tx: &Tx, secret_hash: &[u8; 32], origin: Origin) -> Result<()> {
    let Some(who) = recognise::recognise_session(tx, secret_hash).await? else { return Ok(()) };
    if let Some(session) = who.session {
        sessions::end(tx, who.person, session).await?;
        log::signed_out(tx, &who.actor(origin), session).await?;
    }
    Ok(())
}
