//! What is said of an appointment, and why it was cancelled: sealed with the organisation's key.

use kernel::{AppointmentId, Clock, Error, Result, Rng};
use serde::{Deserialize, Serialize};
use vault::{KeyRing, Place};

/// Characters of everything that is said when an appointment is booked.
const DETAILS_CHARS_MAX: usize = 10_000;
/// Characters of the reason why one is cancelled.
const REASON_CHARS_MAX: usize = 2_000;

/// What a patient says when they book. All of it is sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// In their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// Answers to the questions of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub structured_comment: Vec<(String, String)>,
    /// What the application calls it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where letters about it go, instead of the address of their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether they want letters about it; they do when they do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants_mail: Option<bool>,
    /// Whether they want SMS about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wants_sms: Option<bool>,
}

/// Details, sealed for an appointment that is to be made.
#[derive(Clone, Debug)]
pub struct SealedDetails {
    pub(crate) appointment: AppointmentId,
    pub(crate) details: Vec<u8>,
}

impl SealedDetails {
    /// The sealed bytes, as they are kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.details
    }
}

/// Why an appointment is cancelled, sealed.
#[derive(Clone, Debug)]
pub struct SealedReason(pub(crate) Vec<u8>);

/// Where the details of an appointment lie, bound to its row.
pub(crate) fn details_place(id: &AppointmentId) -> Place<'_> {
    Place { table: "appointments", column: "details", row: id.as_bytes() }
}

/// Where the reason of its end lies.
pub(crate) fn reason_place(id: &AppointmentId) -> Place<'_> {
    Place { table: "appointments", column: "cancel_reason", row: id.as_bytes() }
}

impl Details {
    /// Seals them with the organisation's key, outside any transaction; the appointment will have a new id.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 10,000 characters.
    pub fn seal(&self, ring: &KeyRing, clock: &Clock, rng: &Rng) -> Result<SealedDetails> {
        if self.chars() > DETAILS_CHARS_MAX {
            return Err(Error::too_large("appointment_details_chars", DETAILS_CHARS_MAX as u64));
        }
        let appointment = AppointmentId::new(clock, rng);
        let plain = serde_json::to_vec(self).map_err(Error::bug)?;
        Ok(SealedDetails { appointment, details: ring.seal(details_place(&appointment), &plain) })
    }

    /// Opens those of an appointment.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn open(ring: &KeyRing, appointment: AppointmentId, sealed: &[u8]) -> Result<Self> {
        let plain = ring.open(details_place(&appointment), sealed)?;
        // The error of serde may hold a piece of it, which must not reach a log.
        serde_json::from_slice(&plain).map_err(|_| Error::bug("sealed details that are no details"))
    }

    fn chars(&self) -> usize {
        let texts = [&self.comments, &self.reference, &self.email].into_iter().flatten();
        let answers = self.structured_comment.iter().flat_map(|(name, answer)| [name, answer]);
        texts.chain(answers).map(|text| text.chars().count()).sum()
    }
}

impl SealedDetails {
    /// The id that the appointment will have.
    #[must_use]
    pub const fn id(&self) -> AppointmentId {
        self.appointment
    }
}

/// Seals why an appointment is cancelled, outside any transaction.
///
/// # Errors
/// [`Error::TooLarge`] for more than 2,000 characters.
pub fn seal_reason(ring: &KeyRing, id: AppointmentId, reason: &str) -> Result<SealedReason> {
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::too_large("cancel_reason_chars", REASON_CHARS_MAX as u64));
    }
    Ok(SealedReason(ring.seal(reason_place(&id), reason.as_bytes())))
}
