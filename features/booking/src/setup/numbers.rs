//! The numbers by which portals know things: given one after the other, or chosen.

use kernel::{Error, OrganisationId, Result};
use store::{Tx, args};

use crate::model::Number;

const NEXT: &str = "
    INSERT INTO booking_numbers (organisation, kind, last) VALUES ($1, $2, 1)
    ON CONFLICT (organisation, kind) DO UPDATE SET last = booking_numbers.last + 1 RETURNING last";
/// What is given by itself goes on behind what was chosen.
const REACH: &str = "
    INSERT INTO booking_numbers (organisation, kind, last) VALUES ($1, $2, $3)
    ON CONFLICT (organisation, kind) DO UPDATE SET last = excluded.last WHERE booking_numbers.last < excluded.last";
const INSTITUTION: &str = "SELECT number FROM institutions WHERE organisation = $1 AND number = $2";
const INSURANCE: &str = "SELECT number FROM insurances WHERE organisation = $1 AND number = $2";
const CATEGORY: &str = "SELECT number FROM appointment_categories WHERE organisation = $1 AND number = $2";
const TYPE: &str = "SELECT number FROM appointment_types WHERE organisation = $1 AND number = $2";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[NEXT, REACH, INSTITUTION, INSURANCE, CATEGORY, TYPE];

/// What has a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbered {
    Institution,
    Insurance,
    Category,
    Type,
}

impl Numbered {
    const fn name(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Insurance => "insurance",
            Self::Category => "category",
            Self::Type => "type",
        }
    }

    const fn taken(self) -> &'static str {
        match self {
            Self::Institution => INSTITUTION,
            Self::Insurance => INSURANCE,
            Self::Category => CATEGORY,
            Self::Type => TYPE,
        }
    }
}

/// The chosen number when nobody has it, not even what has ended; the next one when none was chosen.
pub(super) async fn given(
    tx: &Tx,
    organisation: OrganisationId,
    what: Numbered,
    chosen: Option<Number>,
) -> Result<Number> {
    let Some(number) = chosen else {
        let next = tx.one(NEXT, &args![&organisation, what.name()], |row| row.get(0)).await?;
        return next.ok_or_else(|| Error::bug("a number that was counted"));
    };
    // The row is locked by this, so that two who choose the same number come here one after the other.
    tx.run(REACH, &args![&organisation, what.name(), number]).await?;
    let taken = tx.one(what.taken(), &args![&organisation, number], |row| row.get::<i64>(0)).await?;
    if taken.is_some() {
        return Err(Error::conflict("number_taken", "Something of this kind has this number."));
    }
    Ok(number)
}
