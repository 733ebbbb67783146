//! What stands in the form that registers an application, and what is wrong with it.

use identity::Dialect;
use identity::applications::usual_scopes;
use identity::clients::{NewClient, REDIRECTS_MAX, check_name};
use identity::protocol::form::Form;
use identity::protocol::redirect::may_register;
use kernel::OrganisationId;

/// What somebody filled in.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub name: String,
    pub dialect: Dialect,
    /// Whether it is to be tried out, with invented people.
    pub is_trial: bool,
    pub is_public: bool,
    /// As written, a line each.
    pub addresses: String,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub name: bool,
    pub addresses_missing: bool,
    pub addresses_unfit: bool,
    pub too_many: bool,
}

impl Faults {
    pub const fn any(self) -> bool {
        self.name || self.addresses_missing || self.addresses_unfit || self.too_many
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            name: String::new(),
            dialect: Dialect::Kpn,
            is_trial: true,
            is_public: false,
            addresses: String::new(),
        }
    }
}

impl Asked {
    pub fn read(form: &Form) -> Self {
        let field = |name| form.first(name).unwrap_or_default();
        Self {
            name: field("name").trim().to_owned(),
            dialect: Dialect::named(field("product")).unwrap_or(Dialect::Kpn),
            is_trial: field("place") != "here",
            is_public: field("public") == "1",
            addresses: field("addresses").to_owned(),
        }
    }

    /// A program that acts for itself sends nobody back.
    fn signs_people_in(&self) -> bool {
        self.dialect != Dialect::Fhir
    }

    fn uris(&self) -> Vec<String> {
        let lines = self.addresses.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }

    pub fn faults(&self) -> Faults {
        let uris = self.uris();
        Faults {
            name: check_name(&self.name).is_err(),
            addresses_missing: uris.is_empty() && self.signs_people_in(),
            addresses_unfit: uris.len() > REDIRECTS_MAX || !uris.iter().all(|uri| may_register(uri)),
            too_many: false,
        }
    }

    /// The application in this organisation: it waits, unless it is there to be tried out.
    pub fn client(&self, organisation: OrganisationId) -> NewClient {
        NewClient {
            public: self.is_public && self.signs_people_in(),
            redirect_uris: self.uris(),
            scopes: usual_scopes(self.dialect),
            pending: !self.is_trial,
            ..NewClient::of(organisation, &self.name, self.dialect)
        }
    }
}
