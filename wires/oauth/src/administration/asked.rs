//! What stands in the forms of applications, and what is wrong with it.

use identity::Dialect;
use identity::clients::{NewClient, REDIRECTS_MAX, check_name};
use identity::protocol::form::Form;
use identity::protocol::redirect::may_register;
use identity::scopes::{GrantedBy, TABLE};
use kernel::{OrganisationId, Scopes};

/// What an administrator may register: what speaks FHIR acts for itself, and only an operator gives that.
pub(super) const DIALECTS: [Dialect; 3] = [Dialect::Kpn, Dialect::Portal, Dialect::Own];

/// What somebody filled in.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub name: String,
    pub dialect: Dialect,
    pub is_public: bool,
    /// As written, a line each.
    pub addresses: String,
    pub scopes: Scopes,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    pub name: bool,
    pub addresses_missing: bool,
    pub addresses_unfit: bool,
    pub scopes: bool,
}

impl Faults {
    pub const fn any(self) -> bool {
        self.name || self.addresses_missing || self.addresses_unfit || self.scopes
    }

    /// What is wrong with these addresses.
    pub fn of_addresses(uris: &[String]) -> Self {
        Self {
            addresses_missing: uris.is_empty(),
            addresses_unfit: uris.len() > REDIRECTS_MAX || !uris.iter().all(|uri| may_register(uri)),
            ..Self::default()
        }
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            name: String::new(),
            dialect: Dialect::Kpn,
            is_public: false,
            addresses: String::new(),
            scopes: Scopes::parse("openid profile read write").0,
        }
    }
}

/// What people can be asked for at all by an application of an administrator.
pub(super) fn offered() -> Scopes {
    let rules = TABLE.iter().filter(|rule| rule.granted_by != GrantedBy::Operators);
    rules.map(|rule| rule.scope).collect()
}

/// A line each, without what is empty.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

impl Asked {
    pub fn read(form: &Form) -> Self {
        let field = |name| form.first(name).unwrap_or_default();
        let wanted = form.all("scope").collect::<Vec<_>>().join(" ");
        let (scopes, offered) = (Scopes::parse(&wanted).0, offered());
        let dialect = Dialect::named(field("product")).filter(|one| DIALECTS.contains(one));
        Self {
            name: field("name").trim().to_owned(),
            dialect: dialect.unwrap_or(Dialect::Kpn),
            is_public: field("public") == "1",
            addresses: field("addresses").to_owned(),
            scopes: kernel::Scope::ALL
                .into_iter()
                .filter(|one| scopes.has(*one) && offered.has(*one))
                .collect(),
        }
    }

    pub fn faults(&self) -> Faults {
        Faults {
            name: check_name(&self.name).is_err(),
            scopes: self.scopes.is_empty(),
            ..Faults::of_addresses(&lines(&self.addresses))
        }
    }

    /// The application in this organisation; whoever registers it says yes to it.
    pub fn client(&self, organisation: OrganisationId) -> NewClient {
        NewClient {
            public: self.is_public,
            redirect_uris: lines(&self.addresses),
            scopes: self.scopes,
            ..NewClient::of(organisation, &self.name, self.dialect)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Asked {
        Asked::read(&Form::parse(text).expect("text"))
    }

    #[test]
    fn what_only_an_operator_gives_is_asked_for_by_no_form() {
        let all =
            kernel::Scope::ALL.map(|scope| format!("scope={}", scope.name().replace('/', "%2F"))).join("&");
        let asked = read(&format!("product=fhir&{all}"));
        assert!(asked.scopes.has(kernel::Scope::Admin) && !asked.scopes.has(kernel::Scope::SystemPatientRs));
        assert_eq!(asked.dialect, Dialect::Kpn);
        assert_eq!(asked.scopes, offered());
    }

    #[test]
    fn what_is_missing_or_unfit_is_said_of_its_field() {
        let none = read("");
        let all = Faults { name: true, addresses_missing: true, scopes: true, ..Faults::default() };
        assert_eq!(none.faults(), all);
        let unfit = read("name=Board&scope=read&addresses=http%3A%2F%2Felsewhere.example%2F");
        assert_eq!(unfit.faults(), Faults { addresses_unfit: true, ..Faults::default() });
        let fits = read("name=Board&scope=read&scope=write&addresses=https%3A%2F%2Fa.example%2F%0D%0A%0D%0A");
        assert!(!fits.faults().any());
        assert_eq!(lines(&fits.addresses), ["https://a.example/"]);
    }
}
