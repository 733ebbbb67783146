//! Somebody comes by the link of their letter.

use kernel::{Error, Event, InvitationId, Kind, OrganisationId, Origin, PersonId, Result, Role};
use store::{Row, Tx, args};
use vault::Vault;

use super::{Address, address_place, take_turns};
use crate::passkeys::MadePasskey;
use crate::persons::{identifier_place, identifier_row, name_place};
use crate::rows::invitations as rows;
use crate::rows::memberships::role;
use crate::rows::persons;
use crate::{Language, fits, log, names, passkeys, standing};

/// What a link leads to.
#[derive(Clone, Debug)]
pub enum Link {
    /// An invitation that can be accepted.
    Open(Box<Open>),
    /// It was accepted before.
    Used,
    /// It is too late, or there never was such a link.
    Closed,
}

/// An invitation that can be accepted.
#[derive(Clone, Debug)]
pub struct Open {
    /// Which.
    pub id: InvitationId,
    /// By whose link: its hash.
    pub token_hash: [u8; 32],
    /// Where they are asked in.
    pub organisation: OrganisationId,
    /// What it is called.
    pub organisation_name: String,
    /// Who waits.
    pub person: PersonId,
    /// Who asked them in.
    pub inviter: PersonId,
    /// As what.
    pub role: Role,
    /// Where the letter went.
    pub address: Address,
    /// Whether the inviter gave a family name.
    pub has_name: bool,
    /// Who is known by the address already, and signs in to accept.
    pub account: Option<PersonId>,
    /// Whether the letter was never sent, but kept for the staff of a sandbox to read.
    pub is_sandbox: bool,
}

/// What a link of this hash leads to. Whoever holds it has read the letter.
///
/// # Errors
/// The store's.
pub async fn open_link(tx: &Tx, token_hash: &[u8; 32]) -> Result<Link> {
    let now = tx.now_ms();
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| {
        let id: InvitationId = row.get(0)?;
        if row.get::<Option<i64>>(9)?.is_some() {
            return Ok(Link::Used);
        }
        let is_late = row.get::<Option<i64>>(8)?.is_none_or(|ends_ms| ends_ms <= now);
        let is_gone = !row.get::<bool>(11)? || row.get::<Option<i64>>(12)?.is_some();
        let sealed = row.get::<Option<Vec<u8>>>(7)?;
        let Some(sealed) = sealed.filter(|_| !is_late && !is_gone) else { return Ok(Link::Closed) };
        let text = ring.open_text(address_place(&id), &sealed)?;
        let person: PersonId = row.get(3)?;
        let last = ring.open_text(name_place("last_name", &person), &row.get::<Vec<u8>>(10)?)?;
        let system = row.get::<String>(6)?;
        let is_mail = system == crate::persons::systems::EMAIL;
        Ok(Link::Open(Box::new(Open {
            id,
            token_hash: *token_hash,
            organisation: row.get(1)?,
            organisation_name: row.get(2)?,
            person,
            inviter: row.get(4)?,
            role: role(&row.get::<String>(5)?)?,
            address: if is_mail { Address::Email(text) } else { Address::Mobile(text) },
            has_name: !last.is_empty(),
            account: row.get(13)?,
            is_sandbox: row.get(14)?,
        })))
    };
    Ok(tx.one(rows::OPEN, &args![token_hash, now], read).await?.unwrap_or(Link::Closed))
}

/// What somebody who has no account yet says of themselves.
#[derive(Clone, Debug)]
pub struct Arriving {
    /// Their names, where the inviter gave none.
    pub names: Option<(String, String)>,
    /// What they are spoken to in.
    pub language: Language,
    /// By what they will sign in.
    pub key: Key,
}

/// By what somebody who comes will sign in.
#[derive(Clone, Debug)]
pub enum Key {
    /// A password, by its Argon2id hash.
    Password(String),
    /// A passkey, and what it is called. It is for patients, whom a letter lets in if they lose it.
    Passkey(MadePasskey, String),
}

/// The same, as the rows will hold it.
#[derive(Clone, Debug)]
pub struct SealedArriving {
    open: Open,
    names: Option<(Vec<u8>, Vec<u8>)>,
    language: Language,
    key: Key,
    hash: [u8; 32],
    address: Vec<u8>,
}

impl Arriving {
    /// Checks and seals it before its transaction begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] for names that do not fit.
    pub fn seal(self, open: &Open, vault: &Vault) -> Result<SealedArriving> {
        let (ring, person) = (vault.house(), open.person);
        if let Some((first, last)) = &self.names {
            fits::name("first_name", first)?;
            fits::name("last_name", last)?;
            if last.trim().is_empty() {
                return Err(Error::invalid("last_name", "name_missing", "A person needs a family name."));
            }
        }
        let name = |column, text: &str| ring.seal(name_place(column, &person), text.trim().as_bytes());
        let names = self.names.map(|(first, last)| (name("first_name", &first), name("last_name", &last)));
        let hash = open.address.hash(vault);
        let row = identifier_row(person, &hash);
        let address = ring.seal(identifier_place(&row), open.address.text().as_bytes());
        let Self { language, key, .. } = self;
        Ok(SealedArriving { open: open.clone(), names, language, key, hash, address })
    }
}

/// Makes the account of somebody who came by a link: their address counts as verified from now on, and they have a
/// password or a passkey. In a sandbox whoever reads its letters can be that somebody, so that it counts in sandboxes alone.
///
/// # Errors
/// [`Error::Gone`] when the link was used meanwhile or is too late; [`Error::Conflict`] when somebody else came to be
/// known by the address.
pub async fn sign_up(tx: &Tx, new: &SealedArriving, origin: Origin) -> Result<()> {
    let (open, now) = (&new.open, tx.now_ms());
    let (organisation, person) = (&open.organisation, &open.person);
    take_turns(tx, *organisation).await?;
    standing::hold(tx, *person).await?;
    use_up(tx, open, *person).await?;
    if !open.is_sandbox {
        tx.run(persons::MAKE_ROOM, &args![open.address.system(), &new.hash]).await?;
    }
    let values = args![open.address.system(), &new.hash, person, &new.address, now, open.is_sandbox];
    if tx.run(persons::INSERT_IDENTIFIER, &values).await? == 0 {
        return Err(Error::conflict("identifier_taken", "Somebody has this address already."));
    }
    match &new.key {
        Key::Password(hash) => drop(tx.run(persons::SET_PASSWORD, &args![person, hash, now]).await?),
        Key::Passkey(..) if open.role != Role::Patient => {
            return Err(Error::not_allowed("passkey_alone", "Who works here has a password, too."));
        }
        Key::Passkey(made, name) => passkeys::insert(tx, *person, made, name).await?,
    }
    match &new.names {
        Some((first, last)) => tx.run(rows::NAME, &args![person, first, last, new.language.code()]).await?,
        None => tx.run(rows::SPEAK, &args![person, new.language.code()]).await?,
    };
    tx.run(rows::ARRIVE, &args![organisation, person]).await?;
    if new.names.is_some() {
        names::forget(tx, *person).await?;
    }
    tx.emit(Event::PersonChanged { person: *person });
    log::invitation_accepted(tx, *organisation, (*person, open.role), origin).await
}

/// Each link opens once.
pub(super) async fn use_up(tx: &Tx, open: &Open, by: PersonId) -> Result<()> {
    let values = args![&open.organisation, &open.id, &open.token_hash, tx.now_ms(), &by];
    if tx.run(rows::USE, &values).await? == 0 {
        return Err(Error::Gone { what: Kind::Invitation });
    }
    Ok(())
}
