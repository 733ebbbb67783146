//! What somebody ends, or moves, from their own page: sessions, the rights of applications, and where they act.

use axum::response::Response;
use identity::{By, grants, sessions, sign_in};
use kernel::{GrantId, OrganisationId, SessionId};

use super::{ENDED, HERE, sent_by};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};

/// `POST`: acts in another of the person's organisations from now on, in this browser.
pub(crate) async fn switch(visit: Visit, Fields(fields): Fields) -> Response {
    let switched = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let organisation = form.first("organisation").and_then(OrganisationId::from_hex);
        if let (Some(session), Some(organisation)) = (who.session, organisation) {
            let input = (who.actor(visit.origin), session, organisation);
            visit
                .house
                .db
                .write(input, |tx, (actor, session, organisation)| {
                    Box::pin(sessions::switch(tx, actor, *session, *organisation))
                })
                .await?;
        }
        Ok(see(HERE))
    };
    switched.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: signs another of the person's browsers out.
pub(crate) async fn end_session(visit: Visit, Fields(fields): Fields) -> Response {
    let ended = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        if let Some(id) = form.first("session").and_then(SessionId::from_hex) {
            visit
                .house
                .db
                .write((who.actor(visit.origin), id), |tx, (actor, id)| {
                    Box::pin(sessions::end(tx, actor, *id))
                })
                .await?;
        }
        Ok(see(HERE))
    };
    ended.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: signs all of the person's browsers out but this one, and forgets that they are known.
pub(crate) async fn end_others(visit: Visit, Fields(fields): Fields) -> Response {
    let ended = async {
        let Some((_, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        if let Some(here) = who.session {
            let input = (who.actor(visit.origin), here, visit.cookies.device_hash(&visit.headers));
            let ended = visit.house.db.write(input, |tx, (actor, here, browser)| {
                Box::pin(sign_in::leave_others(tx, actor, *here, browser.as_ref()))
            });
            ended.await?;
        }
        Ok(see(HERE))
    };
    ended.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: takes an application's rights away.
pub(crate) async fn end_app(visit: Visit, Fields(fields): Fields) -> Response {
    let ended = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let Some(id) = form.first("grant").and_then(GrantId::from_hex) else { return Ok(see(HERE)) };
        visit
            .house
            .db
            .write((who.actor(visit.origin), id), |tx, (actor, id)| {
                Box::pin(grants::end(tx, By::Actor(actor), actor.person, *id))
            })
            .await?;
        Ok(see(&format!("{HERE}?{ENDED}=1")))
    };
    ended.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}
