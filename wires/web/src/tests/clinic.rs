//! A practice with Anna, Eva and Chris in it, a stranger elsewhere, and as much of a browser as the pages need.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use audit::{Company, Log};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use door::Door;
use flows::{ChatRef, House, Rooms, Settings};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use identity::organisations::NewOrganisation;
use identity::persons::{Identifier, NewPerson, SealedPerson, systems};
use identity::protocol::form::Form;
use identity::sign_in::{self, Arrival};
use identity::{By, Desk, Language, Method, Methods, memberships, organisations, persons, teams};
use kernel::{Actor, ChatId, OrganisationId, Origin, PersonId, RequestId, Result, Role, TeamId};
use messaging::Draft;
use secrecy::ExposeSecret as _;
use store::Tx;
use store::blobs::Blobs;
use testkit::Ground;
use tower::ServiceExt as _;
use vault::{MasterKeys, Vault};

/// People whom one transaction has room for.
const PEOPLE_AT_ONCE: usize = 10;
const BOUNDARY: &str = "----journey";

pub struct Clinic {
    house: House,
    ground: Ground,
    router: Router,
    people: HashMap<String, PersonId>,
    practice: OrganisationId,
}

impl Clinic {
    pub async fn open(ground: Ground) -> Self {
        Self::with_rate(ground, 0).await
    }

    /// One whose visitors may ask so often a second from one address.
    pub async fn with_rate(ground: Ground, requests_per_second: u32) -> Self {
        let house = house(&ground, requests_per_second).await;
        let mut people = HashMap::new();
        let cast =
            [("anna", Role::Patient), ("eva", Role::Doctor), ("chris", Role::Patient), ("nora", Role::Nurse)];
        let (practice, ours) = organisation(&house, "linde", &cast).await;
        people.extend(ours);
        people.extend(organisation(&house, "elsewhere", &[("stranger", Role::Doctor)]).await.1);
        people.insert("nobody".to_owned(), PersonId::new(&ground.clock, &ground.rng));
        let router = crate::router(&Door::new(house.clone()), None, crate::ApiDocs::new(Box::new(Vec::new)));
        Self { house, ground, router, people, practice }
    }

    /// The same clinic after its server ended and began again.
    pub fn restarted(self) -> Self {
        let router =
            crate::router(&Door::new(self.house.clone()), None, crate::ApiDocs::new(Box::new(Vec::new)));
        Self { router, ..self }
    }

    pub fn id(&self, name: &str) -> String {
        self.people[name].uuid()
    }

    /// Where the conversation with somebody is.
    pub fn with(&self, name: &str) -> String {
        format!("/chats/with/{}", self.id(name))
    }

    pub fn nobody(&self) -> Browser {
        Browser { router: self.router.clone(), house: self.house.clone(), secret: String::new() }
    }

    /// A browser in which somebody has signed in.
    pub async fn browser(&self, name: &str) -> Browser {
        let origin =
            Origin { request: RequestId::new(&self.house.clock, &self.house.rng), address: None, once: None };
        let arrival = Arrival {
            person: self.people[name],
            towards: None,
            instead_of: None,
            device: identity::Device::default(),
            methods: Methods::of(Method::Password),
            origin,
        };
        let begun = self.house.db.write(arrival, |tx, arrival| Box::pin(sign_in::begin(tx, arrival)));
        let secret = begun.await.expect("a session").secret.expose_secret().to_owned();
        Browser { secret, ..self.nobody() }
    }

    /// The browser of somebody who runs the practice.
    pub async fn administrator(&mut self) -> Browser {
        let input =
            (self.practice, sealed(&self.house, [("femke".to_owned(), Role::Administrator)].into_iter()));
        let added = self.house.db.write(input, |tx, (practice, people)| Box::pin(add(tx, *practice, people)));
        self.people.extend(added.await.expect("an administrator"));
        self.browser("femke").await
    }

    /// A patient of the practice who is reached at this address, and called as its first part.
    pub async fn patient_at(&mut self, email: &str) {
        let (first_name, last_name) = (email.split('@').next().unwrap_or(email).to_owned(), "Bos".to_owned());
        let address =
            Identifier { system: systems::EMAIL.to_owned(), value: email.to_owned(), verified: true };
        let name = first_name.clone();
        let person = NewPerson { first_name, last_name, language: Language::Nl, identifiers: vec![address] };
        let house = &self.house;
        let sealed = person.seal(&house.vault, &house.clock, &house.rng).expect("a person");
        let input = (self.practice, Sealed::from([(name, Role::Patient, sealed)]));
        let added = house.db.write(input, |tx, (practice, people)| Box::pin(add(tx, *practice, people)));
        self.people.extend(added.await.expect("a patient"));
    }

    /// The browser of somebody who comes by a link for guests; nobody's, when it does not open.
    pub async fn guest(&self, link: &str, name: &str) -> Option<Browser> {
        let hash = vault::token_hash(link.split("code=").nth(1).expect("a code"));
        let door = self.house.db.read(hash, |tx, hash| Box::pin(flows::guests::open(tx, hash)));
        let door = door.await.expect("an answer")?;
        let request = RequestId::new(&self.house.clock, &self.house.rng);
        let origin = Origin { request, address: None, once: None };
        let (name, device) = (name.to_owned(), identity::Device::default());
        let guest = flows::guests::Guest { name, language: Language::En, device, origin };
        let (_, session) = flows::guests::come(&self.house, &door, &guest).await.expect("somebody comes");
        Some(Browser { secret: session.secret.expose_secret().to_owned(), ..self.nobody() })
    }

    /// Does every job that is due.
    pub async fn work(&self) {
        let worker = flows::duties::worker(&self.house);
        while worker.do_due().await.expect("jobs are done") > 0 {}
    }

    /// A team of the practice, with these people on it.
    pub async fn team(&self, name: &'static str, people: &[&str]) -> String {
        let input = (name, self.practice, people.iter().map(|name| self.people[*name]).collect::<Vec<_>>());
        let made = self.house.db.write(input, |tx, (name, practice, people)| {
            Box::pin(async move {
                let team = teams::add(tx, By::Operator, *practice, name).await?;
                for person in people {
                    teams::add_member(tx, By::Operator, *practice, team, *person).await?;
                }
                Ok(team.uuid())
            })
        });
        made.await.expect("a team")
    }

    /// Takes somebody off a team.
    pub async fn leaves_team(&self, name: &str, team: &str) {
        let team = TeamId::from_uuid(team).expect("a team");
        let input = (self.practice, team, self.people[name]);
        let left = self.house.db.write(input, |tx, (practice, team, person)| {
            Box::pin(teams::remove_member(tx, By::Operator, *practice, *team, *person))
        });
        left.await.expect("off the team");
    }

    /// Writes the words for the search.
    pub async fn write_words(&self) {
        flows::indexing::catch_up(&self.house).await.expect("words are written");
    }

    /// More patients of the practice, called Patient 1 and so on.
    pub async fn patients(&self, count: usize) {
        let names: Vec<_> = (1..=count).map(|number| (format!("Patient {number}"), Role::Patient)).collect();
        for some in names.chunks(PEOPLE_AT_ONCE) {
            let input = (self.practice, sealed(&self.house, some.iter().cloned()));
            let db = &self.house.db;
            let added = db.write(input, |tx, (practice, people)| Box::pin(add(tx, *practice, people)));
            added.await.expect("patients");
        }
    }

    /// Writes to somebody otherwise than by a page, and says which message that is.
    pub async fn post(&self, from: &str, to: &str, draft: Draft) -> String {
        let (actor, chat) = (self.actor(from).await, ChatRef::Direct(self.people[to]));
        let posted = flows::chats::post(&self.house, &actor, chat, &draft).await;
        posted.expect("posted").id.uuid()
    }

    /// Asks somebody to prove who they are, and says in which message.
    pub async fn asks_who(&self, from: &str, to: &str) -> String {
        let (actor, person) = (self.actor(from).await, self.people[to]);
        let chat = ChatRef::Direct(person);
        let asked = flows::asking::ask_who(&self.house, &actor, chat, person, "sandbox").await;
        asked.expect("asked").id.uuid()
    }

    /// The browser of somebody who came to a group by a link that this host gave.
    pub async fn guest_of(&self, host: &str, group: &str) -> Browser {
        let chat = group.rsplit('/').next().and_then(ChatId::from_uuid).map(ChatRef::Group).expect("a group");
        let (house, actor) = (&self.house, self.actor(host).await);
        let ends_ms = house.clock.now_ms() + 3_600_000;
        let given = flows::guests::give(house, &actor, chat, ends_ms).await.expect("a link");
        let link = flows::guests::link(&house.settings.public_url, &given);
        self.guest(&link, "Riet").await.expect("they are in")
    }

    /// Gives somebody a picture, and says its mark.
    pub async fn picture(&self, name: &str) -> String {
        let actor = self.actor(name).await;
        flows::pictures::set_own(&self.house, &actor, b"a square").await.expect("a picture")
    }

    async fn actor(&self, name: &str) -> Actor {
        let secret = vault::token_hash(&self.browser(name).await.secret);
        let request = RequestId::new(&self.house.clock, &self.house.rng);
        let origin = Origin { request, address: None, once: None };
        let who =
            self.house.db.read(secret, |tx, secret| Box::pin(identity::recognise_session(tx, secret))).await;
        who.expect("an answer").expect("somebody").actor(origin)
    }

    /// Runs a statement of the operator's.
    pub async fn operate(&self, sql: &'static str) {
        let done = self.house.db.write((), move |tx, ()| Box::pin(async move { tx.run(sql, &[]).await }));
        done.await.expect("done");
    }

    /// Sealed files on the disk.
    pub fn blobs(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(&self.ground.folder.join("blobs"))
    }
}

/// People before they are added: names, roles and sealed rows.
type Sealed = Arc<[(String, Role, SealedPerson)]>;

async fn organisation(
    house: &House,
    slug: &str,
    cast: &[(&'static str, Role)],
) -> (OrganisationId, Vec<(String, PersonId)>) {
    let new = NewOrganisation {
        slug: slug.to_owned(),
        name: format!("Praktijk {slug}"),
        time_zone: "Europe/Amsterdam".to_owned(),
        languages: vec![Language::Nl],
        sandbox: true,
        patients_see_patients: true,
        staff_invite_coworkers: false,
        identifiers: vec![],
    };
    let people = sealed(house, cast.iter().map(|(name, role)| ((*name).to_owned(), *role)));
    let made = house.db.write((new, people), |tx, (new, people)| {
        Box::pin(async move {
            let organisation = organisations::add(tx, By::Operator, new).await?;
            Ok((organisation, add(tx, organisation, people).await?))
        })
    });
    made.await.expect("a practice")
}

fn sealed(house: &House, cast: impl Iterator<Item = (String, Role)>) -> Sealed {
    let seal = |(name, role): (String, Role)| {
        let (first_name, last_name) = (name.clone(), "de Boer".to_owned());
        let person = NewPerson { first_name, last_name, language: Language::Nl, identifiers: vec![] };
        (name, role, person.seal(&house.vault, &house.clock, &house.rng).expect("a person"))
    };
    cast.map(seal).collect()
}

async fn add(tx: &Tx, organisation: OrganisationId, people: &Sealed) -> Result<Vec<(String, PersonId)>> {
    let mut ids = Vec::new();
    for (name, role, sealed) in people.iter() {
        let id = persons::add(tx, By::Operator, organisation, sealed).await?;
        memberships::add(tx, By::Operator, organisation, id, *role, "").await?;
        ids.push((name.clone(), id));
    }
    Ok(ids)
}

async fn house(ground: &Ground, address_requests_per_second: u32) -> House {
    let master = MasterKeys::from_file_or_new(&ground.folder.join("master.key"), &ground.rng).expect("a key");
    let vault = Vault::open(&ground.db, master).await.expect("a vault");
    let log = Log::start(&ground.db, &vault, Company::Alone).await.expect("a log");
    House::new(Rooms {
        db: ground.db.clone(),
        vault,
        log,
        blobs: Blobs::open(ground.folder.join("blobs")).await.expect("a folder"),
        clock: ground.clock.clone(),
        rng: ground.rng.clone(),
        desk: Desk::new(ground.clock.clone(), ground.rng.clone()),
        mailer: None,
        checker: None,
        settings: Settings {
            public_url: "http://localhost:8080".to_owned(),
            messenger_calls_per_second: 0,
            address_requests_per_second,
            trusted_proxies: vec![],
            gateway_sessions_max: 0,
            gateway_sessions_per_person_max: 0,
            kpn_paths: vec![],
            portal_paths: vec![],
            availability_ids: flows::AvailabilityIds::Plain,
            portal_calls_per_second: 0,
            is_demo: false,
            is_shared: false,
        },
    })
}

pub struct Browser {
    router: Router,
    house: House,
    secret: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub body: String,
    headers: HeaderMap,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", String::new()).await
    }

    /// Goes where an answer leads, with the cookies that it sets.
    pub async fn follow(&self, answer: &Answer) -> Answer {
        self.follow_to(answer.header("location"), answer).await
    }

    /// Opens a page with the cookies that an answer set.
    pub async fn follow_to(&self, path: &str, answer: &Answer) -> Answer {
        let mut request = self.request("GET", path, "", String::new());
        for cookie in answer.headers.get_all("set-cookie") {
            request.headers_mut().append("cookie", cookie.clone());
        }
        self.answer(request).await
    }

    pub async fn post_form(&self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, "application/x-www-form-urlencoded", form.to_owned()).await
    }

    /// Writes in a conversation, by the form of its page.
    pub async fn send(&self, place: &str, text: &str) -> Answer {
        let token = self.token(place).await;
        self.send_with(place, &token, text, None).await
    }

    pub async fn send_with(
        &self,
        place: &str,
        token: &str,
        text: &str,
        file: Option<(&str, &str)>,
    ) -> Answer {
        let part = |name: &str, more: &str, value: &str| {
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n"
            )
        };
        let (name, content) = file.unwrap_or_default();
        let body = [
            part("form_token", "", token),
            part("text", "", text),
            part(
                "files",
                &format!("; filename=\"{name}\"\r\nContent-Type: application/octet-stream"),
                content,
            ),
            format!("--{BOUNDARY}--\r\n"),
        ];
        self.ask("POST", place, &format!("multipart/form-data; boundary={BOUNDARY}"), body.concat()).await
    }

    /// Sends parts of a form, as a browser that says this besides.
    pub async fn send_parts(
        &self,
        place: &str,
        parts: &[(&str, &str)],
        says: &[(&'static str, &str)],
    ) -> Answer {
        let part = |(name, value): &(&str, &str)| {
            let file = if *name == "files" { "; filename=\"list.txt\"" } else { "" };
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
            )
        };
        let body = format!("{}--{BOUNDARY}--\r\n", parts.iter().map(part).collect::<String>());
        let mut request =
            self.request("POST", place, &format!("multipart/form-data; boundary={BOUNDARY}"), body);
        for (name, value) in says {
            request.headers_mut().append(*name, HeaderValue::from_str(value).expect("ASCII"));
        }
        self.answer(request).await
    }

    /// Sends a form of a page with a file in it.
    pub async fn upload(&self, page: &str, action: &str, name: &str, content: &[u8]) -> Answer {
        let token = self.token(page).await;
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"one\"\r\n\r\n"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [head.as_bytes(), content, end.as_bytes()].concat();
        let mut request =
            self.request("POST", action, &format!("multipart/form-data; boundary={BOUNDARY}"), String::new());
        *request.body_mut() = Body::from(body);
        self.answer(request).await
    }

    /// What a form of this page carries; nothing, when there is no page for this browser.
    pub async fn token(&self, place: &str) -> String {
        let page = self.get(place).await.body;
        let field = page.split("name=\"form_token\" value=\"").nth(1);
        field.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// The number of the form of a page, and its token.
    pub async fn numbered(&self, place: &str) -> (String, String) {
        let page = self.get(place).await.body;
        let value = |before: &str| {
            let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        let number = if page.contains("?once=") { value("?once=") } else { value("name=\"once\" value=\"") };
        (number, value("name=\"form_token\" value=\""))
    }

    /// Sends the form of a page twice at the same moment, as a double click does, and says where both lead.
    pub async fn double_click(&self, page: &str, fields: &[(&str, &str)]) -> [String; 2] {
        let (number, token) = self.numbered(page).await;
        let form = Form::parse(&format!("form_token={token}")).expect("a form").with("once", &number);
        let form = fields.iter().fold(form, |form, (name, value)| form.with(name, value)).encode();
        let (one, other) = tokio::join!(self.post_form(page, &form), self.post_form(page, &form));
        [one, other].map(|answer| {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}: {}", answer.body);
            answer.header("location").to_owned()
        })
    }

    /// Sends a form of a page with these fields.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = Form::parse(&format!("form_token={}", self.token(page).await)).expect("a form");
        let form = fields.iter().fold(form, |form, (name, value)| form.with(name, value));
        self.post_form(action, &form.encode()).await
    }

    /// Begins a group with these people in it, and says where it is.
    pub async fn group(&self, subject: &str, people: &[String], more: &[(&str, &str)]) -> String {
        let members = people.iter().map(|person| ("member", person.as_str()));
        let fields: Vec<_> = members.chain([("subject", subject)]).chain(more.iter().copied()).collect();
        let begun = self.submit("/chats/new-group", "/chats/new-group", &fields).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        begun.header("location").trim_end_matches("#write").to_owned()
    }

    pub async fn sign_out(&self) {
        let hash = vault::token_hash(&self.secret);
        let origin =
            Origin { request: RequestId::new(&self.house.clock, &self.house.rng), address: None, once: None };
        let left = self
            .house
            .db
            .write((hash, origin), |tx, (hash, origin)| Box::pin(sign_in::leave(tx, hash, *origin)));
        left.await.expect("signed out");
    }

    pub async fn listen(&self, path: &str) -> Words {
        let response = self.router.clone().oneshot(self.request("GET", path, "", String::new())).await;
        let response = response.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        Words { stream: response.into_body().into_data_stream(), heard: String::new() }
    }

    /// Fetches what is no text: how the answer begins, and what it says that it is.
    pub async fn fetch(&self, path: &str) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(self.request("GET", path, "", String::new())).await;
        let response = response.expect("an answer");
        let kind =
            response.headers().get("content-type").map(|kind| kind.to_str().expect("ASCII").to_owned());
        (response.status(), kind.unwrap_or_default())
    }

    /// Opens an address as a browser does, which says that it wants a page.
    pub async fn browse(&self, path: &str) -> Answer {
        let mut request = self.request("GET", path, "", String::new());
        request.headers_mut().insert("accept", HeaderValue::from_static("text/html,*/*;q=0.8"));
        self.answer(request).await
    }

    fn request(&self, method: &str, path: &str, kind: &str, body: String) -> Request<Body> {
        let request = Request::builder().method(method).uri(path).header("accept-language", "en");
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        let request = if self.secret.is_empty() {
            request
        } else {
            request.header("cookie", format!("bedside={}", self.secret))
        };
        request.body(Body::from(body)).expect("a request")
    }

    async fn ask(&self, method: &str, path: &str, kind: &str, body: String) -> Answer {
        self.answer(self.request(method, path, kind, body)).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("an answer").into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        Answer { status: parts.status, body, headers: parts.headers }
    }
}

/// What a page hears while it is open.
pub struct Words {
    stream: BodyDataStream,
    heard: String,
}

impl Words {
    pub async fn wait_for(&mut self, words: &str) {
        while !self.heard.contains(words) {
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.stream.next()).await;
            let chunk = chunk.expect("in time").expect("more").expect("whole");
            self.heard.push_str(&String::from_utf8_lossy(&chunk));
        }
    }

    /// How often something was heard so far.
    pub fn count(&self, words: &str) -> usize {
        self.heard.matches(words).count()
    }

    pub async fn is_over(&mut self) -> bool {
        let rest = tokio::time::timeout(Duration::from_secs(10), self.stream.next()).await;
        matches!(rest, Ok(None))
    }
}
