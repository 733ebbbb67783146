//! Changing a chat itself: its subject, its settings, its end. All but [`reopen`] ask for [`Right::Manage`].

use audit::Deed;
use kernel::{Actor, ChatChange, Error, Result, TeamId};
use store::{Tx, args};

use crate::access::{OpenChat, Right};
use crate::chat::{ChatKind, Settings, SettingsChange};
use crate::endings;
use crate::group::SealedSubject;
use crate::guests;
use crate::indexing;
use crate::line;
use crate::listing;
use crate::members::{take_turns, tell_everyone};
use crate::rows::chats::{self, ASSIGN_TO_TEAM, CHANGE_SETTINGS, CLOSE, RENAME, REOPEN};

/// Gives a group another subject.
///
/// # Errors
/// [`Error::Precondition`] for a direct chat, which has none.
pub async fn rename(tx: &Tx, chat: &OpenChat, subject: &SealedSubject) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    if subject.chat != chat.id() {
        return Err(Error::bug("a subject that was sealed for another chat"));
    }
    tx.run(RENAME, &args![chat.tenant(), chat.key(), &subject.bytes]).await?;
    indexing::forget_subject(tx, chat.organisation(), chat.id()).await?;
    changed(tx, chat).await
}

/// Changes how a group behaves, and says how it behaves now.
///
/// # Errors
/// [`Error::Invalid`] for a span out of range, [`Error::Precondition`] for a direct chat.
pub async fn change_settings(tx: &Tx, chat: &OpenChat, change: SettingsChange) -> Result<Settings> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    // Who changes one setting writes all of them: not one that somebody else is about to change.
    hold(tx, chat).await?;
    let details = listing::read_details(tx, chat).await?;
    let now = details.settings;
    let next = change.applied_to(now)?;
    if next.auto_expire_seconds != now.auto_expire_seconds && !chat.may().expire() {
        return Err(not_staff());
    }
    let row = args![
        chat.tenant(),
        chat.key(),
        next.allow_contacts,
        next.members_can_invite,
        next.hybrid_messaging,
        next.auto_close_days,
        next.auto_expire_seconds
    ];
    tx.run(CHANGE_SETTINGS, &row).await?;
    if now.spans() != next.spans() {
        let since = (details.made_ms, details.active_ms);
        endings::leave(tx, (chat.organisation(), chat.id()), &next, since).await?;
    }
    changed(tx, chat).await?;
    Ok(next)
}

/// Has others who would change the chat wait until this transaction ends. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn hold(tx: &Tx, chat: &OpenChat) -> Result<()> {
    tx.run(chats::HOLD, &args![chat.tenant(), chat.key()]).await.map(drop)
}

/// Ends a chat: it stays readable, and nothing more can be written. Either of a direct chat may end it.
///
/// # Errors
/// [`Error::Precondition`] when somebody else closed it at the same moment.
pub async fn close(tx: &Tx, chat: &OpenChat) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    take_turns(tx, chat).await?;
    if close_now(tx, chat).await? { Ok(()) } else { Err(chat.kind().is_closed()) }
}

/// Closes an open chat, in whose turn the caller is, and says whether it was open.
pub(crate) async fn close_now(tx: &Tx, chat: &OpenChat) -> Result<bool> {
    if tx.run(CLOSE, &args![chat.tenant(), chat.key(), tx.now_ms()]).await? == 0 {
        return Ok(false);
    }
    guests::end_soon(tx, chat.tenant(), chat.key()).await?;
    line::of(tx, chat, Deed::ChatClosed, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat, ChatChange::Closed, &[]).await?;
    Ok(true)
}

/// Opens a closed chat again, by an owner or admin who is staff; an open one stays open. Asks for
/// [`Right::Receive`], since a closed chat cannot be managed.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else: whom a clinician has closed a chat with cannot force it open.
pub async fn reopen(tx: &Tx, chat: &OpenChat) -> Result<()> {
    chat.must_be_member()?;
    if !chat.may().manages_as_staff() {
        return Err(Error::not_allowed(
            "not_an_admin",
            "Only owner and admins on the staff may open this chat.",
        ));
    }
    if tx.run(REOPEN, &args![chat.tenant(), chat.key(), tx.now_ms()]).await? > 0 {
        // Until then its end had nothing to wait for.
        let now = listing::read_details(tx, chat).await?;
        let since = (now.made_ms, now.active_ms);
        endings::leave(tx, (chat.organisation(), chat.id()), &now.settings, since).await?;
        changed(tx, chat).await?;
    }
    Ok(())
}

/// Assigns a group to a team of its organisation, whose clinicians may find and join it from then on, or takes it
/// away from its team; who joined stays in it. By an owner or admin who is staff. That the team is one of the
/// organisation was settled by the caller.
///
/// # Errors
/// [`Error::NotAllowed`] to patients; [`Error::Precondition`] for a direct chat: it is between its two people, and
/// there is no place in it for a third.
pub async fn assign_to_team(tx: &Tx, chat: &OpenChat, team: Option<TeamId>) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_staff(chat.actor())?;
    must_be_group(chat)?;
    if chat.team() == team {
        return Ok(());
    }
    tx.run(ASSIGN_TO_TEAM, &args![chat.tenant(), chat.key(), team.as_ref()]).await?;
    changed(tx, chat).await
}

/// Who may bring a team, or a patient who is not there, into it.
pub(crate) fn must_be_staff(actor: &Actor) -> Result<()> {
    if actor.is_staff() { Ok(()) } else { Err(not_staff()) }
}

fn not_staff() -> Error {
    Error::not_allowed("not_staff", "Only people who work here may do this.")
}

pub(crate) fn must_be_group(chat: &OpenChat) -> Result<()> {
    if chat.kind() == ChatKind::Group {
        return Ok(());
    }
    Err(Error::precondition(
        "not_a_groupchat",
        "A chat of two people has no subject, settings or members to change.",
    ))
}

pub(crate) async fn changed(tx: &Tx, chat: &OpenChat) -> Result<()> {
    line::of(tx, chat, Deed::ChatChanged, chat.key().as_bytes()).await?;
    tell_everyone(tx, chat, ChatChange::Other, &[]).await
}
