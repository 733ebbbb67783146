//! How these APIs read what they are sent: JSON objects, pages and ids.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use identity::protocol::form::Form;
use kernel::limits::{PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use kernel::{Error, Id, Kind, Page, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Refusal;
use crate::{Caller, body as bodies, once};

/// Bytes of a body: the questions of a form have room.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A JSON object in a body. An empty body reads as `{}`.
pub struct Words<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Words<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        let body = bodies::whole(request.into_body(), BODY_BYTES_MAX).await?;
        Ok(Self(parse(&body)?))
    }
}

/// Says which field does not fit, but not what stood there.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    let malformed = |_| Error::invalid("body", "malformed_json", "The body is no JSON.");
    let value: Value = serde_json::from_slice(body).map_err(malformed)?;
    if !value.is_object() {
        return Err(Error::invalid("body", "wrong_type", "The body should be an object."));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        // The only names in it are those of our own words, but for a field that is none of them.
        let text = error.inner().to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let is_unknown = text.starts_with("unknown field");
        let path = error.path().to_string();
        let sentence = match missing {
            Some(field) => format!("{field} is missing."),
            None if is_unknown => "The body has a field that is none of this call's.".to_owned(),
            None => format!("{path} is of the wrong type."),
        };
        Error::invalid("body", "wrong_type", sentence)
    })
}

/// What stands in the path. Something that cannot be read there names nothing.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, Refusal> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| Refusal::no_such_path())
    }
}

/// A JSON object that makes something, which the client may have named: who is sent with it knows the name.
pub struct Named<T> {
    /// Who is sent with it.
    pub caller: Caller,
    /// What was sent.
    pub words: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Named<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let body = bodies::whole(body, BODY_BYTES_MAX).await?;
        Ok(Self { caller: once::caller(&parts, &body)?, words: parse(&body)? })
    }
}

/// The query.
pub struct Query {
    /// Its fields.
    pub form: Form,
}

impl Query {
    /// `page` from 0, and `amount`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no number, and for no amount.
    pub fn page(&self) -> Result<Page> {
        let amount = self.number("amount")?.unwrap_or(PAGE_ROWS_DEFAULT);
        if amount == 0 {
            return Err(Error::invalid("amount", "out_of_range", "At least 1."));
        }
        Ok(Page::numbered(self.number("page")?.unwrap_or_default(), amount.min(PAGE_ROWS_MAX)))
    }

    /// A whole number, when it is there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is none.
    pub fn number(&self, name: &'static str) -> Result<Option<u32>> {
        let Some(value) = self.form.first(name) else { return Ok(None) };
        let number = value.parse();
        number.map(Some).map_err(|_| Error::invalid(name, "out_of_range", "A whole number from 0."))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        let unfit = || Error::invalid("query", "query_unreadable", "The query is no UTF-8 text.");
        Ok(Self { form: Form::parse(parts.uri.query().unwrap_or_default()).ok_or_else(unfit)? })
    }
}

/// What a UUID in the path names.
///
/// # Errors
/// [`Error::NotFound`] when it is no id of ours.
pub fn named<K>(text: &str, what: Kind) -> Result<Id<K>> {
    Id::from_uuid(text).ok_or(Error::not_found(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its type matters here")]
        name: String,
    }

    #[test]
    fn what_does_not_fit_says_where_but_not_what() {
        let deep = "[".repeat(10_000);
        for (text, says) in [
            ("", "name is missing"),
            ("{\"name\": 5}", "name is of the wrong type"),
            ("{\"name\": \"x\", \"hush\": 1}", "none of this call's"),
            ("[\"hush\"]", "an object"),
            ("{\"name\": \"hush", "no JSON"),
            (deep.as_str(), "no JSON"),
        ] {
            let Err(Error::Invalid { why, .. }) = parse::<Body>(text.as_bytes()) else {
                panic!("{text:.20} was read")
            };
            assert!(why.sentence.contains(says) && !why.sentence.contains("hush"), "{}", why.sentence);
        }
        assert!(parse::<Body>(b"{\"name\": \"\xff\"}").is_err(), "not UTF-8");
    }
}
