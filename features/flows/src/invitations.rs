//! Asking people in, with what waits for them, and what follows when they come.

use identity::arrivals::{self, Arrived};
use identity::aux_ids::SealedAuxId;
use identity::invitations::{self, Address, Arriving, NewInvitation, Occasion, Open, SealedInvitation};
use identity::sessions;
use identity::sign_in::Arrival;
use identity::{Organisation, organisations};
use kernel::limits::INVITES_PER_GROUP_MAX;
use kernel::{Actor, ChatId, Error, Origin, PersonId, Result, Role, Scopes, SessionId};
use messaging::{Draft, GroupDraft, Party, Right, SealedDraft};
use outbound::letters::SealedLetter;
use secrecy::{ExposeSecret as _, SecretString};
use store::Tx;
use vault::AuxId;

use crate::chats::{self, ChatRef};
use crate::{House, letters};

/// Where a link leads.
pub const PATH: &str = "/invitation";
/// The parameter that carries the secret of a link.
pub const CODE: &str = "code";

/// Tries of an invitation during which somebody else invites the same person.
const TRIES: usize = 3;
const MEANWHILE: &str = "invited_meanwhile";

/// Somebody to ask in.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Where they are reached.
    pub address: Address,
    /// As what.
    pub role: Role,
    /// Given name; may be empty.
    pub first_name: String,
    /// Family name; may be empty.
    pub last_name: String,
    /// Whether a conversation with the inviter waits for them.
    pub begins_conversation: bool,
    /// What the inviter says in it first; may be empty.
    pub text: String,
    /// Whether a letter goes out now.
    pub writes: bool,
    /// What the inviter's application calls them.
    pub aux_id: Option<AuxId>,
}

/// An invitation, sealed before its transaction begins.
#[derive(Clone, Debug)]
struct Ready {
    sealed: SealedInvitation,
    /// Who was found there, or who will be.
    party: Party,
    letter: Option<SealedLetter>,
    begins_conversation: bool,
    draft: Option<SealedDraft>,
    aux_id: Option<SealedAuxId>,
}

/// Asks somebody in: they have a place at once, the conversation waits for them, and the letter is promised, all of it
/// or nothing. Who was asked in before, or is there already, is found and is the same person.
///
/// # Errors
/// [`Error::NotAllowed`] to who may not invite; [`Error::Invalid`] for what does not fit; [`Error::LimitReached`] when
/// there are too many; [`Error::Unsupported`] for a text message where none can be sent.
pub async fn invite(house: &House, actor: &Actor, invite: &Invite) -> Result<PersonId> {
    let mut asked = try_to_invite(house, actor, invite).await;
    for _ in 1..TRIES {
        if !is_meanwhile(&asked) {
            break;
        }
        asked = try_to_invite(house, actor, invite).await;
    }
    asked
}

async fn try_to_invite(house: &House, actor: &Actor, invite: &Invite) -> Result<PersonId> {
    let ready = prepare(house, actor, invite).await?;
    let input = (actor.clone(), ready);
    let asked = house.db.write(input, |tx, (actor, ready)| {
        Box::pin(async move {
            let person = ask_in(tx, actor, ready).await?.person;
            identity::once::note(tx, actor, &person).await?;
            Ok(person)
        })
    });
    asked.await
}

/// Whether somebody else invited the same person between the look and the transaction.
fn is_meanwhile<T>(answer: &Result<T>) -> bool {
    matches!(answer, Err(Error::Conflict { why }) if why.code == MEANWHILE)
}

/// Begins a group of people whom the actor may write to, and of some whom it asks in.
///
/// # Errors
/// As [`invite`] and [`chats::begin_group`]; [`Error::TooLarge`] for more invitations than one request may bring.
pub async fn begin_group(
    house: &House,
    actor: &Actor,
    draft: GroupDraft,
    members: Vec<PersonId>,
    invites: &[Invite],
) -> Result<ChatId> {
    if invites.is_empty() {
        return chats::begin_group(house, actor, draft, members).await;
    }
    if invites.len() > INVITES_PER_GROUP_MAX {
        return Err(Error::too_large("invite_users", INVITES_PER_GROUP_MAX as u64));
    }
    must_be_distinct(house, invites)?;
    let mut begun = try_to_begin(house, actor, &draft, &members, invites).await;
    for _ in 1..TRIES {
        if !is_meanwhile(&begun) {
            break;
        }
        begun = try_to_begin(house, actor, &draft, &members, invites).await;
    }
    begun
}

async fn try_to_begin(
    house: &House,
    actor: &Actor,
    draft: &GroupDraft,
    members: &[PersonId],
    invites: &[Invite],
) -> Result<ChatId> {
    let mut all = Vec::new();
    for invite in invites {
        all.push(prepare(house, actor, invite).await?);
    }
    let invited = all.iter().map(|ready| ready.party).collect();
    let group = chats::prepare_group(house, actor, draft.clone(), members.to_vec(), invited).await?;
    let begun = house.db.write((actor.clone(), all, group), |tx, (actor, all, group)| {
        Box::pin(async move {
            for ready in all {
                ask_in(tx, actor, ready).await?;
            }
            chats::begin_sealed(tx, actor, group).await
        })
    });
    begun.await
}

/// The same person twice in one request would be two who wait.
fn must_be_distinct(house: &House, invites: &[Invite]) -> Result<()> {
    let mut hashes: Vec<_> = invites.iter().map(|invite| invite.address.hash(&house.vault)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    if hashes.len() < invites.len() {
        return Err(Error::invalid(
            "invite_users",
            "invited_twice",
            "Somebody is invited twice in one request.",
        ));
    }
    Ok(())
}

async fn prepare(house: &House, actor: &Actor, invite: &Invite) -> Result<Ready> {
    let input = (actor.clone(), invite.role, invite.address.system(), invite.address.hash(&house.vault));
    let known = house.read(input, |tx, (actor, role, system, hash)| {
        Box::pin(async move {
            invitations::may_invite(tx, actor, *role).await?;
            let organisation = organisations::find(tx, actor.organisation).await?;
            let found = invitations::find(tx, actor.organisation, system, hash).await?;
            Ok((organisation.ok_or(Error::Unauthenticated)?, found))
        })
    });
    let (organisation, found) = known.await?;
    if found.is_some_and(|found| found.person == actor.person) {
        return Err(Error::invalid("email", "cannot_invite_yourself", "This is your own address."));
    }
    let new = new_invitation(&organisation, invite);
    let tools = (&house.vault, &house.clock, &house.rng);
    let (sealed, token) = new.seal(tools, invite.writes)?;
    let party = match found {
        Some(found) => Party { person: found.person, role: found.role },
        None => Party { person: sealed.person(), role: sealed.role() },
    };
    let letter = match token {
        Some(token) => Some(letter(house, &organisation, &new, party.person, &token)?),
        None => None,
    };
    let draft = first_words(house, actor, invite).await?;
    let aux_id = invite.aux_id.as_ref();
    let aux_id =
        aux_id.map(|aux_id| SealedAuxId::seal(&house.vault, actor, party.person, aux_id)).transpose()?;
    Ok(Ready { sealed, party, letter, begins_conversation: invite.begins_conversation, draft, aux_id })
}

fn new_invitation(organisation: &Organisation, invite: &Invite) -> NewInvitation {
    NewInvitation {
        address: invite.address.clone(),
        role: invite.role,
        first_name: invite.first_name.clone(),
        last_name: invite.last_name.clone(),
        language: organisation.languages.first().copied().unwrap_or_default(),
    }
}

/// The letter with this secret, sealed.
pub(crate) fn letter(
    house: &House,
    organisation: &Organisation,
    new: &NewInvitation,
    person: PersonId,
    token: &SecretString,
) -> Result<SealedLetter> {
    if matches!(new.address, Address::Mobile(_)) && !organisation.sandbox {
        let why = "Text messages cannot be sent from here; invite by e-mail.";
        return Err(Error::unsupported("sms_not_available", why));
    }
    let link = format!("{}{PATH}?{CODE}={}", house.settings.public_url, token.expose_secret());
    let letter = letters::invitation(organisation, (person, &new.address), new.language, &link);
    letter.seal(&house.vault, &house.clock, &house.rng)
}

/// What the inviter says first, sealed.
async fn first_words(house: &House, actor: &Actor, invite: &Invite) -> Result<Option<SealedDraft>> {
    if !invite.begins_conversation || invite.text.trim().is_empty() {
        return Ok(None);
    }
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    Draft::text(invite.text.as_str()).seal(&ring, &house.clock, &house.rng).map(Some)
}

async fn ask_in(tx: &Tx, actor: &Actor, ready: &Ready) -> Result<Party> {
    invitations::may_invite(tx, actor, ready.sealed.role()).await?;
    let issued = invitations::issue(tx, actor, &ready.sealed, Occasion::OneByOne).await?;
    if (issued.person, issued.role) != (ready.party.person, ready.party.role) {
        return Err(Error::conflict(MEANWHILE, "Somebody else invites the same person; try again."));
    }
    if issued.writes
        && let Some(letter) = &ready.letter
    {
        outbound::letters::leave(tx, letter).await?;
    }
    if let Some(aux_id) = &ready.aux_id {
        identity::aux_ids::give(tx, actor, aux_id).await?;
    }
    if ready.begins_conversation {
        let me = Party { person: actor.person, role: actor.role };
        messaging::start_direct(tx, actor, &me, &ready.party).await?;
    }
    if let Some(draft) = &ready.draft {
        let open = chats::open(tx, actor, ChatRef::Direct(ready.party.person), Right::Post).await?;
        messaging::post(tx, &open, draft).await?;
    }
    Ok(ready.party)
}

/// Makes the account of somebody who came by a link, lets them in or asks them for a second factor, and says with whom a
/// conversation waits.
///
/// # Errors
/// As [`Arriving::seal`] and [`invitations::sign_up`].
pub async fn arrive(
    house: &House,
    open: &Open,
    arriving: Arriving,
    arrival: Arrival,
) -> Result<(Arrived, Option<PersonId>)> {
    let sealed = arriving.seal(open, &house.vault)?;
    let input = (sealed, open.clone(), arrival);
    let arrived = house.db.write(input, |tx, (sealed, open, arrival)| {
        Box::pin(async move {
            invitations::sign_up(tx, sealed, arrival.origin).await?;
            let arrived = arrivals::arrive(tx, arrival, None, false).await?;
            let there = there(open, open.person, arrival.origin);
            Ok((arrived, waiting_with(tx, &there, open).await?))
        })
    });
    arrived.await
}

/// Lets somebody who has signed in take the place of the one who waited, and goes on there in their session. Says with
/// whom a conversation waits.
///
/// # Errors
/// As [`invitations::prepare_joining`] and [`invitations::join`].
pub async fn join(house: &House, actor: &Actor, session: SessionId, open: &Open) -> Result<Option<PersonId>> {
    let input = (actor.clone(), open.clone());
    let joining = house
        .read(input, |tx, (actor, open)| Box::pin(invitations::prepare_joining(tx, actor, open)))
        .await?;
    let input = (actor.clone(), session, joining, open.clone());
    let joined = house.db.write(input, |tx, (actor, session, joining, open)| {
        Box::pin(async move {
            let joined = invitations::join(tx, actor, joining).await?;
            let there = there(open, joined.came, actor.origin);
            messaging::hand_over(tx, &there, joined.waited).await?;
            sessions::switch(tx, actor, *session, joined.organisation).await?;
            waiting_with(tx, &there, open).await
        })
    });
    joined.await
}

/// Who came, as what they are where they were asked in.
fn there(open: &Open, person: PersonId, origin: Origin) -> Actor {
    Actor {
        person,
        acting_for: None,
        role: open.role,
        organisation: open.organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin,
    }
}

async fn waiting_with(tx: &Tx, there: &Actor, open: &Open) -> Result<Option<PersonId>> {
    let chat = messaging::open_direct(tx, there, open.inviter, Right::Receive).await?;
    Ok(chat.map(|_| open.inviter))
}
