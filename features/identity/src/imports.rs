//! Lists of people who work in an organisation, brought by an administrator.
//!
//! A list comes in as sealed rows. Once all of them are there, a job works on some at a time; of each row the outcome
//! stays, and what it said is gone, but for a refused one, which has to be found and mended. A row is worked on in the
//! transaction that records its outcome, so at most once.

use audit::{Deed, Line};
use kernel::limits::IMPORT_ROWS_MAX;
use kernel::{
    Actor, ClientId, Error, ImportId, Kind, OrganisationId, Origin, Page, PersonId, Result, Role, Scope,
    Scopes,
};
use serde::{Deserialize, Serialize};
use store::{Row, Statement, Tx, args};
use vault::{KeyRing, Place, Resealing, Vault};

use crate::invitations::SealedInvitation;
use crate::log::{self, By};
use crate::persons::{identifier_place, identifier_row, systems};
use crate::rows::{imports as rows, persons};
use crate::{fits, invitations};

/// How long it is kept what became of a list, and what of it could not be worked on: ninety days.
const KEPT_MS: i64 = 90 * 24 * 3_600 * 1_000;
/// A list that did not come in whole within this time never will.
const COMING_MS: i64 = 3_600 * 1_000;
/// Rows that one call of [`reseal_some`] looks at.
const ROWS_PER_LOOK: i64 = 150;

/// Somebody on a list, in plain words; nothing of it was checked yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Listed {
    /// E-mail address.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they are called by at the organisation's own sign-in.
    pub saml_username: String,
    /// The name that they have in another program of the organisation.
    pub username: String,
}

/// A row as it waits.
#[derive(Clone, Debug)]
pub struct SealedRow {
    place: i64,
    content: Vec<u8>,
}

fn row_name(import: ImportId, place: i64) -> Vec<u8> {
    [import.as_bytes().as_slice(), &place.to_be_bytes()].concat()
}

fn content_place(row: &[u8]) -> Place<'_> {
    Place { table: "import_rows", column: "content", row }
}

/// Seals the rows of a list, each with its place.
///
/// # Errors
/// [`Error::Invalid`] for a list of nobody, [`Error::TooLarge`] for one that is too long.
pub fn seal(vault: &Vault, import: ImportId, list: &[(i64, Listed)]) -> Result<Vec<SealedRow>> {
    if list.is_empty() {
        return Err(Error::invalid("users", "users_missing", "There is nobody on the list."));
    }
    if list.len() > IMPORT_ROWS_MAX {
        return Err(Error::too_large("users", IMPORT_ROWS_MAX as u64));
    }
    let ring = vault.house();
    let row = |(place, listed): &(i64, Listed)| {
        let plain = serde_json::to_vec(listed).map_err(Error::bug)?;
        Ok(SealedRow { place: *place, content: ring.seal(content_place(&row_name(import, *place)), &plain) })
    };
    list.iter().map(row).collect()
}

/// Begins to take a list in.
///
/// # Errors
/// [`Error::NotAllowed`] to who is no administrator.
pub async fn begin(tx: &Tx, actor: &Actor, id: ImportId, send_email: bool, count: usize) -> Result<()> {
    must_administer(actor)?;
    let count = i64::try_from(count).map_err(Error::bug)?;
    let (organisation, client) = (&actor.organisation, actor.client.as_ref());
    let values = args![&id, organisation, &actor.person, client, send_email, count, tx.now_ms()];
    tx.run(rows::INSERT, &values).await.map(drop)
}

/// Passes for an administrator: scopes are cut to what somebody may do, so that nobody else has this one.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else.
pub fn must_administer(actor: &Actor) -> Result<()> {
    if actor.scopes.has(Scope::Admin) {
        return Ok(());
    }
    Err(Error::not_allowed("not_an_administrator", "Only an administrator may do this."))
}

/// Takes some rows in.
///
/// # Errors
/// The store's.
pub async fn take_in(tx: &Tx, actor: &Actor, id: ImportId, some: &[SealedRow]) -> Result<()> {
    for row in some {
        let values = args![&id, &actor.organisation, row.place, &row.content];
        tx.run(rows::INSERT_ROW, &values).await?;
    }
    Ok(())
}

/// All rows have come in. The job is left by the caller, in this transaction.
///
/// # Errors
/// [`Error::Bug`] when it was ready before.
pub async fn ready(tx: &Tx, actor: &Actor, id: ImportId) -> Result<()> {
    if tx.run(rows::READY, &args![&actor.organisation, &id]).await? == 0 {
        return Err(Error::bug("a list that is not coming in"));
    }
    let line = Line::of(actor, Deed::Administration).object(id.as_bytes());
    audit::write(tx, line.because("people imported")).await
}

fn opened(ring: &KeyRing, id: ImportId, place: i64, sealed: &[u8]) -> Result<Listed> {
    let plain = ring.open(content_place(&row_name(id, place)), sealed)?;
    serde_json::from_slice(&plain).map_err(Error::bug)
}

/// Rows to work on, and in whose name.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Who brought the list, as when they did.
    pub actor: Actor,
    /// Whether letters go out.
    pub send_email: bool,
    /// Places and what stands there.
    pub rows: Vec<(i64, Listed)>,
}

/// The next rows to work on; `None` when there is no such list at work.
///
/// # Errors
/// The store's.
pub async fn next(
    tx: &Tx,
    (organisation, id): (OrganisationId, ImportId),
    origin: Origin,
    most: i64,
) -> Result<Option<Batch>> {
    let Some(list) = find(tx, organisation, id).await?.filter(|list| list.state == State::Waiting) else {
        return Ok(None);
    };
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?));
    let mut found = Vec::new();
    for (place, sealed) in tx.all(rows::WAITING, &args![&organisation, &id, most], read).await? {
        found.push((place, opened(&ring, id, place, &sealed)?));
    }
    let actor = Actor {
        person: list.importer,
        acting_for: None,
        role: Role::Administrator,
        organisation,
        client: list.client,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin,
    };
    Ok(Some(Batch { actor, send_email: list.send_email, rows: found }))
}

struct List {
    importer: PersonId,
    client: Option<ClientId>,
    send_email: bool,
    state: State,
    count: i64,
}

async fn find(tx: &Tx, organisation: OrganisationId, id: ImportId) -> Result<Option<List>> {
    let read = |row: &Row<'_>| {
        let state = match row.get::<String>(3)?.as_str() {
            "coming" => State::Coming,
            "waiting" => State::Waiting,
            _ => State::Done,
        };
        let (importer, client, send_email) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(List { importer, client, send_email, state, count: row.get(4)? })
    };
    tx.one(rows::FIND, &args![&organisation, &id], read).await
}

/// How far a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its rows are coming in.
    Coming,
    /// Some rows wait to be worked on.
    Waiting,
    /// Each row has its outcome.
    Done,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It waits.
    Waiting,
    /// A coworker was made.
    Made,
    /// Somebody of the organisation has the address.
    AlreadyThere,
    /// It does not fit.
    Refused,
}

impl Outcome {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Made => "made",
            Self::AlreadyThere => "already_there",
            Self::Refused => "refused",
        }
    }

    fn named(name: &str) -> Result<Self> {
        let all = [Self::Waiting, Self::Made, Self::AlreadyThere, Self::Refused];
        all.into_iter().find(|one| one.name() == name).ok_or_else(|| Error::bug("an outcome"))
    }
}

/// Somebody on a list, checked and sealed for whom they are or will be.
#[derive(Clone, Debug)]
pub struct SealedNames {
    person: PersonId,
    /// System, hash and value.
    identifiers: Vec<(String, [u8; 32], Vec<u8>)>,
}

impl Listed {
    /// Seals what somebody is known by besides, each in a system of the organisation's own.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what does not fit.
    pub fn seal_names(
        &self,
        vault: &Vault,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<SealedNames> {
        let given = [(systems::SAML, &self.saml_username), (systems::USERNAME, &self.username)];
        let mut identifiers = Vec::new();
        for (kind, value) in given.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            let system = format!("{kind}:{}", organisation.hex());
            fits::identifier(&system, value)?;
            let hash = vault.blind(&system, value);
            let row = identifier_row(person, &hash);
            let sealed = vault.house().seal(identifier_place(&row), value.trim().as_bytes());
            identifiers.push((system, hash, sealed));
        }
        Ok(SealedNames { person, identifiers })
    }
}

/// Why somebody cannot be a coworker under these names, in one word. It is asked in turn with whoever else asks people
/// in, so that of two lists at once the later one finds what the earlier one kept.
///
/// # Errors
/// The store's.
pub async fn refusal(
    tx: &Tx,
    organisation: OrganisationId,
    new: &SealedInvitation,
    names: &SealedNames,
) -> Result<Option<&'static str>> {
    invitations::take_turns(tx, organisation).await?;
    let found = invitations::find(tx, organisation, new.system, &new.hash).await?;
    if found.is_some_and(|found| !found.role.is_staff()) {
        return Ok(Some("not_a_coworker"));
    }
    Ok((!are_free(tx, names).await?).then_some("username_taken"))
}

/// Whether nobody else is known by one of these names.
async fn are_free(tx: &Tx, names: &SealedNames) -> Result<bool> {
    for (system, hash, _) in &names.identifiers {
        let holder = crate::persons::find_by_identifier(tx, system, hash).await?;
        if holder.is_some_and(|holder| holder != names.person) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Has them known by these names, of which [`refusal`] said nothing.
///
/// # Errors
/// [`Error::Unavailable`] when somebody else took one all the same; the store's.
pub async fn keep_names(tx: &Tx, actor: &Actor, names: &SealedNames) -> Result<()> {
    let mut kept = 0;
    for (system, hash, value) in &names.identifiers {
        let values = args![system, hash, &names.person, value, tx.now_ms(), false];
        kept += tx.run(persons::INSERT_IDENTIFIER, &values).await?;
    }
    // Those that were there before are theirs, or somebody's who came between.
    if kept < names.identifiers.len() as u64 && !are_free(tx, names).await? {
        return Err(Error::unavailable("a name on a list was taken meanwhile"));
    }
    if kept == 0 {
        return Ok(());
    }
    let (person, what) = (names.person.as_bytes(), "known by names of a list");
    log::administration(tx, By::Actor(actor), actor.organisation, person, what).await
}

/// Records what became of a row, and removes what it said unless it was refused. Whether it still waited.
///
/// # Errors
/// The store's.
pub async fn settle(
    tx: &Tx,
    (organisation, id): (OrganisationId, ImportId),
    place: i64,
    (outcome, reason): (Outcome, Option<&str>),
    person: Option<PersonId>,
) -> Result<bool> {
    let values = args![&organisation, &id, place, outcome.name(), reason, person.as_ref()];
    Ok(tx.run(rows::SETTLE, &values).await? > 0)
}

/// Each row has its outcome.
///
/// # Errors
/// The store's.
pub async fn finish(tx: &Tx, organisation: OrganisationId, id: ImportId) -> Result<()> {
    tx.run(rows::FINISH, &args![&organisation, &id, tx.now_ms()]).await.map(drop)
}

/// What became of a list.
#[derive(Clone, Debug)]
pub struct Report {
    /// How far it is.
    pub state: State,
    /// Rows on it.
    pub count: i64,
    /// Rows by their outcome.
    pub outcomes: Vec<(Outcome, i64)>,
    /// Some of the rows, in their order.
    pub rows: Vec<ReportRow>,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// Its place on the list, as it was brought.
    pub place: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was refused, in one word.
    pub reason: Option<String>,
    /// Who it is, when there is such a person.
    pub person: Option<PersonId>,
    /// What it says, while it waits and when it was refused; sealed.
    content: Option<Vec<u8>>,
}

impl ReportRow {
    /// What it says, on this list; nothing once it was worked on without being refused, nor when it is damaged, which
    /// no further try would mend.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when its key is one that this process has not loaded yet.
    pub fn listed(&self, vault: &Vault, import: ImportId) -> Result<Option<Listed>> {
        let Some(sealed) = &self.content else { return Ok(None) };
        match opened(&vault.house(), import, self.place, sealed) {
            Err(error) if error.retry_after_s().is_none() => Ok(None),
            opened => opened.map(Some),
        }
    }
}

/// What became of a list of the actor's organisation.
///
/// # Errors
/// [`Error::NotAllowed`] to who is no administrator; [`Error::NotFound`] for a list that is not there.
pub async fn report(tx: &Tx, actor: &Actor, id: ImportId, page: Page) -> Result<Report> {
    must_administer(actor)?;
    let organisation = &actor.organisation;
    let list = find(tx, *organisation, id).await?.filter(|list| list.state != State::Coming);
    let list = list.ok_or(Error::not_found(Kind::Import))?;
    let count = |row: &Row<'_>| Ok((Outcome::named(&row.get::<String>(0)?)?, row.get(1)?));
    let outcomes = tx.all(rows::COUNT, &args![organisation, &id], count).await?;
    let read = |row: &Row<'_>| {
        let (outcome, reason) = (Outcome::named(&row.get::<String>(1)?)?, row.get(2)?);
        Ok(ReportRow { place: row.get(0)?, outcome, reason, person: row.get(3)?, content: row.get(4)? })
    };
    let rows = tx.all(rows::ROWS, &args![organisation, &id, page.size, page.skip], read).await?;
    Ok(Report { state: list.state, count: list.count, outcomes, rows })
}

/// Removes lists that never came in whole and old ones, some rows at a time, and says how many.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let values = args![tx.now_ms() - KEPT_MS, tx.now_ms() - COMING_MS, most];
    let swept = tx.run(rows::SWEEP_ROWS, &values).await?;
    Ok(swept + tx.run(rows::SWEEP, &values).await?)
}

/// Which row of which list.
pub type RowId = (ImportId, i64);

/// Looks at the rows behind this one, in the order of their ids, that wait or were refused, and seals anew what an older
/// key sealed. It only reads; its changes are for a transaction that follows. Says, too, behind which row the next look
/// begins: behind none when none is left.
///
/// # Errors
/// As [`Tx::all`].
pub async fn reseal_some<'r>(
    tx: &Tx,
    ring: &'r KeyRing,
    (import, place): RowId,
) -> Result<(Resealing<'r>, Option<RowId>)> {
    let mut resealing = Resealing::new(ring);
    let sealed = |row: &Row<'_>| Ok(((row.get::<ImportId>(0)?, row.get::<i64>(1)?), row.get::<Vec<u8>>(2)?));
    let found = tx.all(rows::SEALED_AFTER, &args![&import, place, ROWS_PER_LOOK], sealed).await?;
    for ((import, place), old) in &found {
        resealing.look(content_place(&row_name(*import, *place)), old, |new| {
            Statement::new(rows::RESEAL, &args![import, place, new, old])
        });
    }
    Ok((resealing, found.last().map(|(id, _)| *id)))
}

/// Why somebody on a list cannot be asked in, in one word.
#[must_use]
pub fn reason(error: &Error) -> Option<&'static str> {
    match error {
        Error::Invalid { why, .. } => Some(why.code),
        Error::TooLarge { .. } => Some("too_large"),
        _ => None,
    }
}

/// Somebody on a list as who is asked in.
///
/// # Errors
/// [`Error::Invalid`] for an address that is none.
pub fn invitation(listed: &Listed, language: crate::Language) -> Result<invitations::NewInvitation> {
    Ok(invitations::NewInvitation {
        address: invitations::Address::email(&listed.email)?,
        role: Role::Assistant,
        first_name: listed.first_name.clone(),
        last_name: listed.last_name.clone(),
        language,
    })
}
