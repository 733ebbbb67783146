//! What a virus scanner makes of files. Where the house has one, a file waits after its message was posted, and is
//! given to nobody; that it waits is in its row, so that it is never forgotten, however long the scanner is away.

use audit::{Deed, Line};
use kernel::{ChatId, Error, Event, FileId, MessageChange, MessageId, OrganisationId, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use super::leave_removals;
use crate::chat::Patients;
use crate::line;
use crate::rows::files as rows;

/// Files that one look at those that wait gives.
const WAITING_PER_LOOK: i64 = 100;

/// The job that says that files wait; its payload is a [`CheckFiles`].
pub const CHECK_FILES: &str = "messaging.check_files";

/// Whose files wait.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CheckFiles {
    /// The organisation's.
    pub organisation: OrganisationId,
}

/// Lent to the store by a house that has a scanner: from then on new files wait for it.
#[derive(Clone, Copy, Debug)]
pub struct ChecksFiles;

/// What the scanner made of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// There was no scanner when it came.
    Unscanned,
    /// It has not been looked at yet.
    Waiting,
    /// Nothing was found in it.
    Clean,
    /// It would do harm; its bytes are gone.
    Infected,
}

impl FileState {
    const ALL: [Self; 4] = [Self::Unscanned, Self::Waiting, Self::Clean, Self::Infected];

    /// What a file is that comes in this transaction.
    pub(crate) fn of_new(tx: &Tx) -> Self {
        if tx.tool::<ChecksFiles>().is_ok() { Self::Waiting } else { Self::Unscanned }
    }

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unscanned => "unscanned",
            Self::Waiting => "waiting",
            Self::Clean => "clean",
            Self::Infected => "infected",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let state = Self::ALL.into_iter().find(|state| state.name() == name);
        state.ok_or_else(|| Error::bug("a file of an unknown state"))
    }

    /// Whether whoever may read the chat may have the file.
    #[must_use]
    pub const fn is_released(self) -> bool {
        matches!(self, Self::Unscanned | Self::Clean)
    }

    /// Passes when [`FileState::is_released`] says so.
    ///
    /// # Errors
    /// [`Error::Precondition`] with the code `file_is_being_checked` or `file_was_unsafe`.
    pub fn must_be_released(self) -> Result<()> {
        match self {
            Self::Unscanned | Self::Clean => Ok(()),
            Self::Waiting => Err(Error::precondition(
                "file_is_being_checked",
                "This file is being checked for viruses: try again in a moment.",
            )),
            Self::Infected => {
                Err(Error::precondition("file_was_unsafe", "This file would do harm and was removed."))
            }
        }
    }
}

/// Leaves a job that says that files of this organisation wait.
pub(crate) async fn leave_check(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    let payload = serde_json::to_value(CheckFiles { organisation }).map_err(Error::bug)?;
    let dedupe = Some(organisation.hex());
    jobs::enqueue(tx, &NewJob { name: CHECK_FILES, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// A file that waits to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Which.
    pub file: FileId,
    /// Where its sealed bytes lie.
    pub blob_key: String,
}

/// The next files of an organisation that wait, behind this one, in the order in which they came.
///
/// # Errors
/// As [`Tx::all`].
pub async fn waiting(tx: &Tx, organisation: OrganisationId, after: FileId) -> Result<Vec<Waiting>> {
    let place = args![&organisation, &after, WAITING_PER_LOOK];
    tx.all(rows::WAITING, &place, |row| {
        Ok(Waiting { organisation, file: row.get(0)?, blob_key: row.get(1)? })
    })
    .await
}

/// Releases a file that is clean, or leaves a job that removes the bytes of one that is not; says whether it waited
/// until now. That one was unsafe leaves a line about each patient of its chat.
///
/// # Errors
/// As [`Tx::run`].
pub async fn settle(tx: &Tx, organisation: OrganisationId, file: FileId, is_clean: bool) -> Result<bool> {
    let state = if is_clean { FileState::Clean } else { FileState::Infected };
    let named = args![&organisation, &file, state.name()];
    let settled = tx.one(rows::SETTLE, &named, |row| {
        let place: (ChatId, MessageId) = (row.get(0)?, row.get(1)?);
        Ok((place, row.get::<String>(2)?, row.get::<bool>(3)?))
    });
    let Some(((chat, message), blob_key, is_held)) = settled.await? else { return Ok(false) };
    let named = args![&organisation, &chat, &message];
    let whose = tx.one(rows::WHOSE, &named, |row| {
        Ok((row.get::<PersonId>(0)?, Patients::of_row(row.get(1)?, row.get(2)?)))
    });
    let (by, patients) = whose.await?.ok_or_else(|| Error::bug("a file without its message"))?;
    if !is_clean {
        if !is_held {
            leave_removals(tx, &[blob_key.to_owned()]).await?;
        }
        let line = Line::without_actor(organisation, Deed::FileInfected).object(file.as_bytes());
        line::by_itself(tx, (&organisation, &chat), patients, line).await?;
    }
    let change = MessageChange::FilesChecked;
    tx.emit(Event::MessageChanged { organisation, chat, message, by, change });
    Ok(true)
}
