//! Signing in by a passkey: the browser is asked for any that it has, and the passkey says whose it is.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::pages::Page;
use door::{Unproven, Work};
use flows::mail::account::{News, tell};
use identity::arrivals::{self, Arrived};
use identity::passkeys::{self, Checked, Kept, Purpose, Shown};
use identity::protocol::form::{Form, encode};
use identity::sessions::NewSession;
use identity::sign_in::{self, Arrival, Memo};
use identity::{Admitted, Language, Method, Methods, Proven, halves, notices};
use kernel::id::hex;
use kernel::{Error, OrganisationId, Result};

use crate::arrive::welcome;
use crate::onward::Onward;
use crate::passkeys::{ask, relying};
use crate::refusals::Trouble;
use crate::tries;
use crate::views::Message;
use crate::visit::{Fields, Visit};
use crate::words;

/// `POST` of the script: what the browser is to be asked.
pub(crate) async fn begin(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        if !visit.is_ours(&fields?) {
            return Ok(Trouble::stale().show(&visit));
        }
        // Each question is a row, for whoever asks.
        visit.rates.address(Work::Link, visit.origin.address)?;
        let question = relying(&visit)?.ask_for_any()?;
        ask(&visit, Purpose::SignIn, None, question).await
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST` of the answer.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let form = match fields {
        Ok(form) if visit.is_ours(&form) => form,
        Ok(_) => return Trouble::stale().show(&visit),
        Err(error) => return Trouble::of(&error).show(&visit),
    };
    let onward = Onward::read(&form);
    match try_passkey(&visit, &onward, &form).await {
        Ok(Some((session, language))) => {
            let mut response = welcome(&visit, &onward.signed_in(), &session, language);
            visit.cookies.clear_half(&mut response);
            response
        }
        Ok(None) => refused(&visit, &onward, None),
        Err(Error::LimitReached { retry_after, .. }) => {
            refused(&visit, &onward, Some(tries::whole_seconds(retry_after)))
        }
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

/// A session that has begun, and the language of its account.
type Begun = (NewSession, Option<Language>);

/// What is not known and what does not fit are told alike.
async fn try_passkey(visit: &Visit, onward: &Onward, form: &Form) -> Result<Option<Begun>> {
    let shown = Shown::read(form.first("answer").unwrap_or_default());
    // Each passkey is an account of its own to the brakes, whether or not we know it.
    let name = shown.as_ref().map(|shown| format!("passkey {}", hex(&shown.hash))).unwrap_or_default();
    let (_, tried, toll) = tries::begin(visit, &name).await?;
    let question = vault::token_hash(form.first("question").unwrap_or_default());
    let state = visit
        .house
        .db
        .write(question, |tx, question| Box::pin(passkeys::take(tx, question, Purpose::SignIn)))
        .await?;
    let (Some(shown), Some((state, _))) = (shown, state) else {
        toll.keep(visit);
        return refuse(visit, None, &tried, false).await;
    };
    let kept = visit.house.read(shown.hash, |tx, hash| Box::pin(passkeys::find(tx, hash))).await?;
    let Some(kept) = kept.filter(|kept| kept.person == shown.person) else {
        toll.keep(visit);
        return refuse(visit, None, &tried, false).await;
    };
    match relying(visit)?.check(&state, &shown, &kept.credential)? {
        Checked::Right { credential, counter } => {
            let proven = visit.house.desk.prove(tried, kept.person);
            let considered = onward.considered(visit).await?;
            let towards = considered.and_then(|one| one.client).map(|client| client.organisation);
            let begun = arrive(visit, towards, &proven, kept, (credential, counter)).await?;
            match &begun {
                Some(_) => toll.give_back(visit),
                None => toll.keep(visit),
            }
            Ok(begun)
        }
        checked => {
            toll.keep(visit);
            refuse(visit, Some(&kept), &tried, matches!(checked, Checked::Copied)).await
        }
    }
}

/// The session of somebody whose passkey was right; `None` when they belong nowhere, or the passkey was used or removed in
/// between. A passkey is two factors, so that nothing else is asked.
async fn arrive(
    visit: &Visit,
    towards: Option<OrganisationId>,
    proven: &Proven,
    kept: Kept,
    now: (String, i64),
) -> Result<Option<Begun>> {
    let (instead_of, origin, device) = (visit.session_hash(), visit.origin, visit.device());
    let methods = Methods::of(Method::Passkey);
    let arrival = Arrival { person: proven.person(), towards, instead_of, device, methods, origin };
    let input = (arrival, proven.clone(), kept, now, visit.half_hash());
    let begun = visit.house.db.write(input, |tx, (arrival, proven, kept, (credential, counter), half)| {
        Box::pin(async move {
            passkeys::confirm(tx, kept, credential, *counter).await?;
            if let Some(half) = half {
                halves::end_of(tx, arrival.person, half).await?;
            }
            let Arrived::In(session) = arrivals::arrive(tx, arrival, None, false).await? else {
                return Err(Error::bug("a passkey is two factors"));
            };
            sign_in::remember(tx, proven.memo()).await?;
            Ok((session, notices::language(tx, arrival.person).await?))
        })
    });
    match begun.await {
        Err(Error::Unauthenticated) => {
            let memo = visit.house.desk.turn_away(proven);
            note(visit, None, memo, false).await.map(|()| None)
        }
        Err(error) => Err(error),
        Ok(begun) => {
            tries::let_in(visit, proven, &begun.0);
            Ok(Some(begun))
        }
    }
}

async fn refuse(
    visit: &Visit,
    kept: Option<&Kept>,
    tried: &Admitted,
    is_copied: bool,
) -> Result<Option<Begun>> {
    let memo = visit.house.desk.refuse(tried);
    note(visit, kept, memo, is_copied).await.map(|()| None)
}

async fn note(visit: &Visit, kept: Option<&Kept>, memo: Memo, is_copied: bool) -> Result<()> {
    Unproven::Passkey.note(visit.origin.request);
    let url = visit.issuer().to_owned();
    let input = (kept.map(|kept| kept.person), visit.origin, memo, is_copied, url);
    let noted = visit.house.db.write(input, |tx, (person, origin, memo, is_copied, url)| {
        Box::pin(async move {
            match person.filter(|_| *is_copied) {
                Some(person) => {
                    sign_in::note_copied_passkey(tx, person, *origin).await?;
                    tell(tx, person, News::PasskeyCopied, url).await?;
                }
                None => sign_in::note_refusal(tx, *person, *origin).await?,
            }
            sign_in::remember(tx, memo).await
        })
    });
    noted.await
}

/// Says that it did not do, or for how long to wait, and leads back.
fn refused(visit: &Visit, onward: &Onward, wait_s: Option<u64>) -> Response {
    let language = visit.language(Some(onward));
    let (words, text) = (words::of(language), words::passkeys::of(language));
    let waiting = wait_s.map(|seconds| tries::wait_in_words(words, seconds));
    let back = format!("/login?return={}", encode(onward.path()));
    let (title, wrong) = text.wrong;
    let status =
        if wait_s.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page { status, ..Page::new(language, title, &back) };
    let onward = Some((back.as_str(), words.sign_in));
    let mut response = page.show(&Message { title, text: waiting.as_deref().unwrap_or(wrong), onward });
    if let Some(seconds) = wait_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
