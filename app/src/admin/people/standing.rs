//! What acts in somebody's name in an organisation, and what they prove themselves by.

use clap::Args;
use flows::House;
use futures_util::future::BoxFuture;
use identity::By;
use identity::grants::ConnectedApp;
use identity::oversight::{self, Overseen, TokenView};
use identity::sessions::SessionView;
use kernel::{Error, Id, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::One;
use crate::admin::answers::{id, instant, organisation_id, person_id};

/// One of what acts in somebody's name.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Which {
    /// Whose
    #[command(flatten)]
    #[serde(flatten)]
    pub one: One,
    /// Its id, as the list shows it
    #[arg(long)]
    pub id: String,
}

/// What is done behind the door to somebody.
type Deed<I, T> = for<'c> fn(&'c Tx, Overseen, &'c I) -> BoxFuture<'c, Result<T>>;

/// Opens the door to somebody and goes on behind it. Each command leaves its line there, those too that only look.
async fn behind_door<I, T>(house: &House, one: &One, input: I, deed: Deed<I, T>) -> Result<T>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let whose = (organisation_id(house, &one.organisation).await?, person_id(house, &one.person).await?);
    let done = house.db.write((whose, input), move |tx, ((organisation, person), input)| {
        Box::pin(async move {
            let of = oversight::open(tx, By::Operator, *organisation, *person).await?;
            deed(tx, of, input).await
        })
    });
    done.await
}

fn named<K>(which: &Which, what: Kind) -> Result<Id<K>> {
    id(&which.id).ok_or(Error::not_found(what))
}

pub(super) async fn sessions(house: &House, one: One) -> Result<Value> {
    let listed =
        behind_door(house, &one, (), |tx, of, ()| Box::pin(oversight::sessions(tx, By::Operator, of)));
    let shown = |session: &SessionView| {
        json!({
            "id": session.id.uuid(),
            "browser": session.device.browser(),
            "system": session.device.system(),
            "since": instant(session.signed_in_ms),
            "seen": instant(session.seen_ms),
        })
    };
    Ok(listed.await?.iter().map(shown).collect())
}

pub(super) async fn end_session(house: &House, which: Which) -> Result<Value> {
    let id = named(&which, Kind::Page)?;
    let ended = behind_door(house, &which.one, id, |tx, of, id| {
        Box::pin(oversight::end_session(tx, By::Operator, of, *id))
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

pub(super) async fn end_sessions(house: &House, one: One) -> Result<Value> {
    let ended =
        behind_door(house, &one, (), |tx, of, ()| Box::pin(oversight::end_sessions(tx, By::Operator, of)));
    ended.await?;
    Ok(json!({ "ended": true }))
}

pub(super) async fn grants(house: &House, one: One) -> Result<Value> {
    let listed = behind_door(house, &one, (), |tx, of, ()| Box::pin(oversight::grants(tx, By::Operator, of)));
    let shown = |app: &ConnectedApp| {
        json!({
            "id": app.grant.uuid(),
            "client_id": app.client.hex(),
            "name": app.client_name,
            "scopes": app.scopes.names(),
            "since": instant(app.made_ms),
            "used": app.used_ms.map(instant),
        })
    };
    Ok(listed.await?.iter().map(shown).collect())
}

pub(super) async fn end_grant(house: &House, which: Which) -> Result<Value> {
    let id = named(&which, Kind::Client)?;
    let ended = behind_door(house, &which.one, id, |tx, of, id| {
        Box::pin(oversight::end_grant(tx, By::Operator, of, *id))
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

pub(super) async fn tokens(house: &House, one: One) -> Result<Value> {
    let listed = behind_door(house, &one, (), |tx, of, ()| Box::pin(oversight::tokens(tx, By::Operator, of)));
    let shown = |token: &TokenView| {
        json!({
            "id": token.id.uuid(),
            "kind": if token.is_refresh { "refresh" } else { "access" },
            "client_id": token.client.hex(),
            "name": token.client_name,
            "scopes": token.scopes.names(),
            "since": instant(token.made_ms),
            "ends": instant(token.ends_ms),
        })
    };
    Ok(listed.await?.iter().map(shown).collect())
}

pub(super) async fn end_token(house: &House, which: Which) -> Result<Value> {
    let id = named(&which, Kind::Page)?;
    let ended = behind_door(house, &which.one, id, |tx, of, id| {
        Box::pin(oversight::end_token(tx, By::Operator, of, *id))
    });
    ended.await?;
    Ok(json!({ "ended": true }))
}

pub(super) async fn factors(house: &House, one: One) -> Result<Value> {
    let found = behind_door(house, &one, (), |tx, of, ()| Box::pin(oversight::factors(tx, By::Operator, of)));
    let found = found.await?;
    Ok(json!({
        "authenticator": found.has_app(),
        "sms": found.has_sms,
        "recovery_codes": found.codes_left,
        "passkeys": found.passkeys,
    }))
}
