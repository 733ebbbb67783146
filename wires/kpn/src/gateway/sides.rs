//! The same word for everybody in a chat: written once, or once for each side of a chat of two.

use std::sync::Arc;

use kernel::{ChatId, PersonId};
use messaging::push::Audience;
use messaging::{ChatKind, Message};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::session::{Brought, Frame, Session};
use super::words::{Data, frame};
use crate::words::{Attachment, User};

/// Tells a message: whole in a chat of two and to who subscribed to its group, to others without its body.
pub(super) fn tell_message(audience: &Audience, here: &[Arc<Session>], message: &Message, mentions: &[User]) {
    let data = |chat: Data| Data {
        message_id: Some(message.id.uuid()),
        user_id: Some(message.author.uuid()),
        body: Some(message.text.clone()),
        attachments: Some(message.files.iter().map(Attachment::from).collect()),
        mentions: Some(mentions.to_vec()),
        ..chat
    };
    let brings = Some(Brought { chat: message.chat, seq: message.seq, author: message.author });
    let whole = |chat: Data, is_group: bool| {
        let name = if is_group { "groupchat_new_message" } else { "conversation_new_message" };
        Frame { text: frame(name, &data(chat)), brings }
    };
    let (subscribed, others): (Vec<_>, Vec<_>) = match audience.kind {
        ChatKind::Direct => (here.to_vec(), Vec::new()),
        ChatKind::Group => here.iter().cloned().partition(|session| session.is_subscribed(message.chat)),
    };
    each_side(audience, message.chat, &subscribed, whole);
    if !others.is_empty() {
        let notice = Data { body: None, ..data(group(message.chat)) };
        send(&others, &frame("groupchat_new_message", &notice));
    }
}

/// Sends what is the same to everybody in a group; in a chat of two, each of them knows it by the other.
pub(super) fn each_side(
    audience: &Audience,
    chat: ChatId,
    here: &[Arc<Session>],
    write: impl Fn(Data, bool) -> Frame,
) {
    let Some((one, other)) = audience.peers else {
        if !here.is_empty() {
            let frame = write(group(chat), true);
            here.iter().for_each(|session| session.outbox.send(frame.clone()));
        }
        return;
    };
    for (reader, peer) in [(one, other), (other, one)] {
        let mut theirs = here
            .iter()
            .filter(|session| session.holder().is_some_and(|holder| holder.person == reader))
            .peekable();
        if theirs.peek().is_some() {
            let frame = write(conversation(peer), false);
            theirs.for_each(|session| session.outbox.send(frame.clone()));
        }
    }
}

/// Sends the same to all of them.
pub(super) fn send(here: &[Arc<Session>], text: &Utf8Bytes) {
    here.iter().for_each(|session| session.outbox.send(text.clone()));
}

/// The sessions of these people, and those of the others.
pub(super) fn split(here: Vec<Arc<Session>>, people: &[PersonId]) -> (Vec<Arc<Session>>, Vec<Arc<Session>>) {
    let is_of =
        |session: &Arc<Session>| session.holder().is_some_and(|holder| people.contains(&holder.person));
    here.into_iter().partition(is_of)
}

/// Data that names a group.
pub(super) fn group(chat: ChatId) -> Data {
    Data { groupchat_id: Some(chat.uuid()), ..Data::default() }
}

/// Data that names a conversation as the other of its two knows it.
pub(super) fn conversation(peer: PersonId) -> Data {
    Data { conversation_id: Some(peer.uuid()), ..Data::default() }
}
