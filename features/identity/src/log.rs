//! Which line of the access log each deed of this crate leaves.

use audit::{Deed, Line, Outcome};
use kernel::{Actor, ClientId, GrantId, OrganisationId, Origin, PersonId, Result, SessionId};
use store::Tx;

/// Who does something that people of the house may do: one of them, or the operator at the command line.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// The command line of the server.
    Operator,
    /// Somebody who is signed in.
    Actor(&'a Actor),
}

impl By<'_> {
    fn line(self, organisation: OrganisationId, deed: Deed) -> Line {
        match self {
            Self::Actor(actor) => Line::of(actor, deed),
            Self::Operator => Line::without_actor(organisation, deed),
        }
    }
}

/// Something about people, clients, teams or settings was changed.
pub(crate) async fn administration(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    object: &[u8; 12],
    what: &'static str,
) -> Result<()> {
    audit::write(tx, by.line(organisation, Deed::Administration).object(object).because(what)).await
}

/// Somebody may, or may no longer, act for a patient.
pub(crate) async fn mandate(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    object: &[u8; 12],
    what: &'static str,
) -> Result<()> {
    let line = by.line(organisation, Deed::Administration).about(Some(patient));
    audit::write(tx, line.object(object).because(what)).await
}

/// What of a person's is granted to a client, and under which grant.
pub(crate) struct Granted {
    pub organisation: OrganisationId,
    pub person: PersonId,
    pub client: ClientId,
    pub grant: GrantId,
}

/// A person let a client act for them.
pub(crate) async fn consent_given(tx: &Tx, by: By<'_>, granted: &Granted) -> Result<()> {
    let line = by.line(granted.organisation, Deed::ConsentGiven).by(Some(granted.person));
    audit::write(tx, line.through(Some(granted.client)).object(granted.grant.as_bytes())).await
}

/// A person no longer lets a client act for them.
pub(crate) async fn consent_withdrawn(tx: &Tx, by: By<'_>, granted: &Granted) -> Result<()> {
    let line = by.line(granted.organisation, Deed::TokenRevoked).because("consent withdrawn");
    let line = line.by(Some(granted.person)).through(Some(granted.client));
    audit::write(tx, line.object(granted.grant.as_bytes())).await
}

/// A client was told no.
pub(crate) async fn consent_denied(tx: &Tx, actor: &Actor, client: ClientId) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::ConsentDenied).through(Some(client))).await
}

/// A client got a token.
pub(crate) async fn token_issued(tx: &Tx, granted: &Granted, origin: Option<Origin>) -> Result<()> {
    audit::write(tx, token_line(Deed::TokenIssued, granted, origin)).await
}

/// A client brought a code twice, and lost what it gave.
pub(crate) async fn code_reused(tx: &Tx, granted: &Granted, origin: Origin) -> Result<()> {
    let line = token_line(Deed::TokenRevoked, granted, Some(origin));
    audit::write(tx, line.outcome(Outcome::Refused).because("code used twice")).await
}

fn token_line(deed: Deed, granted: &Granted, origin: Option<Origin>) -> Line {
    let line = Line::without_actor(granted.organisation, deed).by(Some(granted.person));
    let line = line.through(Some(granted.client)).object(granted.grant.as_bytes());
    match origin {
        Some(origin) => line.from(origin),
        None => line,
    }
}

/// A client gave a token back.
pub(crate) async fn token_given_back(
    tx: &Tx,
    organisation: OrganisationId,
    client: ClientId,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::TokenRevoked).through(Some(client));
    audit::write(tx, line.from(origin)).await
}

/// Somebody saw a patient's details.
pub(crate) async fn person_read(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::PersonRead).about(Some(patient)).object(patient.as_bytes())).await
}

/// Somebody signed in.
pub(crate) async fn signed_in(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    session: SessionId,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::SignIn).by(Some(person)).from(origin);
    audit::write(tx, line.object(session.as_bytes())).await
}

/// Somebody tried to sign in as this person.
pub(crate) async fn sign_in_refused(
    tx: &Tx,
    organisation: OrganisationId,
    person: Option<PersonId>,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::SignInRefused).by(person).from(origin);
    audit::write(tx, line.outcome(Outcome::Refused)).await
}

/// Somebody signed out.
pub(crate) async fn signed_out(tx: &Tx, actor: &Actor, session: SessionId) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::SignOut).object(session.as_bytes())).await
}
