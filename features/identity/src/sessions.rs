//! Browsers in which a person has signed in.

use kernel::{Actor, Error, Event, Kind, OrganisationId, PersonId, Result, SessionId};
use secrecy::SecretString;
use store::{Row, Statement, Tx, args};

use crate::log::{self, Whose};
use crate::rows::sessions as rows;
use crate::{Device, Methods, memberships, organisations, secret, standing};

/// A session is marked as seen at most this often, so that reading does not become writing.
pub(crate) const TOUCH_MS: i64 = 60_000;

/// A session that was made just now; its secret is told this once.
#[derive(Debug)]
pub struct NewSession {
    /// Which.
    pub id: SessionId,
    /// What the browser keeps in its cookie.
    pub secret: SecretString,
    /// Until when it lives at most, in milliseconds since 1970.
    pub ends_ms: i64,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// In which organisation they act there.
    pub organisation_name: String,
    /// What kind of browser it is.
    pub device: Device,
    /// When they signed in.
    pub signed_in_ms: i64,
    /// When it was last used, to a minute.
    pub seen_ms: i64,
}

/// Makes a session for a person in one of their organisations, by that organisation's limits.
pub(crate) async fn create(
    tx: &Tx,
    person: PersonId,
    organisation: OrganisationId,
    device: Device,
    methods: Methods,
) -> Result<NewSession> {
    create_until(tx, person, organisation, device, methods, i64::MAX).await
}

/// As [`create`], until this instant at the latest.
pub(crate) async fn create_until(
    tx: &Tx,
    person: PersonId,
    organisation: OrganisationId,
    device: Device,
    methods: Methods,
    ends_ms: i64,
) -> Result<NewSession> {
    let limits = organisations::find(tx, organisation).await?.ok_or(Error::Unauthenticated)?;
    let (id, secret, now) = (tx.new_id(), vault::secret(tx.rng()), tx.now_ms());
    let ends_ms = ends_ms.min(now + limits.session_life_ms);
    let hash = secret::hash(&secret);
    let (browser, system) = (device.browser_name(), device.system_name());
    let (idle_ms, methods) = (limits.session_idle_ms, methods.names());
    let values = args![&id, &hash, &person, &organisation, browser, system, now, idle_ms, ends_ms, &methods];
    tx.run(rows::INSERT, &values).await?;
    Ok(NewSession { id, secret, ends_ms })
}

/// Has a session count from when its owner showed all that it says of them, which was before it began.
pub(crate) async fn date_back(tx: &Tx, id: SessionId, proven_ms: i64) -> Result<()> {
    tx.run(rows::DATE_BACK, &args![&id, proven_ms]).await.map(drop)
}

/// Notes that a session is in use; to be run alone. It is wanted when [`crate::Recognised::is_due_for_touch`] says so.
#[must_use]
pub fn touch(id: SessionId, now_ms: i64) -> Statement {
    Statement::new(rows::TOUCH, &args![&id, now_ms])
}

/// Goes on in another of the actor's own organisations, by its limits as far as they are the stricter ones: a session
/// that is older than one lives there ends. What has ended, or acts elsewhere by now, is left alone.
pub async fn switch(tx: &Tx, actor: &Actor, id: SessionId, organisation: OrganisationId) -> Result<()> {
    let (person, before) = (actor.person, actor.organisation);
    standing::hold(tx, person).await?;
    let all = memberships::of_person(tx, person).await?;
    if all.iter().all(|one| one.organisation != organisation) {
        return Err(Error::not_found(Kind::Organisation));
    }
    if organisation == before {
        return Ok(());
    }
    let limits = organisations::find(tx, organisation).await?;
    let limits = limits.ok_or(Error::not_found(Kind::Organisation))?;
    let (idle_ms, life_ms) = (limits.session_idle_ms, limits.session_life_ms);
    if tx.run(rows::SWITCH, &args![&id, &person, &organisation, &before, idle_ms, life_ms]).await? == 0 {
        return Ok(());
    }
    tx.emit(Event::PersonChanged { person });
    log::switched(tx, actor, [before, organisation].map(|one| Whose::of(one, &all)), id).await
}

/// Where somebody was last, which is where they likely want to be again.
pub(crate) async fn last_organisation(tx: &Tx, person: PersonId) -> Result<Option<OrganisationId>> {
    tx.one(rows::LAST_ORGANISATION, &args![&person], |row| row.get(0)).await
}

/// The organisations that somebody belongs to, by name.
pub async fn organisations_of(tx: &Tx, person: PersonId) -> Result<Vec<(OrganisationId, String)>> {
    let mut found = Vec::new();
    for membership in memberships::of_person(tx, person).await? {
        if found.iter().all(|(id, _)| *id != membership.organisation)
            && let Some(organisation) = organisations::find(tx, membership.organisation).await?
        {
            found.push((organisation.id, organisation.name));
        }
    }
    found.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(found)
}

/// Ends one of the actor's own sessions; what is not theirs, or has ended, is left alone.
pub async fn end(tx: &Tx, actor: &Actor, id: SessionId) -> Result<()> {
    let ended = end_these(tx, actor.person, &[id]).await?;
    log::signed_out(tx, actor, &ended).await
}

/// Ends every session of the actor's that stands, but for this one.
pub(crate) async fn end_others(tx: &Tx, actor: &Actor, but: SessionId) -> Result<()> {
    let all = list(tx, actor.person).await?;
    let others: Vec<_> = all.into_iter().map(|session| session.id).filter(|id| *id != but).collect();
    let ended = end_these(tx, actor.person, &others).await?;
    log::signed_out(tx, actor, &ended).await
}

/// Ends these sessions of a person, and says of each that had not ended in whose log that belongs. However many they
/// are, it takes few statements.
async fn end_these(tx: &Tx, person: PersonId, ids: &[SessionId]) -> Result<Vec<(Whose, SessionId)>> {
    let rest = args![&person, tx.now_ms()];
    let read = |row: &Row<'_>| Ok((row.get::<SessionId>(0)?, row.get::<OrganisationId>(1)?));
    let ended = tx.all_of(rows::END, ids, &rest, read).await?;
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let all = memberships::of_person(tx, person).await?;
    ended.iter().for_each(|(session, _)| tx.emit(Event::SessionEnded { session: *session }));
    Ok(ended.into_iter().map(|(session, place)| (Whose::of(place, &all), session)).collect())
}

/// Ends every session of these people that acts in one organisation.
pub(crate) async fn end_in(tx: &Tx, organisation: OrganisationId, persons: &[PersonId]) -> Result<()> {
    let rest = args![&organisation, tx.now_ms()];
    let ended = tx.all_of(rows::END_IN, persons, &rest, |row| row.get::<SessionId>(0)).await?;
    ended.into_iter().for_each(|session| tx.emit(Event::SessionEnded { session }));
    Ok(())
}

/// Ends every session of a person.
pub(crate) async fn end_all(tx: &Tx, person: PersonId) -> Result<()> {
    let ended = tx.all(rows::END_ALL, &args![&person, tx.now_ms()], |row| row.get::<SessionId>(0)).await?;
    ended.into_iter().for_each(|session| tx.emit(Event::SessionEnded { session }));
    Ok(())
}

/// Ends every session of a person that was proven by one factor, but for the one whose secret has this hash. What
/// applications were granted stays. The caller holds their standing.
pub(crate) async fn end_short(tx: &Tx, person: PersonId, but: Option<&[u8; 32]>) -> Result<()> {
    let read = |row: &Row<'_>| {
        let is_short = !Methods::parse(&row.get::<String>(1)?).are_two();
        let is_kept = but == Some(&row.get::<[u8; 32]>(2)?);
        Ok((is_short && !is_kept).then_some(row.get::<SessionId>(0)?))
    };
    let short = tx.all(rows::METHODS, &args![&person, tx.now_ms()], read).await?;
    let short: Vec<_> = short.into_iter().flatten().collect();
    let ended = end_these(tx, person, &short).await?;
    log::sessions_were_short(tx, &ended).await
}

/// The sessions of a person that stand now, the newest first.
pub async fn list(tx: &Tx, person: PersonId) -> Result<Vec<SessionView>> {
    tx.all(rows::LIST, &args![&person, tx.now_ms()], rows::view).await
}

/// Removes sessions that nobody can use any more; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP, &args![tx.now_ms(), most]).await
}
