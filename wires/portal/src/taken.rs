//! How this wire reads what its clients send: queries, JSON and forms, all into one list of fields. Fields that nobody asks
//! for are ignored.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use booking::Number;
use door::Caller;
use identity::protocol::form::Form;
use jiff::civil::Date;
use kernel::{Actor, AppointmentId, Error, Kind, PersonId};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusals::Refusal;

/// Bytes of a body: comments and answers have room.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Answers to the questions of a form.
const ANSWERS_MAX: usize = 100;

/// What was sent, wherever it stood; what stands in the body goes before what stands in the query.
#[derive(Debug, Default)]
pub(crate) struct Given(Vec<(String, Value)>);

impl<S: Send + Sync> FromRequest<S> for Given {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let body = match parts.method {
            Method::GET | Method::HEAD => Bytes::new(),
            _ => door::body::whole(body, BODY_BYTES_MAX).await?,
        };
        Self::of(&parts, &body)
    }
}

/// What was sent to make something, which the client may have named: who is sent with it knows the name.
pub(crate) struct Named {
    pub caller: Caller,
    pub given: Given,
}

impl<S: Send + Sync> FromRequest<S> for Named {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let body = door::body::whole(body, BODY_BYTES_MAX).await?;
        Ok(Self { caller: door::once::caller(&parts, &body)?, given: Given::of(&parts, &body)? })
    }
}

fn unreadable(part: &'static str) -> Refusal {
    Refusal::unreadable(part, "body_unreadable")
}

/// A form or a query, each field as text.
fn fields_of(text: &str) -> Option<Vec<(String, Value)>> {
    let form = Form::parse(text)?;
    Some(form.pairs().map(|(name, value)| (name.to_owned(), Value::from(value))).collect())
}

/// A body says by its type what it is; without one, it is JSON when it begins as an object does.
fn read(headers: &HeaderMap, body: &Bytes) -> Result<Vec<(String, Value)>, Refusal> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = kind.ends_with("/json") || kind.ends_with("+json");
    let is_form = kind == "application/x-www-form-urlencoded";
    if is_json || (!is_form && body.trim_ascii_start().starts_with(b"{")) {
        return match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(fields.into_iter().collect()),
            _ => Err(unreadable("body")),
        };
    }
    let text = std::str::from_utf8(body).ok().filter(|_| is_form);
    text.and_then(fields_of).ok_or(unreadable("body"))
}

impl Given {
    fn of(parts: &Parts, body: &Bytes) -> Result<Self, Refusal> {
        let query = fields_of(parts.uri.query().unwrap_or_default()).ok_or(unreadable("query"))?;
        let mut fields = read(&parts.headers, body)?;
        fields.extend(query);
        Ok(Self(fields))
    }

    /// The first field of one of these names that says something.
    fn find(&self, names: &[&str]) -> Option<&Value> {
        let says = |value: &Value| !value.is_null() && value.as_str() != Some("");
        let named = |name: &&str| self.0.iter().find(|(own, value)| own == *name && says(value));
        names.iter().find_map(named).map(|(_, value)| value)
    }

    /// A text; a number counts as the text that it is written as.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.find(&[name]) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Refusal::unreadable(name, "parameter_unfit")),
        }
    }

    /// A whole number, by the first of these names that is there.
    pub fn number(&self, names: &[&'static str]) -> Result<Option<Number>, Refusal> {
        let read = |value: &Value| match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let unfit = || Refusal::unreadable(names[0], "parameter_unfit");
        self.find(names).map(|value| read(value).ok_or_else(unfit)).transpose()
    }

    /// A whole number that must be there.
    pub fn must_number(&self, names: &[&'static str]) -> Result<Number, Refusal> {
        self.number(names)?.ok_or_else(|| Refusal::missing(names[0]))
    }

    /// Yes or no, as JSON and as forms say it.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        let of_text = |text: &str| match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Some(true),
            "false" | "0" | "off" | "no" => Some(false),
            _ => None,
        };
        let read = |value: &Value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => of_text(&number.to_string()),
            Value::String(text) => of_text(text),
            _ => None,
        };
        let unfit = || Refusal::unreadable(name, "parameter_unfit");
        self.find(&[name]).map(|value| read(value).ok_or_else(unfit)).transpose()
    }

    /// A day, without a time.
    pub fn day(&self, name: &'static str) -> Result<Option<Date>, Refusal> {
        let unfit = |_| Refusal::unreadable(name, "parameter_unfit");
        self.text(name)?.map(|text| text.trim().parse().map_err(unfit)).transpose()
    }

    /// Answers to the questions of a practice: pairs, or an object, as JSON or as the text of it; or a form's fields
    /// `name[question]`.
    pub fn answers(&self, name: &'static str) -> Result<Vec<(String, String)>, Refusal> {
        let unfit = || Refusal::unreadable(name, "parameter_unfit");
        let answers = match self.find(&[name]) {
            None => self.answers_of_form(name),
            Some(Value::String(text)) => {
                let value = serde_json::from_str(text).map_err(|_| unfit())?;
                pairs(&value).ok_or_else(unfit)?
            }
            Some(value) => pairs(value).ok_or_else(unfit)?,
        };
        if answers.len() > ANSWERS_MAX { Err(unfit()) } else { Ok(answers) }
    }

    fn answers_of_form(&self, name: &str) -> Vec<(String, String)> {
        let question =
            |own: &str| Some(own.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        let answered = self.0.iter().filter_map(|(own, value)| Some((question(own)?, plain(value)?)));
        answered.collect()
    }

    /// The caller, or them in the stead of the relative who is named. Programs that always say who was chosen name the
    /// patient themselves, too.
    pub async fn actor(&self, caller: &Caller, to_book: bool) -> Result<Actor, Refusal> {
        let Some(relative) = self.text("relative_id")? else { return Ok(caller.actor.clone()) };
        let relative = PersonId::from_uuid(relative.trim()).ok_or(Error::not_found(Kind::Person))?;
        if relative == caller.actor.person {
            return Ok(caller.actor.clone());
        }
        Ok(flows::booking::in_stead_of(&caller.house, &caller.actor, relative, to_book).await?)
    }
}

/// Pairs of a question and its answer.
fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(question, answer)| Some((question.clone(), plain(answer)?))).collect()
        }
        Value::Array(list) => list.iter().map(pair).collect(),
        _ => None,
    }
}

fn pair(value: &Value) -> Option<(String, String)> {
    let [question, answer] = value.as_array()?.as_slice() else { return None };
    Some((question.as_str()?.to_owned(), plain(answer)?))
}

/// An answer as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// What stands in the path. Something that cannot be read there names nothing.
pub(crate) struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| Refusal::no_such_path())
    }
}

/// The appointment that a portal calls so.
pub(crate) fn appointment(caller: &Caller, name: &str) -> Result<AppointmentId, Refusal> {
    Ok(caller.house.vault.appointment_of(name).ok_or(Error::not_found(Kind::Appointment))?)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn given(kind: &'static str, body: &str) -> Result<Given, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        read(&headers, &Bytes::from(body.to_owned())).map(Given)
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn a_form_and_json_say_the_same() {
        let json = json!({ "event_type_id": 198, "asap_list_opt_in": true, "comments": "a b", "unknown": {},
            "structured_comment": [["Since when?", "1 day"]] });
        let form = "event_type_id=198&asap_list_opt_in=on&comments=a+b&unknown=1&structured_comment%5BSince+when%3F%5D=1+day";
        for given in [given("application/json; charset=UTF-8", &json.to_string()), given(FORM, form)] {
            let given = given.expect("fields");
            assert_eq!(given.number(&["appointment_type_id", "event_type_id"]).expect("a number"), Some(198));
            assert_eq!(given.flag("asap_list_opt_in").expect("a flag"), Some(true));
            assert_eq!(given.text("comments").expect("a text").as_deref(), Some("a b"));
            let answers = given.answers("structured_comment").expect("answers");
            assert_eq!(answers, [("Since when?".to_owned(), "1 day".to_owned())]);
            assert_eq!(given.text("email").expect("nothing"), None);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nothing_panics() {
        for (kind, body) in [
            ("application/json", "[1]"),
            ("application/json", "{"),
            ("application/json", "\"x\""),
            (FORM, "a=%FF"),
            ("text/plain", "a=b"),
            ("multipart/form-data; boundary=x", "--x"),
        ] {
            assert!(given(kind, body).is_err(), "{kind} {body}");
        }
        let odd = given(
            "application/json",
            r#"{"n": 1.5, "f": "maybe", "t": [], "s": {"q": []}, "d": "2026-02-30"}"#,
        );
        let odd = odd.expect("an object");
        assert!(odd.number(&["n"]).is_err() && odd.flag("f").is_err() && odd.text("t").is_err());
        assert!(odd.answers("s").is_err() && odd.day("d").is_err() && odd.must_number(&["x"]).is_err());
        assert!(given("", r#"{"n": 1}"#).is_ok(), "some clients do not say what they send");
    }
}
