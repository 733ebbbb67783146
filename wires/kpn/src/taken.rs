//! How this wire reads what its clients send: JSON bodies on any verb, pages, booleans and their odd instants.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::limits::{JSON_BODY_BYTES_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};
use kernel::{Error, Kind, Page, PersonId, Result};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::refusals::Refusal;

/// How deep a body's brackets may nest; nothing of this wire needs more than three.
const DEPTH_MAX: usize = 64;

/// A JSON body. An empty one reads as `{}`: some clients send none where every field is optional.
pub struct Words<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Words<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> std::result::Result<Self, Refusal> {
        let body = door::body::whole(request.into_body(), JSON_BODY_BYTES_MAX).await?;
        Ok(Self(parse(&body)?))
    }
}

/// Reads the JSON of a body or a frame.
///
/// # Errors
/// [`Error::Invalid`] that says where it does not fit, but not what stood there.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    let is_empty = body.trim_ascii().is_empty();
    let body = if is_empty { b"{}" } else { body };
    if nests_too_deep(body) {
        return Err(Error::invalid("body", "nested_too_deep", "the body nests deeper than anything here"));
    }
    if body.trim_ascii_start().starts_with(b"[") {
        // Left to itself, the parser would fill our words from an array, in the order of their fields.
        serde_json::from_slice::<serde::de::IgnoredAny>(body).map_err(|error| malformed(&error))?;
        return Err(Error::invalid("body", "wrong_type", "the body is an array and should be an object"));
    }
    let mut words = serde_json::Deserializer::from_slice(body);
    let read =
        serde_path_to_error::deserialize(&mut words).map_err(|error| misfit("body", &error, is_empty))?;
    words.end().map_err(|error| malformed(&error))?;
    Ok(read)
}

/// The part of a frame as what it should be.
///
/// # Errors
/// As [`parse`].
pub fn part<T: DeserializeOwned>(name: &'static str, value: &serde_json::Value) -> Result<T> {
    // Left to itself, the parser would fill our words from an array, in the order of their fields.
    if !value.is_object() {
        return Err(Error::invalid(name, "wrong_type", "this should be an object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| misfit(name, &error, false))
}

/// Whether brackets nest deeper than [`DEPTH_MAX`], also in fields that nobody reads.
fn nests_too_deep(body: &[u8]) -> bool {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return true;
        }
    }
    false
}

/// An object or nothing; see [`parse`] for why an array is none.
///
/// # Errors
/// When it is anything else.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> std::result::Result<Option<T>, D::Error> {
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Array(_) => Err(D::Error::custom("an array where an object should be")),
        value => serde_json::from_value(value).map(Some).map_err(D::Error::custom),
    }
}

/// A list of objects, or null for none; see [`parse`] for why an array in it is none.
///
/// # Errors
/// When it is anything else.
pub fn objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> std::result::Result<Vec<T>, D::Error> {
    let list = Option::<Vec<serde_json::Value>>::deserialize(from)?.unwrap_or_default();
    let read = |value: serde_json::Value| match value {
        value @ serde_json::Value::Object(_) => serde_json::from_value(value).map_err(D::Error::custom),
        _ => Err(D::Error::custom("something else where an object should be")),
    };
    list.into_iter().map(read).collect()
}

/// Which of our fields is missing or did not fit may be said, but not what stood there.
fn misfit(
    part: &'static str,
    error: &serde_path_to_error::Error<serde_json::Error>,
    is_empty: bool,
) -> Error {
    let (inner, within) = (error.inner(), error.path());
    if inner.classify() != serde_json::error::Category::Data {
        return malformed(inner);
    }
    // The only names in it are those of our own words.
    let text = inner.to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let is_whole = within.iter().next().is_none();
    let sentence = match missing {
        Some(field) if is_empty => format!("the body is empty, and {field} is missing"),
        Some(field) if is_whole => format!("{field} is missing"),
        Some(field) => format!("{field} is missing in {within}"),
        None if is_whole => "the body should be an object".to_owned(),
        // What was read before knows no lines.
        None if inner.line() == 0 => format!("{within} is of the wrong type"),
        None => format!("{within} is of the wrong type, at {}", place(inner)),
    };
    Error::invalid(part, "wrong_type", sentence)
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::invalid("body", "malformed_json", format!("the body is no JSON at {}", place(error)))
}

fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
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

/// The person of a UUID in the path.
///
/// # Errors
/// [`Error::NotFound`] when it is no id of ours.
pub fn named_person(id: &str) -> Result<PersonId> {
    PersonId::from_uuid(id).ok_or(Error::not_found(Kind::Person))
}

/// The person of a UUID in a body.
///
/// # Errors
/// [`Error::Invalid`] when it is no id of ours.
pub fn person(field: &'static str, id: &str) -> Result<PersonId> {
    PersonId::from_uuid(id).ok_or_else(|| Error::invalid(field, "user_not_found", "no user of that id"))
}

/// The people of UUIDs in a body.
///
/// # Errors
/// As [`person`].
pub fn persons(field: &'static str, ids: &[String]) -> Result<Vec<PersonId>> {
    ids.iter().map(|id| person(field, id)).collect()
}

/// The query's `page` (from 0) and `amount`, as `me/contacts` takes them (docs/dialects/kpn.md, lists).
#[derive(Clone, Copy, Debug)]
pub struct Pages(pub Page);

impl<S: Send + Sync> FromRequestParts<S> for Pages {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let page = number(query, "page")?.unwrap_or(0);
        let amount = number(query, "amount")?.unwrap_or(PAGE_ROWS_DEFAULT);
        if amount == 0 {
            return Err(Error::invalid("amount", "out_of_range", "at least 1").into());
        }
        Ok(Self(Page::numbered(page, amount.min(PAGE_ROWS_MAX))))
    }
}

fn number(query: &str, name: &'static str) -> Result<Option<u32>> {
    let Some(value) = parameter(query, name) else { return Ok(None) };
    let number = value.parse().map_err(|_| Error::invalid(name, "out_of_range", "a whole number from 0"))?;
    Ok(Some(number))
}

/// The first value of a query parameter, decoded. What is no text reads as a character that fits nowhere.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?;
    Some(identity::protocol::form::decode(pair.1).unwrap_or_else(|| "\u{fffd}".to_owned()))
}

/// An instant as the clients write it: `2020-01-02T03:04:05Z+00:00` with both marks, RFC 3339, or without a zone,
/// which reads as UTC (docs/dialects/kpn.md, what its clients do).
///
/// # Errors
/// [`Error::Invalid`] for anything else.
pub fn instant(field: &'static str, text: &str) -> Result<Timestamp> {
    let text = text.trim();
    let text = text.strip_suffix("Z+00:00").map_or_else(|| text.to_owned(), |start| format!("{start}Z"));
    let zoned = text.parse::<Timestamp>().ok();
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    zoned.or_else(civil).ok_or_else(|| Error::invalid(field, "bad_date", "a date like 2020-01-02T03:04:05Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_odd_instants_are_read() {
        let expected: Timestamp = "2020-01-02T03:04:05Z".parse().expect("an instant");
        for text in [
            "2020-01-02T03:04:05Z+00:00",
            "2020-01-02T03:04:05Z",
            "2020-01-02T03:04:05",
            "2020-01-02T04:04:05+01:00",
        ] {
            assert_eq!(instant("start_date", text).expect(text), expected, "{text}");
        }
        for text in ["", "yesterday", "2020-13-01T00:00:00Z", "Z+00:00", "2020-01-02T03:04:05Z+01:00"] {
            assert!(instant("start_date", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_page_is_a_whole_number() {
        assert_eq!(number("page=3&amount=x", "page").expect("a page"), Some(3));
        assert_eq!(number("", "page").expect("none"), None);
        for query in ["page=-1", "page=1.5", "page=99999999999", "page=", "page=%00", "page=%FF"] {
            assert!(number(query, "page").is_err(), "{query}");
        }
    }

    #[test]
    fn json_that_does_not_fit_says_where_but_not_what() {
        #[derive(Debug, serde::Deserialize)]
        struct Body {
            #[expect(dead_code, reason = "only its type matters here")]
            body: String,
        }
        let deep = "[".repeat(10_000);
        for (text, code) in [
            ("{\"body\": 5}", "wrong_type"),
            ("{}", "wrong_type"),
            ("", "wrong_type"),
            ("[\"secret\"]", "wrong_type"),
            ("[\"secret\"", "malformed_json"),
            ("{\"body\": \"secret", "malformed_json"),
            (deep.as_str(), "nested_too_deep"),
            (r#"{"body": "[[[[", "x": "\""#, "malformed_json"),
        ] {
            let Err(Error::Invalid { why, .. }) = parse::<Body>(text.as_bytes()) else {
                panic!("{text} was read")
            };
            assert_eq!(why.code, code, "{text:.20}");
            assert!(!why.sentence.contains("secret"));
        }
        assert!(parse::<Body>(b"{\"body\": \"\xff\"}").is_err(), "not UTF-8");
        assert!(parse::<Body>(b"{\"body\": \"x\"} {}").is_err(), "two bodies");
    }

    #[test]
    fn json_that_does_not_fit_names_the_field() {
        use crate::words::{MemberIds, NewGroupChat};

        fn of<T: DeserializeOwned>(text: &str) -> String {
            match parse::<T>(text.as_bytes()) {
                Err(Error::Invalid { why, .. }) => why.sentence.to_string(),
                Err(other) => panic!("{text}: {other:?}"),
                Ok(_) => panic!("{text} was read"),
            }
        }
        assert_eq!(of::<MemberIds>(""), "the body is empty, and members is missing");
        assert_eq!(of::<MemberIds>("{}"), "members is missing");
        assert_eq!(of::<MemberIds>(r#""hush""#), "the body should be an object");
        for (text, field) in [
            (r#"{"subject": 5}"#, "subject"),
            (r#"{"subject": "x", "members": "hush"}"#, "members"),
            (r#"{"subject": "x", "members": ["y", {"hush": 1}]}"#, "members[1]"),
            (r#"{"subject": "x", "settings": ["hush"]}"#, "settings"),
            (r#"{"subject": "x", "settings": {"auto_close_after": "hush"}}"#, "settings"),
            (r#"{"subject": "x", "send_email": "hush"}"#, "send_email"),
        ] {
            let sentence = of::<NewGroupChat>(text);
            assert!(sentence.starts_with(&format!("{field} is of the wrong type, at line 1")), "{sentence}");
            assert!(!sentence.contains("hush"), "{sentence}");
        }
    }
}
