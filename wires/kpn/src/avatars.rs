//! Pictures of people and of group chats.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::Response;
use door::upload::Upload;
use door::{Caller, picture};
use flows::{ChatRef, House, pictures};
use kernel::{ChatId, PersonId, Result, Scope};
use messaging::Right;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answers::{Asking, Naming, Unchanged};
use crate::guest_words::GuestAccess;
use crate::refusals::Refusal;
use crate::taken::{At, named_person};
use crate::words::{Done, instant};

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form")]
pub struct AvatarForm {
    /// A JPEG, PNG, WebP or GIF of 8 MB and 25 million pixels at most; its middle is kept.
    #[schema(value_type = String, format = Binary)]
    avatar: String,
}

/// Where a picture is by now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Avatar {
    /// An absolute URL, to be read with the same bearer token.
    pub avatar: String,
}

/// Where pictures are, below the base path that was asked, and where guests come in.
#[derive(Clone, Debug, Default)]
pub struct Avatars {
    base: String,
    public_url: String,
}

impl Avatars {
    /// As this caller reaches them.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self::under(&caller.base, &caller.house)
    }

    /// Under the first base path that the operator chose: what the gateway says is written once for sessions under
    /// any of them.
    #[must_use]
    pub fn of_house(house: &House) -> Self {
        Self::under(house.settings.kpn_paths.first().map_or("/v1", String::as_str), house)
    }

    fn under(base: &str, house: &House) -> Self {
        let public_url = house.settings.public_url.clone();
        Self { base: format!("{public_url}{base}"), public_url }
    }

    /// Where a person's is, when they have one.
    #[must_use]
    pub fn of_person(&self, person: PersonId, mark: Option<&str>) -> Option<String> {
        mark.map(|mark| format!("{}/users/{}/avatar?v={mark}", self.base, person.uuid()))
    }

    /// The link by which guests come.
    #[must_use]
    pub fn guest_access(&self, access: &messaging::guests::GuestAccess) -> GuestAccess {
        GuestAccess { link: flows::guests::link(&self.public_url, access), expires: instant(access.ends_ms) }
    }

    /// Where a group's is, when it has one.
    #[must_use]
    pub fn of_group(&self, chat: ChatId, mark: Option<&str>) -> Option<String> {
        mark.map(|mark| format!("{}/groupchats/{}/avatar?v={mark}", self.base, chat.uuid()))
    }
}

/// An upload on its way in.
pub struct Form(Upload);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        Ok(Self(Upload::open(request).await?))
    }
}

/// The picture of a form; of one that is refused the rest is read, so that its sender hears why.
async fn square(caller: &Caller, Form(mut form): Form) -> Result<Vec<u8>> {
    let square = match caller.must_have(Scope::Write) {
        Ok(()) => picture::receive(&mut form, "avatar", caller.actor.person).await,
        Err(error) => Err(error),
    };
    if square.is_err() {
        form.drain().await;
    }
    square
}

/// Gives the caller a picture, in place of any that they have.
#[utoipa::path(
    post, path = "/me/avatar", tag = "Me", operation_id = "setMyAvatar",
    request_body(content = AvatarForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Avatar), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn set_mine(caller: Caller, form: Form) -> std::result::Result<Json<Avatar>, Refusal> {
    let square = square(&caller, form).await?;
    let mark = pictures::set_own(&caller.house, &caller.actor, &square).await?;
    let avatar = Avatars::of(&caller).of_person(caller.actor.person, Some(&mark));
    Ok(Json(Avatar { avatar: avatar.unwrap_or_default() }))
}

/// Takes the caller's picture away.
#[utoipa::path(
    delete, path = "/me/avatar", tag = "Me", operation_id = "removeMyAvatar",
    responses((status = 200, body = Done), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn remove_mine(caller: Caller) -> std::result::Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller.write((), |tx, actor, ()| Box::pin(identity::pictures::remove_picture(tx, actor))).await?;
    Ok(Json(Done {}))
}

/// Somebody's picture. It may be kept and asked for again by its `ETag`.
#[utoipa::path(
    get, path = "/users/{user_id}/avatar", tag = "Users", operation_id = "getUserAvatar",
    params(("user_id" = String, Path, description = "UUID")),
    responses((status = 200, content_type = "image/jpeg"), Naming, Unchanged),
    security(("oauth" = ["read"]))
)]
pub async fn of_user(
    caller: Caller,
    At(id): At<String>,
    headers: HeaderMap,
) -> std::result::Result<Response, Refusal> {
    caller.must_have(Scope::Read)?;
    let input = (named_person(&id)?, picture::known(&headers));
    let found =
        caller.read(input, |tx, actor, (id, known)| Box::pin(pictures::of_person(tx, actor, *id, known)));
    let found = found.await?;
    Ok(picture::answer(&headers, &found.mark, found.bytes))
}

/// Gives a group chat a picture, in place of any that it has.
pub(crate) async fn set_groups(
    caller: &Caller,
    chat: ChatRef,
    form: Form,
) -> std::result::Result<Json<Avatar>, Refusal> {
    let opening = async {
        caller.must_have(Scope::Write)?;
        let open = caller.read(chat, |tx, actor, chat| {
            Box::pin(async move { Ok(flows::chats::open(tx, actor, *chat, Right::Manage).await?.id()) })
        });
        open.await
    };
    // Who may not change the chat must not have pictures read either.
    let chat = match opening.await {
        Ok(chat) => chat,
        Err(error) => {
            form.0.drain().await;
            return Err(error.into());
        }
    };
    let square = square(caller, form).await?;
    let mark = pictures::set_of_group(&caller.house, &caller.actor, chat, &square).await?;
    let avatar = Avatars::of(caller).of_group(chat, Some(&mark));
    Ok(Json(Avatar { avatar: avatar.unwrap_or_default() }))
}

/// Takes a group chat's picture away.
pub(crate) async fn remove_groups(
    caller: &Caller,
    chat: ChatRef,
) -> std::result::Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller.write(chat, |tx, actor, chat| Box::pin(pictures::remove_of_group(tx, actor, *chat))).await?;
    Ok(Json(Done {}))
}

/// A group chat's picture. It may be kept and asked for again by its `ETag`.
pub(crate) async fn of_group(
    caller: &Caller,
    chat: ChatRef,
    headers: &HeaderMap,
) -> std::result::Result<Response, Refusal> {
    caller.must_have(Scope::Read)?;
    let found = caller.read((chat, picture::known(headers)), |tx, actor, (chat, known)| {
        Box::pin(pictures::of_group(tx, actor, *chat, known))
    });
    let found = found.await?;
    Ok(picture::answer(headers, &found.mark, found.bytes))
}
