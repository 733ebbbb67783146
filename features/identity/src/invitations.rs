//! Asking people in.
//!
//! Always true:
//! - Who is asked in gets a place at once, under the names that the inviter gave, and can be written to. They can do
//!   nothing before they have come by the link of their letter.
//! - What the inviter is answered does not depend on whether anybody has an account elsewhere.
//! - A link opens once, for fourteen days; of it a hash is kept. A later letter ends the links of the earlier ones.
//! - Somebody becomes the one who waited only by an address that was verified on both sides.

mod arriving;
mod forgetting;
mod joining;

use kernel::limits::{INVITATION_DAYS, INVITATION_LETTERS_PER_DAY_MAX, INVITATIONS_PER_DAY_MAX, Limit};
use kernel::{Actor, Clock, Error, Event, InvitationId, OrganisationId, PersonId, Result, Rng, Role, Scope};
use secrecy::SecretString;
use store::{Row, Tx, args};
use vault::{Place, Vault};

use crate::log;
use crate::persons::{name_place, systems};
use crate::rows::invitations as rows;
use crate::rows::{memberships, organisations, persons};
use crate::{Language, fits, secret};

pub use arriving::{Arriving, Key, Link, Open, SealedArriving, open_link, sign_up};
pub use forgetting::{NoNames, Unanswered, forget, unanswered};
pub use joining::{Joined, Joining, join, known_as, now_known_as, prepare_joining, waited_as};

const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// Bytes of an e-mail address, and of what stands before its `@` (RFC 5321 section 4.5.3.1).
const ADDRESS_BYTES_MAX: usize = 254;
const NAME_BYTES_MAX: usize = 64;
/// As what people are asked in; other roles are given to who has come.
pub const ROLES: [Role; 3] = [Role::Patient, Role::Guest, Role::Assistant];
/// Digits of a Dutch number behind its first 0.
const DUTCH_DIGITS: usize = 9;
/// Digits of a mobile number, its country's included (E.164).
const MOBILE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Where somebody is reached, and by what they sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An e-mail address.
    Email(String),
    /// A mobile number, E.164.
    Mobile(String),
}

impl Address {
    /// An e-mail address that looks like one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else.
    pub fn email(text: &str) -> Result<Self> {
        let text = text.trim();
        let parts = text.split_once('@').filter(|(name, host)| !name.is_empty() && !host.is_empty());
        let is_plain = parts.is_some_and(|(name, host)| !host.contains('@') && name.len() <= NAME_BYTES_MAX)
            && text.len() <= ADDRESS_BYTES_MAX
            && !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'));
        if !is_plain || fits::identifier(systems::EMAIL, text).is_err() {
            return Err(Error::invalid(
                "email",
                "email_unfit",
                "An e-mail address is written name@example.org.",
            ));
        }
        Ok(Self::Email(text.to_owned()))
    }

    /// A mobile number with the number of its country, such as +31612345678; blanks, dashes and brackets do not
    /// count.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else.
    pub fn mobile(text: &str) -> Result<Self> {
        // In some countries the zero that leads a number at home is written behind the country's, to be left out.
        let plain: String = text
            .replace("(0)", "")
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}'))
            .collect();
        let digits = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")).filter(|digits| {
            MOBILE_DIGITS.contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
        let why = "A mobile number has the number of its country, such as +31612345678.";
        let unfit = || Error::invalid("phone_number", "phone_number_unfit", why);
        digits.map(|digits| Self::Mobile(format!("+{digits}"))).ok_or_else(unfit)
    }

    /// An address as somebody writes it who invites: with an `@`, or a number.
    ///
    /// # Errors
    /// As [`Address::email`] and [`Address::mobile_at_home`]; [`Error::Invalid`] for nothing.
    pub fn written(text: &str) -> Result<Self> {
        match text.trim() {
            "" => Err(Error::invalid("email", "address_missing", "An e-mail address or a mobile number.")),
            text if text.contains(|c: char| c == '@' || c.is_alphabetic()) => Self::email(text),
            text => Self::mobile_at_home(text),
        }
    }

    /// A mobile number; a Dutch one as people write it at home gets the number of the country, since the product was
    /// made for the Netherlands.
    ///
    /// # Errors
    /// As [`Address::mobile`].
    pub fn mobile_at_home(text: &str) -> Result<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match digits.strip_prefix('0') {
            Some(rest) if !text.starts_with('+') && !rest.starts_with('0') && rest.len() == DUTCH_DIGITS => {
                Self::mobile(&format!("+31{rest}"))
            }
            _ => Self::mobile(text),
        }
    }

    /// The address as somebody typed it to sign in: with an `@`, or a number.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        match Self::mobile(text) {
            Ok(mobile) if !text.contains('@') => mobile,
            _ => Self::Email(text.trim().to_owned()),
        }
    }

    /// The system that it is an identifier of.
    #[must_use]
    pub const fn system(&self) -> &'static str {
        match self {
            Self::Email(_) => systems::EMAIL,
            Self::Mobile(_) => systems::MOBILE,
        }
    }

    /// It as text.
    #[must_use]
    pub fn text(&self) -> &str {
        let (Self::Email(text) | Self::Mobile(text)) = self;
        text
    }

    /// Its keyed hash.
    #[must_use]
    pub fn hash(&self, vault: &Vault) -> [u8; 32] {
        vault.blind(self.system(), self.text())
    }
}

/// Somebody to ask in, in plain words. Names may be empty.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Where they are reached.
    pub address: Address,
    /// As what: a patient, a guest, or an assistant for whoever works there.
    pub role: Role,
    /// Given name, as the inviter has it.
    pub first_name: String,
    /// Family name, as the inviter has it.
    pub last_name: String,
    /// What they are spoken to in, until they choose.
    pub language: Language,
}

/// Somebody to ask in, as the rows will hold them.
#[derive(Clone, Debug)]
pub struct SealedInvitation {
    id: InvitationId,
    person: PersonId,
    membership: kernel::MembershipId,
    role: Role,
    pub(crate) system: &'static str,
    pub(crate) hash: [u8; 32],
    address: Vec<u8>,
    first_name: Vec<u8>,
    last_name: Vec<u8>,
    language: Language,
    /// Of the link, when a letter is to go out.
    token_hash: Option<[u8; 32]>,
}

pub(crate) fn address_place(id: &InvitationId) -> Place<'_> {
    Place { table: "invitations", column: "address", row: id.as_bytes() }
}

impl NewInvitation {
    /// Checks and seals it before its transaction begins; with the secret of its link when a letter is to go out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that does not fit.
    pub fn seal(
        &self,
        (vault, clock, rng): (&Vault, &Clock, &Rng),
        with_letter: bool,
    ) -> Result<(SealedInvitation, Option<SecretString>)> {
        fits::name("first_name", &self.first_name)?;
        fits::name("last_name", &self.last_name)?;
        let (id, person, ring) = (InvitationId::new(clock, rng), PersonId::new(clock, rng), vault.house());
        let name = |column, text: &str| ring.seal(name_place(column, &person), text.trim().as_bytes());
        let token = with_letter.then(|| vault::secret(rng));
        let sealed = SealedInvitation {
            id,
            person,
            membership: kernel::MembershipId::new(clock, rng),
            role: self.role,
            system: self.address.system(),
            hash: self.address.hash(vault),
            address: ring.seal(address_place(&id), self.address.text().as_bytes()),
            first_name: name("first_name", &self.first_name),
            last_name: name("last_name", &self.last_name),
            language: self.language,
            token_hash: token.as_ref().map(secret::hash),
        };
        Ok((sealed, token))
    }
}

impl SealedInvitation {
    /// The id that they will have if nobody is found at the address.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// As what they are asked in.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }
}

/// Somebody of the organisation who was found at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub person: PersonId,
    /// As what they are there.
    pub role: Role,
    /// The invitation that they have not accepted yet.
    pub invitation: Option<InvitationId>,
}

/// What came of asking somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Who they are now.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// Whether they are new.
    pub is_new: bool,
    /// Whether their letter is to go out: who has come already gets none.
    pub writes: bool,
}

/// On whose behalf people are asked in, and by which limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody invites.
    OneByOne,
    /// A list is imported: what an administrator brings at once is limited by the length of the list.
    List,
}

/// Passes for who may ask somebody in as this: staff everybody but colleagues; those the administrators, and all of
/// the staff where the organisation lets them.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else.
pub async fn may_invite(tx: &Tx, actor: &Actor, role: Role) -> Result<()> {
    let refused = |why| Err(Error::not_allowed("may_not_invite", why));
    if !actor.is_staff() {
        return refused("Only who works here may invite people.");
    }
    if !role.is_staff() || actor.scopes.has(Scope::Admin) {
        return Ok(());
    }
    let roles = crate::memberships::roles(tx, actor.organisation, actor.person).await?;
    let sql = organisations::STAFF_INVITE_COWORKERS;
    let is_open = tx.one(sql, &args![&actor.organisation], |row| row.get(0)).await?.unwrap_or(false);
    if is_open || roles.contains(&Role::Administrator) {
        return Ok(());
    }
    refused("Only an administrator may invite colleagues here.")
}

/// Who of the organisation is found at an address; who is found there elsewhere is nobody here.
///
/// # Errors
/// The store's.
pub async fn find(
    tx: &Tx,
    organisation: OrganisationId,
    system: &str,
    hash: &[u8; 32],
) -> Result<Option<Found>> {
    let row = |row: &Row<'_>| {
        let role = memberships::role(&row.get::<String>(1)?)?;
        Ok((Found { person: row.get(0)?, role, invitation: row.get(3)? }, row.get::<bool>(2)?))
    };
    let all = tx.all(rows::FIND, &args![&organisation, system, hash, tx.now_ms()], row).await?;
    // Who has come is there before who still waits; of their roles the leading one speaks.
    let come: Vec<Found> =
        all.iter().filter(|(_, is_pending)| !is_pending).map(|(found, _)| *found).collect();
    let roles: Vec<Role> = come.iter().map(|found| found.role).collect();
    let leading = crate::memberships::leading(&roles);
    let come = come.into_iter().find(|found| Some(found.role) == leading);
    Ok(come.or_else(|| all.into_iter().map(|(found, _)| found).find(|found| found.invitation.is_some())))
}

/// Lets only one transaction at a time ask people into an organisation, have one of them come or be forgotten, or bring
/// one who still waits into a chat: what is decided about somebody who waits is so until it is over. It comes before
/// whatever else is held, be it somebody's standing, a chat or the names of an application, so that no two wait for each
/// other.
///
/// # Errors
/// The store's.
pub async fn take_turns(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.lock(&format!("identity.invitations.{}", organisation.hex())).await
}

/// Takes turns, as [`take_turns`], when one of these people was asked in and still waits. Whoever brings people into a
/// chat looks behind this who they are, and whether they may be written to.
///
/// # Errors
/// The store's.
pub async fn keep_waiting(tx: &Tx, organisation: OrganisationId, people: &[PersonId]) -> Result<()> {
    if waiting(tx, organisation, people).await?.is_empty() {
        return Ok(());
    }
    take_turns(tx, organisation).await
}

/// Those of these people who were asked in and still wait.
///
/// # Errors
/// The store's.
pub async fn waiting(tx: &Tx, organisation: OrganisationId, people: &[PersonId]) -> Result<Vec<PersonId>> {
    tx.all_of(rows::WAITING, people, &args![&organisation], |row| row.get(0)).await
}

/// Asks somebody in, or finds who was asked in at the same address before; each address is asked in once. The letter
/// is left by the caller, in this transaction.
///
/// # Errors
/// [`Error::LimitReached`] when somebody invites too many; as [`find`].
pub async fn issue(tx: &Tx, actor: &Actor, new: &SealedInvitation, occasion: Occasion) -> Result<Issued> {
    take_turns(tx, actor.organisation).await?;
    let found = find(tx, actor.organisation, new.system, &new.hash).await?;
    let has_come = found.is_some_and(|found| found.invitation.is_none());
    let wants_letter = new.token_hash.is_some() && !has_come;
    let writes = match occasion {
        Occasion::OneByOne => must_be_few(tx, actor, new, wants_letter).await?,
        Occasion::List => may_write(tx, actor, new, wants_letter).await?,
    };
    let token_ends_ms = tx.now_ms() + INVITATION_DAYS * DAY_MS;
    let token = new.token_hash.as_ref().filter(|_| writes);
    let (person, role) = match found {
        Some(Found { person, role, invitation }) => {
            if let (Some(id), Some(token)) = (invitation, token) {
                tx.run(rows::RENEW, &args![&actor.organisation, &id, token, token_ends_ms]).await?;
            }
            (person, role)
        }
        None => {
            add(tx, actor, new, token.map(|token| (token, token_ends_ms))).await?;
            (new.person, new.role)
        }
    };
    let what = if writes { "invitation sent" } else { "invited" };
    log::invitation(tx, actor, (person, role), what).await?;
    Ok(Issued { person, role, is_new: found.is_none(), writes })
}

async fn add(tx: &Tx, actor: &Actor, new: &SealedInvitation, link: Option<(&[u8; 32], i64)>) -> Result<()> {
    let (organisation, now) = (&actor.organisation, tx.now_ms());
    tx.run(rows::REPLACE, &args![organisation, new.system, &new.hash, now]).await?;
    let values = args![&new.person, &new.first_name, &new.last_name, new.language.code(), now];
    tx.run(persons::INSERT, &values).await?;
    let values = args![&new.membership, organisation, &new.person, new.role.name(), now];
    tx.run(rows::INSERT_PENDING, &values).await?;
    let values = args![
        &new.id,
        organisation,
        &new.person,
        &actor.person,
        new.role.name(),
        new.system,
        &new.hash,
        &new.address,
        link.map(|(hash, _)| hash),
        link.map(|(_, ends_ms)| ends_ms),
        now
    ];
    tx.run(rows::INSERT, &values).await?;
    tx.emit(Event::PersonChanged { person: new.person });
    Ok(())
}

/// Counts a try, and says whether its letter may go out.
async fn must_be_few(tx: &Tx, actor: &Actor, new: &SealedInvitation, wants_letter: bool) -> Result<bool> {
    let since_ms = tx.now_ms() - DAY_MS;
    let values = args![&actor.organisation, &actor.person, since_ms];
    let (count, oldest_ms) = counted(tx, rows::COUNT_BY, &values).await?;
    if count >= INVITATIONS_PER_DAY_MAX {
        return Err(too_many(tx, "invitations_per_day", INVITATIONS_PER_DAY_MAX, oldest_ms));
    }
    if wants_letter && let Some(oldest_ms) = letters_left(tx, actor, new).await? {
        let most = INVITATION_LETTERS_PER_DAY_MAX;
        return Err(too_many(tx, "invitation_letters_per_day", most, Some(oldest_ms)));
    }
    note(tx, actor.organisation, Some(actor.person), new, wants_letter).await?;
    Ok(wants_letter)
}

/// Whether the letter to somebody on a list may go out, and counts it then.
async fn may_write(tx: &Tx, actor: &Actor, new: &SealedInvitation, wants_letter: bool) -> Result<bool> {
    let writes = wants_letter && letters_left(tx, actor, new).await?.is_none();
    if writes {
        note(tx, actor.organisation, None, new, true).await?;
    }
    Ok(writes)
}

async fn note(
    tx: &Tx,
    organisation: OrganisationId,
    inviter: Option<PersonId>,
    new: &SealedInvitation,
    writes: bool,
) -> Result<()> {
    let (id, now): (InvitationId, _) = (tx.new_id(), tx.now_ms());
    let values = args![&id, &organisation, inviter.as_ref(), &new.hash, writes, now];
    tx.run(rows::NOTE, &values).await.map(drop)
}

/// When the oldest letter of the last day went to this address, if no further one may.
async fn letters_left(tx: &Tx, actor: &Actor, new: &SealedInvitation) -> Result<Option<i64>> {
    let values = args![&actor.organisation, &new.hash, tx.now_ms() - DAY_MS];
    let (count, oldest_ms) = counted(tx, rows::COUNT_TO, &values).await?;
    Ok(oldest_ms.filter(|_| count >= INVITATION_LETTERS_PER_DAY_MAX))
}

async fn counted(tx: &Tx, sql: &'static str, values: &[store::Arg<'_>]) -> Result<(i64, Option<i64>)> {
    let row = tx.one(sql, values, |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))).await?;
    Ok(row.unwrap_or_default())
}

fn too_many(tx: &Tx, name: &'static str, most: i64, oldest_ms: Option<i64>) -> Error {
    let wait_ms = oldest_ms.map_or(0, |oldest_ms| oldest_ms + DAY_MS - tx.now_ms()).max(1_000);
    let wait = std::time::Duration::from_millis(wait_ms.unsigned_abs());
    Error::LimitReached { limit: Limit::new(name, most.unsigned_abs()), retry_after: Some(wait) }
}

/// Forgets tries that are too old to count; some at a time, and says how many.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP, &args![tx.now_ms() - DAY_MS, most]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_letters_reach() {
        for good in ["anna@example.test", " Anna.de+Boer@sub.example.test "] {
            assert!(Address::email(good).is_ok(), "{good}");
        }
        for bad in
            ["", "anna", "@example.test", "anna@", "a@b@c", "a b@example.test", "<a@b>", "a@b,c@d", "a\n@b"]
        {
            assert!(Address::email(bad).is_err(), "{bad:?}");
        }
        for good in ["+31612345678", "0031 6 12 34 56 78", "+31 (6) 12-34-56-78"] {
            assert_eq!(Address::mobile(good).expect(good).text(), "+31612345678");
        }
        for bad in [
            "",
            "+",
            "0612345678",
            "+3161234567890123",
            "+31 6 twaalf",
            "+0612345678",
            "+３１６１２３４５６７８",
        ] {
            assert!(Address::mobile(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn who_invites_writes_an_address_or_a_number_as_at_home() {
        for number in ["06 12 34 56 78", "+31612345678", "0031612345678", " 06-12345678 "] {
            assert_eq!(Address::written(number).expect(number).text(), "+31612345678");
        }
        assert_eq!(Address::written(" 2anna@example.test").expect("mail").text(), "2anna@example.test");
        for (bad, code) in [
            (" ", "address_missing"),
            ("anna", "email_unfit"),
            ("112", "phone_number_unfit"),
            ("06 12 34 of 56", "email_unfit"),
        ] {
            let error = Address::written(bad).expect_err(bad);
            assert!(matches!(&error, Error::Invalid { why, .. } if why.code == code), "{bad}: {error:?}");
        }
    }

    #[test]
    fn what_somebody_types_to_sign_in_is_a_number_only_when_it_looks_like_one() {
        assert_eq!(Address::typed("+31 612345678").system(), systems::MOBILE);
        for other in ["anna@example.test", "", "0612345678", "anna", "+31612345678@example.test"] {
            assert_eq!(Address::typed(other).system(), systems::EMAIL, "{other}");
        }
    }
}
