//! How well the waiting list fills what is given up, day by day of the organisation's clock.

use booking::asap::{self, Figures};
use booking::calendar;
use identity::organisations;
use jiff::civil::Date;
use kernel::{Error, Kind, OrganisationId, Result};

use crate::House;

/// Days of a stretch.
const DAYS_MAX: i32 = 366;

/// What the waiting list did from one day to another, both included. It tells of no patient.
///
/// # Errors
/// [`Error::Invalid`] for a stretch that is reversed or longer than a year.
pub async fn figures(house: &House, organisation: OrganisationId, from: Date, to: Date) -> Result<Figures> {
    if to < from {
        return Err(Error::invalid("to", "range_reversed", "The last day is not before the first."));
    }
    if (to - from).get_days() > DAYS_MAX {
        return Err(Error::invalid("to", "range_too_long", "A year at most."));
    }
    let after = to.tomorrow().map_err(|_| Error::invalid("to", "day_unfit", "There is no day after it."))?;
    let found = house.db.read((organisation, from, after), |tx, (organisation, from, after)| {
        Box::pin(async move {
            let here = organisations::find(tx, *organisation).await?;
            let zone = here.ok_or(Error::not_found(Kind::Organisation))?.time_zone;
            let zone = calendar::zone(&zone)?;
            let [from, until] = [from, after].map(|day| calendar::instant(&zone, day.at(0, 0, 0, 0)));
            asap::figures(tx, *organisation, from, until).await
        })
    });
    found.await
}
