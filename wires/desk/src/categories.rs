//! What patients choose first: often a doctor, or a speciality.

use axum::Json;
use axum::http::StatusCode;
use booking::setup::Author;
use booking::setup::categories;
use door::Caller;
use door::problem::{Asking, At, Changing, Naming, Refusal, Words, named};
use identity::applications::must_administer;
use kernel::{CategoryId, Error, Kind, Result};

use crate::words::categories::{Category, NewCategory};

fn id(uuid: &str) -> Result<CategoryId> {
    named(uuid, Kind::Category)
}

async fn known(caller: &Caller, id: CategoryId) -> Result<Json<Category>> {
    let found = caller.read(id, |tx, actor, id| {
        Box::pin(async move { categories::find(tx, actor.organisation, *id).await })
    });
    Ok(Json(found.await?.ok_or(Error::not_found(Kind::Category))?.into()))
}

/// The categories that stand, by number.
#[utoipa::path(
    get, path = "/categories", tag = "Categories", operation_id = "listCategories",
    responses((status = 200, body = Vec<Category>), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Category>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(categories::list(tx, actor.organisation)));
    Ok(Json(all.await?.into_iter().map(Category::from).collect()))
}

/// Adds a category.
#[utoipa::path(
    post, path = "/categories", tag = "Categories", operation_id = "addCategory",
    request_body = NewCategory,
    responses((status = 201, body = Category), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn add(
    caller: Caller,
    Words(new): Words<NewCategory>,
) -> Result<(StatusCode, Json<Category>), Refusal> {
    let added = caller.write(new.meant()?, |tx, actor, new| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            categories::add(tx, Author::Staff(actor), actor.organisation, new).await
        })
    });
    let id = added.await?;
    Ok((StatusCode::CREATED, known(&caller, id).await?))
}

/// A category, also one that has ended.
#[utoipa::path(
    get, path = "/categories/{category_id}", tag = "Categories", operation_id = "getCategory",
    params(("category_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Category), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(uuid): At<String>) -> Result<Json<Category>, Refusal> {
    Ok(known(&caller, id(&uuid)?).await?)
}

/// Makes a category so; its number and its place stay.
#[utoipa::path(
    put, path = "/categories/{category_id}", tag = "Categories", operation_id = "changeCategory",
    params(("category_id" = String, Path, description = "UUID")), request_body = NewCategory,
    responses((status = 200, body = Category), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn change(
    caller: Caller,
    At(uuid): At<String>,
    Words(new): Words<NewCategory>,
) -> Result<Json<Category>, Refusal> {
    let id = id(&uuid)?;
    let changed = caller.write((id, new.meant()?), |tx, actor, (id, new)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            categories::change(tx, Author::Staff(actor), actor.organisation, *id, new).await
        })
    });
    changed.await?;
    Ok(known(&caller, id).await?)
}

/// Ends a category with its types: nothing new is booked, and what was booked stays.
#[utoipa::path(
    delete, path = "/categories/{category_id}", tag = "Categories", operation_id = "endCategory",
    params(("category_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "It has ended"), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn end(caller: Caller, At(uuid): At<String>) -> Result<StatusCode, Refusal> {
    let ended = caller.write(id(&uuid)?, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            categories::end(tx, Author::Staff(actor), actor.organisation, *id).await
        })
    });
    ended.await?;
    Ok(StatusCode::NO_CONTENT)
}
