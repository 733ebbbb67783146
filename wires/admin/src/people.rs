//! The people of the organisation.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{Asking, At, Changing, Naming, Query, Refusal, Words, named};
use flows::invitations::{self, Invite};
use flows::mail::account;
use identity::applications::must_administer;
use identity::invitations::{Address, ROLES};
use identity::{By, PeopleFilter, find_person, oversight, people_called, roster};
use kernel::{Error, Kind, PersonId, Result, Role};
use search::{Of, Wanted};

use crate::words::{Invited, NewPerson, NewRole, Person};

/// The people of the organisation, those who are disabled too; or those whose names begin so.
#[utoipa::path(
    get, path = "/people", tag = "People", operation_id = "listPeople",
    params(
        ("name" = Option<String>, Query, description = "Up to 8 words with which names begin, each of two letters or more"),
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "People a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<Person>), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn list(caller: Caller, query: Query) -> Result<Json<Vec<Person>>, Refusal> {
    let wanted = query.form.first("name").filter(|name| !name.trim().is_empty());
    let key = caller.house.vault.search_key_of(caller.actor.organisation);
    let tokens = wanted.map(|name| Ok::<_, Error>(Wanted::read(name)?.tokens(&key, Of::Name))).transpose()?;
    let people = caller.read((tokens, query.page()?), |tx, actor, (tokens, page)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            match tokens {
                Some(tokens) => people_called(tx, actor, PeopleFilter::All, tokens, *page).await,
                None => roster(tx, actor, *page).await,
            }
        })
    });
    Ok(Json(people.await?.iter().map(Person::from).collect()))
}

/// Asks somebody in by mail. Who was asked in before is the same person.
#[utoipa::path(
    post, path = "/people", tag = "People", operation_id = "invitePerson",
    request_body = NewPerson,
    responses((status = 201, body = Invited), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn invite(
    caller: Caller,
    Words(new): Words<NewPerson>,
) -> Result<(StatusCode, Json<Invited>), Refusal> {
    caller.read((), |tx, actor, ()| Box::pin(must_administer(tx, actor))).await?;
    let role = role(&new.role)?;
    if !ROLES.contains(&role) {
        let why = "People are asked in as patient, guest or assistant; other roles are given once they came.";
        return Err(Error::invalid("role", "role_not_invited", why).into());
    }
    let invite = Invite {
        address: Address::email(&new.email)?,
        role,
        first_name: new.first_name,
        last_name: new.last_name,
        begins_conversation: false,
        text: String::new(),
        writes: true,
        aux_id: None,
    };
    let id = invitations::invite(&caller.house, &caller.actor, &invite).await?;
    Ok((StatusCode::CREATED, Json(Invited { id: id.uuid() })))
}

fn role(name: &str) -> Result<Role> {
    let why = "A role is one of those that the document of this API names.";
    Role::named(name).ok_or_else(|| Error::invalid("role", "role_unknown", why))
}

fn person(id: &str) -> Result<PersonId> {
    named(id, Kind::Person)
}

async fn known(caller: &Caller, id: PersonId) -> Result<Json<Person>> {
    let found = caller.read(id, |tx, actor, id| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            find_person(tx, actor, *id).await
        })
    });
    let found = found.await?.ok_or(Error::not_found(Kind::Person))?;
    Ok(Json(Person::from(&found)))
}

/// Somebody of the organisation.
#[utoipa::path(
    get, path = "/people/{person_id}", tag = "People", operation_id = "getPerson",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 200, body = Person), Naming),
    security(("oauth" = ["admin"]))
)]
pub async fn show(caller: Caller, At(id): At<String>) -> Result<Json<Person>, Refusal> {
    Ok(known(&caller, person(&id)?).await?)
}

async fn let_in(caller: &Caller, id: &str, is_welcome: bool) -> Result<StatusCode, Refusal> {
    let done = caller.write((person(id)?, is_welcome), |tx, actor, (id, is_welcome)| {
        Box::pin(async move {
            let of = oversight::open(tx, By::Actor(actor), actor.organisation, *id).await?;
            oversight::let_in(tx, actor, of, *is_welcome).await
        })
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shuts somebody out; their sessions and the access of applications end for good.
#[utoipa::path(
    post, path = "/people/{person_id}/disable", tag = "People", operation_id = "disablePerson",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "They can do nothing any more"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn disable(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let_in(&caller, &id, false).await
}

/// Lets somebody in again; they sign in anew.
#[utoipa::path(
    post, path = "/people/{person_id}/enable", tag = "People", operation_id = "enablePerson",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "They may sign in"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn enable(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let_in(&caller, &id, true).await
}

/// Gives somebody of the organisation another role there.
#[utoipa::path(
    post, path = "/people/{person_id}/roles", tag = "People", operation_id = "giveRole",
    params(("person_id" = String, Path, description = "UUID")),
    request_body = NewRole,
    responses((status = 204, description = "They have it"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn give_role(
    caller: Caller,
    At(id): At<String>,
    Words(new): Words<NewRole>,
) -> Result<StatusCode, Refusal> {
    let input = (person(&id)?, role(&new.role)?, new.position);
    let given = caller.write(input, |tx, actor, (id, role, position)| {
        Box::pin(async move {
            let of = oversight::open(tx, By::Actor(actor), actor.organisation, *id).await?;
            oversight::give_role(tx, actor, of, *role, position).await
        })
    });
    given.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role from somebody; their sessions and the access of applications in the organisation end for good.
#[utoipa::path(
    delete, path = "/people/{person_id}/roles/{role}", tag = "People", operation_id = "takeRole",
    params(("person_id" = String, Path, description = "UUID"), ("role" = String, Path, description = "Which")),
    responses((status = 204, description = "They have it no longer"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn take_role(caller: Caller, At((id, name)): At<(String, String)>) -> Result<StatusCode, Refusal> {
    let role = Role::named(&name).ok_or(Error::not_found(Kind::Person))?;
    let taken = caller.write((person(&id)?, role), |tx, actor, (id, role)| {
        Box::pin(async move {
            let of = oversight::open(tx, By::Actor(actor), actor.organisation, *id).await?;
            oversight::take_role(tx, actor, of, *role).await
        })
    });
    taken.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends somebody a letter with a link by which they choose another password.
#[utoipa::path(
    post, path = "/people/{person_id}/reset", tag = "People", operation_id = "sendResetLetter",
    params(("person_id" = String, Path, description = "UUID")),
    responses((status = 204, description = "A letter is on its way"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn reset(caller: Caller, At(id): At<String>) -> Result<StatusCode, Refusal> {
    let input = (person(&id)?, caller.house.settings.public_url.clone());
    let sent = caller.write(input, |tx, actor, (id, url)| {
        Box::pin(async move {
            oversight::open(tx, By::Actor(actor), actor.organisation, *id).await?;
            account::send_reset(tx, By::Actor(actor), actor.organisation, *id, url).await
        })
    });
    if !sent.await? {
        let why = "No letter reaches this person: they have no proven e-mail address.";
        return Err(Error::precondition("no_address", why).into());
    }
    Ok(StatusCode::NO_CONTENT)
}
