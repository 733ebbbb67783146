//! The appointments of a day: as data, and as a list to be printed before the server or the network is taken down.

use std::sync::LazyLock;

use askama::Template;
use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use booking::Number;
use door::Caller;
use door::problem::{At, Naming, Query, Refusal, named};
use flows::desk::words::{self, Words};
use flows::desk::{self, Row};
use kernel::{AbsenceId, Error, Kind, Result};

use crate::times;
use crate::words::appointments::{Day, ToReplan, behind};

/// The list's looks: it stands in the page, which can be kept and printed without this server.
const STYLE: &str = include_str!("../assets/day.css");
/// What a browser may do with the page: nothing but show it in these looks.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(vault::token_hash(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

#[derive(Template)]
#[template(path = "day.html")]
struct Page<'a> {
    language: &'static str,
    style: &'static str,
    title: &'a str,
    lead: &'a [String],
    rows: &'a [Row],
    words: &'static Words,
}

fn institution(query: &Query) -> Result<Number> {
    let why = "The number of an institution.";
    let number = query.form.first("institution").and_then(|text| text.parse().ok());
    number.ok_or_else(|| Error::invalid("institution", "institution_missing", why))
}

/// The appointments of a local day at an institution.
#[utoipa::path(
    get, path = "/days/{date}", tag = "Days", operation_id = "getDay",
    params(
        ("date" = String, Path, description = "The local day", example = "2026-12-01"),
        ("institution" = i64, Query, description = "The number of the institution", example = 1),
    ),
    responses((status = 200, body = Day), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, At(date): At<String>, query: Query) -> Result<Json<Day>, Refusal> {
    let (institution, date) = (institution(&query)?, times::day("date", &date)?);
    let day = desk::day(&caller.house, &caller.actor, institution, date).await?;
    Ok(Json(day.into()))
}

/// The same as a PDF on A4, with room to write, in the language of the caller's account.
#[utoipa::path(
    get, path = "/days/{date}/list.pdf", tag = "Days", operation_id = "printDay",
    params(
        ("date" = String, Path, description = "The local day", example = "2026-12-01"),
        ("institution" = i64, Query, description = "The number of the institution", example = 1),
    ),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn pdf(caller: Caller, At(date): At<String>, query: Query) -> Result<Response, Refusal> {
    let (institution, date) = (institution(&query)?, times::day("date", &date)?);
    let day = desk::taken_along(&caller.house, &caller.actor, institution, date).await?;
    let bytes = desk::print(&day, day.language).await?;
    Ok(document(bytes, "application/pdf", &format!("{date}.pdf")))
}

/// The same as a page that can be kept and printed.
#[utoipa::path(
    get, path = "/days/{date}/list.html", tag = "Days", operation_id = "showDayAsPage",
    params(
        ("date" = String, Path, description = "The local day", example = "2026-12-01"),
        ("institution" = i64, Query, description = "The number of the institution", example = 1),
    ),
    responses((status = 200, content_type = "text/html", body = String), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn page(caller: Caller, At(date): At<String>, query: Query) -> Result<Response, Refusal> {
    let (institution, date) = (institution(&query)?, times::day("date", &date)?);
    let day = desk::taken_along(&caller.house, &caller.actor, institution, date).await?;
    let page = Page {
        language: day.language.code(),
        style: STYLE,
        title: &day.title(day.language),
        lead: &day.lead(day.language),
        rows: &day.rows(day.language),
        words: words::of(day.language),
    };
    let html = page.render().map_err(Error::bug)?;
    Ok(document(html.into_bytes(), "text/html; charset=utf-8", &format!("{date}.html")))
}

/// A date makes no odd name.
fn document(bytes: Vec<u8>, mime: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The appointments ahead that fall into an absence, by start, 20 in one answer, each with the next times within eight weeks
/// to which it could be moved. Where there are 20, go on behind the last of them, whatever became of it meanwhile.
#[utoipa::path(
    get, path = "/absences/{absence_id}/appointments", tag = "Days", operation_id = "listDisplaced",
    params(
        ("absence_id" = String, Path, description = "UUID"),
        ("after" = Option<String>, Query, description = "The `cursor` of the last one of the answer before"),
    ),
    responses((status = 200, body = Vec<ToReplan>), Naming),
    security(("oauth" = ["desk"]))
)]
pub async fn displaced(
    caller: Caller,
    At(id): At<String>,
    query: Query,
) -> Result<Json<Vec<ToReplan>>, Refusal> {
    let id: AbsenceId = named(&id, Kind::Absence)?;
    let behind = query.form.first("after").map(behind).transpose()?;
    let displaced = desk::displaced(&caller.house, &caller.actor, id, behind).await?;
    Ok(Json(displaced.into_iter().map(ToReplan::from).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_patients_say_is_no_markup_and_the_looks_are_let_through() {
        let row = Row {
            time: "09:00–09:20".to_owned(),
            patient: "Anna <b>de Boer</b>".to_owned(),
            born: Some("geboren 03-02-1980".to_owned()),
            what: "Controle · Dr. de Vries".to_owned(),
            marks: vec!["DUBBEL GEPLAND"],
            remarks: vec!["<script>alert(1)</script>".to_owned()],
        };
        let page = Page {
            language: "nl",
            style: STYLE,
            title: "Afspraken op dinsdag 01-12-2026",
            lead: &["Praktijk De Linde".to_owned()],
            rows: &[row],
            words: words::of(identity::Language::Nl),
        };
        let html = page.render().expect("a page");
        assert!(html.contains("Anna &#60;b&#62;de Boer") && !html.contains("<script>"), "{html}");
        let between = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
        assert_eq!(between.map(|(style, _)| style), Some(STYLE), "its hash is that of what stands there");
        assert!(html.contains("DUBBEL GEPLAND") && html.contains("Zonder afspraak gekomen"));
    }
}
