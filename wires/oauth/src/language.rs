//! What somebody is spoken to in: in letters and documents by what their account says, on pages by a cookie of their
//! browser. Who chooses on their own page sets both.

use axum::response::Response;
use identity::Language;
use identity::profile::{self, ProfileChange};
use identity::protocol::form::Form;
use kernel::{Error, Result};

use crate::account::sent_by;
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};

/// `POST`: chooses the language of their account, and speaks it in this browser from now on.
pub(crate) async fn choose(visit: Visit, Fields(fields): Fields) -> Response {
    let chosen = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let language = read(&form)?;
        let change = ProfileChange { language: Some(language), ..ProfileChange::default() };
        let changed = visit.house.db.write((who.actor(visit.origin), change), |tx, (actor, change)| {
            Box::pin(profile::change(tx, actor, change))
        });
        changed.await?;
        let mut response = see("/account");
        visit.cookies.set_language(&mut response, language);
        Ok(response)
    };
    chosen.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

fn read(form: &Form) -> Result<Language> {
    let unknown = || Error::invalid("language", "language_unknown", "one of nl, en, de and fr");
    form.first("language").and_then(Language::of_tag).ok_or_else(unknown)
}
