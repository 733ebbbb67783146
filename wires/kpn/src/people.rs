//! The caller and the people whom they may write to.

use axum::Json;
use door::Caller;
use identity::PeopleFilter;
use kernel::{Error, Kind, Scope};

use crate::answers::{Asking, Naming};
use crate::avatars::Avatars;
use crate::refusals::Refusal;
use crate::taken::{At, Pages, named_person};
use crate::words::{Me, User};

/// The person whose token it is.
#[utoipa::path(
    get, path = "/me", tag = "Me", operation_id = "getMe",
    responses((status = 200, body = Me), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn me(caller: Caller) -> Result<Json<Me>, Refusal> {
    caller.must_have(Scope::Read)?;
    Ok(Json(myself(&caller).await?))
}

/// The caller as they see themselves.
pub(crate) async fn myself(caller: &Caller) -> Result<Me, Error> {
    let me =
        caller.read((), |tx, actor, ()| Box::pin(identity::find_person(tx, actor, actor.person))).await?;
    let me = me.ok_or(Error::Unauthenticated)?;
    let (email, language) = (me.email.clone(), me.language.code().to_owned());
    Ok(Me { user: User::of(&me, &Avatars::of(caller)), email, language })
}

/// The people whom the caller may write to, by name.
#[utoipa::path(
    get, path = "/me/contacts", tag = "Me", operation_id = "listContacts",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "People a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<User>), Asking),
    security(("oauth" = ["read"]))
)]
pub async fn contacts(caller: Caller, Pages(page): Pages) -> Result<Json<Vec<User>>, Refusal> {
    caller.must_have(Scope::Read)?;
    let people = caller
        .read(page, |tx, actor, page| Box::pin(identity::people_of(tx, actor, PeopleFilter::All, *page)))
        .await?;
    Ok(Json(User::all(&people, &Avatars::of(&caller))))
}

/// Somebody of the caller's own company.
#[utoipa::path(
    get, path = "/users/{user_id}", tag = "Users", operation_id = "getUser",
    params(("user_id" = String, Path, description = "UUID")),
    responses((status = 200, body = User), Naming),
    security(("oauth" = ["read"]))
)]
pub async fn user(caller: Caller, At(id): At<String>) -> Result<Json<User>, Refusal> {
    caller.must_have(Scope::Read)?;
    let person = caller
        .read(named_person(&id)?, |tx, actor, id| Box::pin(flows::chats::person(tx, actor, *id)))
        .await?;
    let person = person.ok_or(Error::not_found(Kind::Person))?;
    Ok(Json(User::of(&person, &Avatars::of(&caller))))
}
