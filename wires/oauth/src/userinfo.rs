//! The userinfo endpoint (OpenID Connect core, section 5.3): what an application may know of who signed in to it.

use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, PRAGMA, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use door::{Door, bearer};
use flows::telling;
use identity::details::Details;
use kernel::Error;
use serde::Serialize;

use crate::open::{self, Refusal};
use crate::visit::Fields;

/// The names of what is told here, which the discovery document lists, too.
pub(crate) const CLAIMS: [&str; 14] = [
    "name",
    "given_name",
    "family_name",
    "locale",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "gender",
    "birthdate",
    "mobile_phone_number",
    "address",
    "insurance_company_id",
    "insurance_number",
];

#[derive(Default, Serialize)]
struct Told {
    sub: String,
    #[serde(flatten)]
    profile: Option<Profile>,
    #[serde(flatten)]
    email: Option<Email>,
    #[serde(flatten)]
    phone: Option<Phone>,
    #[serde(flatten)]
    portal: Portal,
}

/// What the patient portal's applications know besides (portal-booking.md 1.2).
#[derive(Default, Serialize)]
struct Portal {
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insurance_company_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insurance_number: Option<String>,
}

#[derive(Default, Serialize)]
struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    street_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

#[derive(Serialize)]
struct Profile {
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    given_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    family_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
}

#[derive(Serialize)]
struct Email {
    email: String,
    email_verified: bool,
}

#[derive(Serialize)]
struct Phone {
    phone_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number_verified: Option<bool>,
}

/// Why somebody is told nothing (RFC 6750 section 3.1).
enum Refused {
    /// No token came.
    Nobody,
    /// Two came, or none that can be read.
    Unclear,
    InvalidToken,
    InsufficientScope,
}

/// `GET` and `POST`.
pub(crate) async fn show(State(door): State<Door>, request: Request) -> Response {
    let mut response = match answer(&door, request).await {
        Ok(told) => Json(told).into_response(),
        Err(Ok(why)) => why.show(),
        Err(Err(error)) => open::troubled(&error),
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

async fn answer(door: &Door, request: Request) -> Result<Told, Result<Refused, Error>> {
    let (parts, body) = request.into_parts();
    let (origin, in_header) = (door.origin(&parts), bearer(&parts).map(str::to_owned));
    let in_body = if parts.method == Method::POST && is_form(&parts.headers) {
        token_in(Request::from_parts(parts, body), door).await.map_err(Ok)?
    } else {
        None
    };
    let token = match (in_header, in_body) {
        (Some(_), Some(_)) => return Err(Ok(Refused::Unclear)),
        (header, body) => header.or(body).ok_or(Ok(Refused::Nobody))?,
    };
    let told = async {
        let caller = door.recognise(&token, origin).await?;
        caller.read((), |tx, actor, ()| Box::pin(telling::told(tx, actor))).await
    };
    told.await.map(in_their_words).map_err(|error| match error {
        Error::Unauthenticated | Error::NotFound { .. } => Ok(Refused::InvalidToken),
        Error::NotAllowed { .. } => Ok(Refused::InsufficientScope),
        other => Err(other),
    })
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The token in the form of a body (RFC 6750 section 2.2).
async fn token_in(request: Request, door: &Door) -> Result<Option<String>, Refused> {
    let Ok(Fields(fields)) = Fields::from_request(request, door).await;
    let form = fields.map_err(|_| Refused::Unclear)?;
    form.one("access_token").map(|token| token.map(str::to_owned)).map_err(|_| Refused::Unclear)
}

fn in_their_words(told: telling::Told) -> Told {
    let telling::Told { claims, insurance, insurance_number } = told;
    let landline = claims.details.phone.clone();
    let landline = landline.map(|number| Phone { phone_number: number, phone_number_verified: None });
    let mobile = claims
        .phone
        .map(|told| Phone { phone_number: told.value, phone_number_verified: Some(told.is_verified) });
    Told {
        sub: claims.subject,
        profile: claims.profile.map(|profile| Profile {
            name: profile.full_name,
            given_name: profile.first_name,
            family_name: profile.last_name,
            locale: profile.language.map(|language| language.code()),
        }),
        email: claims.email.map(|told| Email { email: told.value, email_verified: told.is_verified }),
        // The portal's applications are told of the mobile number by a name of its own.
        phone: landline.or(mobile),
        portal: Portal {
            gender: claims.details.gender.map(|gender| gender.name()),
            birthdate: claims.details.born_on.map(|day| day.to_string()),
            mobile_phone_number: claims.mobile,
            address: Address::of(claims.details),
            insurance_company_id: insurance,
            insurance_number,
        },
    }
}

impl Address {
    fn of(known: Details) -> Option<Self> {
        let Details { street, zip, city, country, .. } = known;
        let is_known = street.is_some() || zip.is_some() || city.is_some() || country.is_some();
        is_known.then_some(Self { street_address: street, postal_code: zip, locality: city, country })
    }
}

impl Refused {
    fn show(&self) -> Response {
        let (status, error, sentence, challenge) = match self {
            // Who brings no token is told how to, and nothing more (RFC 6750 section 3.1).
            Self::Nobody => {
                let challenge = HeaderValue::from_static("Bearer realm=\"bedside\"");
                return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response();
            }
            Self::Unclear => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The token must come in one way and once.",
                "Bearer realm=\"bedside\", error=\"invalid_request\", error_description=\"The token must come in one way and once.\"",
            ),
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "The token is not known, or has ended.",
                "Bearer realm=\"bedside\", error=\"invalid_token\", error_description=\"The token is not known, or has ended.\"",
            ),
            Self::InsufficientScope => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "The token lacks the scope openid.",
                "Bearer realm=\"bedside\", error=\"insufficient_scope\", error_description=\"The token lacks the scope openid.\", scope=\"openid\"",
            ),
        };
        let words = Json(Refusal { error, error_description: sentence });
        (status, [(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))], words).into_response()
    }
}
