//! Brings a practice into a clinic's folder: one category whose type any of twenty clinicians can do, who are booked to
//! three fifths over the next four weeks, and twenty categories of a clinician each, whom nobody has booked yet. Prints the
//! numbers by which portals know them, and a token for each of as many patients as the second argument says.

use std::path::PathBuf;

use bedside::config::Config;
use bedside::house;
use booking::appointments::Details;
use booking::desk::{DeskOrder, create};
use booking::setup::categories::NewCategory;
use booking::setup::institutions::NewInstitution;
use booking::setup::resources::NewResource;
use booking::setup::types::NewType;
use booking::setup::{Author, categories, institutions, insurances, resources, settings, types};
use booking::{InsuranceKind, Number, ResourceKind, Weekly};
use flows::House;
use futures_util::future::join_all;
use identity::clients::NewClient;
use identity::persons::NewPerson;
use identity::{By, Dialect, Language, clients, memberships, organisations, persons, tokens};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{
    Actor, AppointmentTypeId, CategoryId, ClientId, Clock, Error, InstitutionId, OrganisationId, PersonId,
    ResourceId, Result, Rng, Role, Scope, Scopes,
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use store::Tx;

const AUTHOR: Author<'_> = Author::Operator;
const CLINICIANS: usize = 20;
/// Days that are listed and booked.
const DAYS: i64 = 28;
/// Minutes of a day between which they are there, and of a visit in the full calendars and in the empty ones.
const OPEN: (i16, i16) = (8 * 60, 17 * 60);
const VISIT: i64 = 20;
const SHORT_VISIT: i64 = 5;
const AT_ONCE: usize = 64;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(data), Some(count)) = (args.next(), args.next()) else {
        return Err(Error::bug("practice DATA PATIENTS"));
    };
    let mut config = Config::default();
    config.store.data = PathBuf::from(data);
    let settings = house::settings(&config, "http://localhost".to_owned(), true);
    let (house, background) = house::open(&config, settings, Clock::system(), Rng::system()).await?;
    let told = open_practice(&house, count.parse().map_err(Error::bug)?).await?;
    while audit::seal_once(&house.db).await? > 0 {}
    drop(house);
    background.stop().await?;
    println!("{told}");
    Ok(())
}

/// What a plan needs to know.
struct Practice {
    organisation: OrganisationId,
    institution: InstitutionId,
    insurance: Number,
    client: ClientId,
}

async fn open_practice(house: &House, count: usize) -> Result<Value> {
    let read = house.db.read((), |tx, ()| Box::pin(organisations::find_by_slug(tx, "linde")));
    let linde = read.await?.ok_or_else(|| Error::bug("no demo clinic in this folder"))?.id;
    let founded = house.db.write(linde, |tx, linde| Box::pin(found(tx, *linde)));
    let practice = founded.await?;
    let mut patients = Vec::new();
    for number in 0..count {
        patients.push(patient(house, &practice, number).await?);
    }
    let full = clinicians(house, &practice, "Full").await?;
    let shared = offer(house, &practice, "Anybody", VISIT, full.clone()).await?;
    fill(house, &practice, &full, shared.id, &patients).await?;
    let once = house
        .db
        .write(linde, |tx, linde| Box::pin(settings::let_patients_overlap(tx, AUTHOR, *linde, false)));
    once.await?;
    let mut own = Vec::new();
    for clinician in clinicians(house, &practice, "Empty").await? {
        own.push(offer(house, &practice, "One", SHORT_VISIT, vec![clinician]).await?);
    }
    let tokens: Vec<&String> = patients.iter().map(|(_, token)| token).collect();
    Ok(json!({
        "insurance": practice.insurance,
        "full": shared.told(),
        "empty": own.iter().map(Offered::told).collect::<Vec<_>>(),
        "days": DAYS,
        "tokens": tokens,
    }))
}

async fn found(tx: &Tx, organisation: OrganisationId) -> Result<Practice> {
    // Patients are booked twice at a time while the calendars are filled; whoever books later is refused as always.
    settings::let_patients_overlap(tx, AUTHOR, organisation, true).await?;
    let new = NewInstitution::named("Bench", "Europe/Amsterdam");
    let institution = institutions::add(tx, AUTHOR, organisation, &new).await?;
    let insurance = insurances::add(tx, AUTHOR, organisation, None, "Bench", InsuranceKind::Other).await?;
    let insurance = insurances::find(tx, organisation, insurance).await?.ok_or_else(|| Error::bug("gone"))?;
    let client = NewClient {
        redirect_uris: vec!["http://127.0.0.1:9/callback".to_owned()],
        scopes: scopes(),
        ..NewClient::of(organisation, "Bench", Dialect::Portal)
    };
    let client = clients::add(tx, By::Operator, &client).await?.0;
    Ok(Practice { organisation, institution, insurance: insurance.number, client })
}

fn scopes() -> Scopes {
    [Scope::ProfileRead, Scope::AppointmentRead, Scope::AppointmentWrite].into_iter().collect()
}

async fn patient(house: &House, practice: &Practice, number: usize) -> Result<(PersonId, String)> {
    let new = NewPerson {
        first_name: format!("Patient {number}"),
        last_name: "of the bench".to_owned(),
        language: Language::Nl,
        identifiers: Vec::new(),
    };
    let sealed = new.seal(&house.vault, &house.clock, &house.rng)?;
    let input = (practice.organisation, practice.client, sealed);
    let added = house.db.write(input, |tx, (organisation, client, sealed)| {
        Box::pin(async move {
            let person = persons::add(tx, By::Operator, *organisation, sealed).await?;
            memberships::add(tx, By::Operator, *organisation, person, Role::Patient, "").await?;
            let client = clients::find(tx, *client).await?.ok_or_else(|| Error::bug("the client"))?;
            let token = tokens::for_sandbox(tx, By::Operator, person, &client, scopes()).await?;
            Ok((person, token.expose_secret().to_owned()))
        })
    });
    added.await
}

async fn clinicians(house: &House, practice: &Practice, name: &str) -> Result<Vec<ResourceId>> {
    let mut all = Vec::new();
    for number in 0..CLINICIANS {
        let new = NewResource {
            institution: practice.institution,
            kind: ResourceKind::Practitioner,
            name: format!("{name} {number}"),
            person: None,
        };
        let added = house.db.write((practice.organisation, new), |tx, (organisation, new)| {
            Box::pin(async move {
                let id = resources::add(tx, AUTHOR, *organisation, new).await?;
                let on = |weekday| Weekly {
                    weekday,
                    from: OPEN.0,
                    until: OPEN.1,
                    first_day: None,
                    last_day: None,
                };
                let hours: Vec<Weekly> = (1..=7).map(on).collect();
                resources::set_hours(tx, AUTHOR, *organisation, id, &hours).await?;
                Ok(id)
            })
        });
        all.push(added.await?);
    }
    Ok(all)
}

/// A type with its category.
struct Offered {
    id: AppointmentTypeId,
    numbers: (Number, Number),
}

impl Offered {
    fn told(&self) -> Value {
        json!({ "category": self.numbers.0, "type": self.numbers.1 })
    }
}

async fn offer(
    house: &House,
    practice: &Practice,
    name: &str,
    minutes: i64,
    one_of: Vec<ResourceId>,
) -> Result<Offered> {
    let category =
        NewCategory { is_person: one_of.len() == 1, ..NewCategory::named(practice.institution, name) };
    let input = (practice.organisation, category, (minutes, one_of));
    let added = house.db.write(input, |tx, (organisation, category, (minutes, one_of))| {
        Box::pin(async move {
            let category: CategoryId = categories::add(tx, AUTHOR, *organisation, category).await?;
            let new = NewType { notice: 0, ..NewType::named(category, "Visit", *minutes, one_of.clone()) };
            let id = types::add(tx, AUTHOR, *organisation, &new).await?;
            let category = categories::find(tx, *organisation, category).await?;
            let kind = types::find(tx, *organisation, id).await?;
            let numbers = category.zip(kind).map(|(category, kind)| (category.number, kind.number));
            Ok(Offered { id, numbers: numbers.ok_or_else(|| Error::bug("gone"))? })
        })
    });
    added.await
}

/// Books three visits of five, with no order that a day would show.
async fn fill(
    house: &House,
    practice: &Practice,
    clinicians: &[ResourceId],
    kind: AppointmentTypeId,
    patients: &[(PersonId, String)],
) -> Result<()> {
    let zone = TimeZone::get("Europe/Amsterdam").map_err(Error::bug)?;
    let today = instant_of_ms(house.clock.now_ms()).to_zoned(zone.clone()).date();
    let mut orders = Vec::new();
    for day in 1..DAYS {
        let date = today.checked_add(day.days()).map_err(Error::bug)?;
        for minute in (i64::from(OPEN.0)..i64::from(OPEN.1)).step_by(20) {
            let start = date.at(0, 0, 0, 0).checked_add(minute.minutes()).map_err(Error::bug)?;
            let start_ms = start.to_zoned(zone.clone()).map_err(Error::bug)?.timestamp().as_millisecond();
            let taken =
                |clinician: usize| (clinician * 7 + minute as usize / 20 * 3 + day as usize * 11) % 5 < 3;
            orders.extend(
                (0..clinicians.len()).filter(|one| taken(*one)).map(|one| (clinicians[one], start_ms)),
            );
        }
    }
    let ring = house.vault.ring_of(&house.db, practice.organisation).await?;
    let actor = Actor { client: None, ..flows::desk::operator(house, practice.organisation) };
    for (batch, some) in orders.chunks(AT_ONCE).enumerate() {
        let bodies = some.iter().enumerate().map(|(n, (clinician, start_ms))| {
            let details = Details::default().seal(&ring, &house.clock, &house.rng);
            let patient = patients[(batch * AT_ONCE + n) % patients.len()].0;
            let actor = actor.clone();
            async move {
                let order = DeskOrder {
                    kind,
                    patient,
                    insurance: None,
                    start_ms: *start_ms,
                    resources: vec![*clinician],
                    overbook: false,
                    hold: None,
                    details: details?,
                };
                let made =
                    house.db.write((actor, order), |tx, (actor, order)| Box::pin(create(tx, actor, order)));
                made.await.map(|_| ())
            }
        });
        join_all(bodies).await.into_iter().collect::<Result<Vec<()>>>()?;
    }
    Ok(())
}
