//! A practice, and what is done in it.

use audit::{Company, Log};
use kernel::{Actor, ClientId, OrganisationId, Origin, PersonId, RequestId, Result, Role, Scopes};
use secrecy::{ExposeSecret as _, SecretString};
use testkit::Ground;
use vault::{MasterKeys, Vault};

use crate::clients::{Dialect, NewClient};
use crate::codes::SignedIn;
use crate::organisations::NewOrganisation;
use crate::persons::{Identifier, NewPerson, systems};
use crate::protocol::authorize::CodeOrder;
use crate::protocol::credentials::{Credentials, Proof};
use crate::protocol::grant::TokenRequest;
use crate::protocol::token::{CodeRequest, Refusal};
use crate::sign_in::Arrival;
use crate::{
    By, Client, Device, Language, Method, Methods, Recognised, clients, codes, issuing, memberships,
    organisations, persons, sign_in,
};

pub const CALLBACK: &str = "http://127.0.0.1:9/callback";

pub struct House {
    pub ground: Ground,
    pub vault: Vault,
    pub linde: OrganisationId,
    pub hospital: OrganisationId,
    pub origin: Origin,
    _log: Log,
}

/// Runs a writing body on the house's store, with what it needs moved in.
macro_rules! write {
    ($house:expr, |$tx:ident, $($name:ident),*| $body:expr) => {{
        let input = ($($name.clone(),)*);
        $house.ground.db.write(input, |$tx, input| Box::pin(async move {
            let ($($name,)*) = input;
            $body.await
        })).await
    }};
}
pub(super) use write;

/// Runs a reading body on the house's store.
macro_rules! read {
    ($house:expr, |$tx:ident, $($name:ident),*| $body:expr) => {{
        let input = ($($name.clone(),)*);
        $house.ground.db.read(input, |$tx, input| Box::pin(async move {
            let ($($name,)*) = input;
            $body.await
        })).await
    }};
}
pub(super) use read;

impl House {
    pub async fn open(ground: Ground) -> Self {
        let key = SecretString::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let vault =
            Vault::open(&ground.db, MasterKeys::from_text(&key).expect("a key")).await.expect("a vault");
        ground.db.lend(vault.clone());
        let log = Log::start(&ground.db, &vault, Company::Alone).await.expect("a log");
        let origin =
            Origin { request: RequestId::new(&ground.clock, &ground.rng), address: None, once: None };
        let nowhere = OrganisationId::from_bytes([0; 12]);
        let house = Self { ground, vault, linde: nowhere, hospital: nowhere, origin, _log: log };
        let (linde, hospital) = (house.organisation("linde").await, house.organisation("hospital").await);
        Self { linde, hospital, ..house }
    }

    async fn organisation(&self, slug: &str) -> OrganisationId {
        let new = NewOrganisation {
            slug: slug.to_owned(),
            name: format!("Praktijk {slug}"),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl],
            sandbox: slug == "linde",
            patients_see_patients: slug == "linde",
            staff_invite_coworkers: false,
            identifiers: vec![("own".to_owned(), slug.to_owned())],
        };
        write!(self, |tx, new| organisations::add(tx, By::Operator, new)).expect("an organisation")
    }

    /// Adds somebody who is known by `first@demo.test`.
    pub async fn person(&self, organisation: OrganisationId, first: &str, role: Role) -> PersonId {
        let email = format!("{}@demo.test", first.to_lowercase());
        let identifiers =
            vec![Identifier { system: systems::EMAIL.to_owned(), value: email, verified: true }];
        let (first_name, last_name) = (first.to_owned(), "de Boer".to_owned());
        let new = NewPerson { first_name, last_name, language: Language::Nl, identifiers };
        let sealed = new.seal(&self.vault, &self.ground.clock, &self.ground.rng).expect("a person");
        let person =
            write!(self, |tx, organisation, sealed| persons::add(tx, By::Operator, *organisation, sealed));
        let person = person.expect("a new person");
        self.member(organisation, person, role).await.expect("a new member");
        person
    }

    pub async fn member(&self, organisation: OrganisationId, person: PersonId, role: Role) -> Result<()> {
        // Ids sort by their millisecond.
        self.ground.clock.pass(jiff::SignedDuration::from_millis(1));
        let added = write!(self, |tx, organisation, person, role| {
            memberships::add(tx, By::Operator, *organisation, *person, *role, "")
        });
        added.map(drop)
    }

    /// Registers a client of De Linde and gives its secret.
    pub async fn client(&self, public: bool) -> (Client, Option<SecretString>) {
        let new = NewClient {
            public,
            redirect_uris: vec![CALLBACK.to_owned()],
            scopes: Scopes::parse("read write admin").0,
            ..NewClient::of(self.linde, "Messenger", Dialect::Kpn)
        };
        let (id, secret) = write!(self, |tx, new| clients::add(tx, By::Operator, new)).expect("a client");
        (self.find_client(id).await.expect("the client"), secret)
    }

    pub async fn find_client(&self, id: ClientId) -> Option<Client> {
        read!(self, |tx, id| clients::find(tx, *id)).expect("an answer")
    }

    /// Signs somebody in by two factors and gives the hash of their session's secret.
    pub async fn sign_in(&self, person: PersonId) -> [u8; 32] {
        self.sign_in_by(person, Methods::of(Method::Password).and(Method::Totp)).await
    }

    /// Signs somebody in by these.
    pub async fn sign_in_by(&self, person: PersonId, methods: Methods) -> [u8; 32] {
        let arrival = Arrival {
            person,
            towards: None,
            instead_of: None,
            device: Device::default(),
            methods,
            origin: self.origin,
        };
        let session = write!(self, |tx, arrival| sign_in::begin(tx, arrival)).expect("a session");
        vault::token_hash(session.secret.expose_secret())
    }

    pub async fn session(&self, hash: [u8; 32]) -> Option<Recognised> {
        read!(self, |tx, hash| crate::recognise_session(tx, hash)).expect("an answer")
    }

    pub async fn actor(&self, person: PersonId) -> Actor {
        let hash = self.sign_in(person).await;
        self.session(hash).await.expect("a session that stands").actor(self.origin)
    }

    /// Has a code issued for what somebody allows, as the authorize page does.
    pub async fn code(&self, actor: &Actor, client: &Client, scopes: &str) -> String {
        let order =
            CodeOrder { scopes: Scopes::parse(scopes).0, redirect_named: true, challenge: None, nonce: None };
        let signed_in = SignedIn { at_ms: 0, methods: Methods::of(Method::Password) };
        let code = write!(self, |tx, actor, client, order, signed_in| {
            codes::issue(tx, By::Actor(actor), (actor.person, *signed_in), client, CALLBACK, order)
        });
        code.expect("a code").expose_secret().to_owned()
    }

    pub async fn redeem(
        &self,
        client: &Client,
        secret: Option<&SecretString>,
        code: &str,
    ) -> Result<codes::Redeemed, Refusal> {
        let proof = secret.cloned().map_or(Proof::Nothing, Proof::Secret);
        let who = Credentials { client_id: client.client_id(), proof };
        let request =
            CodeRequest { code: code.into(), redirect_uri: Some(CALLBACK.to_owned()), verifier: None };
        let request = TokenRequest::Code(request);
        let origin = self.origin;
        write!(self, |tx, who, request, origin| issuing::issue(tx, who, request, *origin)).expect("an answer")
    }

    /// Who holds a token.
    pub async fn holder(&self, token: &SecretString) -> Option<Recognised> {
        let hash = vault::token_hash(token.expose_secret());
        read!(self, |tx, hash| crate::recognise(tx, hash)).expect("an answer")
    }
}
