//! What administrators see and end of others in their organisation: sessions, grants, tokens, second factors and roles.
//!
//! Always true:
//! - Nobody reaches what somebody does in another organisation.
//! - Whoever is looked at has a place here, now; anybody else does not exist.
//! - Each look and each change leaves a line, which a patient finds among those about them.

mod tokens;

use kernel::{Actor, Error, Event, GrantId, Kind, OrganisationId, PersonId, Result, Role, SessionId};
use store::{Tx, args};

use crate::applications::must_administer;
use crate::factors::{self, Enrolled};
use crate::grants::{self, ConnectedApp};
use crate::log::{self, By};
use crate::rows::{grants as grant_rows, oversight as rows, sessions as session_rows};
use crate::sessions::{self, SessionView};
use crate::{memberships, persons, standing};

pub use tokens::{TokenView, end_token, tokens};

/// Somebody of an organisation, for whom the door was opened.
#[derive(Clone, Copy, Debug)]
pub struct Overseen {
    organisation: OrganisationId,
    person: PersonId,
    patient: Option<PersonId>,
}

/// Opens the door to somebody of an organisation: for an operator, and for an administrator who acts there.
///
/// # Errors
/// [`Error::NotFound`] for who has no place there; as [`must_administer`].
pub async fn open(tx: &Tx, by: By<'_>, organisation: OrganisationId, person: PersonId) -> Result<Overseen> {
    if let By::Actor(actor) = by {
        must_administer(tx, actor).await?;
        if actor.organisation != organisation {
            return Err(Error::not_found(Kind::Person));
        }
    }
    let roles = memberships::roles(tx, organisation, person).await?;
    if roles.is_empty() {
        return Err(Error::not_found(Kind::Person));
    }
    let patient = roles.contains(&Role::Patient).then_some(person);
    Ok(Overseen { organisation, person, patient })
}

/// What somebody is or was in the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// As what.
    pub role: Role,
    /// Their function in their own words; may be empty.
    pub position: String,
    /// Since when.
    pub start_ms: i64,
    /// When it ended, or will.
    pub end_ms: Option<i64>,
    /// Whether they were asked in and have not come yet.
    pub is_pending: bool,
}

impl Held {
    /// Whether it stands.
    #[must_use]
    pub fn stands(&self, now_ms: i64) -> bool {
        self.start_ms <= now_ms && self.end_ms.is_none_or(|end_ms| end_ms > now_ms)
    }
}

/// What an administrator sees of somebody's account.
#[derive(Clone, Debug)]
pub struct Look {
    /// What they are and were here, the oldest first.
    pub roles: Vec<Held>,
    /// Whether they are shut out.
    pub is_shut_out: bool,
    /// Where they are signed in, acting in this organisation.
    pub sessions: Vec<SessionView>,
    /// What they allow applications here.
    pub apps: Vec<ConnectedApp>,
    /// By what they prove themselves besides a password.
    pub factors: Enrolled,
}

impl Overseen {
    async fn note(&self, tx: &Tx, by: By<'_>, what: &'static str) -> Result<()> {
        log::named(tx, by, self.organisation, (self.person, self.patient), what).await
    }
}

/// All of somebody's account that an administrator sees on one page; one line says that it was looked at.
pub async fn look(tx: &Tx, by: By<'_>, of: Overseen) -> Result<Look> {
    of.note(tx, by, "account shown").await?;
    let here = args![&of.organisation, &of.person];
    let (roles, shut_out): (Vec<Held>, Vec<bool>) =
        tx.all(rows::HELD, &here, rows::held).await?.into_iter().unzip();
    let standing = args![&of.organisation, &of.person, tx.now_ms()];
    Ok(Look {
        roles,
        is_shut_out: shut_out.contains(&true),
        sessions: tx.all(rows::SESSIONS, &standing, session_rows::view).await?,
        apps: tx.all(rows::GRANTS, &here, grant_rows::connected_app).await?,
        factors: factors::enrolled(tx, of.person).await?,
    })
}

/// The sessions of somebody that stand in the organisation, the newest first.
pub async fn sessions(tx: &Tx, by: By<'_>, of: Overseen) -> Result<Vec<SessionView>> {
    of.note(tx, by, "sessions listed").await?;
    tx.all(rows::SESSIONS, &args![&of.organisation, &of.person, tx.now_ms()], session_rows::view).await
}

/// Ends one of these sessions.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that ended.
pub async fn end_session(tx: &Tx, by: By<'_>, of: Overseen, id: SessionId) -> Result<()> {
    let values = args![&of.organisation, &of.person, &id, tx.now_ms()];
    let ended = tx.one(rows::END_SESSION, &values, |row| row.get::<SessionId>(0)).await?;
    let session = ended.ok_or(Error::not_found(Kind::Page))?;
    tx.emit(Event::SessionEnded { session });
    of.note(tx, by, "session ended").await
}

/// Ends every session of somebody in the organisation; applications that act for them keep their tokens.
pub async fn end_sessions(tx: &Tx, by: By<'_>, of: Overseen) -> Result<()> {
    standing::hold(tx, of.person).await?;
    sessions::end_in(tx, of.organisation, &[of.person]).await?;
    of.note(tx, by, "sessions ended").await
}

/// What somebody allows applications in the organisation, the newest first.
pub async fn grants(tx: &Tx, by: By<'_>, of: Overseen) -> Result<Vec<ConnectedApp>> {
    of.note(tx, by, "grants listed").await?;
    tx.all(rows::GRANTS, &args![&of.organisation, &of.person], grant_rows::connected_app).await
}

/// Takes back what somebody allowed an application in the organisation, with every token that came of it.
///
/// # Errors
/// [`Error::NotFound`] for anything else.
pub async fn end_grant(tx: &Tx, by: By<'_>, of: Overseen, id: GrantId) -> Result<()> {
    let values = args![&of.organisation, &of.person, &id];
    let found = tx.one(rows::IS_GRANT, &values, |row| row.get::<GrantId>(0)).await?;
    found.ok_or(Error::not_found(Kind::Client))?;
    grants::end(tx, by, of.person, id).await
}

/// By what somebody proves themselves besides a password.
pub async fn factors(tx: &Tx, by: By<'_>, of: Overseen) -> Result<Enrolled> {
    of.note(tx, by, "second factors listed").await?;
    factors::enrolled(tx, of.person).await
}

/// Shuts somebody out, or lets them in again, who belongs to this organisation alone: what they are elsewhere is not
/// an administrator's of here to end.
///
/// # Errors
/// [`Error::Precondition`] for who belongs elsewhere, too, and for oneself.
pub async fn let_in(tx: &Tx, actor: &Actor, of: Overseen, is_welcome: bool) -> Result<()> {
    must_be_ours(tx, actor, of).await?;
    let by = By::Actor(actor);
    if is_welcome {
        persons::enable(tx, by, of.organisation, of.person).await
    } else {
        persons::disable(tx, by, of.organisation, of.person).await
    }
}

/// Takes away everything that somebody who belongs to this organisation alone proves themselves by besides a password,
/// when they have lost it: they are signed out everywhere.
///
/// # Errors
/// As [`let_in`].
pub async fn take_factors(tx: &Tx, actor: &Actor, of: Overseen) -> Result<()> {
    must_be_ours(tx, actor, of).await?;
    factors::take_away(tx, By::Actor(actor), of.organisation, of.person).await
}

async fn must_be_ours(tx: &Tx, actor: &Actor, of: Overseen) -> Result<()> {
    must_be_another(actor, of)?;
    // Nobody makes them a member elsewhere between this look and what it allows.
    standing::hold(tx, of.person).await?;
    let all = memberships::of_person(tx, of.person).await?;
    if all.iter().any(|one| one.organisation != of.organisation) {
        let why = "This person belongs to another organisation, too: end what they are here instead.";
        return Err(Error::precondition("belongs_elsewhere", why));
    }
    Ok(())
}

fn must_be_another(actor: &Actor, of: Overseen) -> Result<()> {
    if actor.person == of.person {
        return Err(Error::precondition("oneself", "Another administrator has to do this to you."));
    }
    Ok(())
}

/// Gives somebody of the organisation another role there.
///
/// # Errors
/// [`Error::Invalid`] for a role of programs and of guests; [`Error::Precondition`] for oneself; as
/// [`memberships::add`].
pub async fn give_role(tx: &Tx, actor: &Actor, of: Overseen, role: Role, position: &str) -> Result<()> {
    must_be_another(actor, of)?;
    if matches!(role, Role::Partner | Role::Scheduler | Role::Guest) {
        let why = "An administrator makes nobody a program or a guest.";
        return Err(Error::invalid("role", "role_not_given", why));
    }
    memberships::add(tx, By::Actor(actor), of.organisation, of.person, role, position).await.map(drop)
}

/// Takes a role from somebody of the organisation; their sessions and tokens there end.
///
/// # Errors
/// [`Error::NotFound`] for a role that they do not have; [`Error::Precondition`] for oneself.
pub async fn take_role(tx: &Tx, actor: &Actor, of: Overseen, role: Role) -> Result<()> {
    must_be_another(actor, of)?;
    let all = memberships::of_person(tx, of.person).await?;
    let one = all.iter().find(|one| one.organisation == of.organisation && one.role == role);
    let one = one.ok_or(Error::not_found(Kind::Person))?;
    memberships::end(tx, By::Actor(actor), of.organisation, one.id).await
}
