//! Reading the log: the lines about a patient, for the patient and for the auditor.

use kernel::{Actor, ClientId, Error, Kind, LineId, PersonId, Result, Role};
use store::{Row, Tx};

use crate::{Deed, Line, Outcome, rows, write};

/// One line, as it is shown. The address and the request are for the investigator only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: LineId,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// What was done; `None` for a deed that this version does not know.
    pub deed: Option<Deed>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// By whom.
    pub person: Option<PersonId>,
    /// In whose stead.
    pub acting_for: Option<PersonId>,
    /// As what.
    pub role: Option<Role>,
    /// Through which client.
    pub client: Option<ClientId>,
    /// To which thing.
    pub object: Option<[u8; 12]>,
    /// On which ground.
    pub reason: Option<String>,
}

/// Whose deeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of everybody but the patient, and of the house itself.
    Others,
    /// Of the patient.
    Own,
}

/// From where a reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// It begins at the newest line.
    Newest,
    /// The lines next to this one that are older.
    Before(LineId),
    /// The lines next to this one that are newer.
    After(LineId),
}

/// Which of the lines about a patient are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose deeds.
    pub whose: Whose,
    /// From where.
    pub edge: Edge,
    /// How many at most.
    pub most: i64,
}

/// The lines about a patient in the actor's organisation, the newest first. That they were read is a line too.
///
/// # Errors
/// [`Error::NotFound`] for anybody but the patient, who acts for the patient, and an auditor; else the store's.
pub async fn lines_about(tx: &Tx, actor: &Actor, patient: PersonId, part: Part) -> Result<Vec<Entry>> {
    let may = actor.person == patient || actor.acting_for == Some(patient) || actor.role == Role::Auditor;
    let line = Line::of(actor, Deed::LogRead).about(Some(patient));
    if !may {
        write(tx, line.outcome(Outcome::Refused)).await?;
        return Err(Error::not_found(Kind::Person));
    }
    write(tx, line).await?;
    rows::lines_about(tx, (&patient, &actor.organisation), &part, entry).await
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        at_us: row.get(1)?,
        deed: Deed::named(&row.get::<String>(2)?),
        outcome: Outcome::named(&row.get::<String>(3)?),
        person: row.get(4)?,
        acting_for: row.get(5)?,
        role: row.get::<Option<String>>(6)?.and_then(|name| Role::named(&name)),
        client: row.get(7)?,
        object: row.get::<Option<Vec<u8>>>(8)?.and_then(|id| id.try_into().ok()),
        reason: row.get(9)?,
    })
}
