//! What is known of the people of the demo: invented, and whole.

use booking::setup::{Author, insurances, patients};
use flows::House;
use identity::By;
use identity::details::{self, Details, Gender};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Error, Result};

use super::cast::{ORGANISATIONS, PEOPLE};
use super::told::Found;

/// Key, gender, birth and where they live. The numbers are kept for films, or lead nowhere.
const PROFILES: [(&str, Gender, Date, [&str; 5]); 3] = [
    (
        "anna",
        Gender::Female,
        date(1980, 2, 3),
        ["+31 30 999 0001", "Lindelaan 12", "3511 AB", "Utrecht", "NL"],
    ),
    ("bram", Gender::Male, date(1955, 11, 20), ["+49 30 23125 001", "Am Deich 3", "26826", "Weener", "DE"]),
    ("chris", Gender::Other, date(2001, 7, 9), ["+44 1632 960001", "4 Mill Lane", "YO1 7HH", "York", "GB"]),
];
/// Who pays for their care.
const INSURANCE: i64 = 136;

/// Notes what is known of those of whom nothing is.
pub async fn fill(house: &House, found: &Found) -> Result<()> {
    let here = ORGANISATIONS.iter().zip(&found.organisations).find(|(cast, _)| cast.key == "linde");
    let here = here.ok_or_else(|| Error::bug("a key of the cast that names nothing"))?.1.id;
    let ring = house.vault.ring_of(&house.db, here).await?;
    let today = instant_of_ms(house.clock.now_ms()).to_zoned(TimeZone::UTC).date();
    for (number, profile) in (1..).zip(&PROFILES) {
        let person = PEOPLE.iter().zip(&found.people).find(|(cast, _)| cast.key == profile.0);
        let Some((_, person)) = person else { continue };
        let known = details_of(profile).seal(&house.vault.house(), today, *person)?;
        let insured = patients::seal_number(&ring, here, *person, &format!("A{number:09}"));
        let noting = house.db.write((here, *person, known, insured), |tx, (here, person, known, insured)| {
            Box::pin(async move {
                if details::of(tx, *person).await? != Details::default() {
                    return Ok(());
                }
                details::set(tx, By::Operator, *here, known).await?;
                let pays = insurances::find_numbered(tx, *here, INSURANCE).await?.map(|one| one.id);
                patients::set_insurance(tx, Author::Operator, *here, *person, pays, Some(insured)).await
            })
        });
        noting.await?;
    }
    Ok(())
}

fn details_of(
    (_, gender, born_on, [phone, street, zip, city, country]): &(&str, Gender, Date, [&str; 5]),
) -> Details {
    let text = |text: &str| Some(text.to_owned());
    Details {
        gender: Some(*gender),
        born_on: Some(*born_on),
        phone: text(phone),
        street: text(street),
        zip: text(zip),
        city: text(city),
        country: text(country),
    }
}
