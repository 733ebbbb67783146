//! Notices by mail: what somebody chooses on their own page, and where the links in letters lead.
//!
//! A link is asked for by mail programs and their guards, too, so that a GET changes nothing; a POST does, without a
//! session, since whoever has the link is whom it was sent to.

use axum::response::Response;
use door::pages::Page;
use flows::mail::links::{self, Reader};
use flows::mail::notices as letters;
use identity::notices::{self, KnownAddress, Quiet, Settings, Wishes};
use identity::organisations;
use identity::protocol::form::{Form, encode};
use kernel::{Actor, Error, Kind, Result};
use store::Tx;

use crate::account::sent_by;
use crate::refusals::Trouble;
use crate::views;
use crate::visit::{Fields, Visit, see};
use crate::words::{self, Said};

/// Tells the account page what has just been done.
pub(crate) const DONE: &str = "notices";
const ENDING_PATH: &str = "/unsubscribe";
const PROVING_PATH: &str = "/account/confirm";

/// What stands of notices on somebody's own page.
pub(crate) struct Chosen {
    address: Option<KnownAddress>,
    wishes: Wishes,
    settings: Settings,
}

pub(crate) async fn read(tx: &Tx, actor: &Actor) -> Result<Chosen> {
    Ok(Chosen {
        address: notices::address(tx, actor.person).await?,
        wishes: notices::wishes(tx, actor.person).await?,
        settings: notices::settings(tx, actor.organisation).await?,
    })
}

impl Chosen {
    /// What the page shows; `None` for who has no address.
    pub fn view(&self, visit: &Visit) -> Option<views::Notices> {
        let address = self.address.as_ref()?;
        let words = words::notices(visit.language(None));
        let done = match visit.query.first(DONE) {
            Some("saved") => Some(words.saved),
            Some("asked") => Some(words.asked),
            Some("asked_before") => Some(words.asked_before),
            _ => None,
        };
        let trouble = if address.is_undeliverable {
            Some(words.undeliverable)
        } else {
            (!address.is_verified).then_some(words.unverified)
        };
        let quiet = self.wishes.quiet.unwrap_or(self.settings.quiet);
        let (from, until) = (quiet.from(), quiet.until());
        Some(views::Notices { words, done, trouble, wanted: self.wishes.wanted, from, until })
    }
}

/// `POST`: what somebody chooses on their own page.
pub(crate) async fn choose(visit: Visit, Fields(fields): Fields) -> Response {
    let chosen = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let wish = (form.first("wanted").is_some(), quiet(&form)?);
        let keep = visit.house.db.write((who.actor(visit.origin), wish), |tx, (actor, (wanted, quiet))| {
            Box::pin(async move {
                // Who keeps the organisation's hours goes on to keep them when it changes them.
                let own = notices::settings(tx, actor.organisation).await?.quiet;
                let quiet = quiet.filter(|quiet| *quiet != own);
                notices::set_wishes(tx, actor, Wishes { wanted: *wanted, quiet }).await
            })
        });
        keep.await?;
        Ok(see(&format!("/account?{DONE}=saved#notices")))
    };
    chosen.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

fn quiet(form: &Form) -> Result<Option<Quiet>> {
    let time = |name| form.first(name).map(str::trim).filter(|text| !text.is_empty());
    match (time("from"), time("until")) {
        (None, None) => Ok(None),
        (from, until) => Quiet::between(from.unwrap_or_default(), until.unwrap_or_default()).map(Some),
    }
}

/// `POST`: somebody wants to show that mail reaches them.
pub(crate) async fn ask(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        let Some((_, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let reader = Reader { organisation: who.organisation, person: who.person };
        let is_asked = letters::ask_for_proof(&visit.house, reader).await?;
        let word = if is_asked { "asked" } else { "asked_before" };
        Ok(see(&format!("/account?{DONE}={word}#notices")))
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

fn token(visit: &Visit) -> &str {
    visit.query.first("token").unwrap_or_default()
}

fn nothing() -> Error {
    Error::not_found(Kind::Page)
}

/// `GET` of the link that ends notices: asks whether to.
pub(crate) async fn ask_to_end(visit: Visit) -> Response {
    let asked = async {
        let reader = links::read_ending(&visit.house.vault, token(&visit)).ok_or_else(nothing)?;
        let found = visit.house.db.read(reader.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
        let organisation = found.await?.ok_or_else(nothing)?;
        let words = words::notices(visit.language(None));
        let text = words.end.1.replace("{}", &organisation.name);
        Ok(question(&visit, (words.end.0, &text), ENDING_PATH, words.end_button))
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST` to that link: ends them. Mail programs send it in one click, with a body that says so (RFC 8058).
pub(crate) async fn end(visit: Visit) -> Response {
    let ended = async {
        let reader = links::read_ending(&visit.house.vault, token(&visit)).ok_or_else(nothing)?;
        let end = visit.house.db.write((reader, visit.origin), |tx, (reader, origin)| {
            Box::pin(notices::switch_off(tx, reader.organisation, reader.person, *origin))
        });
        end.await?;
        Ok(said(&visit, words::notices(visit.language(None)).ended))
    };
    ended.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `GET` of the link that proves an address: asks whether to.
pub(crate) async fn ask_to_prove(visit: Visit) -> Response {
    let asked = async {
        proven_address(&visit).await?;
        let words = words::notices(visit.language(None));
        Ok(question(&visit, words.prove, PROVING_PATH, words.prove_button))
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST` to that link: mail reaches them.
pub(crate) async fn prove(visit: Visit) -> Response {
    let proven = async {
        let (reader, hash) = proven_address(&visit).await?;
        let prove = visit.house.db.write((reader, hash, visit.origin), |tx, (reader, hash, origin)| {
            Box::pin(notices::prove(tx, (reader.organisation, reader.person), hash, *origin))
        });
        if !prove.await? {
            return Err(nothing());
        }
        Ok(said(&visit, words::notices(visit.language(None)).proven))
    };
    proven.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// Whose address the link proves, as long as it is still the one that the letter went to.
async fn proven_address(visit: &Visit) -> Result<(Reader, [u8; 32])> {
    let reader = links::reader_of_proving(token(visit), visit.house.clock.now_ms()).ok_or_else(nothing)?;
    let address = visit.house.db.read(reader.person, |tx, id| Box::pin(notices::address(tx, *id)));
    let address = address.await?.filter(|one| links::proves(&visit.house.vault, token(visit), &one.hash));
    address.map(|one| (reader, one.hash)).ok_or_else(nothing)
}

fn question(visit: &Visit, (title, text): (&str, &str), path: &str, button: &str) -> Response {
    let action = format!("{path}?token={}", encode(token(visit)));
    let language = visit.language(None);
    let mut response =
        Page::new(language, title, &action).show(&views::Question { title, text, action: &action, button });
    visit.keep_language(&mut response);
    response
}

fn said(visit: &Visit, (title, text): Said) -> Response {
    Page::new(visit.language(None), title, "/account").show(&views::Message { title, text, onward: None })
}
