//! The door of these pages, and the frame around each.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::{Corner, FormToken, Language, Page, menu, paths};
use identity::protocol::form::Form;
use identity::{Organisation, Recognised, organisations};
use jiff::tz::TimeZone;
use kernel::{Actor, Error, Kind, Result, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::account::{self, in_words};
use crate::fresh;
use crate::visit::{Visit, see};
use crate::words::{self, administration as text};

/// An administrator at a page.
pub(super) struct Desk {
    pub who: Recognised,
    pub organisation: Organisation,
    pub language: Language,
    /// Whether they proved themselves a moment ago.
    pub may_change: bool,
    /// Path and query of the page, without the choice of a language.
    here: String,
    prove: String,
    token: FormToken,
}

/// What stands on each of these pages.
pub(super) struct Frame<'a> {
    pub desk: &'static text::Desk,
    /// What developers read of applications.
    pub apps: &'static words::applications::Words,
    pub token: &'a str,
    pub may_change: bool,
    /// Where they prove themselves first.
    pub prove: &'a str,
    /// What has just been done.
    pub told: Option<&'a str>,
    /// Why it has not.
    pub error: Option<&'a str>,
}

/// Lets an administrator in; others are told that there is no such page, and nobody is asked to sign in.
pub(super) async fn enter(visit: &Visit) -> Result<std::result::Result<Desk, Response>> {
    match visit.who().await? {
        Some(who) => Ok(Ok(Desk::of(visit, who).await?)),
        None => Ok(Err(see(&paths::sign_in(&visit.path)))),
    }
}

fn must_administer(who: &Recognised) -> Result<()> {
    if who.roles.contains(&Role::Administrator) {
        return Ok(());
    }
    Err(Error::not_found(Kind::Page))
}

/// A form of an administrator which changes nothing; `None` when it is not from a page of ours, or nobody signed in.
pub(super) async fn asked_by(visit: &Visit, fields: Result<Form>) -> Result<Option<(Form, Desk)>> {
    let Some((form, who)) = account::sent_by(visit, fields).await? else { return Ok(None) };
    Ok(Some((form, Desk::of(visit, who).await?)))
}

/// A form of an administrator who may change something now; or, where they may not yet, where they prove themselves
/// before they come back to `page`.
pub(super) async fn sent_by(
    visit: &Visit,
    fields: Result<Form>,
    page: &str,
) -> Result<std::result::Result<(Form, Desk), Response>> {
    let Some((form, desk)) = asked_by(visit, fields).await? else {
        return Ok(Err(crate::refusals::Trouble::stale().show(visit)));
    };
    if !desk.may_change {
        return Ok(Err(see(&fresh::proof(visit, &desk.who, page).await?)));
    }
    Ok(Ok((form, desk)))
}

impl Desk {
    async fn of(visit: &Visit, who: Recognised) -> Result<Self> {
        must_administer(&who)?;
        let found =
            visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id))).await?;
        Ok(Self {
            organisation: found.ok_or(Error::Unauthenticated)?,
            language: visit.language(None),
            may_change: fresh::may_change(visit, &who).await?,
            prove: fresh::proof(visit, &who, &visit.path).await?,
            here: here(visit),
            token: visit.form_token(),
            who,
        })
    }

    pub fn actor(&self, visit: &Visit) -> Actor {
        self.who.actor(visit.origin)
    }

    /// A page without anything to say of what was done.
    pub fn frame(&self) -> Frame<'_> {
        Frame {
            desk: text::desk(self.language),
            apps: words::applications::words(self.language),
            token: self.token.value(),
            may_change: self.may_change,
            prove: &self.prove,
            told: None,
            error: None,
        }
    }

    /// An instant where the clocks of the organisation are.
    pub fn when(&self, ms: i64) -> String {
        let zone = TimeZone::get(&self.organisation.time_zone).unwrap_or(TimeZone::UTC);
        in_words(&zone, ms, words::of(self.language))
    }

    /// The page in its frame.
    pub async fn show(&self, visit: &Visit, title: &str, body: &impl Template) -> Result<Response> {
        self.show_as(visit, StatusCode::OK, title, body).await
    }

    /// The same, with a status.
    pub async fn show_as(
        &self,
        visit: &Visit,
        status: StatusCode,
        title: &str,
        body: &impl Template,
    ) -> Result<Response> {
        let mut page = Page::new(self.language, title, &self.here);
        page.leave = Some(&self.token);
        page.status = status;
        let menu = menu(self.language, Corner::Administration, Some(visit.unread(&self.who).await?));
        page.menu = &menu;
        page.brand = &self.organisation.name;
        let mut response = page.show(body);
        visit.keep_language(&mut response);
        Ok(response)
    }
}

fn here(visit: &Visit) -> String {
    match visit.query.without("lang").encode().as_str() {
        "" => visit.path.clone(),
        query => format!("{}?{query}", visit.path),
    }
}

/// On to a page, which tells this once.
pub(super) fn tell(visit: &Visit, page: &str, told: &impl Serialize) -> Result<Response> {
    let mut response = see(page);
    visit.say(&mut response, page, told)?;
    Ok(response)
}

/// What this page is to tell.
pub(super) fn told<T: DeserializeOwned>(visit: &Visit) -> Option<T> {
    visit.said(&visit.path)
}

/// The last part of the address, which names what the page is about.
pub(super) fn last_part(visit: &Visit) -> &str {
    visit.path.rsplit('/').next().unwrap_or_default()
}

/// The number of the page that is asked for, from 0.
pub(super) fn number(form: &Form) -> u32 {
    // A page so far on that there is nothing on any list is as good as one beyond.
    form.first("page").and_then(|page| page.parse().ok()).map_or(0, |page: u32| page.min(100_000))
}
