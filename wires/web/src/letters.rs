//! The inbox of the sandboxes: what would have been sent by mail and SMS, to be read and clicked through.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use door::pages::forms::FIELD;
use door::pages::{Corner, Page};
use flows::mail::inbox::{self, Attachment, Shown};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Error, Kind, OrganisationId};
use serde_json::{Value, json};

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::front::Guest;
use crate::place::Query;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::words::{self, Letters};

#[derive(Template)]
#[template(path = "letters.html")]
struct Body<'a> {
    words: &'static Letters,
    field: &'static str,
    token: &'a str,
    to: &'a str,
    letters: Vec<Letter>,
}

/// A letter in the list.
struct Letter {
    shown: Shown,
    when: String,
    instant: String,
    parts: Vec<Part>,
}

/// A stretch of a text.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    text: String,
    is_link: bool,
}

/// The newest letters. In a demo everybody sees all of them; elsewhere staff of a sandbox see those of their own.
/// Programs may ask a demo for those to one address; people do so by a form, since an address of a page is kept by
/// browsers and written down by proxies.
pub async fn show(State(web): State<Web>, guest: Guest, Query(query): Query) -> Result<Response, Refusal> {
    if query.first("format") != Some("json") {
        return page(&web, &guest, "").await;
    }
    let to = query.first("to").filter(|_| web.door.house.settings.is_demo).unwrap_or_default();
    let all: Value = newest(&web, &guest, to).await?.iter().map(word).collect();
    Ok(([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(all)).into_response())
}

/// The newest to one address.
pub async fn find(State(web): State<Web>, guest: Guest, OurForm(form): OurForm) -> Result<Response, Refusal> {
    page(&web, &guest, form.first("to").unwrap_or_default()).await
}

async fn newest(web: &Web, guest: &Guest, to: &str) -> Result<Vec<Shown>, Refusal> {
    let nothing = || Refusal(Error::not_found(Kind::Page));
    let only = whose(web, guest).ok_or_else(nothing)?;
    let to = Some(to.trim()).filter(|to| !to.is_empty());
    inbox::newest(&web.door.house, only, to).await?.ok_or_else(nothing)
}

async fn page(web: &Web, guest: &Guest, to: &str) -> Result<Response, Refusal> {
    let words = words::letters(guest.view.language);
    let letters = newest(web, guest, to).await?.into_iter().map(Letter::of).collect();
    let body = Body { words, field: FIELD, token: guest.view.token.value(), to, letters };
    Ok(match &guest.visitor {
        Some(visitor) => visitor.show(web, words.title, Corner::Nowhere, &body),
        None => {
            let page = Page::new(guest.view.language, words.title, &guest.view.here);
            guest.view.finish(web, page.show(&body))
        }
    })
}

/// Of which organisation a guest sees the letters, `Some(None)` being all; `None` for who sees none.
fn whose(web: &Web, guest: &Guest) -> Option<Option<OrganisationId>> {
    if web.door.house.settings.is_demo {
        return Some(None);
    }
    let actor = &guest.visitor.as_ref()?.caller.actor;
    actor.is_staff().then_some(Some(actor.organisation))
}

/// A letter for programs.
fn word(letter: &Shown) -> Value {
    let links: Vec<String> =
        parts(&letter.text).into_iter().filter(|part| part.is_link).map(|part| part.text).collect();
    json!({
        "id": letter.id,
        "organisation": letter.organisation,
        "kind": letter.kind,
        "way": if letter.is_sms { "sms" } else { "mail" },
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "links": links,
        "attachments": letter.attachments.iter().map(attached).collect::<Vec<_>>(),
        "at": instant_of_ms(letter.made_ms).to_string(),
        "state": letter.state.name(),
    })
}

fn attached(attachment: &Attachment) -> Value {
    let Attachment { name, content_type, text } = attachment;
    json!({ "name": name, "content_type": content_type, "text": text })
}

impl Letter {
    fn of(shown: Shown) -> Self {
        let zone = TimeZone::get(&shown.time_zone).unwrap_or(TimeZone::UTC);
        let instant = instant_of_ms(shown.made_ms);
        Self {
            when: instant.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string(),
            instant: instant.to_string(),
            parts: parts(&shown.text),
            shown,
        }
    }
}

/// A text, cut where links begin and end: at the blanks around them.
fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let is_link = bare.starts_with("https://") || bare.starts_with("http://");
        let (link, rest) = if is_link { word.split_at(bare.len()) } else { ("", word) };
        if is_link {
            parts.push(Part { text: link.to_owned(), is_link: true });
        }
        match parts.last_mut() {
            Some(last) if !last.is_link => last.text.push_str(rest),
            _ => parts.push(Part { text: rest.to_owned(), is_link: false }),
        }
    }
    parts.retain(|part| !part.text.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_cut_out_of_a_text_and_nothing_is_lost() {
        let text = "Log in:\nhttps://x.test/a?b=1\n\nOf hier: http://y.test javascript:alert(1)";
        let cut = parts(text);
        let links: Vec<&str> = cut.iter().filter(|part| part.is_link).map(|part| &*part.text).collect();
        assert_eq!(links, ["https://x.test/a?b=1", "http://y.test"]);
        assert_eq!(cut.iter().map(|part| &*part.text).collect::<String>(), text);
        assert_eq!(parts(""), []);
    }
}
