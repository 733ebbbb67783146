//! The page where people give themselves a picture, or take it away.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms;
use door::pages::picture::{self as shared, PART, PictureForm, Whose};
use door::pages::{Corner, Page, menu, paths};
use door::upload::Upload;
use door::{Work, picture};
use identity::Recognised;
use kernel::{Error, Result};

use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};
use crate::words::picture::words;

const HERE: &str = "/account/picture";

const REMOVAL: &str = "/account/picture/remove";

/// `GET`: the form.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match visit.who().await? {
            Some(who) => page(&visit, &who, None).await,
            None => Ok(see("/login?return=%2Faccount%2Fpicture")),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: gives them the picture of the form.
pub(crate) async fn submit(visit: Visit, request: Request) -> Response {
    let taken = async {
        let mut form = Upload::open(request.map(Body::new)).await?;
        let answer = take(&visit, &mut form).await;
        if !matches!(&answer, Ok(Taken::Set)) {
            form.drain().await;
        }
        match answer? {
            Taken::Set => Ok(see(HERE)),
            Taken::Stale => Ok(Trouble::stale().show(&visit)),
            Taken::Unfit(who, error) => page(&visit, &who, Some(error)).await,
        }
    };
    taken.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// What became of a form.
enum Taken {
    Set,
    Stale,
    Unfit(Recognised, &'static str),
}

/// The form begins with its token, so that no picture is read of one that is not ours.
async fn take(visit: &Visit, form: &mut Upload) -> Result<Taken> {
    let token = picture::token(form).await?;
    let house = &visit.house;
    if !forms::is_ours(&visit.headers, visit.cookies, &house.vault, visit.issuer(), token.as_deref()) {
        return Ok(Taken::Stale);
    }
    let Some(who) = visit.who().await? else { return Ok(Taken::Stale) };
    visit.rates.account(Work::Upload, who.person)?;
    visit.rates.address(Work::Upload, visit.origin.address)?;
    let words = shared::words(visit.language(None));
    let square = match picture::receive(form, PART, who.person).await {
        Ok(square) => square,
        Err(error) => return words.mend(&error).map(|why| Taken::Unfit(who, why)).ok_or(error),
    };
    flows::pictures::set_own(house, &who.actor(visit.origin), &square).await?;
    Ok(Taken::Set)
}

/// `POST`: takes their picture away.
pub(crate) async fn remove(visit: Visit, Fields(fields): Fields) -> Response {
    let removed = async {
        if !visit.is_ours(&fields?) {
            return Ok(Trouble::stale().show(&visit));
        }
        let Some(who) = visit.who().await? else { return Ok(Trouble::stale().show(&visit)) };
        let removing = visit.house.db.write(who.actor(visit.origin), |tx, actor| {
            Box::pin(identity::pictures::remove_picture(tx, actor))
        });
        removing.await?;
        Ok::<_, Error>(see(HERE))
    };
    removed.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, who: &Recognised, error: Option<&'static str>) -> Result<Response> {
    let me = visit.person(who).await?;
    let (language, token) = (visit.language(None), visit.form_token());
    let words = words(language);
    let address = |mark: &String| paths::picture(who.person, mark);
    let source = me.as_ref().and_then(|me| me.picture_mark.as_ref()).map(address);
    let whose = Whose {
        back: ("/account", words.account),
        title: words.title,
        lead: words.lead,
        alt: words.yours,
        remove: words.remove,
    };
    let (token_text, form) = (token.value(), shared::words(language));
    let body =
        PictureForm { words: form, whose, token: token_text, action: HERE, removal: REMOVAL, source, error };
    let mut page = Page::new(language, words.title, HERE);
    page.leave = Some(&token);
    page.status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = me.as_ref().map_or(page.brand, |me| &me.organisation_name);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    Ok(response)
}
