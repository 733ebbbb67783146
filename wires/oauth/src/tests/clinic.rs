//! A practice in the sandbox, with Anna and one application.

use std::sync::Arc;

use audit::{Company, Deed, Line, Log, Outcome};
use axum::Router;
use door::Door;
use flows::{House, Rooms, Settings};
use identity::clients::NewClient;
use identity::organisations::NewOrganisation;
use identity::persons::{Identifier, NewPerson, systems};
use identity::{By, Desk, Dialect, Language, clients, memberships, organisations, persons};
use kernel::{Actor, Origin, RequestId, Role, Scopes};
use secrecy::{ExposeSecret as _, SecretString};
use store::blobs::Blobs;
use testkit::Ground;
use vault::{MasterKeys, Vault};

use super::Browser;

pub const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub const PASSWORD: &str = "linden blossom tea";

#[derive(Clone)]
pub struct Clinic {
    pub ground: Ground,
    pub house: House,
    pub routes: Router,
    pub client_id: String,
    pub client_secret: Arc<str>,
}

impl Clinic {
    pub async fn open(ground: Ground) -> Self {
        Self::open_at(ground, 0).await
    }

    /// One where an address may ask so often a second.
    pub async fn open_at(ground: Ground, requests_per_second: u32) -> Self {
        let house = house(&ground, requests_per_second).await;
        let organisation = NewOrganisation {
            slug: "linde".to_owned(),
            name: "Praktijk De Linde".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl],
            sandbox: true,
            patients_see_patients: true,
            staff_invite_coworkers: false,
            identifiers: vec![],
        };
        let anna = NewPerson {
            first_name: "Anna".to_owned(),
            last_name: "de Boer".to_owned(),
            language: Language::En,
            identifiers: vec![Identifier {
                system: systems::EMAIL.to_owned(),
                value: "anna@demo.test".to_owned(),
                verified: true,
            }],
        };
        let anna = anna.seal(&house.vault, &ground.clock, &ground.rng).expect("a person");
        let password = house.desk.hash(&SecretString::from(PASSWORD)).await.expect("a hash");
        let input = (organisation, anna, password);
        let made = ground.db.write(input, |tx, (organisation, anna, password)| {
            Box::pin(async move {
                let linde = organisations::add(tx, By::Operator, organisation).await?;
                let anna = persons::add(tx, By::Operator, linde, anna).await?;
                memberships::add(tx, By::Operator, linde, anna, Role::Patient, "").await?;
                persons::set_password(tx, By::Operator, linde, anna, password).await?;
                let client = NewClient {
                    redirect_uris: vec![CALLBACK.to_owned()],
                    scopes: Scopes::parse("read write admin").0,
                    ..NewClient::of(linde, "Messenger", Dialect::Kpn)
                };
                clients::add(tx, By::Operator, &client).await
            })
        });
        let (id, secret) = made.await.expect("a practice");
        let routes = crate::router(&Door::new(house.clone()));
        let client_secret = secret.expect("a secret").expose_secret().into();
        Self { ground, house, routes, client_id: id.hex(), client_secret }
    }
}

impl Clinic {
    /// Does every job that is due.
    pub async fn work(&self) {
        let worker = flows::duties::worker(&self.house);
        while worker.do_due().await.expect("jobs are done") > 0 {}
    }

    /// Registers a second address of the application.
    pub async fn add_callback(&self, address: &'static str) {
        let input = (self.client_id.clone(), address);
        let added = self.ground.db.write(input, |tx, (id, address)| {
            Box::pin(async move {
                let client = clients::find_named(tx, id).await?.expect("the application").id;
                let both = [CALLBACK.to_owned(), (*address).to_owned()];
                clients::set_redirects(tx, By::Operator, client, &both).await
            })
        });
        added.await.expect("a second address");
    }

    /// Makes Anna a nurse of another organisation, and gives its id.
    pub async fn join_anna_to(&self, slug: &'static str) -> String {
        let joined = self.ground.db.write(slug, |tx, slug| {
            Box::pin(async move {
                let other = NewOrganisation {
                    slug: (*slug).to_owned(),
                    name: (*slug).to_owned(),
                    time_zone: "Europe/Amsterdam".to_owned(),
                    languages: vec![Language::Nl],
                    sandbox: true,
                    patients_see_patients: true,
                    staff_invite_coworkers: false,
                    identifiers: vec![],
                };
                let id = organisations::add(tx, By::Operator, &other).await?;
                let hash = tx.tool::<Vault>()?.blind(systems::EMAIL, "anna@demo.test");
                let anna = persons::find_by_identifier(tx, systems::EMAIL, &hash).await?.expect("Anna");
                memberships::add(tx, By::Operator, id, anna, Role::Nurse, "").await?;
                Ok(id.hex())
            })
        });
        joined.await.expect("a second organisation")
    }
}

/// The log, as somebody walks it.
impl Clinic {
    /// Anna, in our own pages.
    pub async fn anna(&self) -> Actor {
        self.actor("anna@demo.test", Role::Patient).await
    }

    /// A new colleague of the practice, in our own pages.
    pub async fn colleague(&self, first_name: &'static str, role: Role) -> Actor {
        let email = format!("{}@demo.test", first_name.to_lowercase());
        let input = (first_name, email.clone(), role);
        let added = self.ground.db.write(input, |tx, (first_name, email, role)| {
            Box::pin(async move {
                let new = NewPerson {
                    first_name: (*first_name).to_owned(),
                    last_name: "Smit".to_owned(),
                    language: Language::En,
                    identifiers: vec![Identifier {
                        system: systems::EMAIL.to_owned(),
                        value: email.clone(),
                        verified: true,
                    }],
                };
                let new = new.seal(tx.tool::<Vault>()?, tx.clock(), tx.rng())?;
                let linde = organisations::find_by_slug(tx, "linde").await?.expect("the practice").id;
                let id = persons::add(tx, By::Operator, linde, &new).await?;
                memberships::add(tx, By::Operator, linde, id, *role, "").await
            })
        });
        added.await.expect("a colleague");
        self.actor(&email, role).await
    }

    async fn actor(&self, email: &str, role: Role) -> Actor {
        let found = self.ground.db.read(email.to_owned(), |tx, email| {
            Box::pin(async move {
                let hash = tx.tool::<Vault>()?.blind(systems::EMAIL, email);
                let person = persons::find_by_identifier(tx, systems::EMAIL, &hash).await?.expect("them");
                Ok((person, organisations::find_by_slug(tx, "linde").await?.expect("the practice").id))
            })
        });
        let (person, organisation) = found.await.expect("somebody of the practice");
        Actor {
            person,
            acting_for: None,
            role,
            organisation,
            client: None,
            scopes: Scopes::ALL,
            teams: [].into(),
            origin: Origin {
                request: RequestId::new(&self.ground.clock, &self.ground.rng),
                address: None,
                once: None,
            },
        }
    }

    /// Has somebody do something with Anna's data.
    pub async fn line(&self, actor: &Actor, deed: Deed, outcome: Outcome) {
        self.ground.clock.pass(jiff::SignedDuration::from_millis(1));
        let line = Line::of(actor, deed).about(Some(self.anna().await.person)).outcome(outcome);
        let written = self.ground.db.write(line, |tx, line| Box::pin(audit::write(tx, line.clone())));
        written.await.expect("a line");
    }

    /// Brings to disk what was read so far.
    pub async fn flush(&self) {
        let log = self.ground.db.read((), |tx, ()| Box::pin(async { tx.tool::<Log>().cloned() }));
        log.await.expect("the log").flush().await.expect("on disk");
    }

    /// Follows the links to the next or previous page to the end: the addresses, and how many lines each row of each
    /// page stands for.
    pub async fn walk(&self, browser: &mut Browser, to: &str, from: &str) -> (Vec<String>, Vec<Vec<usize>>) {
        let (mut paths, mut counts) = (vec![from.to_owned()], Vec::new());
        loop {
            let page = browser.follow(paths.last().expect("a path")).await.body;
            let times = page.split(" times, last at").map(|part| part.rsplit('>').next().unwrap_or_default());
            counts.push(times.filter_map(|number| number.parse().ok()).collect());
            let Some(end) = page.find(&format!("\" rel=\"{to}\"")) else { return (paths, counts) };
            let path = page[..end].rsplit("href=\"").next().expect("an address");
            paths.push(path.replace("&#38;", "&"));
        }
    }
}

async fn house(ground: &Ground, requests_per_second: u32) -> House {
    let master = MasterKeys::from_file_or_new(&ground.folder.join("master.key"), &ground.rng).expect("a key");
    let vault = Vault::open(&ground.db, master).await.expect("a vault");
    let log = Log::start(&ground.db, &vault, Company::Alone).await.expect("a log");
    let desk = Desk::new(ground.clock.clone(), ground.rng.clone());
    House::new(Rooms {
        db: ground.db.clone(),
        vault,
        log,
        blobs: Blobs::open(ground.folder.join("blobs")).await.expect("a folder"),
        clock: ground.clock.clone(),
        rng: ground.rng.clone(),
        desk,
        mailer: None,
        checker: None,
        settings: Settings {
            public_url: "http://localhost:8080".to_owned(),
            messenger_calls_per_second: 0,
            address_requests_per_second: requests_per_second,
            trusted_proxies: vec![],
            gateway_sessions_max: 0,
            gateway_sessions_per_person_max: 0,
            kpn_paths: vec![],
            portal_paths: vec![],
            availability_ids: flows::AvailabilityIds::Plain,
            portal_calls_per_second: 0,
            is_demo: true,
            is_shared: false,
        },
    })
}
