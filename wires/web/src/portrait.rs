//! The picture of a group: giving it one, and taking it away.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use door::pages::Corner;
use door::pages::picture::{PART, PictureForm, Whose, words as form_words};
use door::upload::Upload;
use door::{Work, picture};
use flows::{ChatRef, pictures};
use kernel::{Actor, Result};
use messaging::{Chat, Right};
use store::Tx;

use crate::about::group;
use crate::did::Did;
use crate::forms::{OurForm, must_be_ours};
use crate::pictures::Face;
use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, fill};

/// The form.
pub async fn form(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    Ok(page(&web, &visitor, place, None).await?)
}

async fn page(web: &Web, visitor: &Visitor, place: Place, error: Option<&'static str>) -> Result<Response> {
    group(place)?;
    let read = visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat)));
    let chat = read.await?;
    let (language, path) = (visitor.view.language, path_of(place.chat));
    let (managing, about) = (words::managing(language), visitor.about());
    let whose = Whose {
        back: (&format!("{path}/about"), about.title),
        title: managing.picture,
        lead: managing.picture_lead,
        alt: managing.picture_alt,
        remove: managing.picture_remove,
    };
    let body = PictureForm {
        words: form_words(language),
        whose,
        token: visitor.view.token.value(),
        action: &format!("{path}/change-picture"),
        removal: &format!("{path}/remove-picture"),
        source: Face::of_group(&chat, "").source,
        error,
    };
    let (status, title) = match error {
        Some(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, fill(visitor.words().title_of_error, &[managing.picture]))
        }
        None => (StatusCode::OK, managing.picture.to_owned()),
    };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// The group, for who may change it.
async fn look(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Chat> {
    may_change(tx, actor, chat).await?;
    let open = flows::chats::open(tx, actor, chat, Right::Read).await?;
    messaging::details(tx, &open).await
}

async fn may_change(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    flows::chats::open(tx, actor, chat, Right::Manage).await.map(drop)
}

/// Gives the group the picture of the form, or shows the form again with what is wrong with it.
pub async fn change(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    request: Request,
) -> Result<Response, Refusal> {
    let headers = request.headers().clone();
    let mut form = Upload::open(request.map(Body::new)).await?;
    let taken = take(&web, &visitor, place, &headers, &mut form).await;
    let Err(error) = taken else { return Did::ChangePicture.back_to(&visitor, place) };
    // A browser that still sends must be listened to, or it never hears the answer.
    form.drain().await;
    let why = form_words(visitor.view.language).mend(&error).ok_or(error)?;
    Ok(page(&web, &visitor, place, Some(why)).await?)
}

/// Who may not change the group must not have pictures read either.
async fn take(
    web: &Web,
    visitor: &Visitor,
    place: Place,
    headers: &HeaderMap,
    form: &mut Upload,
) -> Result<()> {
    must_be_ours(web, headers, picture::token(form).await?.as_deref())?;
    let (caller, chat) = (&visitor.caller, group(place)?);
    caller.read(place.chat, |tx, actor, chat| Box::pin(may_change(tx, actor, *chat))).await?;
    visitor.may(web, Work::Upload)?;
    let square = picture::receive(form, PART, caller.actor.person).await?;
    pictures::set_of_group(&caller.house, &caller.actor, chat, &square).await.map(drop)
}

/// Takes the group's picture away.
pub async fn remove(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    group(place)?;
    let removed = visitor
        .caller
        .write(place.chat, |tx, actor, chat| Box::pin(pictures::remove_of_group(tx, actor, *chat)));
    removed.await?;
    Did::RemovePicture.back_to(&visitor, place)
}
