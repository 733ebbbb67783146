//! Codes by SMS, set up on one's own page.

use askama::Template;
use axum::response::Response;
use door::pages::forms::FIELD;
use flows::factors::Setup;
use identity::factors;
use kernel::{Error, Result};

use super::{Owner, onward_of, owner, sent_by};
use crate::frame::framed;
use crate::refusals::Trouble;
use crate::second::{Said, Waiting, sms_notice};
use crate::set_up;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};

/// Where they are set up.
pub(crate) const SMS: &str = "/account/second-factor/sms";

#[derive(Template)]
#[template(path = "sms.html")]
struct View<'a> {
    text: &'static SecondWords,
    token: &'a str,
    notice: Option<&'a str>,
    error: Option<&'a str>,
    code_error: Option<&'a str>,
}

/// `GET`: the form.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match owner(&visit, &onward_of(&visit.query), SMS).await? {
            Ok(owner) => page(&visit, &owner, &Said::default()).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: has a code sent.
pub(crate) async fn send(visit: Visit, Fields(fields): Fields) -> Response {
    let sent = async {
        let owner = match sent_by(&visit, fields, SMS).await? {
            Ok((_, owner)) => owner,
            Err(response) => return Ok(response),
        };
        let Waiting { by, half, .. } = &owner.waiting;
        let browser = visit.cookies.device_hash(&visit.headers);
        match flows::factors::send_sms(&visit.house, half.person, by.hash(), browser).await {
            Ok(true) => Ok(see(&format!("{SMS}?sms=sent"))),
            Ok(false) => Ok(see(&format!("{SMS}?sms=unsent"))),
            Err(Error::LimitReached { retry_after, .. }) => {
                let text = second::of(visit.language(None));
                page(&visit, &owner, &Said::wait(text, retry_after)).await
            }
            Err(error) => Err(error),
        }
    };
    sent.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: the code that came.
pub(crate) async fn add(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        let (form, owner) = match sent_by(&visit, fields, SMS).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let text = second::of(visit.language(None));
        let Waiting { by, half, .. } = &owner.waiting;
        let typed = form.first("code").unwrap_or_default().trim();
        if typed.is_empty() {
            return page(&visit, &owner, &Said::code(text.code_missing)).await;
        }
        let offer = factors::offer_sms(&visit.house.vault, half.person, by.hash(), typed);
        let goes = owner.waiting.goes(&visit);
        let setup = Setup::Sms(offer);
        match flows::factors::set_up(&visit.house, half.person, goes, setup).await? {
            Some((session, codes)) => {
                set_up::finish(&visit, &onward_of(&form), &owner.waiting, &session, &codes)
            }
            None => page(&visit, &owner, &Said::code(text.code_wrong)).await,
        }
    };
    added.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, owner: &Owner, said: &Said) -> Result<Response> {
    let (text, token) = (second::of(visit.language(None)), visit.form_token());
    let body = View {
        text,
        token: token.value(),
        notice: sms_notice(visit, text),
        error: said.error.as_deref(),
        code_error: said.code_error,
    };
    framed(visit, &owner.who, text.sms_title, &body, said).await
}
