//! What stands on the pages of applications, for their templates.

use askama::Template;
use door::pages::forms::FIELD;
use identity::applications::Application;
use identity::invented::TestPerson;
use identity::{Dialect, Person};

use super::asked::{Asked, Faults};
use super::{Done, Shown};
use crate::words::applications::Words;

/// The page of a developer.
#[derive(Template)]
#[template(path = "applications.html")]
pub(super) struct Applications<'a> {
    words: &'static Words,
    token: &'a str,
    done: Option<&'a Done>,
    rows: Vec<Row<'a>>,
    people: &'a [TestPerson],
    /// Who may approve, when somebody may.
    approvers: Option<String>,
    is_administrator: bool,
    organisation: &'a str,
    asked: &'a Asked,
    faults: &'a Faults,
}

/// An application of theirs.
pub(super) struct Row<'a> {
    id: String,
    name: &'a str,
    organisation: &'a str,
    product: &'static str,
    is_pending: bool,
    is_sandbox: bool,
    is_wished: bool,
    /// Why somebody said no.
    declined: Option<&'a str>,
    addresses: &'a [String],
}

impl<'a> Applications<'a> {
    pub fn of(
        words: &'static Words,
        token: &'a str,
        shown: &'a Shown,
        (asked, faults): (&'a Asked, &'a Faults),
        done: Option<&'a Done>,
    ) -> Self {
        let row = |one: &'a Application| Row {
            id: one.client.id.hex(),
            name: &one.client.name,
            organisation: &one.client.organisation_name,
            product: words.product_of(&one.client.dialect),
            is_pending: one.client.pending,
            is_sandbox: one.client.sandbox,
            is_wished: one.wish.is_some(),
            declined: one.declined.as_ref().map(|declined| declined.because.as_str()),
            addresses: &one.client.redirect_uris,
        };
        let names: Vec<String> = shown.administrators.iter().map(Person::full_name).collect();
        Self {
            words,
            token,
            done,
            rows: shown.applications.iter().map(row).collect(),
            people: &shown.people,
            approvers: (!names.is_empty()).then(|| names.join(", ")),
            is_administrator: shown.is_administrator,
            organisation: &shown.organisation.name,
            asked,
            faults,
        }
    }

    fn addresses_error(&self) -> Option<&'static str> {
        match self.faults {
            Faults { addresses_missing: true, .. } => Some(self.words.addresses_missing),
            Faults { addresses_unfit: true, .. } => Some(self.words.addresses_unfit),
            _ => None,
        }
    }
}

/// The page of an administrator.
#[derive(Template)]
#[template(path = "approvals.html")]
pub(super) struct Approvals<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    /// What has just been done.
    pub notice: Option<&'static str>,
    pub waiting: Vec<Waiting<'a>>,
}

/// An application that waits.
pub(super) struct Waiting<'a> {
    pub id: String,
    pub name: &'a str,
    pub product: &'static str,
    pub by: Option<String>,
    pub sentences: Vec<&'static str>,
    pub addresses: &'a [String],
    /// Whether only an operator may approve of it.
    pub is_operators: bool,
    /// Whether another administrator has to, since this one registered it.
    pub is_own: bool,
    pub error: Option<&'static str>,
    /// What is wrong with the reason of a no.
    pub reason_error: Option<&'static str>,
}
