//! Telling a patient by letter what became of their appointment, with a file for their calendar. Whoever was sent such a file
//! is sent what follows, too, for as long as they may know of it: else their calendar would keep a time at which nobody comes.

use booking::appointments::{Details, Telling};
use booking::asap::{self, Confirmed};
use booking::setup::institutions;
use booking::telling::{self, News, Told};
use booking::{Appointment, Institution, State};
use identity::{Language, mandates as given, merges, notices};
use kernel::{Error, JobId, OrganisationId, PersonId, Result};
use outbound::letters::{self, Address, Content, Letter, SealedLetter};
use serde_json::Value;
use store::Tx;
use vault::{KeyRing, Vault};

use super::letters::{About, told};
use super::{calendars, mandates};
use crate::House;

/// What is told, and who could be.
struct Found {
    organisation: OrganisationId,
    told: Told,
    institution: Institution,
    /// Whom mail reaches by their account.
    by_account: Option<Reader>,
    /// Who is written to.
    reader: Option<Reader>,
    /// Whose accounts were written to before.
    before: Vec<Reader>,
}

/// Who reads a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reader {
    email: String,
    language: Language,
    /// Who they are when they are not the patient.
    proxy: Option<PersonId>,
}

impl Reader {
    fn is_at(&self, email: &str) -> bool {
        self.email.eq_ignore_ascii_case(email)
    }
}

/// Does the job [`booking::appointments::TELL`]. Done twice, it leaves one letter.
pub(crate) async fn tell(house: &House, payload: Value) -> Result<()> {
    let telling: Telling = serde_json::from_value(payload).map_err(Error::bug)?;
    house.vault.ring_of(&house.db, telling.organisation).await?;
    let found = house.read(telling, |tx, telling| Box::pin(find(tx, telling))).await?;
    let Some(found) = found else { return Ok(()) };
    let patient = found.told.appointment.patient;
    let reader = found.reader.as_ref();
    let account = reader.filter(|reader| found.by_account.as_ref() == Some(*reader));
    let account = account.map(|reader| reader.proxy.unwrap_or(patient));
    let copies = found.before.iter().filter(|one| reader.is_none_or(|reader| !reader.is_at(&one.email)));
    let mut letters = Vec::new();
    for copy in copies {
        let id = id_of_copy(house, &telling, copy.proxy.unwrap_or(patient));
        letters.push(write(house, &found, copy.clone())?.seal_as(id, &house.vault)?);
    }
    if let Some(reader) = reader {
        letters.push(
            write(house, &found, reader.clone())?.seal_as(id_of(house, &telling, patient), &house.vault)?,
        );
    }
    let left = house.db.write((telling, account, letters), |tx, (telling, account, letters)| {
        Box::pin(leave(tx, telling, *account, letters))
    });
    left.await
}

async fn leave(
    tx: &Tx,
    telling: &Telling,
    account: Option<PersonId>,
    letters: &[SealedLetter],
) -> Result<()> {
    if let Some(person) = account {
        telling::note_told(tx, telling, person).await?;
    }
    for letter in letters {
        letters::leave(tx, letter).await?;
    }
    Ok(())
}

async fn find(tx: &Tx, telling: &Telling) -> Result<Option<Found>> {
    let organisation = telling.organisation;
    let Some(told) = telling::read(tx, telling).await? else { return Ok(None) };
    let appointment = &told.appointment;
    let Some(institution) = institutions::find(tx, organisation, appointment.institution).await? else {
        return Ok(None);
    };
    let ring = tx.tool::<Vault>()?.ring_at_hand(organisation)?;
    let details = Details::open(&ring, appointment.id, &told.details)?;
    if details.wants_mail == Some(false) {
        return Ok(None);
    }
    let by_account = by_account(tx, organisation, appointment).await?;
    let known = match &details.email {
        Some(named) => known_at(tx, (organisation, appointment), named.trim(), &ring).await?,
        None => None,
    };
    let reader = wished_for(details.email.as_deref(), known, by_account.clone());
    let before = before(tx, telling, appointment.patient).await?;
    Ok(Some(Found { organisation, told, institution, by_account, reader, before }))
}

/// Whose accounts were written to before, and who may still know of it: once a mandate has ended its holder hears of nothing
/// any more, and not of the end either, which would tell them whether the patient comes.
async fn before(tx: &Tx, telling: &Telling, patient: PersonId) -> Result<Vec<Reader>> {
    let mut before = Vec::new();
    for person in telling::who_was_told(tx, telling).await? {
        let person = merges::who_is(tx, person).await?;
        if !mandates::reads_for(tx, telling.organisation, person, patient).await? {
            continue;
        }
        let found = notices::recipient(tx, telling.organisation, person).await?;
        let proxy = Some(person).filter(|person| *person != patient);
        let reader = found.map(|found| Reader { email: found.email, language: found.language, proxy });
        before.extend(reader.filter(|reader| !before.contains(reader)));
    }
    Ok(before)
}

/// Who was confirmed last to be at the address that was named for the appointment, and whether letters do not go there any
/// more: they came back, also other ones, or the mandate ended by which it was named.
async fn known_at(
    tx: &Tx,
    (organisation, appointment): (OrganisationId, &Appointment),
    named: &str,
    ring: &KeyRing,
) -> Result<Option<(Reader, bool)>> {
    for Confirmed { subscription, is_lost } in asap::confirmed_of(tx, organisation, appointment.id).await? {
        let email = subscription.email(ring)?;
        if !email.eq_ignore_ascii_case(named) {
            continue;
        }
        let patient = appointment.patient;
        let is_lost = is_lost
            || !mandates::stands(tx, organisation, &subscription, patient).await?
            || notices::is_undeliverable(tx, &email).await?;
        let language = notices::language(tx, patient).await?.unwrap_or_default();
        let proxy = subscription.proxy.filter(|proxy| *proxy != patient);
        return Ok(Some((Reader { email, language, proxy }, is_lost)));
    }
    Ok(None)
}

/// The patient; where mail does not reach them, the first who acted for them and may still know of it: it is they who have it
/// in their calendar.
async fn by_account(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: &Appointment,
) -> Result<Option<Reader>> {
    let patient = appointment.patient;
    if let Some(found) = notices::recipient(tx, organisation, patient).await? {
        return Ok(Some(Reader { email: found.email, language: found.language, proxy: None }));
    }
    let mandates = given::of_patient(tx, organisation, patient).await?;
    if mandates.is_empty() {
        return Ok(None);
    }
    for person in telling::who_acted(tx, organisation, appointment.id).await? {
        let person = merges::who_is(tx, person).await?;
        if !mandates.iter().any(|mandate| mandate.proxy == person) {
            continue;
        }
        if let Some(found) = notices::recipient(tx, organisation, person).await? {
            return Ok(Some(Reader { email: found.email, language: found.language, proxy: Some(person) }));
        }
    }
    Ok(None)
}

/// Who is written to: at the address that was named for the appointment, when it is known to be theirs and letters still go
/// there, as long as there is the appointment; else at that of the account. What a stranger's address would get by a slip of
/// the pen says when somebody is at which practice.
fn wished_for(named: Option<&str>, known: Option<(Reader, bool)>, own: Option<Reader>) -> Option<Reader> {
    if own.as_ref().is_some_and(|own| named.is_some_and(|named| own.is_at(named.trim()))) {
        return own;
    }
    known.filter(|(_, is_lost)| !is_lost).map(|(one, _)| one).or(own)
}

fn write(house: &House, found: &Found, reader: Reader) -> Result<Letter> {
    let Found { told: news, institution, .. } = found;
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
    let Reader { email: to, language, proxy: reader } = reader;
    let said = told(language, institution, about, appointment.start_ms)?;
    let attachments = vec![calendars::attached(house, (appointment, institution), language, &to)];
    let content = Content { reader, attachments, ..Content::new(Address::Mail(to), said.subject, said.text) };
    let organisation = found.organisation;
    Ok(Letter { organisation, kind: super::TOLD, person: Some(appointment.patient), content })
}

/// The same for one change of one appointment, however often it is told.
fn id_of(house: &House, telling: &Telling, patient: PersonId) -> kernel::LetterId {
    let mut cause = *telling.appointment.as_bytes();
    for (byte, part) in cause[6..].iter_mut().zip(&telling.sequence.to_be_bytes()[2..]) {
        *byte ^= part;
    }
    letters::id_about(&house.vault, JobId::from_bytes(cause), patient)
}

/// That of the letter to who heard of an earlier change: another one, also when that is the patient.
fn id_of_copy(house: &House, telling: &Telling, reader: PersonId) -> kernel::LetterId {
    id_of(house, &Telling { sequence: !telling.sequence, ..*telling }, reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(email: &str) -> Reader {
        Reader { email: email.to_owned(), language: Language::En, proxy: None }
    }

    fn goes_to(named: Option<&str>, known: Option<(&str, bool)>) -> Option<String> {
        let known = known.map(|(email, is_lost)| (at(email), is_lost));
        wished_for(named, known, Some(at("own@x.test"))).map(|reader| reader.email)
    }

    #[test]
    fn a_letter_goes_to_another_address_only_once_that_was_confirmed() {
        let own = Some("own@x.test".to_owned());
        assert_eq!(goes_to(None, None), own);
        assert_eq!(goes_to(Some("other@x.test"), None), own);
        assert_eq!(goes_to(Some(" OWN@x.test"), Some(("own@x.test", true))), own);
        let other = Some("Other@X.test".to_owned());
        assert_eq!(goes_to(Some("other@x.test"), Some(("Other@X.test", false))), other);
    }

    #[test]
    fn nothing_goes_where_letters_came_back_or_a_mandate_ended_until_it_is_confirmed_anew() {
        let own = Some("own@x.test".to_owned());
        assert_eq!(goes_to(Some("other@x.test"), Some(("other@x.test", true))), own);
    }

    #[test]
    fn who_has_no_account_that_mail_reaches_is_written_to_where_they_confirmed() {
        let known = Some((at("other@x.test"), false));
        assert_eq!(wished_for(Some("other@x.test"), known, None), Some(at("other@x.test")));
        assert_eq!(wished_for(Some("other@x.test"), None, None), None);
    }
}
