//! What somebody is spoken to in: in letters and documents by what their account says, on pages by a cookie. Both are
//! set together.

use axum::response::Response;
use identity::profile::{self, ProfileChange};
use identity::protocol::form::Form;
use identity::{Language, notices};
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

/// Has a browser in which no language was chosen speak that of the account that was signed in to.
pub(crate) async fn greet(visit: &Visit, session_hash: [u8; 32], response: &mut Response) -> Result<()> {
    if visit.cookies.language(&visit.headers).is_some() {
        return Ok(());
    }
    let language = visit.house.read(session_hash, |tx, hash| {
        Box::pin(async move {
            let Some(who) = identity::recognise_session(tx, hash).await? else { return Ok(None) };
            notices::language(tx, who.person).await
        })
    });
    if let Some(language) = language.await? {
        visit.cookies.set_language(response, language);
    }
    Ok(())
}
