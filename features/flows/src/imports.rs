//! Lists of people that are imported: taken in, and worked on some rows at a time.

use std::collections::HashSet;

use identity::imports::{self, Batch, Listed, Outcome, SealedNames};
use identity::invitations::{self, Found, NewInvitation, Occasion, SealedInvitation};
use identity::{Organisation, organisations};
use kernel::{Actor, Error, ImportId, OrganisationId, Origin, PersonId, RequestId, Result};
use outbound::letters::SealedLetter;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use store::jobs::{self, NewJob};

use crate::{House, invitations as asking};

/// The job that works on some rows, and leaves itself for the rest.
pub(crate) const IMPORT: &str = "company.import";

/// Rows that one transaction takes in.
const ROWS_PER_INTAKE: usize = 150;
/// Rows that one transaction works on: each is up to twenty statements.
const ROWS_PER_WRITE: i64 = 8;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Job {
    organisation: OrganisationId,
    import: ImportId,
}

/// Takes a list in, of people each with their place on it. Once this has answered, each row will have its outcome, whatever happens to this process.
///
/// # Errors
/// As [`imports::seal`] and [`imports::begin`].
pub async fn take(
    house: &House,
    actor: &Actor,
    list: &[(i64, Listed)],
    send_email: bool,
) -> Result<ImportId> {
    let import = ImportId::new(&house.clock, &house.rng);
    let rows = imports::seal(&house.vault, import, list)?;
    let input = (actor.clone(), import, send_email, rows.len());
    let begun = house.db.write(input, |tx, (actor, import, send_email, count)| {
        Box::pin(imports::begin(tx, actor, *import, *send_email, *count))
    });
    begun.await?;
    for some in rows.chunks(ROWS_PER_INTAKE) {
        let input = (actor.clone(), import, some.to_vec());
        let taken = house
            .db
            .write(input, |tx, (actor, import, some)| Box::pin(imports::take_in(tx, actor, *import, some)));
        taken.await?;
    }
    let ready = house.db.write((actor.clone(), import), |tx, (actor, import)| {
        Box::pin(async move {
            imports::ready(tx, actor, *import).await?;
            identity::once::note(tx, actor, import).await?;
            leave(tx, Job { organisation: actor.organisation, import: *import }).await
        })
    });
    ready.await.map(|()| import)
}

async fn leave(tx: &Tx, job: Job) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::bug)?;
    let dedupe = Some(job.import.hex());
    jobs::enqueue(tx, &NewJob { name: IMPORT, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// A row that was looked at, sealed before its transaction begins.
#[derive(Clone)]
enum Work {
    Refuse(i64, &'static str),
    Ask(Box<Asked>),
}

#[derive(Clone)]
struct Asked {
    place: i64,
    sealed: SealedInvitation,
    /// Who was found at the address, or who will be.
    person: PersonId,
    letter: Option<SealedLetter>,
    names: SealedNames,
}

/// Does the job [`IMPORT`].
pub(crate) async fn go_on(house: &House, payload: Value) -> Result<()> {
    let job: Job = serde_json::from_value(payload).map_err(Error::bug)?;
    let origin = Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None };
    let Some((batch, organisation, found)) = look(house, job, origin).await? else { return Ok(()) };
    let mut seen = HashSet::new();
    let mut works = Vec::new();
    for ((place, listed), found) in batch.rows.iter().zip(found) {
        let language = organisation.languages.first().copied().unwrap_or_default();
        let new = match imports::invitation(listed, language) {
            Ok(new) => new,
            Err(error) => {
                works.push(refused(*place, error)?);
                continue;
            }
        };
        // The second of two rows with one address waits until the first was worked on.
        if seen.insert(new.address.hash(&house.vault)) {
            let work = prepare(house, &organisation, (*place, listed), (&new, found), batch.send_email);
            works.push(work.or_else(|error| refused(*place, error))?);
        }
    }
    let input = (job, batch.actor, works);
    house.db.write(input, |tx, (job, actor, works)| Box::pin(write(tx, *job, actor, works))).await
}

fn refused(place: i64, error: Error) -> Result<Work> {
    imports::reason(&error).map(|reason| Work::Refuse(place, reason)).ok_or(error)
}

/// The next rows, and who is found at their addresses.
async fn look(
    house: &House,
    job: Job,
    origin: Origin,
) -> Result<Option<(Batch, Organisation, Vec<Option<Found>>)>> {
    let vault = house.vault.clone();
    let looked = house.read((job, origin, vault), |tx, (job, origin, vault)| {
        Box::pin(async move {
            let which = (job.organisation, job.import);
            let Some(batch) = imports::next(tx, which, *origin, ROWS_PER_WRITE).await? else {
                return Ok(None);
            };
            let Some(organisation) = organisations::find(tx, job.organisation).await? else {
                return Ok(None);
            };
            let mut found = Vec::new();
            for (_, listed) in &batch.rows {
                found.push(match invitations::Address::email(&listed.email) {
                    Ok(at) => invitations::find(tx, job.organisation, at.system(), &at.hash(vault)).await?,
                    Err(_) => None,
                });
            }
            Ok(Some((batch, organisation, found)))
        })
    });
    looked.await
}

fn prepare(
    house: &House,
    organisation: &Organisation,
    (place, listed): (i64, &Listed),
    (new, found): (&NewInvitation, Option<Found>),
    send_email: bool,
) -> Result<Work> {
    let (sealed, token) = new.seal((&house.vault, &house.clock, &house.rng), send_email)?;
    let person = found.map_or(sealed.person(), |found| found.person);
    let letter = match token {
        Some(token) => Some(asking::letter(house, organisation, new, person, &token)?),
        None => None,
    };
    let names = listed.seal_names(&house.vault, organisation.id, person)?;
    Ok(Work::Ask(Box::new(Asked { place, sealed, person, letter, names })))
}

async fn write(tx: &Tx, job: Job, actor: &Actor, works: &[Work]) -> Result<()> {
    for work in works {
        let is_first = match work {
            Work::Refuse(place, reason) => {
                let outcome = (Outcome::Refused, Some(*reason));
                imports::settle(tx, (job.organisation, job.import), *place, outcome, None).await?
            }
            Work::Ask(asked) => ask_in(tx, job, actor, asked).await?,
        };
        if !is_first {
            // Another worker had these rows: nothing of this transaction is kept.
            return Err(Error::unavailable("a row of a list was worked on meanwhile"));
        }
    }
    if works.is_empty() {
        return imports::finish(tx, job.organisation, job.import).await;
    }
    leave(tx, job).await
}

async fn ask_in(tx: &Tx, job: Job, actor: &Actor, asked: &Asked) -> Result<bool> {
    let which = (job.organisation, job.import);
    let refusal = imports::refusal(tx, job.organisation, &asked.sealed, &asked.names).await?;
    if refusal.is_some() {
        return imports::settle(tx, which, asked.place, (Outcome::Refused, refusal), None).await;
    }
    let issued = invitations::issue(tx, actor, &asked.sealed, Occasion::List).await?;
    if issued.person != asked.person {
        return Err(Error::unavailable("somebody on a list came meanwhile"));
    }
    if issued.writes
        && let Some(letter) = &asked.letter
    {
        outbound::letters::leave(tx, letter).await?;
    }
    imports::keep_names(tx, actor, &asked.names).await?;
    let outcome = if issued.is_new { Outcome::Made } else { Outcome::AlreadyThere };
    imports::settle(tx, which, asked.place, (outcome, None), Some(issued.person)).await
}
