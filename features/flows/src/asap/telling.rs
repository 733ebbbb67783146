//! Telling a patient by letter what became of their appointment, with a file for their calendar. Whoever was sent such a file
//! is sent what follows, too, for as long as they may know of it: else their calendar would keep a time at which nobody comes.

use booking::appointments::{Details, Telling};
use booking::asap::{self, Confirmed, Subscription};
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
    /// What the patient is spoken to in.
    language: Language,
    /// Other addresses that are known to be theirs, the newest first.
    confirmed: Vec<Confirmed>,
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
    let ring = house.vault.ring_of(&house.db, telling.organisation).await?;
    let found = house.read(telling, |tx, telling| Box::pin(find(tx, telling))).await?;
    let Some(found) = found else { return Ok(()) };
    let details = Details::open(&ring, found.told.appointment.id, &found.told.details)?;
    if details.wants_mail == Some(false) {
        return Ok(());
    }
    let reader = reader(&ring, details.email, &found)?;
    let patient = found.told.appointment.patient;
    let account = reader.as_ref().filter(|reader| found.by_account.as_ref() == Some(*reader));
    let account = account.map(|reader| reader.proxy.unwrap_or(patient));
    let copies =
        found.before.iter().filter(|one| reader.as_ref().is_none_or(|reader| !reader.is_at(&one.email)));
    let mut letters = Vec::new();
    for copy in copies {
        let id = id_of_copy(house, &telling, copy.proxy.unwrap_or(patient));
        letters.push(write(house, &found, copy.clone())?.seal_as(id, &house.vault)?);
    }
    if let Some(reader) = reader {
        letters.push(write(house, &found, reader)?.seal_as(id_of(house, &telling, patient), &house.vault)?);
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
    let mut confirmed = asap::confirmed_of(tx, organisation, appointment.id).await?;
    for one in confirmed.iter_mut().filter(|one| !one.is_lost) {
        one.is_lost = !mandates::stands(tx, organisation, &one.subscription, appointment.patient).await?
            || is_undeliverable(tx, organisation, &one.subscription).await?;
    }
    let language = notices::language(tx, appointment.patient).await?.unwrap_or_default();
    let by_account = by_account(tx, organisation, appointment).await?;
    let before = before(tx, telling, appointment.patient).await?;
    Ok(Some(Found { organisation, told, institution, by_account, language, confirmed, before }))
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

/// Whether the address is that of an account from which other letters came back.
async fn is_undeliverable(tx: &Tx, organisation: OrganisationId, one: &Subscription) -> Result<bool> {
    let ring = tx.tool::<Vault>()?.cached_ring_of(organisation);
    let ring = ring.ok_or_else(|| Error::unavailable("the keys of the organisation are not at hand"))?;
    notices::is_undeliverable(tx, &one.email(&ring)?).await
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

/// Who is written to: at the address that was named for the appointment, when it is known to be theirs, as long as there is
/// the appointment; else at that of the account.
fn reader(ring: &KeyRing, named: Option<String>, found: &Found) -> Result<Option<Reader>> {
    let mut known = Vec::new();
    for Confirmed { subscription, is_lost } in &found.confirmed {
        let proxy = subscription.proxy.filter(|proxy| *proxy != found.told.appointment.patient);
        let reader = Reader { email: subscription.email(ring)?, language: found.language, proxy };
        known.push((reader, *is_lost));
    }
    Ok(wished_for(named.as_deref(), known, found.by_account.clone()))
}

/// The newest that was confirmed of the address that was named says whether letters still go there. What a stranger's address
/// would get by a slip of the pen says when somebody is at which practice.
fn wished_for(named: Option<&str>, known: Vec<(Reader, bool)>, own: Option<Reader>) -> Option<Reader> {
    let is_it = |one: &Reader| named.is_some_and(|named| one.is_at(named.trim()));
    if own.as_ref().is_some_and(is_it) {
        return own;
    }
    let newest = known.into_iter().find(|(one, _)| is_it(one));
    newest.filter(|(_, is_lost)| !is_lost).map(|(one, _)| one).or(own)
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

    fn goes_to(named: Option<&str>, known: &[(&str, bool)]) -> Option<String> {
        let known = known.iter().map(|(email, is_lost)| (at(email), *is_lost)).collect();
        wished_for(named, known, Some(at("own@x.test"))).map(|reader| reader.email)
    }

    #[test]
    fn a_letter_goes_to_another_address_only_once_that_was_confirmed() {
        let own = Some("own@x.test".to_owned());
        assert_eq!(goes_to(None, &[]), own);
        assert_eq!(goes_to(Some("other@x.test"), &[]), own);
        assert_eq!(goes_to(Some("other@x.test"), &[("third@x.test", false)]), own);
        assert_eq!(goes_to(None, &[("other@x.test", false)]), own);
        let other = Some("Other@X.test".to_owned());
        assert_eq!(goes_to(Some("other@x.test"), &[("Other@X.test", false)]), other);
        let after_another = [("third@x.test", false), ("Other@X.test", false)];
        assert_eq!(goes_to(Some("other@x.test"), &after_another), other, "the calendar there is told");
    }

    #[test]
    fn nothing_goes_where_letters_came_back_or_a_mandate_ended_until_it_is_confirmed_anew() {
        let [lost, good] = [true, false].map(|is_lost| ("other@x.test", is_lost));
        let goes_to = |known: &[_]| goes_to(Some("other@x.test"), known);
        assert_eq!(goes_to(&[lost]).as_deref(), Some("own@x.test"));
        assert_eq!(goes_to(&[lost, good]).as_deref(), Some("own@x.test"));
        assert_eq!(goes_to(&[good, lost]).as_deref(), Some("other@x.test"));
    }

    #[test]
    fn who_has_no_account_that_mail_reaches_is_written_to_where_they_confirmed() {
        let known = vec![(at("other@x.test"), false)];
        assert_eq!(wished_for(Some("other@x.test"), known, None), Some(at("other@x.test")));
        assert_eq!(wished_for(Some("other@x.test"), Vec::new(), None), None);
    }
}
