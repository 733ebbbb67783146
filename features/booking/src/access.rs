//! The only doors to an appointment. A door asks once, answers with proof or as if there were no such appointment, and
//! leaves the line in the access log.

use audit::Deed;
use kernel::{Actor, AppointmentId, Error, Kind, OrganisationId, PersonId, ResourceId, Result, Role};
use store::{Tx, args};

use crate::grounds::{self, Grounds};
use crate::line::{self, Doer};
use crate::model::{Appointment, State};
use crate::rows::appointments as rows;
use crate::turns;

/// What somebody wants of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// To see it.
    Read,
    /// To move or cancel it, and to wait for an earlier one.
    Change,
}

/// Why a door opened (docs/access.md, rule 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It is theirs, or they act for whose it is.
    Own,
    /// They work at the desk of the practice.
    Desk,
    /// It is in a calendar of theirs.
    Calendar,
    /// They booked it themselves.
    Maker,
    /// They care for patients there, and this one was there of late or comes soon.
    Near,
}

impl Ground {
    /// Its name in the access log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Desk => "desk",
            Self::Calendar => "own calendar",
            Self::Maker => "booked by them",
            Self::Near => "appointment within 30 days",
        }
    }

    /// Whether it is one of the practice's own people.
    pub(crate) const fn is_of_staff(self) -> bool {
        !matches!(self, Self::Own)
    }
}

/// The proof that somebody may do something with an appointment, good for the transaction that it was made in.
#[derive(Clone, Debug)]
pub struct OpenAppointment {
    pub(crate) actor: Actor,
    pub(crate) right: Right,
    pub(crate) ground: Ground,
    pub(crate) appointment: Appointment,
}

impl OpenAppointment {
    /// The appointment.
    #[must_use]
    pub const fn appointment(&self) -> &Appointment {
        &self.appointment
    }

    /// Who holds this proof.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Why the door opened.
    #[must_use]
    pub const fn ground(&self) -> Ground {
        self.ground
    }

    /// Keeps a proof that lets somebody look from being spent on a change, which others must wait for.
    pub(crate) fn must_be_for_change(&self) -> Result<()> {
        match self.right {
            Right::Change => Ok(()),
            Right::Read => Err(Error::bug("an appointment that was opened to be read")),
        }
    }
}

/// Whose appointments the actor speaks of: those of whom they act for, else their own.
#[must_use]
pub fn patient_of(actor: &Actor) -> PersonId {
    actor.acting_for.unwrap_or(actor.person)
}

/// The door by which a patient, or who acts for one, comes to an appointment.
///
/// # Errors
/// [`kernel::Error::NotFound`] for anybody else's.
pub async fn open(tx: &Tx, actor: &Actor, id: AppointmentId, right: Right) -> Result<OpenAppointment> {
    let patient = patient_of(actor);
    if right == Right::Change {
        turns::of_patient(tx, patient).await?;
    }
    let found = find(tx, actor.organisation, id).await?.ok_or_else(no_such)?;
    if found.patient != patient {
        line::refused(tx, actor, id, found.patient)?;
        return Err(no_such());
    }
    pass(tx, actor, right, Ground::Own, found).await
}

/// The door by which the practice comes to it: assistants of the organisation, and clinicians who have a ground.
///
/// # Errors
/// [`kernel::Error::NotFound`] for anybody else, and for another organisation's; [`Error::NotAllowed`] with
/// `no_treatment_relation` for a clinician without a ground.
pub async fn open_as_desk(
    tx: &Tx,
    actor: &Actor,
    id: AppointmentId,
    right: Right,
) -> Result<OpenAppointment> {
    let here = actor.organisation;
    let is_at_the_desk = works_at_the_desk(actor);
    let found = match right {
        Right::Change if is_at_the_desk => turns::of_whose(tx, here, &[id]).await?.pop(),
        Right::Change | Right::Read => find(tx, here, id).await?,
    };
    let found = found.ok_or_else(no_such)?;
    if !is_at_the_desk {
        line::refused(tx, actor, id, found.patient)?;
        return Err(no_such());
    }
    let resources = with_whom(tx, here, &found).await?;
    let Some(ground) = Grounds::of(tx, actor, &[found.patient], &[id]).await?.find(&found, &resources) else {
        line::refused(tx, actor, id, found.patient)?;
        return Err(grounds::none());
    };
    pass(tx, actor, right, ground, found).await
}

/// With whom and what it is, or was until it was cancelled: who cancels again is answered the same.
async fn with_whom(tx: &Tx, here: OrganisationId, found: &Appointment) -> Result<Vec<ResourceId>> {
    if found.state != State::Cancelled {
        return turns::held(tx, here, std::slice::from_ref(found)).await;
    }
    let ids = tx.one(rows::WAS_WITH, &args![&here, &found.id], |row| row.get::<Vec<u8>>(0)).await?;
    let (ids, _) = ids.as_deref().unwrap_or_default().as_chunks();
    Ok(ids.iter().map(|id| ResourceId::from_bytes(*id)).collect())
}

/// The appointment of this id, for who has another proof that they may: a letter's token, a calendar's secret, a job.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, organisation: OrganisationId, id: AppointmentId) -> Result<Option<Appointment>> {
    tx.one(rows::FIND, &args![&organisation, &id], rows::appointment).await
}

/// Whether they keep the appointments of the practice's patients: who cares for them, and who helps at the desk.
#[must_use]
pub fn works_at_the_desk(actor: &Actor) -> bool {
    actor.is_staff() && (actor.is_clinician() || actor.role == Role::Assistant)
}

/// Passes for who works at the desk.
///
/// # Errors
/// [`Error::NotAllowed`] for anybody else.
pub fn must_work_at_the_desk(actor: &Actor) -> Result<()> {
    if works_at_the_desk(actor) {
        return Ok(());
    }
    Err(Error::not_allowed("not_at_the_desk", "Only who works at the desk of the practice does this."))
}

/// Passes for who may know and change what the practice has noted of a patient: who keeps the desk, and clinicians who care
/// for that one. Of any other who tried, the log has a line of this deed.
///
/// # Errors
/// As [`must_work_at_the_desk`]; [`Error::NotAllowed`] with `no_treatment_relation` for any other clinician.
pub async fn must_treat(tx: &Tx, actor: &Actor, deed: Deed, patient: PersonId) -> Result<Ground> {
    let found = match Grounds::of(tx, actor, &[patient], &[]).await {
        Ok(grounds) => grounds.of_patient(patient).ok_or_else(grounds::none),
        Err(error) => Err(error),
    };
    if let Err(Error::NotAllowed { why }) = &found {
        line::refused_of(tx, actor, (deed, why.code), patient)?;
    }
    found
}

/// On what ground a time is kept for a patient. As with booking, everybody at the desk may begin with a patient whom they do
/// not treat yet: they are shown nothing of them but what they did.
///
/// # Errors
/// As [`must_work_at_the_desk`].
pub async fn ground_to_keep(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<Ground> {
    Ok(Grounds::of(tx, actor, &[patient], &[]).await?.of_patient(patient).unwrap_or(Ground::Maker))
}

/// Of a change its own function leaves the line.
async fn pass(
    tx: &Tx,
    actor: &Actor,
    right: Right,
    ground: Ground,
    appointment: Appointment,
) -> Result<OpenAppointment> {
    if right == Right::Read {
        line::of(tx, Doer::Actor(actor), Deed::AppointmentRead, &appointment, ground.name()).await?;
    }
    Ok(OpenAppointment { actor: actor.clone(), right, ground, appointment })
}

const fn no_such() -> Error {
    Error::not_found(Kind::Appointment)
}
