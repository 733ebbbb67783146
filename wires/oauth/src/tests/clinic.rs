//! A practice in the sandbox, with Anna and one application.

use std::sync::Arc;

use audit::{Company, Log};
use axum::Router;
use door::Door;
use flows::{House, Rooms, Settings};
use identity::clients::NewClient;
use identity::organisations::NewOrganisation;
use identity::persons::{Identifier, NewPerson, systems};
use identity::{By, Desk, Dialect, Language, clients, memberships, organisations, persons};
use kernel::{Role, Scopes};
use secrecy::{ExposeSecret as _, SecretString};
use store::blobs::Blobs;
use testkit::Ground;
use vault::{MasterKeys, Vault};

pub const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub const PASSWORD: &str = "linden blossom tea";

#[derive(Clone)]
pub struct Clinic {
    pub ground: Ground,
    pub routes: Router,
    pub client_id: String,
    pub client_secret: Arc<str>,
}

impl Clinic {
    pub async fn open(ground: Ground) -> Self {
        let house = house(&ground).await;
        let organisation = NewOrganisation {
            slug: "linde".to_owned(),
            name: "Praktijk De Linde".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl],
            sandbox: true,
            patients_see_patients: true,
            identifiers: vec![],
        };
        let anna = NewPerson {
            first_name: "Anna".to_owned(),
            last_name: "de Boer".to_owned(),
            language: Language::Nl,
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
                    organisation: linde,
                    name: "Messenger".to_owned(),
                    dialect: Dialect::Kpn,
                    public: false,
                    redirect_uris: vec![CALLBACK.to_owned()],
                    scopes: Scopes::parse("read write admin").0,
                    token_life_ms: None,
                    trusted: false,
                };
                clients::add(tx, By::Operator, &client).await
            })
        });
        let (id, secret) = made.await.expect("a practice");
        let routes = crate::router(&Door::new(house));
        let client_secret = secret.expect("a secret").expose_secret().into();
        Self { ground, routes, client_id: id.hex(), client_secret }
    }
}

impl Clinic {
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

async fn house(ground: &Ground) -> House {
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
        settings: Settings {
            public_url: "http://localhost:8080".to_owned(),
            messenger_calls_per_second: 0,
            address_requests_per_second: 0,
            trusted_proxies: vec![],
            is_demo: true,
        },
    })
}
