//! Telling a patient by letter what became of their appointment, with a file for their calendar.

use booking::appointments::{Details, Telling};
use booking::setup::institutions;
use booking::telling::{self, News, Told};
use booking::{Institution, State, asap};
use identity::notices;
use identity::{Language, notices::Recipient};
use kernel::{Error, JobId, OrganisationId, PersonId, Result};
use outbound::letters::{self, Address, Content, Letter};
use serde_json::Value;
use store::Tx;

use super::letters::{About, told};
use super::{calendars, mandates};
use crate::House;

/// What is told, and to whom.
struct Found {
    told: Told,
    institution: Institution,
    /// Whom mail reaches: the patient, or who did it in their stead and still may know of it.
    recipient: Option<Recipient>,
    /// Who did it in their stead, where mail reaches them instead.
    reader: Option<PersonId>,
    waiting: Option<asap::Subscription>,
}

/// Does the job [`booking::appointments::TELL`]. Done twice, it leaves one letter.
pub(crate) async fn tell(house: &House, payload: Value) -> Result<()> {
    let telling: Telling = serde_json::from_value(payload).map_err(Error::bug)?;
    let organisation = telling.organisation;
    let ring = house.vault.ring_of(&house.db, organisation).await?;
    let found = house.read(telling, |tx, telling| Box::pin(find(tx, telling))).await?;
    let Some(Found { told, institution, recipient, reader, waiting }) = found else { return Ok(()) };
    let details = Details::open(&ring, told.appointment.id, &told.details)?;
    let Some(recipient) = recipient.filter(|_| details.wants_mail != Some(false)) else { return Ok(()) };
    let confirmed = waiting.filter(|one| one.confirmed_ms.is_some());
    let proxy = confirmed.as_ref().and_then(|one| one.proxy);
    let confirmed = confirmed.map(|one| one.email(&ring)).transpose()?;
    let to = wished_for(details.email, confirmed, recipient.email.clone());
    let reader = if to == recipient.email { reader } else { proxy };
    let letter = write(house, organisation, (&told, &institution), (recipient.language, to, reader))?;
    let id = id_of(house, &telling, told.appointment.patient);
    let letter = letter.seal_as(id, &house.vault)?;
    house.db.write(letter, |tx, letter| Box::pin(letters::leave(tx, letter))).await.map(drop)
}

async fn find(tx: &Tx, telling: &Telling) -> Result<Option<Found>> {
    let organisation = telling.organisation;
    let Some(told) = telling::read(tx, telling).await? else { return Ok(None) };
    let appointment = &told.appointment;
    let Some(institution) = institutions::find(tx, organisation, appointment.institution).await? else {
        return Ok(None);
    };
    let mut recipient = notices::recipient(tx, organisation, appointment.patient).await?;
    let mut reader = None;
    if let (None, Some(by)) = (&recipient, told.by)
        && mandates::reads_for(tx, organisation, by, appointment.patient).await?
    {
        recipient = notices::recipient(tx, organisation, by).await?;
        reader = Some(by);
    }
    let mut waiting = asap::of(tx, organisation, &[appointment.id]).await?.into_iter().next();
    if let Some(one) = &waiting
        && !mandates::stands(tx, organisation, one, appointment.patient).await?
    {
        waiting = None;
    }
    Ok(Some(Found { told, institution, recipient, reader, waiting }))
}

/// The address that they named for it, when it is known to be theirs; else that of their account. What a stranger's address
/// would get by a slip of the pen says when somebody is at which practice.
fn wished_for(named: Option<String>, confirmed: Option<String>, own: String) -> String {
    let is_confirmed = |named: &String| confirmed.as_ref().is_some_and(|one| one.eq_ignore_ascii_case(named));
    named.filter(is_confirmed).unwrap_or(own)
}

fn write(
    house: &House,
    organisation: OrganisationId,
    (news, institution): (&Told, &Institution),
    (language, to, reader): (Language, String, Option<PersonId>),
) -> Result<Letter> {
    let appointment = &news.appointment;
    let before_ms = news.before_ms.unwrap_or(appointment.start_ms);
    let about = match (news.news, appointment.state) {
        (News::Booked, State::Pending) => About::Requested,
        (News::Booked, _) => About::Booked,
        (News::Confirmed, _) => About::Confirmed,
        (News::Moved, State::Pending) => About::MovedToConfirm(before_ms),
        (News::Moved, _) => About::Moved(before_ms),
        (News::Cancelled, _) => About::Cancelled,
        (News::Resettled, _) => About::Resettled,
    };
    let said = told(language, institution, about, appointment.start_ms);
    let attachments = vec![calendars::attached(house, (appointment, institution), language, &to)];
    let content = Content { reader, attachments, ..Content::new(Address::Mail(to), said.subject, said.text) };
    Ok(Letter { organisation, kind: "appointment", person: Some(appointment.patient), content })
}

/// The same for one change of one appointment, however often it is told.
fn id_of(house: &House, telling: &Telling, patient: PersonId) -> kernel::LetterId {
    let mut cause = *telling.appointment.as_bytes();
    for (byte, part) in cause[6..].iter_mut().zip(&telling.sequence.to_be_bytes()[2..]) {
        *byte ^= part;
    }
    letters::id_about(&house.vault, JobId::from_bytes(cause), patient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes_to(named: Option<&str>, confirmed: Option<&str>) -> String {
        wished_for(named.map(str::to_owned), confirmed.map(str::to_owned), "own@x.test".to_owned())
    }

    #[test]
    fn a_letter_goes_to_another_address_only_once_that_was_confirmed() {
        assert_eq!(goes_to(None, None), "own@x.test");
        assert_eq!(goes_to(Some("other@x.test"), None), "own@x.test");
        assert_eq!(goes_to(Some("other@x.test"), Some("third@x.test")), "own@x.test");
        assert_eq!(goes_to(Some("other@x.test"), Some("Other@X.test")), "other@x.test");
        assert_eq!(goes_to(None, Some("other@x.test")), "own@x.test");
    }
}
