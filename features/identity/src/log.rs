//! Which line of the access log each deed of this crate leaves. What a patient does, or others do in a patient's name,
//! is about that patient, who sees it among the lines about them.

use std::borrow::Cow;

use audit::{Deed, Line, Log, Outcome};
use kernel::{Actor, ClientId, GrantId, OrganisationId, Origin, PersonId, Result, Role, SessionId};
use store::Tx;

use crate::memberships::{self, Membership};

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
            Self::Actor(actor) if actor.organisation == organisation => Line::of(actor, deed),
            // What they do from one of their organisations in another: what they are there is not what they act as.
            Self::Actor(actor) => {
                Line::without_actor(organisation, deed).by(Some(actor.person)).from(actor.origin)
            }
            Self::Operator => Line::without_actor(organisation, deed),
        }
    }
}

/// Something about people, clients, teams or settings was changed: `what` says to what, in words of ours alone.
pub(crate) async fn administration(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    object: &[u8; 12],
    what: impl Into<Cow<'static, str>> + Send,
) -> Result<()> {
    audit::write(tx, by.line(organisation, Deed::Administration).object(object).because(what)).await
}

/// Something was done to a person's account, or an application calls them something, or no longer. A patient sees it.
pub(crate) async fn named(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    (person, patient): (PersonId, Option<PersonId>),
    what: impl Into<Cow<'static, str>> + Send,
) -> Result<()> {
    let line = by.line(organisation, Deed::Administration).about(patient);
    audit::write(tx, line.object(person.as_bytes()).because(what)).await
}

/// A person got a password, or did not know the one that they wanted to change. A patient sees it.
pub(crate) async fn password_set(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    outcome: Outcome,
) -> Result<()> {
    let patient = memberships::patient(tx, organisation, person).await?;
    let line = by.line(organisation, Deed::Administration).about(patient).object(person.as_bytes());
    audit::write(tx, line.because("password set").outcome(outcome)).await
}

/// Somebody changed something about themselves, or proved who they are. A patient sees it.
pub(crate) async fn changed_oneself(tx: &Tx, actor: &Actor, what: &'static str) -> Result<()> {
    let patient = memberships::patient(tx, actor.organisation, actor.person).await?;
    let line = Line::of(actor, Deed::Administration).about(patient).object(actor.person.as_bytes());
    audit::write(tx, line.because(what)).await
}

/// Somebody got another password by a letter. A patient sees it.
pub(crate) async fn password_reset(tx: &Tx, whose: Whose, person: PersonId, origin: Origin) -> Result<()> {
    let line = Line::without_actor(whose.organisation, Deed::Administration).by(Some(person)).from(origin);
    audit::write(tx, line.about(whose.patient).object(person.as_bytes()).because("password reset")).await
}

/// A passkey answered as one that was copied. A patient sees it.
pub(crate) async fn passkey_copied(tx: &Tx, whose: Whose, person: PersonId, origin: Origin) -> Result<()> {
    let line = Line::without_actor(whose.organisation, Deed::SignInRefused).from(origin);
    let line = line.about(whose.patient).outcome(Outcome::Refused).object(person.as_bytes());
    audit::write(tx, line.because("passkey copied")).await
}

/// Somebody was asked in as this. A patient sees it.
pub(crate) async fn invitation(
    tx: &Tx,
    actor: &Actor,
    (person, role): (PersonId, Role),
    what: &'static str,
) -> Result<()> {
    let line = Line::of(actor, Deed::Administration).about((role == Role::Patient).then_some(person));
    audit::write(tx, line.object(person.as_bytes()).because(what)).await
}

/// Somebody came who had been asked in as this.
pub(crate) async fn invitation_accepted(
    tx: &Tx,
    organisation: OrganisationId,
    (person, role): (PersonId, Role),
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::Administration).by(Some(person)).from(origin);
    let line = line.about((role == Role::Patient).then_some(person)).object(person.as_bytes());
    audit::write(tx, line.because("invitation accepted")).await
}

/// Somebody came as the guest of a chat.
pub(crate) async fn guest_came(
    tx: &Tx,
    organisation: OrganisationId,
    guest: PersonId,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::Administration).by(Some(guest)).from(origin);
    audit::write(tx, line.object(guest.as_bytes()).because("guest came")).await
}

/// These are guests no longer; by nobody when their time was over.
pub(crate) async fn guests_went(
    tx: &Tx,
    organisation: OrganisationId,
    guests: &[PersonId],
    by: Option<PersonId>,
) -> Result<()> {
    let line = Line::without_actor(organisation, Deed::Administration).by(by).because("guest went");
    let lines = guests.iter().map(|guest| line.clone().object(guest.as_bytes()));
    audit::write_all(tx, lines.collect()).await
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
    /// The person, when they are a patient there.
    pub patient: Option<PersonId>,
    pub client: ClientId,
    pub grant: GrantId,
}

/// A person let a client act for them.
pub(crate) async fn consent_given(tx: &Tx, by: By<'_>, granted: &Granted) -> Result<()> {
    audit::write(tx, granted_line(by.line(granted.organisation, Deed::ConsentGiven), granted)).await
}

/// A person no longer lets a client act for them.
pub(crate) async fn consent_withdrawn(tx: &Tx, by: By<'_>, granted: &Granted) -> Result<()> {
    let line = by.line(granted.organisation, Deed::TokenRevoked).because("consent withdrawn");
    audit::write(tx, granted_line(line, granted)).await
}

/// A client was told no.
pub(crate) async fn consent_denied(
    tx: &Tx,
    actor: &Actor,
    patient: Option<PersonId>,
    client: ClientId,
) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::ConsentDenied).about(patient).through(Some(client))).await
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

/// A client brought a refresh token twice, and lost what came of it.
pub(crate) async fn refresh_reused(tx: &Tx, granted: &Granted, origin: Origin) -> Result<()> {
    let line = token_line(Deed::TokenRevoked, granted, Some(origin));
    audit::write(tx, line.outcome(Outcome::Refused).because("refresh token used twice")).await
}

/// A client got a token of its own for another's: the line is through the one that acts, and about the grant of the
/// other.
pub(crate) async fn token_exchanged(tx: &Tx, granted: &Granted, origin: Origin) -> Result<()> {
    let line = token_line(Deed::TokenIssued, granted, Some(origin));
    audit::write(tx, line.because("token exchanged")).await
}

fn token_line(deed: Deed, granted: &Granted, origin: Option<Origin>) -> Line {
    let line = granted_line(Line::without_actor(granted.organisation, deed), granted);
    match origin {
        Some(origin) => line.from(origin),
        None => line,
    }
}

fn granted_line(line: Line, granted: &Granted) -> Line {
    let line = line.by(Some(granted.person)).about(granted.patient);
    line.through(Some(granted.client)).object(granted.grant.as_bytes())
}

/// A client gave a token back.
pub(crate) async fn token_given_back(tx: &Tx, granted: &Granted, origin: Origin) -> Result<()> {
    audit::write(tx, token_line(Deed::TokenRevoked, granted, Some(origin)).because("given back")).await
}

/// Somebody looked for people by a name.
pub(crate) async fn people_searched(tx: &Tx, actor: &Actor) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::PeopleSearched).object(actor.organisation.as_bytes())).await
}

/// Somebody saw a patient's details.
pub(crate) async fn person_read(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::PersonRead).about(Some(patient)).object(patient.as_bytes())).await
}

/// An application was told who signed in to it. A patient sees it.
pub(crate) async fn claims_told(tx: &Tx, actor: &Actor) -> Result<()> {
    let patient = memberships::patient(tx, actor.organisation, actor.person).await?;
    let line = Line::of(actor, Deed::PersonRead).about(patient).object(actor.person.as_bytes());
    audit::write(tx, line.because("told to an application")).await
}

/// Somebody looked for a patient of their organisation whom they may not find. Kept beside the transaction, which may be
/// undone.
pub(crate) fn person_hidden(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<()> {
    let line = Line::of(actor, Deed::PersonRead).about(Some(patient)).object(patient.as_bytes());
    tx.tool::<Log>()?.note(line.outcome(Outcome::Refused))
}

/// Whose log a line about somebody is in, and of which patient it is a line too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    pub organisation: OrganisationId,
    /// The person, when they are a patient there.
    pub patient: Option<PersonId>,
}

impl Whose {
    /// The log of an organisation, for the person whose memberships these are.
    pub fn of(organisation: OrganisationId, memberships: &[Membership]) -> Self {
        let here = |one: &&Membership| one.organisation == organisation && one.role == Role::Patient;
        Self { organisation, patient: memberships.iter().find(here).map(|one| one.person) }
    }
}

/// Somebody signed in.
pub(crate) async fn signed_in(
    tx: &Tx,
    whose: Whose,
    person: PersonId,
    session: SessionId,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(whose.organisation, Deed::SignIn).by(Some(person)).from(origin);
    audit::write(tx, line.about(whose.patient).object(session.as_bytes())).await
}

/// Somebody whom we do not know tried to sign in as this person: the line is about them and not by them.
pub(crate) async fn sign_in_refused(
    tx: &Tx,
    whose: Whose,
    person: Option<PersonId>,
    origin: Origin,
) -> Result<()> {
    let line = Line::without_actor(whose.organisation, Deed::SignInRefused).from(origin);
    let line = line.about(whose.patient).outcome(Outcome::Refused);
    audit::write(tx, person.iter().fold(line, |line, person| line.object(person.as_bytes()))).await
}

/// Somebody ended sessions of their own, each of which acted in an organisation.
pub(crate) async fn signed_out(tx: &Tx, actor: &Actor, ended: &[(Whose, SessionId)]) -> Result<()> {
    let lines = ended.iter().map(|(whose, session)| {
        let line = By::Actor(actor).line(whose.organisation, Deed::SignOut).about(whose.patient);
        line.object(session.as_bytes())
    });
    let lines = lines.collect();
    audit::write_all(tx, lines).await
}

/// Sessions ended that were proven by one factor, since two are asked of their person: nobody ended them but the house,
/// for what the line before says.
pub(crate) async fn sessions_were_short(tx: &Tx, ended: &[(Whose, SessionId)]) -> Result<()> {
    let lines = ended.iter().map(|(whose, session)| {
        let line = Line::without_actor(whose.organisation, Deed::SignOut).about(whose.patient);
        line.object(session.as_bytes()).because("two factors are asked")
    });
    let lines = lines.collect();
    audit::write_all(tx, lines).await
}

/// A session left one organisation for another: each finds it in its own log.
pub(crate) async fn switched(
    tx: &Tx,
    actor: &Actor,
    [from, to]: [Whose; 2],
    session: SessionId,
) -> Result<()> {
    for (whose, deed) in [(from, Deed::SignOut), (to, Deed::SignIn)] {
        let line = By::Actor(actor).line(whose.organisation, deed).about(whose.patient);
        audit::write(tx, line.object(session.as_bytes()).because("organisation switched")).await?;
    }
    Ok(())
}

/// What became of somebody's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactorChange {
    Added,
    Removed,
    CodesMade,
    Used,
    RecoveryUsed,
    Refused,
}

impl FactorChange {
    const fn says(self) -> (Deed, Outcome, &'static str) {
        match self {
            Self::Added => (Deed::Administration, Outcome::Done, "second factor added"),
            Self::Removed => (Deed::Administration, Outcome::Done, "second factor removed"),
            Self::CodesMade => (Deed::Administration, Outcome::Done, "recovery codes made"),
            Self::Used => (Deed::SignIn, Outcome::Done, "second factor used"),
            Self::RecoveryUsed => (Deed::SignIn, Outcome::Done, "recovery code used"),
            Self::Refused => (Deed::SignInRefused, Outcome::Refused, "second factor refused"),
        }
    }
}

/// Something became of somebody's second factor, which they have in all their organisations: each finds it in its log,
/// and a patient sees it. Who failed to show it is somebody whom we do not know.
pub(crate) async fn second_factor(
    tx: &Tx,
    person: PersonId,
    change: FactorChange,
    origin: Origin,
) -> Result<()> {
    let (deed, outcome, what) = change.says();
    let by = (outcome == Outcome::Done).then_some(person);
    let line = |whose: Whose| {
        let line = Line::without_actor(whose.organisation, deed).by(by).from(origin).because(what);
        line.about(whose.patient).object(person.as_bytes()).outcome(outcome)
    };
    let everywhere = everywhere(tx, person).await?;
    audit::write_all(tx, everywhere.into_iter().map(line).collect()).await
}

/// Somebody whom we do not know gave the password of a person, or opened their link, and never the second factor: each
/// of their organisations finds it in its log, and a patient sees it. However often that was, it takes few statements.
pub(crate) async fn half_sign_ins(tx: &Tx, left: &[(PersonId, Option<Origin>)]) -> Result<()> {
    let mut persons: Vec<_> = left.iter().map(|(person, _)| *person).collect();
    persons.sort();
    persons.dedup();
    let mut lines = Vec::new();
    for person in persons {
        let everywhere = everywhere(tx, person).await?;
        for (_, origin) in left.iter().filter(|(whose, _)| *whose == person) {
            lines.extend(everywhere.iter().map(|whose| half_sign_in(*whose, person, *origin)));
        }
    }
    audit::write_all(tx, lines).await
}

fn half_sign_in(whose: Whose, person: PersonId, origin: Option<Origin>) -> Line {
    let line = Line::without_actor(whose.organisation, Deed::HalfSignIn).about(whose.patient);
    let line = origin.into_iter().fold(line, Line::from).object(person.as_bytes());
    line.because("second factor never given").outcome(Outcome::Refused)
}

/// The logs of all organisations of a person.
async fn everywhere(tx: &Tx, person: PersonId) -> Result<Vec<Whose>> {
    let all = memberships::of_person(tx, person).await?;
    let mut organisations: Vec<_> = all.iter().map(|one| one.organisation).collect();
    organisations.sort();
    organisations.dedup();
    Ok(organisations.into_iter().map(|organisation| Whose::of(organisation, &all)).collect())
}

/// A letter went out to somebody by which they sign in or choose another password, as whoever asked for it wished: who that
/// was is not known. A patient sees it.
pub(crate) async fn sign_in_letter(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    what: &'static str,
) -> Result<()> {
    let patient = memberships::patient(tx, organisation, person).await?;
    let line = Line::without_actor(organisation, Deed::SignInLetter).about(patient);
    audit::write(tx, line.object(person.as_bytes()).because(what)).await
}

/// Somebody came by a link that was sent to them. A patient sees it.
pub(crate) async fn sign_in_link_used(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    origin: Origin,
) -> Result<()> {
    let patient = memberships::patient(tx, organisation, person).await?;
    let line = Line::without_actor(organisation, Deed::SignIn).by(Some(person)).from(origin);
    audit::write(tx, line.about(patient).object(person.as_bytes()).because("sign-in link used")).await
}
