//! The caller's company, the people who work there, and lists of them.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use identity::imports::{self, Listed};
use identity::profile::{self, ProfileChange};
use identity::{Language, PeopleFilter, organisations};
use kernel::{Error, ImportId, Kind, Page, Result, Scope};

use crate::answers::{Asking, Naming};
use crate::avatars::Avatars;
use crate::company_words::{Company, ImportReport, ImportTaken, ImportUser, NewImport, NewProfile};
use crate::people::myself;
use crate::refusals::Refusal;
use crate::taken::{At, Pages, Words};
use crate::words::{Me, User};

/// The caller's company.
#[utoipa::path(
    get, path = "/company", tag = "Company", operation_id = "getCompany",
    responses((status = 200, body = Company), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn company(caller: Caller) -> Result<Json<Company>, Refusal> {
    caller.must_have(Scope::Read)?;
    let found = caller
        .read((), |tx, actor, ()| Box::pin(organisations::find(tx, actor.organisation)))
        .await?
        .ok_or(Error::Unauthenticated)?;
    Ok(Json(Company::from(&found)))
}

/// The people who work in the caller's company, as far as the caller may find them; the caller, too.
#[utoipa::path(
    get, path = "/company/users", tag = "Company", operation_id = "listCompanyUsers",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "People a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<User>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn users(caller: Caller, Pages(page): Pages) -> Result<Json<Vec<User>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let people = caller.read(page, |tx, actor, page| Box::pin(identity::staff_of(tx, actor, *page))).await?;
    Ok(Json(User::all(&people, &Avatars::of(&caller))))
}

/// The people who work in the caller's company, but for the caller.
#[utoipa::path(
    get, path = "/me/coworkers", tag = "Me", operation_id = "listCoworkers",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "People a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<User>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn coworkers(caller: Caller, Pages(page): Pages) -> Result<Json<Vec<User>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let people = caller
        .read(page, |tx, actor, page| Box::pin(identity::people_of(tx, actor, PeopleFilter::Staff, *page)))
        .await?;
    Ok(Json(User::all(&people, &Avatars::of(&caller))))
}

/// Changes what the caller says of themselves.
#[utoipa::path(
    put, path = "/me", tag = "Me", operation_id = "changeMe",
    request_body = NewProfile,
    responses((status = 200, body = Me), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn change_me(caller: Caller, Words(new): Words<NewProfile>) -> Result<Json<Me>, Refusal> {
    caller.must_have(Scope::Write)?;
    let change = change(new)?;
    caller.write(change, |tx, actor, change| Box::pin(profile::change(tx, actor, change))).await?;
    Ok(Json(myself(&caller).await?))
}

fn change(new: NewProfile) -> Result<ProfileChange> {
    if new.first_name.or(new.last_name).or(new.email).is_some() {
        let why = "names and addresses are the company's to change";
        return Err(Error::unsupported("field_not_changeable", why));
    }
    let unknown = || Error::invalid("language", "language_unknown", "one of nl, en, de and fr");
    let language = new.language.map(|code| Language::of_tag(&code).ok_or_else(unknown)).transpose()?;
    Ok(ProfileChange { language, position: new.position })
}

/// Imports people as coworkers. The answer comes once the list is taken in; what becomes of each row is in its report.
#[utoipa::path(
    post, path = "/company/import", tag = "Company", operation_id = "importUsers",
    request_body = NewImport,
    responses((status = 201, body = ImportTaken), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn import(
    caller: Caller,
    Words(new): Words<NewImport>,
) -> Result<(StatusCode, Json<ImportTaken>), Refusal> {
    caller.must_have(Scope::Admin)?;
    let total = i64::try_from(new.users.len()).map_err(Error::bug)?;
    let list: Vec<(i64, Listed)> = (0..).zip(new.users.into_iter().map(listed)).collect();
    let send_email = new.send_email.unwrap_or(true);
    let id = flows::imports::take(&caller.house, &caller.actor, &list, send_email).await?;
    Ok((StatusCode::CREATED, Json(ImportTaken { id: id.uuid(), state: "working", total })))
}

/// The answer to who takes in a list once more.
pub(crate) async fn taken(caller: &Caller, id: ImportId) -> Result<(StatusCode, Json<ImportTaken>), Error> {
    let report =
        caller.read(id, |tx, actor, id| Box::pin(imports::report(tx, actor, *id, Page::numbered(0, 1))));
    let report = ImportReport::of(id.uuid(), &report.await?);
    Ok((StatusCode::CREATED, Json(ImportTaken { id: report.id, state: report.state, total: report.total })))
}

fn listed(user: ImportUser) -> Listed {
    Listed {
        email: user.email.unwrap_or_default(),
        first_name: user.first_name.unwrap_or_default(),
        last_name: user.last_name.unwrap_or_default(),
        saml_username: user.saml_username.unwrap_or_default(),
        username: user.username.unwrap_or_default(),
    }
}

/// What became of a list, with some of its rows.
#[utoipa::path(
    get, path = "/company/import/{import_id}", tag = "Company", operation_id = "getImport",
    params(
        ("import_id" = String, Path, description = "UUID"),
        ("page" = Option<u32>, Query, description = "Which page of rows, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Rows a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = ImportReport), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn report(
    caller: Caller,
    At(id): At<String>,
    Pages(page): Pages,
) -> Result<Json<ImportReport>, Refusal> {
    caller.must_have(Scope::Admin)?;
    let id = ImportId::from_uuid(&id).ok_or(Error::not_found(Kind::Import))?;
    let report = caller
        .read((id, page), |tx, actor, (id, page)| Box::pin(imports::report(tx, actor, *id, *page)))
        .await?;
    Ok(Json(ImportReport::of(id.uuid(), &report)))
}
