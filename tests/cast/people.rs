//! Organisations, and somebody who belongs to one.

use identity::clients::NewClient;
use identity::organisations::NewOrganisation;
use identity::persons::{Identifier, NewPerson, systems};
use identity::{By, Dialect, Language};
use kernel::{ClientId, OrganisationId, PersonId, Role, Scopes};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Kpn, Ward};

/// The address that the tests' client is registered with.
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// A practice, with an application of its own.
#[derive(Clone)]
pub struct Organisation {
    /// The ward it is on.
    pub ward: Ward,
    /// Which.
    pub id: OrganisationId,
    /// Its messenger client.
    pub client: ClientId,
    /// The client's secret.
    pub secret: String,
}

/// A person of an organisation.
#[derive(Clone)]
pub struct Somebody {
    /// Where they belong.
    pub organisation: Organisation,
    /// Who.
    pub id: PersonId,
    /// How they sign in.
    pub email: String,
}

fn messenger(organisation: OrganisationId) -> NewClient {
    NewClient {
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: Scopes::messenger(),
        ..NewClient::of(organisation, "Messenger", Dialect::Kpn)
    }
}

impl Ward {
    /// A new sandbox practice of this slug.
    pub async fn organisation(&self, slug: &str) -> Organisation {
        self.organisation_where(slug, true).await
    }

    /// A new sandbox practice, and whether its patients find each other.
    pub async fn organisation_where(&self, slug: &str, patients_see_patients: bool) -> Organisation {
        let new = NewOrganisation {
            slug: slug.to_owned(),
            name: format!("Praktijk {slug}"),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl, Language::En],
            sandbox: true,
            patients_see_patients,
            staff_invite_coworkers: false,
            identifiers: Vec::new(),
        };
        let added = self.house.db.write(new, |tx, new| {
            Box::pin(async move {
                let id = identity::organisations::add(tx, By::Operator, new).await?;
                let (client, secret) = identity::clients::add(tx, By::Operator, &messenger(id)).await?;
                Ok((id, client, secret))
            })
        });
        let (id, client, secret) = added.await.expect("an organisation with a client");
        let secret = secret.expect("a confidential client has a secret").expose_secret().to_owned();
        Organisation { ward: self.clone(), id, client, secret }
    }
}

impl Organisation {
    /// The same practice with another application.
    pub async fn with_another_client(&self) -> Self {
        let added = self.ward.house.db.write(self.id, |tx, id| {
            Box::pin(async move { identity::clients::add(tx, By::Operator, &messenger(*id)).await })
        });
        let (client, secret) = added.await.expect("a client");
        let secret = secret.expect("a confidential client has a secret").expose_secret().to_owned();
        Self { client, secret, ..self.clone() }
    }

    /// Somebody new with this role, whose e-mail address is their first name.
    pub async fn somebody(&self, first_name: &str, last_name: &str, role: Role) -> Somebody {
        let house = &self.ward.house;
        let email = format!("{}.{}@example.test", first_name.to_lowercase(), self.id);
        let person = NewPerson {
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            language: Language::En,
            identifiers: vec![Identifier {
                system: systems::EMAIL.to_owned(),
                value: email.clone(),
                verified: true,
            }],
        };
        let sealed = person.seal(&house.vault, &house.clock, &house.rng).expect("a person");
        let added = house.db.write((self.id, sealed, role), |tx, (organisation, sealed, role)| {
            Box::pin(async move {
                let id = identity::persons::add(tx, By::Operator, *organisation, sealed).await?;
                identity::memberships::add(tx, By::Operator, *organisation, id, *role, "").await?;
                Ok(id)
            })
        });
        let id = added.await.expect("a person with a role");
        Somebody { organisation: self.clone(), id, email }
    }

    /// Makes somebody of another organisation a member of this one, too.
    pub async fn member(&self, person: &Somebody, role: Role) {
        let added = self.ward.house.db.write((self.id, person.id, role), |tx, (id, person, role)| {
            Box::pin(identity::memberships::add(tx, By::Operator, *id, *person, *role, ""))
        });
        added.await.expect("a member");
    }

    /// A patient.
    pub async fn patient(&self, first_name: &str) -> Somebody {
        self.somebody(first_name, "de Boer", Role::Patient).await
    }

    /// A doctor.
    pub async fn doctor(&self, first_name: &str) -> Somebody {
        self.somebody(first_name, "de Vries", Role::Doctor).await
    }
}

impl Somebody {
    /// Their id as the wires write it.
    pub fn uuid(&self) -> String {
        self.id.uuid()
    }

    /// Them, as another application of their practice sees them.
    pub fn through(&self, organisation: &Organisation) -> Self {
        Self { organisation: organisation.clone(), ..self.clone() }
    }

    /// A messenger client that acts for them, with scopes `read write`.
    pub async fn kpn(&self) -> Kpn {
        self.kpn_with("read write").await
    }

    /// A messenger client that acts for them with these scopes.
    pub async fn kpn_with(&self, scopes: &str) -> Kpn {
        let token = self.token(scopes).await;
        Kpn::new(&self.organisation.ward, token)
    }

    /// An access token of theirs, without the pages of the OAuth flow.
    pub async fn token(&self, scopes: &str) -> String {
        let (scopes, unknown) = Scopes::parse(scopes);
        assert_eq!(unknown, None, "a scope that there is");
        let house = &self.organisation.ward.house;
        let input = (self.id, self.organisation.client, scopes);
        let token = house.db.write(input, |tx, (person, client, scopes)| {
            Box::pin(async move {
                let client = identity::clients::find(tx, *client).await?.expect("the client");
                identity::tokens::for_sandbox(tx, By::Operator, *person, &client, *scopes).await
            })
        });
        token.await.expect("a token").expose_secret().to_owned()
    }

    /// Gives them a password, with which they can sign in.
    pub async fn with_password(self, password: &str) -> Self {
        let house = &self.organisation.ward.house;
        let hash = house.desk.hash(&SecretString::from(password)).await.expect("a hash");
        let input = (self.organisation.id, self.id, hash);
        let set = house.db.write(input, |tx, (organisation, person, hash)| {
            Box::pin(identity::persons::set_password(tx, By::Operator, *organisation, *person, hash))
        });
        set.await.expect("a password");
        self
    }
}
