//! A practice with calendars, and the portal's API as an application calls it for a patient.

use std::collections::BTreeSet;

use booking::setup::{Author, categories, institutions, insurances, patients, resources, settings, types};
use booking::{InsuranceKind, ResourceKind, Weekly};
use identity::clients::NewClient;
use identity::profile::ProfileChange;
use identity::{By, Dialect, Language, details};
use jiff::SignedDuration;
use kernel::{
    Actor, CategoryId, InstitutionId, InsuranceId, OrganisationId, Origin, RequestId, ResourceId, Result,
    Role, Scope, Scopes,
};
use reqwest::Method;
use serde_json::{Value, json};
use store::Tx;

use crate::cast::{Answer, Organisation, Somebody, Ward};
use crate::oauth::app::{App, CALLBACK, PASSWORD};

/// What a portal's application asks for.
pub const ALL: &str = "openid profile_read appointment_read appointment_write";
const SCOPES: [Scope; 5] =
    [Scope::OpenId, Scope::Address, Scope::ProfileRead, Scope::AppointmentRead, Scope::AppointmentWrite];
/// What is booked, unless a test says otherwise.
pub const CHOSEN: &str = "appointment_category_id=53&appointment_type_id=198&insurance_id=136";

/// Praxis Green, in Berlin: Dr. Green is there on each day from nine to five. Type 198 takes 20 minutes and has a waiting
/// list; 199 is a video visit without one; 200 asks a question. 140 pays for nothing of it.
#[derive(Clone)]
pub struct Practice {
    pub organisation: Organisation,
    pub app: App,
    pub institution: InstitutionId,
    pub insurance: InsuranceId,
}

const FORM: &str = r#"[{"name": "Since when?", "required": true, "type": "text"}]"#;

type SetUp = (InstitutionId, InsuranceId);

async fn set_up(tx: &Tx, id: OrganisationId) -> Result<SetUp> {
    let by = Author::Operator;
    let place = institutions::NewInstitution {
        number: Some(1),
        address: "Hauptstraße 1\n10115 Berlin".to_owned(),
        ..institutions::NewInstitution::named("Praxis Green", "Europe/Berlin")
    };
    let institution = institutions::add(tx, by, id, &place).await?;
    let statutory = InsuranceKind::Statutory;
    let insurance = insurances::add(tx, by, id, Some(136), "AOK Nordost", statutory).await?;
    insurances::add(tx, by, id, Some(140), "Selbstzahler", InsuranceKind::SelfPayer).await?;
    let new = resources::NewResource {
        institution,
        kind: ResourceKind::Practitioner,
        name: "Dr. Green".to_owned(),
        person: None,
    };
    let green = resources::add(tx, by, id, &new).await?;
    let day = |weekday| Weekly { weekday, from: 9 * 60, until: 17 * 60, first_day: None, last_day: None };
    let week: Vec<Weekly> = (1..=7).map(day).collect();
    resources::set_hours(tx, by, id, green, &week).await?;
    let new = categories::NewCategory {
        number: Some(53),
        subtitle: Some("Radiology".to_owned()),
        is_person: true,
        insurances: vec![insurance],
        ..categories::NewCategory::named(institution, "Dr. Green")
    };
    let category = categories::add(tx, by, id, &new).await?;
    set_up_types(tx, id, category, green).await?;
    Ok((institution, insurance))
}

async fn set_up_types(tx: &Tx, id: OrganisationId, category: CategoryId, green: ResourceId) -> Result<()> {
    let by = Author::Operator;
    let named = |number, name: &str| types::NewType {
        number: Some(number),
        ..types::NewType::named(category, name, 20, vec![green])
    };
    let mut first = named(198, "First consultation");
    first.asap.enabled = true;
    first.reschedules_max = Some(3);
    types::add(tx, by, id, &first).await?;
    let video = types::NewType { is_video: true, ..named(199, "Video") };
    types::add(tx, by, id, &video).await?;
    let asks = types::NewType { comment_form: Some(FORM.to_owned()), ..named(200, "Asks") };
    types::add(tx, by, id, &asks).await.map(drop)
}

async fn app(organisation: &Organisation, name: &str) -> App {
    let of = App::of(organisation, |new| {
        let own = NewClient::of(organisation.id, name, Dialect::Portal);
        let scopes = SCOPES.into_iter().collect::<Scopes>();
        *new = NewClient { redirect_uris: vec![CALLBACK.to_owned()], scopes, ..own };
    });
    of.await
}

impl Practice {
    /// It, on this ward.
    pub async fn open(ward: &Ward, slug: &str) -> Self {
        let organisation = ward.organisation(slug).await;
        let app = app(&organisation, "Mein Portal").await;
        let set_up = ward.house.db.write(organisation.id, |tx, id| Box::pin(set_up(tx, *id)));
        let (institution, insurance) = set_up.await.expect("a practice");
        Self { organisation, app, institution, insurance }
    }

    /// The same practice, of which patients use another application.
    pub async fn with_another_app(&self) -> Self {
        Self { app: app(&self.organisation, "Termine").await, ..self.clone() }
    }

    pub fn ward(&self) -> &Ward {
        &self.organisation.ward
    }

    /// A patient whose application went through the whole of OAuth.
    pub async fn patient(&self, name: &str) -> (Somebody, Portal) {
        let somebody = self.organisation.patient(name).await.with_password(PASSWORD).await;
        let portal = self.portal_of(&somebody, ALL).await;
        (somebody, portal)
    }

    /// An application with these scopes of somebody.
    pub async fn portal_of(&self, somebody: &Somebody, scopes: &str) -> Portal {
        let code = self.app.code(somebody, &[("scope", scopes)]).await;
        Portal::new(self.ward(), &self.app.token(&code).await)
    }

    /// Has the practice ask for this before somebody books.
    pub async fn require(&self, required: Vec<booking::Detail>) {
        let input = (self.organisation.id, self.institution, required);
        let changed = self.ward().house.db.write(input, |tx, (organisation, id, required)| {
            Box::pin(async move {
                let new = institutions::NewInstitution {
                    required_details: required.clone(),
                    ..institutions::NewInstitution::named("Praxis Green", "Europe/Berlin")
                };
                institutions::change(tx, Author::Operator, *organisation, *id, &new).await
            })
        });
        changed.await.expect("a changed place");
    }

    /// Somebody as a patient of the practice.
    pub fn actor(&self, somebody: &Somebody) -> Actor {
        let house = &self.ward().house;
        Actor {
            person: somebody.id,
            acting_for: None,
            role: Role::Patient,
            organisation: self.organisation.id,
            client: None,
            scopes: Scopes::ALL,
            teams: [].into(),
            origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
        }
    }

    /// What somebody is spoken to in from now on.
    pub async fn speaks(&self, somebody: &Somebody, language: Language) {
        let house = &self.ward().house;
        let actor = self.actor(somebody);
        let change = ProfileChange { language: Some(language), position: None };
        let changed = house.db.write((actor, change), |tx, (actor, change)| {
            Box::pin(identity::profile::change(tx, actor, change))
        });
        changed.await.expect("another language");
    }

    /// Keeps somebody from booking by themselves.
    pub async fn block(&self, somebody: &Somebody) {
        let blocked = self.ward().house.db.write((self.organisation.id, somebody.id), |tx, (id, patient)| {
            Box::pin(patients::block(tx, Author::Operator, *id, *patient, true))
        });
        blocked.await.expect("blocked");
    }

    /// From now on, or no longer, it works on paper.
    pub async fn work_on_paper(&self, is_down: bool) {
        let input = (self.organisation.id, is_down);
        let set = self.ward().house.db.write(input, |tx, (id, is_down)| {
            Box::pin(settings::set_downtime(tx, Author::Operator, *id, *is_down))
        });
        set.await.expect("noted");
    }

    /// Notes what is known of somebody, and who pays.
    pub async fn describe(&self, somebody: &Somebody, known: details::Details) {
        let house = &self.ward().house;
        let today = "2026-03-02".parse().expect("a day");
        let sealed = known.seal(&house.vault.house(), today, somebody.id).expect("details that fit");
        let ring = house.vault.ring_of(&house.db, self.organisation.id).await.expect("a ring");
        let number = patients::seal_number(&ring, self.organisation.id, somebody.id, "A123456780");
        let input = (self.organisation.id, somebody.id, self.insurance, sealed, number);
        let noted = house.db.write(input, |tx, (id, patient, insurance, sealed, number)| {
            Box::pin(async move {
                details::set(tx, By::Operator, *id, sealed).await?;
                let by = Author::Operator;
                patients::set_insurance(tx, by, *id, *patient, Some(*insurance), Some(number)).await
            })
        });
        noted.await.expect("noted");
    }
}

/// An application that acts for a patient. A second passes with each call.
#[derive(Clone)]
pub struct Portal {
    ward: Ward,
    token: String,
    base: String,
}

impl Portal {
    /// With this token; none when it is empty.
    pub fn new(ward: &Ward, token: &str) -> Self {
        Self { ward: ward.clone(), token: token.to_owned(), base: format!("{}/api/v1", ward.url) }
    }

    /// The same below another address.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Sends a request in which `change` has its say.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        self.ward.clock.pass(SignedDuration::from_secs(1));
        self.send_at_once(method, path, change).await
    }

    /// As [`Portal::send`], within the same second.
    pub async fn send_at_once(
        &self,
        method: Method,
        path: &str,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let request = self.ward.http.request(method, format!("{}{path}", self.base));
        let request = if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        Answer::of(change(request).send().await.expect("an answer")).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, |request| request).await
    }

    /// POST with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }

    /// POST with a form.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, |request| request.form(fields)).await
    }

    /// PUT with JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, |request| request.json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, |request| request).await
    }

    /// The ids and starts of what is offered for this choice on this day.
    pub async fn offered(&self, chosen: &str, day: &str) -> Vec<(String, String)> {
        let list = self.get(&format!("/availabilities?{chosen}&date={day}")).await.ok();
        times(&list)
    }

    /// Books the first time of a day, and gives the appointment's id.
    pub async fn books(&self, chosen: &str, day: &str) -> String {
        let (offer, _) = self.offered(chosen, day).await.swap_remove(0);
        made(&self.post("/booking", json!({ "availability_id": offer })).await.ok())
    }
}

/// Ids and starts of a list.
pub fn times(list: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let all = list["data"].as_array().expect("a list").iter();
    all.map(|one| (text(&one["id"]), text(&one["starts_at"]))).collect()
}

/// The id in the answer to a change.
pub fn made(answer: &Value) -> String {
    assert_eq!(answer["success"], true, "{answer}");
    answer["data"]["id"].as_str().expect("an id").to_owned()
}

/// Status and code of a refusal, whose body has every member of the contract's.
#[track_caller]
pub fn refused(answer: &Answer) -> (u16, &str) {
    assert!(answer.status >= 400, "{} {}", answer.status, answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json.as_object().unwrap_or_else(|| panic!("no object: {}", answer.text));
    let members: Vec<_> = body.keys().map(String::as_str).collect();
    assert_eq!(members.len(), 5, "{members:?}");
    assert_eq!(answer.json["error"], answer.json["reason"]);
    assert_eq!(answer.json["overridable"], false);
    assert!(answer.json["message"].as_str().is_some_and(|text| text.ends_with('.')), "{}", answer.text);
    assert!(answer.json["invalid_fields"].is_array());
    (answer.status, answer.json["error"].as_str().unwrap())
}

/// Holds an answer against the contract's example of it.
#[track_caller]
pub fn like(example: &str, answer: &Value) {
    let examples: Value =
        serde_json::from_str(include_str!("../../wires/portal/fixtures/examples.json")).unwrap();
    assert!(examples[example].is_object(), "there is an example {example}");
    same_kind(example, &examples[example], answer);
}

#[track_caller]
fn same_kind(place: &str, example: &Value, answer: &Value) {
    match (example, answer) {
        (Value::Object(example), Value::Object(answer)) => {
            let (expected, found): (BTreeSet<_>, BTreeSet<_>) =
                (example.keys().collect(), answer.keys().collect());
            assert_eq!(expected, found, "members of {place}");
            for (name, value) in example {
                same_kind(&format!("{place}.{name}"), value, &answer[name]);
            }
        }
        (Value::Array(example), Value::Array(answer)) => {
            assert!(!answer.is_empty(), "{place} is empty");
            answer.iter().for_each(|one| same_kind(place, &example[0], one));
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ => assert_eq!(
            std::mem::discriminant(example),
            std::mem::discriminant(answer),
            "{place}: {answer} is of another kind than {example}"
        ),
    }
}
