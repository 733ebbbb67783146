//! What a token is, for applications that are handed tokens (RFC 7662).

use axum::Json;
use axum::response::{IntoResponse, Response};
use identity::introspection::{self, Told};
use identity::protocol::credentials::{Credentials, Proof};
use identity::protocol::token::Refusal;
use identity::subjects;
use serde::Serialize;

use crate::revocation::token_of;
use crate::token::{Asked, asked, failed, plain, turn_down};
use crate::visit::{Fields, Visit};

/// What is told of a token that stands; of any other only that it does not (RFC 7662 section 2.2).
#[derive(Default, Serialize)]
struct Answer<'a> {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
}

/// Who acts with the token of a person (RFC 8693 section 4.1).
#[derive(Serialize)]
struct Act {
    sub: String,
}

/// `POST` of a token to be told of.
pub(crate) async fn introspect(visit: Visit, Fields(fields): Fields) -> Response {
    let (claim, who, token) = match asked(&visit, fields, token_of).await {
        Ok(Asked { claim, who, wish }) => (claim, who, wish),
        Err(refused) => return *refused,
    };
    match look_up(&visit, who, token).await {
        Ok(Ok(Some(told))) => answer(&Answer::of(&visit, &told)),
        Ok(Ok(None)) => answer(&Answer::default()),
        Ok(Err(refusal)) => turn_down(&visit, &claim, refusal),
        Err(error) => failed(&error),
    }
}

/// An assertion is used up by being looked at; a secret is only compared.
async fn look_up(
    visit: &Visit,
    who: Credentials,
    token: String,
) -> kernel::Result<Result<Option<Told>, Refusal>> {
    let (house, is_used_up) = (&visit.house, matches!(who.proof, Proof::Signed(_)));
    let input = (who, token);
    if is_used_up {
        let told =
            house.db.write(input, |tx, (who, token)| Box::pin(introspection::introspect(tx, who, token)));
        return told.await;
    }
    house.read(input, |tx, (who, token)| Box::pin(introspection::introspect(tx, who, token))).await
}

impl<'a> Answer<'a> {
    fn of(visit: &'a Visit, told: &Told) -> Self {
        let issuer = visit.issuer();
        Self {
            active: true,
            scope: Some(told.scopes.names()),
            client_id: Some(told.client.client_id()),
            // A refresh token is good at the token endpoint alone, and has no such type.
            token_type: (!told.is_refresh).then_some("Bearer"),
            exp: Some(told.ends_ms / 1_000),
            iat: Some(told.made_ms / 1_000),
            sub: Some(subjects::for_asker(&visit.house.vault, &told.asker, &told.client, told.person)),
            aud: Some(issuer),
            iss: Some(issuer),
            act: told.actor.map(|client| Act { sub: client.hex() }),
        }
    }
}

fn answer(words: &Answer<'_>) -> Response {
    plain(Json(words).into_response())
}
