//! The organisation's applications.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{Asking, At, Changing, Naming, Query, Refusal, Words};
use identity::applications::{self, Application as Known};
use identity::clients::{self, NewClient};
use identity::{Algorithm, By, Dialect, GrantType};
use kernel::{ClientId, Error, Kind, Result, Scopes};
use secrecy::{ExposeSecret as _, SecretString};

use crate::words::deciding::{Approval, Reason};
use crate::words::{Application, ApplicationChange, NewApplication, NewSecret, Registered, Rotation};

const OVERLAP_HOURS: u32 = 24;
const HOUR_MS: i64 = 3_600_000;

/// The organisation's applications, the oldest first.
#[utoipa::path(
    get, path = "/clients", tag = "Applications", operation_id = "listClients",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Rows a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<Application>), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn list(caller: Caller, query: Query) -> Result<Json<Vec<Application>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| {
        Box::pin(async move {
            applications::must_administer(tx, actor).await?;
            applications::list(tx, actor.organisation).await
        })
    });
    Ok(Json(query.page()?.of(all.await?).iter().map(Application::from).collect()))
}

/// Registers an application, and tells its secret this once.
#[utoipa::path(
    post, path = "/clients", tag = "Applications", operation_id = "addClient",
    request_body = NewApplication,
    responses((status = 201, body = Registered), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewApplication>,
) -> Result<(StatusCode, Json<Registered>), Refusal> {
    let new = new_client(&caller, new)?;
    let added = caller.write(new, |tx, actor, new| Box::pin(applications::add(tx, By::Actor(actor), new)));
    let (id, secret) = added.await?;
    let client_secret = secret.as_ref().map(told);
    Ok((StatusCode::CREATED, Json(Registered { client_id: id.hex(), client_secret })))
}

fn told(secret: &SecretString) -> String {
    secret.expose_secret().to_owned()
}

fn new_client(caller: &Caller, new: NewApplication) -> Result<NewClient> {
    let unknown = |field, why: &'static str| Error::invalid(field, "unknown_name", why);
    let dialect = Dialect::named(&new.dialect)
        .ok_or_else(|| unknown("dialect", "A dialect is one of kpn, portal, fhir and own."))?;
    let usual = NewClient::of(caller.actor.organisation, &new.name, dialect);
    let (scopes, stranger) = Scopes::parse(&new.scopes);
    if stranger.is_some() || scopes.is_empty() {
        return Err(unknown("scopes", "One or more scopes of this server, separated by spaces."));
    }
    let grant_types = match &new.grant_types {
        None => usual.grant_types.clone(),
        Some(names) => {
            let named = names.iter().map(|name| GrantType::named(name)).collect::<Option<Vec<_>>>();
            named.ok_or_else(|| unknown("grant_types", "authorization_code, refresh_token or both."))?
        }
    };
    if new.redirect_uris.is_empty() {
        let why = "An application needs a redirect address: without one nobody can sign in to it.";
        return Err(Error::invalid("redirect_uris", "redirect_uri_missing", why));
    }
    let id_token_alg = match &new.id_token_alg {
        None => usual.id_token_alg,
        Some(name) => {
            Algorithm::named(name).ok_or_else(|| unknown("id_token_alg", "One of RS256, ES256 and EdDSA."))?
        }
    };
    Ok(NewClient {
        public: new.public,
        redirect_uris: new.redirect_uris,
        scopes,
        token_life_ms: new.token_life_s.map(|seconds| i64::from(seconds) * 1_000),
        jwks: new.jwks.map(|keys| keys.to_string()),
        grant_types,
        pairwise: new.pairwise.unwrap_or(usual.pairwise),
        id_token_alg,
        post_logout_uris: new.post_logout_uris,
        ..usual
    })
}

pub(crate) fn named(client_id: &str) -> Result<ClientId> {
    ClientId::from_hex(client_id).ok_or(Error::not_found(Kind::Client))
}

async fn known(caller: &Caller, id: ClientId) -> Result<Known> {
    let found = caller.read(id, |tx, actor, id| {
        Box::pin(async move {
            applications::open(tx, By::Actor(actor), *id).await?;
            applications::find(tx, actor.organisation, *id).await
        })
    });
    found.await?.ok_or(Error::not_found(Kind::Client))
}

/// One application.
#[utoipa::path(
    get, path = "/clients/{client_id}", tag = "Applications", operation_id = "getClient",
    params(("client_id" = String, Path, description = "Its client_id")),
    responses((status = 200, body = Application), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Application>, Refusal> {
    Ok(Json(Application::from(&known(&caller, named(&id)?).await?)))
}

/// Changes name, addresses, keys or lives of an application, all of it or nothing.
#[utoipa::path(
    put, path = "/clients/{client_id}", tag = "Applications", operation_id = "changeClient",
    params(("client_id" = String, Path, description = "Its client_id")),
    request_body = ApplicationChange,
    responses((status = 200, body = Application), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn change(
    caller: Caller,
    At(id): At<String>,
    Words(change): Words<ApplicationChange>,
) -> Result<Json<Application>, Refusal> {
    let id = named(&id)?;
    let changed = caller.write((id, change), |tx, actor, (id, change)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            applications::open_to_change(tx, by, *id).await?;
            if let Some(name) = &change.name {
                applications::rename(tx, by, *id, name).await?;
            }
            if let Some(uris) = &change.redirect_uris {
                clients::set_redirects(tx, by, *id, uris).await?;
            }
            if let Some(uris) = &change.post_logout_uris {
                applications::set_post_logout(tx, by, *id, uris).await?;
            }
            if let Some(keys) = &change.jwks {
                applications::set_keys(tx, by, *id, &keys.to_string()).await?;
            }
            if let Some(lives) = change.lives() {
                clients::set_lives(tx, by, *id, &lives).await?;
            }
            Ok(())
        })
    });
    changed.await?;
    Ok(Json(Application::from(&known(&caller, id).await?)))
}

/// Gives an application a new secret, told this once.
#[utoipa::path(
    post, path = "/clients/{client_id}/rotate-secret", tag = "Applications", operation_id = "rotateClientSecret",
    params(("client_id" = String, Path, description = "Its client_id")),
    request_body = Rotation,
    responses((status = 200, body = NewSecret), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn rotate_secret(
    caller: Caller,
    At(id): At<String>,
    Words(rotation): Words<Rotation>,
) -> Result<Json<NewSecret>, Refusal> {
    let overlap_ms = i64::from(rotation.overlap_hours.unwrap_or(OVERLAP_HOURS)) * HOUR_MS;
    let rotated = caller.write((named(&id)?, overlap_ms), |tx, actor, (id, overlap_ms)| {
        Box::pin(async move {
            applications::open_to_change(tx, By::Actor(actor), *id).await?;
            clients::rotate_secret(tx, By::Actor(actor), *id, *overlap_ms).await
        })
    });
    Ok(Json(NewSecret { client_secret: told(&rotated.await?) }))
}

/// Says yes to an application that waits.
#[utoipa::path(
    post, path = "/clients/{client_id}/approve", tag = "Applications", operation_id = "approveClient",
    params(("client_id" = String, Path, description = "Its client_id")),
    request_body = Approval,
    responses((status = 200, body = Application), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn approve(
    caller: Caller,
    At(id): At<String>,
    Words(approval): Words<Approval>,
) -> Result<Json<Application>, Refusal> {
    let id = named(&id)?;
    let approved = caller.write((id, approval.redirect_uris), |tx, actor, (id, seen)| {
        Box::pin(applications::approve(tx, By::Actor(actor), *id, Some(seen)))
    });
    approved.await?;
    Ok(Json(Application::from(&known(&caller, id).await?)))
}

/// Says no to an application that waits. Its developer reads why; it can do as little as before, and is there until they
/// or somebody else removes it.
#[utoipa::path(
    post, path = "/clients/{client_id}/decline", tag = "Applications", operation_id = "declineClient",
    params(("client_id" = String, Path, description = "Its client_id")),
    request_body = Reason,
    responses((status = 200, body = Application), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn decline(
    caller: Caller,
    At(id): At<String>,
    Words(Reason { reason }): Words<Reason>,
) -> Result<Json<Application>, Refusal> {
    let id = named(&id)?;
    let declined = caller.write((id, reason), |tx, actor, (id, reason)| {
        Box::pin(applications::decline(tx, By::Actor(actor), *id, reason))
    });
    declined.await?;
    Ok(Json(Application::from(&known(&caller, id).await?)))
}

/// Removes an application; every token that it holds stops.
#[utoipa::path(
    delete, path = "/clients/{client_id}", tag = "Applications", operation_id = "removeClient",
    params(("client_id" = String, Path, description = "Its client_id")),
    responses((status = 204, description = "It is gone"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn remove(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let removed = caller.write(named(&id)?, |tx, actor, id| {
        Box::pin(async move {
            applications::open(tx, By::Actor(actor), *id).await?;
            clients::remove(tx, By::Actor(actor), *id).await
        })
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}
