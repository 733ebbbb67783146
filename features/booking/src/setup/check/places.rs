//! Places, who and what is there, and the numbers by which portals know things.

use kernel::{Error, Result};

use super::texts::{lines, name, picture};
use super::within;
use crate::calendar::zone;
use crate::model::{Number, ResourceKind};
use crate::setup::institutions::NewInstitution;
use crate::setup::resources::NewResource;

const LAST_MINUTE: i64 = 24 * 60 - 1;

/// Passes for a place.
pub(in crate::setup) fn institution(new: &NewInstitution) -> Result<()> {
    name("name", &new.name)?;
    lines("address", &new.address)?;
    picture("photo_url", new.photo_url.as_deref())?;
    if zone(&new.time_zone).is_err() {
        let why = "A time zone has an IANA name, such as Europe/Amsterdam.";
        return Err(Error::invalid("time_zone", "time_zone_unknown", why));
    }
    for minute in [new.quiet.0, new.quiet.1] {
        within("quiet", minute.into(), 0..=LAST_MINUTE, "minute_unfit")?;
    }
    within("letters_per_day_max", new.letters_per_day_max, 0..=100, "letters_unfit")?;
    for minutes in [new.video_minutes.0, new.video_minutes.1] {
        within("video_minutes", minutes, 0..=1_440, "minutes_unfit")?;
    }
    number(new.number)
}

/// Passes for who or what is there; only a practitioner is somebody.
pub(in crate::setup) fn resource(new: &NewResource) -> Result<()> {
    name("name", &new.name)?;
    if new.person.is_some() && new.kind != ResourceKind::Practitioner {
        let why = "Only a practitioner is a person; a room or a device is not.";
        return Err(Error::invalid("person", "person_unfit", why));
    }
    Ok(())
}

/// Passes for a number that was chosen, or for none.
pub(in crate::setup) fn number(chosen: Option<Number>) -> Result<()> {
    chosen.map_or(Ok(()), |number| within("number", number, 1..=999_999_999, "number_unfit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_a_place_is_named() {
        let fits = NewInstitution::named("De Linde", "Europe/Amsterdam");
        assert!(institution(&fits).is_ok());
        let unfit = [
            ("name", NewInstitution { name: String::new(), ..fits.clone() }),
            ("time_zone", NewInstitution { time_zone: "Europe/Nowhere".to_owned(), ..fits.clone() }),
            ("time_zone", NewInstitution { time_zone: "+02:00".to_owned(), ..fits.clone() }),
            ("quiet", NewInstitution { quiet: (0, 1_440), ..fits.clone() }),
            ("letters_per_day_max", NewInstitution { letters_per_day_max: -1, ..fits.clone() }),
            ("video_minutes", NewInstitution { video_minutes: (-1, 0), ..fits.clone() }),
            ("photo_url", NewInstitution { photo_url: Some("ftp://a".to_owned()), ..fits.clone() }),
            ("number", NewInstitution { number: Some(0), ..fits.clone() }),
            ("address", NewInstitution { address: "a\u{7}".to_owned(), ..fits }),
        ];
        for (at, new) in unfit {
            assert!(matches!(institution(&new), Err(Error::Invalid { field, .. }) if field == at), "{new:?}");
        }
    }
}
