//! A practice with a doctor, a nurse and a room, and a program that acts for somebody of its desk.

use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances, settings};
use booking::{InsuranceKind, ResourceKind, Weekly};
use identity::clients::NewClient;
use identity::{By, Dialect};
use kernel::{OrganisationId, ResourceId, Result, Role, Scope};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use store::{Tx, args};

use crate::cast::{Answer, Organisation, Somebody, Ward};

const BASE: &str = "/api/desk/v1";
const BY: Author<'_> = Author::Operator;
/// A visit of half an hour with the doctor, one that waits for a yes, and one with whoever is free.
pub const VISIT: i64 = 198;
pub const ON_ASKING: i64 = 199;
pub const WITH_ANYBODY: i64 = 200;

/// The practice. It is Monday 2 March 2026, 9:00.
pub struct Practice {
    pub ward: Ward,
    pub linde: Organisation,
    pub doctor: ResourceId,
    pub desk: Desk,
}

impl Practice {
    pub async fn open(ward: &Ward) -> Self {
        let linde = with_desk(ward.organisation("linde").await).await;
        let set = ward.house.db.write(linde.id, |tx, here| Box::pin(set_up(tx, *here)));
        let doctor = set.await.expect("calendars");
        let sanne = linde.somebody("Sanne", "Assistent", Role::Assistant).await;
        let desk = Desk::of(&sanne).await;
        Self { ward: ward.clone(), linde, doctor, desk }
    }

    /// Books a visit for somebody.
    pub async fn booked(&self, who: &Somebody, start: &str) -> Value {
        let answer = self.desk.post("/appointments", visit(who, start)).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json
    }

    /// Begins to work on paper, or ends it.
    pub async fn works_on_paper(&self, is_down: bool) {
        let set = self.ward.house.db.write((self.linde.id, is_down), |tx, (here, is_down)| {
            Box::pin(settings::set_downtime(tx, BY, *here, *is_down))
        });
        set.await.expect("it is noted");
    }

    /// How many lines the access log has of this deed on this ground.
    pub async fn lines(&self, deed: &'static str, ground: &'static str) -> i64 {
        self.ward.house.log.flush().await.expect("the log is written");
        let counted = self.ward.house.db.read((deed, ground), |tx, (deed, ground)| {
            let sql = "SELECT COUNT(*) FROM audit_lines WHERE kind = $1 AND reason = $2";
            Box::pin(async move { tx.one(sql, &args![*deed, *ground], |row| row.get(0)).await })
        });
        counted.await.expect("lines").expect("a count")
    }

    /// Lets what is due be done.
    pub async fn closes(&self) {
        self.ward.settle().await;
    }
}

/// A visit for somebody.
pub fn visit(who: &Somebody, start: &str) -> Value {
    json!({ "type": VISIT, "patient": who.uuid(), "start": start })
}

/// The same practice as its desk's program sees it.
pub async fn with_desk(organisation: Organisation) -> Organisation {
    let new = NewClient {
        redirect_uris: vec!["http://127.0.0.1:9/callback".to_owned()],
        scopes: [Scope::Desk].into_iter().collect(),
        ..NewClient::of(organisation.id, "Desk", Dialect::Own)
    };
    let added = organisation
        .ward
        .house
        .db
        .write(new, |tx, new| Box::pin(identity::clients::add(tx, By::Operator, new)));
    let (client, secret) = added.await.expect("a client");
    let secret = secret.expect("a secret").expose_secret().to_owned();
    Organisation { client, secret, ..organisation }
}

async fn set_up(tx: &Tx, here: OrganisationId) -> Result<ResourceId> {
    let new = NewInstitution::named("De Linde", "Europe/Amsterdam");
    let linde = institutions::add(tx, BY, here, &new).await?;
    insurances::add(tx, BY, here, Some(136), "By law", InsuranceKind::Statutory).await?;
    let mut made = Vec::new();
    for name in ["Dr. de Vries", "Nurse Jansen"] {
        let name = name.to_owned();
        let new = NewResource { institution: linde, kind: ResourceKind::Practitioner, name, person: None };
        let id = resources::add(tx, BY, here, &new).await?;
        let day = |weekday| Weekly { weekday, from: 540, until: 1_020, first_day: None, last_day: None };
        resources::set_hours(tx, BY, here, id, &(1..=5).map(day).collect::<Vec<_>>()).await?;
        made.push(id);
    }
    let category = categories::add(tx, BY, here, &NewCategory::named(linde, "Everybody")).await?;
    let visit = NewType { notice: 60, ..NewType::named(category, "Visit", 30, vec![made[0]]) };
    for new in [
        NewType { number: Some(VISIT), ..visit.clone() },
        NewType { number: Some(ON_ASKING), needs_confirmation: true, ..visit.clone() },
        NewType { number: Some(WITH_ANYBODY), parts: vec![made.clone()], ..visit },
    ] {
        types::add(tx, BY, here, &new).await?;
    }
    Ok(made[0])
}

/// A program that acts for somebody.
#[derive(Clone)]
pub struct Desk {
    ward: Ward,
    token: String,
}

impl Desk {
    /// That of somebody, with the scope `desk`.
    pub async fn of(somebody: &Somebody) -> Self {
        Self { ward: somebody.organisation.ward.clone(), token: somebody.token("desk").await }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        // Nobody asks as fast as a test does.
        self.ward.pass_a_second();
        let request = self.ward.http.request(method, format!("{}{BASE}{path}", self.ward.url));
        let mut request = request.bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// POST of a request that the program named.
    pub async fn post_named(&self, key: &str, path: &str, body: Value) -> Answer {
        self.ward.pass_a_second();
        let request = self.ward.http.post(format!("{}{BASE}{path}", self.ward.url)).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key).json(&body);
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// A file, as it came.
    pub async fn download(&self, path: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
        let request = self.ward.http.get(format!("{}{BASE}{path}", self.ward.url)).bearer_auth(&self.token);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        (answer.headers().clone(), answer.bytes().await.expect("bytes").to_vec())
    }
}

/// Status and code of a problem.
#[track_caller]
pub fn problem(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text);
    (answer.status, answer.json["code"].as_str().unwrap())
}
