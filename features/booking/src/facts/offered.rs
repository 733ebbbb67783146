//! What is offered, and how whoever asks stands: the type with its category, its place and what is known of the patient,
//! in one row.

use kernel::{Error, InsuranceId, Kind, OrganisationId, Result};
use store::{Row, Tx, args};

use super::Question;
use crate::model::{AppointmentType, Category, Institution};
use crate::setup::types::rows::{self as types};
use crate::setup::{categories, institutions};

const OFFERED: &str = concat!(
    "SELECT ",
    types::columns!("t"),
    ", ",
    categories::columns!("c"),
    ", ",
    institutions::columns!("i"),
    ", t.ended_ms IS NULL AND c.ended_ms IS NULL AND i.ended_ms IS NULL, p.blocked_ms IS NOT NULL,
       n.id, s.patients_may_overlap, s.revision
     FROM appointment_types t
         JOIN appointment_categories c ON c.organisation = t.organisation AND c.id = t.category
         JOIN institutions i ON i.organisation = c.organisation AND i.id = c.institution
         LEFT JOIN booking_settings s ON s.organisation = t.organisation
         LEFT JOIN booking_patients p ON p.organisation = t.organisation AND p.patient = $3
         LEFT JOIN insurances n ON n.organisation = t.organisation AND n.id = $4 AND n.ended_ms IS NULL
     WHERE t.organisation = $1 AND t.id = $2"
);
/// Whom its category is for.
const INSURANCES: &str = "
    SELECT insurance FROM category_insurances WHERE organisation = $1 AND category = $2 ORDER BY insurance";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[OFFERED, INSURANCES];

/// The type and all that it belongs to.
pub(super) struct Offered {
    pub kind: AppointmentType,
    pub category: Category,
    pub institution: Institution,
    /// Whether type, category and place all stand.
    pub stands: bool,
    pub is_blocked: bool,
    /// Who pays, when that insurance stands.
    pub insurance: Option<InsuranceId>,
    pub patients_may_overlap: bool,
    pub revision: i64,
}

/// Reads it.
pub(super) async fn read(tx: &Tx, organisation: OrganisationId, question: &Question) -> Result<Offered> {
    let asked = args![&organisation, &question.kind, &question.patient, question.insurance.as_ref()];
    let found = tx.one(OFFERED, &asked, of_row).await?;
    let mut offered = found.ok_or(Error::not_found(Kind::AppointmentType))?;
    let kinds = types::filled_in(tx, organisation, vec![offered.kind]).await?;
    offered.kind = kinds.into_iter().next().ok_or_else(|| Error::bug("a type that was filled in"))?;
    let category = args![&organisation, &offered.category.id];
    offered.category.insurances = tx.all(INSURANCES, &category, |row| row.get(0)).await?;
    Ok(offered)
}

fn of_row(row: &Row<'_>) -> Result<Offered> {
    let category = types::COLUMNS;
    let institution = category + categories::COLUMNS;
    let rest = institution + institutions::COLUMNS;
    Ok(Offered {
        kind: types::of_row(row, 0)?,
        category: categories::of_row(row, category)?,
        institution: institutions::of_row(row, institution)?,
        stands: row.get(rest)?,
        is_blocked: row.get(rest + 1)?,
        insurance: row.get(rest + 2)?,
        patients_may_overlap: row.get::<Option<bool>>(rest + 3)?.unwrap_or_default(),
        revision: row.get::<Option<i64>>(rest + 4)?.unwrap_or_default(),
    })
}
