//! Who may act for whom, on a person's own page: what a patient gave and has, one more, and an end.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use door::Work;
use door::pages::forms::FIELD;
use identity::invitations::Address;
use identity::mandates::{self, Mandate, MandateId, MandateKind, Wish};
use identity::protocol::form::Form;
use identity::{Language, Recognised, find_people, organisations};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Actor, Error, PersonId, Result, Role};
use store::Tx;

use crate::account::sent_by;
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};
use crate::words;
use crate::words::mandates::Words;

/// Tells the account page what became of it.
const DONE: &str = "mandate";

/// What stands of it on somebody's own page.
pub(crate) struct Standing {
    is_patient: bool,
    for_me: Vec<Mandate>,
    by_me: Vec<Mandate>,
    names: HashMap<PersonId, String>,
}

pub(crate) async fn read(tx: &Tx, actor: &Actor, roles: &[Role]) -> Result<Standing> {
    let is_patient = roles.contains(&Role::Patient);
    let for_me = mandates::of_patient(tx, actor.organisation, actor.person).await?;
    let by_me = mandates::of_proxy(tx, actor.organisation, actor.person).await?;
    let others = for_me.iter().map(|one| one.proxy).chain(by_me.iter().map(|one| one.patient));
    let mut ids: Vec<PersonId> = others.collect();
    ids.sort();
    ids.dedup();
    let people = find_people(tx, actor, &ids).await?;
    let names = people.into_iter().map(|person| (person.id, person.full_name())).collect();
    Ok(Standing { is_patient, for_me, by_me, names })
}

/// The section of the page.
#[derive(Template)]
#[template(path = "mandates.html")]
pub(crate) struct View<'a> {
    pub text: &'static Words,
    token: &'a str,
    notice: Option<&'static str>,
    error: Option<&'static str>,
    is_patient: bool,
    for_me: Vec<Row>,
    by_me: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    kind: &'static str,
    may: Vec<&'static str>,
    since: String,
    until: Option<String>,
}

impl Standing {
    /// What the page shows; `None` for who is no patient and acts for nobody.
    pub fn view<'a>(
        &self,
        visit: &Visit,
        language: Language,
        token: &'a str,
        when: &dyn Fn(i64) -> String,
    ) -> Option<View<'a>> {
        if !self.is_patient && self.for_me.is_empty() && self.by_me.is_empty() {
            return None;
        }
        let text = words::mandates::of(language);
        let (notice, error) = match visit.query.first(DONE) {
            Some("given") => (Some(text.given), None),
            Some("ended") => (Some(text.ended), None),
            Some("unknown") => (None, Some(text.unknown)),
            Some("stands") => (None, Some(text.stands)),
            Some("passed") => (None, Some(text.until_passed)),
            _ => (None, None),
        };
        let somebody = words::of(language).somebody;
        let row = |one: &Mandate, other: PersonId| Row {
            id: one.id.hex(),
            name: self.names.get(&other).map_or(somebody, String::as_str).to_owned(),
            kind: text.kind(one.kind),
            may: [Some(text.reads), one.may_write.then_some(text.writes), one.may_book.then_some(text.books)]
                .into_iter()
                .flatten()
                .collect(),
            since: when(one.start_ms),
            until: one.end_ms.map(when),
        };
        Some(View {
            text,
            token,
            notice,
            error,
            is_patient: self.is_patient,
            for_me: self.for_me.iter().map(|one| row(one, one.proxy)).collect(),
            by_me: self.by_me.iter().map(|one| row(one, one.patient)).collect(),
        })
    }
}

fn back(word: &str) -> Response {
    see(&format!("/account?{DONE}={word}#mandates"))
}

/// `POST`: lets somebody act for the patient who is signed in.
pub(crate) async fn give(visit: Visit, Fields(fields): Fields) -> Response {
    let given = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        // Each try tells whether somebody has this address here, so that nobody tries many.
        visit.rates.account(Work::Link, who.person)?;
        let wish = match read_wish(&visit, &who, &form).await {
            Err(Error::Invalid { field, .. }) => {
                return Ok(back(if field == "until" { "passed" } else { "unknown" }));
            }
            wish => wish?,
        };
        let give = visit.house.db.write((who.actor(visit.origin), wish), |tx, (actor, wish)| {
            Box::pin(mandates::give_own(tx, actor, wish))
        });
        match give.await {
            Ok(_) => Ok(back("given")),
            Err(Error::NotFound { .. }) => Ok(back("unknown")),
            Err(Error::Conflict { .. }) => Ok(back("stands")),
            // Which can be too late by then, or the patient themselves.
            Err(Error::Invalid { field, .. }) => {
                Ok(back(if field == "until" { "passed" } else { "unknown" }))
            }
            Err(error) => Err(error),
        }
    };
    given.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

async fn read_wish(visit: &Visit, who: &Recognised, form: &Form) -> Result<Wish> {
    let unfit = |field| Error::invalid(field, "unfit", "This does not fit.");
    let email = Address::email(form.first("email").unwrap_or_default())?;
    let kind = form.first("kind").and_then(MandateKind::named).ok_or_else(|| unfit("kind"))?;
    let until = form.first("until").map(str::trim).filter(|text| !text.is_empty());
    let end_ms = match until {
        Some(text) => {
            let date: Date = text.parse().map_err(|_| unfit("until"))?;
            let found = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
            let zone = found.await?.and_then(|one| TimeZone::get(&one.time_zone).ok());
            let next = date.tomorrow().and_then(|day| day.to_zoned(zone.unwrap_or(TimeZone::UTC)));
            Some(next.map_err(|_| unfit("until"))?.timestamp().as_millisecond())
        }
        None => None,
    };
    Ok(Wish {
        proxy: email.hash(&visit.house.vault),
        kind,
        may_write: form.first("may_write").is_some(),
        may_book: form.first("may_book").is_some(),
        end_ms,
    })
}

/// `POST`: ends one that they gave, or have.
pub(crate) async fn end(visit: Visit, Fields(fields): Fields) -> Response {
    let ended = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let Some(id) = form.first("mandate").and_then(MandateId::from_hex) else {
            return Ok(see("/account"));
        };
        let end = visit.house.db.write((who.actor(visit.origin), id), |tx, (actor, id)| {
            Box::pin(mandates::end_own(tx, actor, *id))
        });
        end.await.map(|()| back("ended"))
    };
    ended.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}
