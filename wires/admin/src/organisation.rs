//! The organisation itself: what it is called and speaks, how long people stay signed in, and of whom it asks two
//! factors. What it is known by to others, and whether it is a sandbox, the operator alone says.

use axum::Json;
use door::Caller;
use door::problem::{Asking, Refusal, Words};
use identity::settings::{self, Amendment};
use identity::{By, Language, organisations, policies};
use kernel::{Error, Kind, Result, Role};

use crate::words::organisation::{Organisation, OrganisationChange, SecondFactor};

async fn known(caller: &Caller) -> Result<Json<Organisation>> {
    let found = caller.read((), |tx, actor, ()| {
        Box::pin(async move {
            identity::applications::must_administer(tx, actor).await?;
            let found = organisations::find(tx, actor.organisation).await?;
            let found = found.ok_or(Error::not_found(Kind::Organisation))?;
            Ok((found, policies::second_factor_roles(tx, actor.organisation).await?))
        })
    });
    let (found, roles) = found.await?;
    Ok(Json(Organisation::of(&found, &roles)))
}

/// The organisation in which the caller is an administrator.
#[utoipa::path(
    get, path = "/organisation", tag = "Organisation", operation_id = "getOrganisation",
    responses((status = 200, body = Organisation), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn show(caller: Caller) -> Result<Json<Organisation>, Refusal> {
    Ok(known(&caller).await?)
}

/// Changes it, all of what is named or nothing. Sessions that stand keep the limits with which they began.
#[utoipa::path(
    put, path = "/organisation", tag = "Organisation", operation_id = "changeOrganisation",
    request_body = OrganisationChange,
    responses((status = 200, body = Organisation), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn change(
    caller: Caller,
    Words(change): Words<OrganisationChange>,
) -> Result<Json<Organisation>, Refusal> {
    let languages = change.languages.map(|all| all.iter().map(|code| language(code)).collect::<Result<_>>());
    let with = Amendment {
        name: change.name,
        time_zone: change.time_zone,
        languages: languages.transpose()?,
        idle_minutes: change.session_idle_minutes.map(i64::from),
        life_hours: change.session_life_hours.map(i64::from),
    };
    let changed = caller.write(with, |tx, actor, with| {
        Box::pin(settings::amend(tx, By::Actor(actor), actor.organisation, with))
    });
    changed.await?;
    Ok(known(&caller).await?)
}

fn language(code: &str) -> Result<Language> {
    let why = "A language is one of nl, en, de and fr.";
    Language::of_tag(code).ok_or_else(|| Error::invalid("languages", "language_unknown", why))
}

/// Chooses of which roles two factors are asked when they sign in.
#[utoipa::path(
    put, path = "/organisation/second-factor", tag = "Organisation", operation_id = "setSecondFactor",
    request_body = SecondFactor,
    responses((status = 200, body = Organisation), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn second_factor(
    caller: Caller,
    Words(asked): Words<SecondFactor>,
) -> Result<Json<Organisation>, Refusal> {
    let roles = asked.roles.iter().map(|name| role(name)).collect::<Result<Vec<_>>>()?;
    let set = caller.write(roles, |tx, actor, roles| {
        Box::pin(settings::ask_two_of(tx, By::Actor(actor), actor.organisation, roles))
    });
    set.await?;
    Ok(known(&caller).await?)
}

fn role(name: &str) -> Result<Role> {
    let why = "A role is one of those that the document of this API names.";
    Role::named(name).ok_or_else(|| Error::invalid("roles", "role_unknown", why))
}
