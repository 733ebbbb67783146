//! The one place where somebody who has proven who they are is let in, whatever they proved it by; or is led to the page
//! that asks for more.

use axum::response::Response;
use identity::arrivals::{self, Arrived, Holder};
use identity::factors;
use identity::protocol::acr;
use identity::sessions::NewSession;
use identity::sign_in::{self, Arrival};
use identity::{Language, Methods, Proven, halves, notices};
use kernel::{Error, OrganisationId, PersonId, Result};
use secrecy::ExposeSecret as _;
use store::Tx;

use crate::onward::Onward;
use crate::tries;
use crate::visit::{Visit, see};

/// The page that asks for a second factor.
pub(crate) const SECOND: &str = "/login/second";
/// The page where one is set up before somebody is let in.
pub(crate) const SET_UP: &str = "/login/set-up";

/// Somebody who has proven who they are.
pub(crate) struct Came<'a> {
    pub person: PersonId,
    /// By what.
    pub methods: Methods,
    /// Whose application they are on their way to.
    pub towards: Option<OrganisationId>,
    /// Their try, when it was a password.
    pub proven: Option<&'a Proven>,
    /// Whether they have a session already, and prove themselves once more before they change something.
    pub is_again: bool,
}

/// Lets them in, or leads them to the page that asks for more; `None` when they belong nowhere, which is told no more
/// than anything else.
pub(crate) async fn arrive(visit: &Visit, onward: &Onward, came: Came<'_>) -> Result<Option<Response>> {
    let Came { person, methods, towards, proven, is_again } = came;
    let (instead_of, origin, device) = (visit.session_hash(), visit.origin, visit.device());
    let arrival = Arrival { person, towards, instead_of, device, methods, origin };
    let needs_two = onward.request().is_some_and(acr::asks_for_two);
    let input = (arrival, proven.cloned(), needs_two, is_again, visit.half_hash());
    let arrived = visit.house.db.write(input, |tx, (arrival, proven, needs_two, is_again, half)| {
        Box::pin(async move {
            let mut needs_two = *needs_two;
            if *is_again {
                needs_two |= must_prove_again(tx, arrival).await?;
            }
            let account = proven.as_ref().map(Proven::account);
            let arrived = arrivals::arrive(tx, arrival, account, needs_two).await?;
            if let Some(half) = half {
                // What they began in this browser before, they go on with now.
                halves::end_of(tx, arrival.person, half).await?;
            }
            if let Some(proven) = proven {
                match &arrived {
                    Arrived::In(_) => sign_in::remember(tx, proven.memo()).await?,
                    Arrived::Half { .. } => sign_in::remember(tx, &proven.memo().half_way()).await?,
                }
            }
            Ok((arrived, notices::language(tx, arrival.person).await?))
        })
    });
    let (arrived, language) = match arrived.await {
        Err(Error::Unauthenticated) => return Ok(None),
        arrived => arrived?,
    };
    match (&arrived, proven) {
        (Arrived::In(session), Some(proven)) => tries::let_in(visit, proven, session),
        (Arrived::In(session), None) => tries::note_in(visit, person, session),
        (Arrived::Half { .. }, Some(proven)) => visit.house.desk.half_way(proven),
        (Arrived::Half { .. }, None) => {}
    }
    Ok(Some(lead(visit, onward, &arrived, language)))
}

/// Whether somebody whose session still stands has more to show than a password.
async fn must_prove_again(tx: &Tx, arrival: &Arrival) -> Result<bool> {
    let session = arrival.instead_of.map(Holder::Session).ok_or(Error::Unauthenticated)?;
    arrivals::must_stand(tx, session, arrival.person).await?;
    Ok(factors::enrolled(tx, arrival.person).await?.can_prove())
}

/// Where somebody goes of whom it is decided so.
pub(crate) fn lead(
    visit: &Visit,
    onward: &Onward,
    arrived: &Arrived,
    language: Option<Language>,
) -> Response {
    match arrived {
        Arrived::In(session) => welcome(visit, &onward.signed_in(), session, language),
        Arrived::Half { secret, is_enrolled } => {
            let page = if *is_enrolled { SECOND } else { SET_UP };
            let mut response = see(&onward.by_way_of(page));
            visit.cookies.set_half(&mut response, secret.expose_secret());
            speak(visit, &mut response, language);
            response
        }
    }
}

/// Hands over the session. The browser speaks the language of the account from now on, too, where no other was chosen
/// in it.
pub(crate) fn welcome(
    visit: &Visit,
    onward: &Onward,
    session: &NewSession,
    language: Option<Language>,
) -> Response {
    let mut response = see(onward.path());
    visit.cookies.set_session(&mut response, session.secret.expose_secret());
    speak(visit, &mut response, language);
    response
}

fn speak(visit: &Visit, response: &mut Response, language: Option<Language>) {
    if let Some(language) = language {
        visit.cookies.set_account_language(response, language);
    }
}
