//! Replying to what a message asks: looked at first, sealed outside any transaction, then kept for good.

use audit::Deed;
use kernel::{Error, Event, Kind, MessageId, PersonId, Result};
use store::{Tx, args};
use vault::KeyRing;

use crate::access::{OpenChat, Right};
use crate::line;
use crate::request::{Answer, Question, Reply, Request, Verification, answer_row};
use crate::rows::chats::ring;
use crate::rows::reactions as rows;

/// What a message asks for, as it is shown to who may reply to it.
#[derive(Clone, Debug)]
pub struct Asked {
    message: MessageId,
    seq: i64,
    person: PersonId,
    request: Request,
    is_answered: bool,
}

/// A reply that fits what was asked, sealed.
#[derive(Clone, Debug)]
pub struct SealedReply {
    message: MessageId,
    seq: i64,
    person: PersonId,
    reply: Reply,
    content: Vec<u8>,
}

/// What a message asks of the actor, who is known by these ids: their own, and those under which they waited. Asks for
/// [`Right::Post`].
///
/// # Errors
/// [`Error::NotFound`] for a message that is not there, [`Error::Precondition`] when it asks for nothing,
/// [`Error::NotAllowed`] when it asks somebody else.
pub async fn asked(tx: &Tx, chat: &OpenChat, message: MessageId, known_as: &[PersonId]) -> Result<Asked> {
    chat.must_be_for(Right::Post)?;
    let (ring, named) = (ring(tx, chat.organisation())?, args![chat.tenant(), chat.key(), &message]);
    let found = tx.one(rows::REQUEST, &named, |row| {
        Ok((row.get::<i64>(0)?, row.get::<PersonId>(1)?, row.get::<Option<Vec<u8>>>(2)?))
    });
    let (seq, author, payload) = found.await?.ok_or(Error::not_found(Kind::Message))?;
    let payload =
        payload.ok_or_else(|| Error::precondition("nothing_asked", "This message asks for no answer."))?;
    let request = Request::open(&ring, &message, &payload)?;
    let person = chat.actor().person;
    if !request.may_reply(author, known_as) {
        return Err(Error::not_allowed("not_asked", "This message asks somebody else."));
    }
    let is_answered = answer(tx, chat, message, person).await?.is_some();
    Ok(Asked { message, seq, person, request, is_answered })
}

impl Asked {
    /// Whether the actor has replied.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// The question, when it is one.
    ///
    /// # Errors
    /// [`Error::Precondition`] when something else is asked for.
    pub fn question(&self) -> Result<&Question> {
        match &self.request {
            Request::Question(question) => Ok(question),
            Request::Verification(_) => {
                Err(Error::precondition("not_a_question", "This message asks for something else."))
            }
        }
    }

    /// The verification, when it is one.
    ///
    /// # Errors
    /// [`Error::Precondition`] when something else is asked for.
    pub fn verification(&self) -> Result<&Verification> {
        match &self.request {
            Request::Verification(verification) => Ok(verification),
            Request::Question(_) => {
                Err(Error::precondition("not_a_verification", "This message asks for something else."))
            }
        }
    }

    /// Chooses among the options of a question.
    ///
    /// # Errors
    /// As [`Asked::question`]; [`Error::Invalid`] for options that do not fit it.
    pub fn choose(&self, names: &[String], ring: &KeyRing) -> Result<SealedReply> {
        let chosen = self.question()?.choose(names)?;
        self.seal(Reply::Chosen(chosen), ring)
    }

    /// Settles a verification: with what was said of the person, or not at all.
    ///
    /// # Errors
    /// As [`Asked::verification`].
    pub fn settle(&self, reply: Reply, ring: &KeyRing) -> Result<SealedReply> {
        self.verification()?;
        self.seal(reply, ring)
    }

    fn seal(&self, reply: Reply, ring: &KeyRing) -> Result<SealedReply> {
        let content = reply.seal(ring, &answer_row(self.message, self.person))?;
        Ok(SealedReply { message: self.message, seq: self.seq, person: self.person, reply, content })
    }
}

/// Keeps a reply, and says whether it is new: the same once more is done already. Asks for [`Right::Post`].
///
/// # Errors
/// [`Error::NotFound`] when the message was deleted meanwhile, [`Error::Precondition`] when the actor has replied
/// something else.
pub async fn reply(tx: &Tx, chat: &OpenChat, sealed: &SealedReply) -> Result<bool> {
    chat.must_be_for(Right::Post)?;
    if chat.actor().person != sealed.person {
        return Err(Error::bug("a reply in somebody else's name"));
    }
    let message = sealed.message;
    if hold_there(tx, chat, message).await? != sealed.seq {
        return Err(Error::bug("a reply to a message of another chat"));
    }
    let row = args![chat.tenant(), chat.key(), sealed.seq, &sealed.person, &sealed.content, tx.now_ms()];
    if tx.run(rows::INSERT_ANSWER, &row).await? == 0 {
        let given = answer(tx, chat, message, sealed.person).await?;
        if given.is_some_and(|given| given.reply == sealed.reply) {
            return Ok(false);
        }
        return Err(Error::precondition("already_answered", "An answer was given, and it is final."));
    }
    let deed = match sealed.reply {
        Reply::Chosen(_) => Deed::QuestionAnswered,
        Reply::Proved(_) | Reply::Refused => Deed::VerificationSettled,
    };
    line::of(tx, chat, deed, message.as_bytes()).await?;
    tx.emit(Event::MessageChanged {
        organisation: chat.organisation(),
        chat: chat.id(),
        message,
        by: sealed.person,
        change: sealed.reply.change(),
    });
    Ok(true)
}

/// What somebody replied to a message, as the actor may know it. A proof of any right that members have will do: it is
/// for those who are told of it as it happens.
///
/// # Errors
/// What the store refuses.
pub async fn answer(
    tx: &Tx,
    chat: &OpenChat,
    message: MessageId,
    person: PersonId,
) -> Result<Option<Answer>> {
    chat.must_be_member()?;
    let (ring, named) = (ring(tx, chat.organisation())?, args![chat.tenant(), chat.key(), &message, &person]);
    let found = tx.one(rows::ANSWER, &named, |row| rows::answer(row, message, &ring)).await?;
    Ok(found.map(|(_, answer)| shown_to(chat, answer)))
}

/// An answer as the actor may know it.
pub(crate) fn shown_to(chat: &OpenChat, answer: Answer) -> Answer {
    if answer.person == chat.actor().person || chat.may().knows_who_people_are() {
        return answer;
    }
    Answer { reply: answer.reply.without_attributes(), ..answer }
}

/// The place of a message that is still there, and stays so until the transaction ends.
pub(crate) async fn hold_there(tx: &Tx, chat: &OpenChat, message: MessageId) -> Result<i64> {
    let named = args![chat.tenant(), chat.key(), &message];
    let place = tx.one(rows::HOLD_THERE, &named, |row| row.get(0)).await?;
    place.ok_or(Error::not_found(Kind::Message))
}
