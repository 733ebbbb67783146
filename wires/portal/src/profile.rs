//! The patient, and those for whom they may act (rows 15 and 18).

use axum::Json;
use door::Caller;
use flows::telling;
use identity::Person;
use identity::details::Details;

use crate::answers::Asking;
use crate::refusals::Refusal;
use crate::taken::Given;
use crate::words::{For, Known, List, One, Profile, Relative};

/// As lists of names are sorted.
fn full_name(person: &Person) -> String {
    match (person.first_name.trim(), person.last_name.trim()) {
        ("", last) => last.to_owned(),
        (first, "") => first.to_owned(),
        (first, last) => format!("{last}, {first}"),
    }
}

impl From<telling::Profile> for Profile {
    fn from(profile: telling::Profile) -> Self {
        let telling::Profile { person, details, mobile, insurance, insurance_number } = profile;
        let Details { gender, born_on, phone, street, zip, city, country } = details;
        let (gender, born_on) = (gender.map(|gender| gender.name()), born_on.map(|day| day.to_string()));
        Self {
            id: person.id.uuid(),
            full_name: full_name(&person),
            first_name: person.first_name,
            last_name: person.last_name,
            email: person.email,
            known: Known { gender, born_on, phone, mobile, street, zip, city, country },
            insurance_company_id: insurance,
            insurance_number,
        }
    }
}

/// What is known of the patient.
#[utoipa::path(
    get, path = "/profile", tag = "Profile", operation_id = "getProfile",
    params(For),
    responses((status = 200, body = One<Profile>), Asking),
)]
pub async fn show(caller: Caller, given: Given) -> Result<Json<One<Profile>>, Refusal> {
    let actor = given.actor(&caller, false).await?;
    let profile = caller.house.read(actor, |tx, actor| Box::pin(telling::profile(tx, actor))).await?;
    Ok(Json(One { data: profile.into() }))
}

/// Those for whom the patient may act.
#[utoipa::path(
    get, path = "/profile/relatives", tag = "Profile", operation_id = "listRelatives",
    responses((status = 200, body = List<Relative>), Asking),
)]
pub async fn relatives(caller: Caller) -> Result<Json<List<Relative>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(telling::relatives(tx, actor))).await?;
    let word = |(person, details): (Person, Details)| Relative {
        id: person.id.uuid(),
        first_name: person.first_name,
        last_name: person.last_name,
        born_on: details.born_on.map(|day| day.to_string()),
    };
    Ok(Json(List { data: all.into_iter().map(word).collect() }))
}
