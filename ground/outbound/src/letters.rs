//! Letters: what is said to somebody by mail or SMS.

use kernel::{Clock, LetterId, OrganisationId, PersonId, Result, Rng};
use serde::{Deserialize, Serialize};
use store::{Tx, args};
use vault::{Place, Vault};

const INSERT: &str = "
    INSERT INTO letters (id, organisation, kind, way, person, content, state, made_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, FALSE)";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[INSERT];

/// Where a letter goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// An e-mail address.
    Mail(String),
    /// A mobile number, E.164.
    Sms(String),
}

/// A letter to write.
#[derive(Clone, Debug)]
pub struct Letter {
    /// In whose name it goes out.
    pub organisation: OrganisationId,
    /// What it is for, in one word: `invitation`, `unread`.
    pub kind: &'static str,
    /// Whom it is for, when they are known here.
    pub person: Option<PersonId>,
    /// Where it goes.
    pub to: Address,
    /// What stands above it; not in an SMS.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
}

/// What of a letter is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Content {
    pub to: Address,
    pub subject: String,
    pub text: String,
}

/// A letter, sealed.
#[derive(Clone, Debug)]
pub struct SealedLetter {
    id: LetterId,
    organisation: OrganisationId,
    kind: &'static str,
    way: &'static str,
    person: Option<PersonId>,
    content: Vec<u8>,
}

pub(crate) fn content_place(id: &LetterId) -> Place<'_> {
    Place { table: "letters", column: "content", row: id.as_bytes() }
}

impl Letter {
    /// Seals it with the installation's key, outside any transaction.
    ///
    /// # Errors
    /// [`kernel::Error::Bug`] when it cannot be written as JSON.
    pub fn seal(self, vault: &Vault, clock: &Clock, rng: &Rng) -> Result<SealedLetter> {
        let id = LetterId::new(clock, rng);
        let way = match self.to {
            Address::Mail(_) => "mail",
            Address::Sms(_) => "sms",
        };
        let content = Content { to: self.to, subject: self.subject, text: self.text };
        let content = serde_json::to_vec(&content).map_err(kernel::Error::bug)?;
        let content = vault.house().seal(content_place(&id), &content);
        let Self { organisation, kind, person, .. } = self;
        Ok(SealedLetter { id, organisation, kind, way, person, content })
    }
}

/// Promises a letter in this transaction.
///
/// # Errors
/// As [`Tx::run`].
pub async fn leave(tx: &Tx, letter: &SealedLetter) -> Result<LetterId> {
    let SealedLetter { id, organisation, kind, way, person, content } = letter;
    let row = args![id, organisation, *kind, *way, person.as_ref(), content, tx.now_ms()];
    tx.run(INSERT, &row).await?;
    Ok(*id)
}
