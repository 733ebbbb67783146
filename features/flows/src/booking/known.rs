//! What a practice must know of a patient before they book, and what it asks them.

use booking::appointments::Details;
use booking::availability::Availability;
use booking::setup::{categories, institutions, patients, types};
use booking::{Detail, comments};
use identity::{claims, details, memberships, notices};
use jiff::civil::Date;
use kernel::{Error, Kind, OrganisationId, PersonId, Result, Role};
use store::Tx;
use vault::KeyRing;

/// When a patient was born, when it is known.
pub(crate) async fn born_on(tx: &Tx, patient: PersonId) -> Result<Option<Date>> {
    Ok(details::of(tx, patient).await?.born_on)
}

/// Who asks for what, where.
pub(super) struct Asked<'a> {
    pub organisation: OrganisationId,
    pub patient: PersonId,
    pub offer: &'a Availability,
    pub details: &'a Details,
    /// Who acts in the patient's stead.
    pub proxy: Option<PersonId>,
    /// Whether they would come earlier.
    pub asap: bool,
}

/// When somebody was born for whom a new time is looked for or booked: they receive care there, whatever else they are. Its
/// desk finds nobody else, and nobody else is blocked or insured there. Who has an appointment can move it all the same.
///
/// # Errors
/// [`Error::NotAllowed`] with `not_a_patient`.
pub(super) async fn patient_born_on(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<Date>> {
    if memberships::roles(tx, organisation, person).await?.contains(&Role::Patient) {
        return born_on(tx, person).await;
    }
    Err(Error::not_allowed("not_a_patient", "Only patients of the practice book here."))
}

/// Passes for a patient who told what the practice asks for. Where they would come earlier, says the address for that.
///
/// # Errors
/// [`Error::Invalid`] with `required_profile_fields_missing` or `comment_form_invalid`, and with `email_missing` for who
/// would come earlier and has no address; [`Error::Precondition`] with `asap_not_enabled`.
pub(super) async fn must_be_complete(tx: &Tx, ring: &KeyRing, asked: &Asked<'_>) -> Result<Option<String>> {
    let Asked { organisation, patient, offer, details, proxy, asap } = *asked;
    let kind = types::find(tx, organisation, offer.kind).await?;
    let kind = kind.ok_or(Error::not_found(Kind::AppointmentType))?;
    let category = categories::find(tx, organisation, kind.category).await?;
    let category = category.ok_or(Error::not_found(Kind::Category))?;
    let place = institutions::find(tx, organisation, category.institution).await?;
    let place = place.ok_or(Error::not_found(Kind::Institution))?;
    let missing = missing(tx, ring, (organisation, patient), &place.required_details).await?;
    if !missing.is_empty() {
        let names: Vec<&str> = missing.into_iter().map(Detail::name).collect();
        let why = format!("Missing: {}", names.join(", "));
        return Err(Error::invalid("profile", "required_profile_fields_missing", why));
    }
    must_answer(kind.comment_form.as_deref(), &details.structured_comment)?;
    if !asap {
        return Ok(None);
    }
    if !kind.asap.enabled {
        let why = "There is no waiting list for this type of appointment.";
        return Err(Error::precondition("asap_not_enabled", why));
    }
    let email = match &details.email {
        Some(email) => Some(email.clone()),
        None => address_of(tx, patient, proxy).await?,
    };
    let missing = || Error::invalid("email", "email_missing", "Say where letters about it shall go.");
    email.map(Some).ok_or_else(missing)
}

/// The address of the patient, or else the verified one of who acts for them: a child need not have one.
async fn address_of(tx: &Tx, patient: PersonId, proxy: Option<PersonId>) -> Result<Option<String>> {
    if let Some(own) = notices::address(tx, patient).await? {
        return Ok(Some(own.email));
    }
    let Some(proxy) = proxy else { return Ok(None) };
    let theirs = notices::address(tx, proxy).await?;
    Ok(theirs.filter(|address| address.is_verified).map(|address| address.email))
}

/// Which of these are not known.
async fn missing(
    tx: &Tx,
    ring: &KeyRing,
    (organisation, patient): (OrganisationId, PersonId),
    required: &[Detail],
) -> Result<Vec<Detail>> {
    if required.is_empty() {
        return Ok(Vec::new());
    }
    let known = details::of(tx, patient).await?;
    let mobile = claims::mobile_of(tx, patient).await?;
    let note = patients::of(tx, ring, organisation, patient).await?;
    let is_known = |detail: &Detail| match detail {
        Detail::Gender => known.gender.is_some(),
        Detail::BornOn => known.born_on.is_some(),
        Detail::Phone => known.phone.is_some() || mobile.is_some(),
        Detail::Mobile => mobile.is_some(),
        Detail::Address => known.has_address(),
        Detail::Insurance => note.insurance.is_some(),
        Detail::InsuranceNumber => note.insurance_number.is_some(),
    };
    Ok(required.iter().copied().filter(|detail| !is_known(detail)).collect())
}

/// Passes for answers that fit the form. Of those that do not, only the practice's own questions are named.
fn must_answer(form: Option<&str>, answers: &[(String, String)]) -> Result<()> {
    let form = form.map(comments::form).transpose()?.unwrap_or_default();
    let faults = comments::faults(&form, answers);
    if faults.is_empty() {
        return Ok(());
    }
    let asked = |name: &str| form.iter().any(|question| question.name == name);
    let named = faults.iter().map(|(name, why)| {
        if asked(name) { format!("{name}: {why}") } else { format!("something that was not asked: {why}") }
    });
    let why = named.collect::<Vec<_>>().join("; ");
    Err(Error::invalid("structured_comment", "comment_form_invalid", why))
}
