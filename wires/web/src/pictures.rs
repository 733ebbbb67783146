//! What stands beside a name: a picture, or initials.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::Response;
use door::picture;
use flows::{ChatRef, pictures};
use identity::Person;
use messaging::Chat;

use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// For how long a browser shows a picture without asking whether it still may: ten minutes.
const KEPT: &str = "private, max-age=600";

/// A picture, or the initials where there is none. It says nothing that the name beside it does not.
pub struct Face {
    pub source: Option<String>,
    pub initials: String,
}

impl Face {
    /// Somebody's.
    pub fn of_person(person: &Person) -> Self {
        let initials = [&person.first_name, &person.last_name].into_iter().filter_map(|name| initial(name));
        let source = source(ChatRef::Direct(person.id), person.picture_mark.as_deref());
        Self { source, initials: initials.collect() }
    }

    /// A group's.
    pub fn of_group(chat: &Chat, name: &str) -> Self {
        let source = source(ChatRef::Group(chat.id), chat.picture_mark.as_deref());
        Self { source, initials: initial(name).unwrap_or_default() }
    }

    /// Nobody's whom we know.
    pub const fn unknown() -> Self {
        Self { source: None, initials: String::new() }
    }
}

fn initial(name: &str) -> Option<String> {
    name.trim().chars().next().map(|letter| letter.to_uppercase().collect())
}

fn source(whose: ChatRef, mark: Option<&str>) -> Option<String> {
    mark.map(|mark| format!("{}/picture?v={mark}", path_of(whose)))
}

/// The picture of the other person, or of the group. The address that a page has for it names its mark: what is there
/// is kept for a while without asking again, and another picture has another address.
pub async fn show(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (caller, known) = (&visitor.caller, picture::known(&headers));
    let (mark, bytes) = match place.chat {
        ChatRef::Direct(person) => {
            let found = caller.read((person, known), |tx, actor, (id, known)| {
                Box::pin(pictures::of_person(tx, actor, *id, known))
            });
            found.await.map(|found| (found.mark, found.bytes))?
        }
        group => {
            let found = caller.read((group, known), |tx, actor, (chat, known)| {
                Box::pin(pictures::of_group(tx, actor, *chat, known))
            });
            found.await.map(|found| (found.mark, found.bytes))?
        }
    };
    let mut response = picture::answer(&headers, &mark, bytes);
    if query.0.first("v") == Some(mark.as_str()) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEPT));
    }
    Ok(response)
}
