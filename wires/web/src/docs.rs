//! The APIs as pages to read and to try, which work without a network: Swagger UI comes from our own origin.

use std::io::Read as _;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use door::pages::Language;
use door::pages::headers::protect;
use flate2::read::GzDecoder;
use kernel::{Error, Kind};
use rust_embed::RustEmbed;
use tower_http::compression::CompressionLayer;

use door::pages::assets::ICON_PATH;

use crate::assets::{DOCS_SCRIPT_PATH, DOCS_STYLE_PATH};
use crate::guide::ApiDoc;
use crate::place::Query;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::words::{self, Docs};
use crate::yaml;

/// Where an authorization server sends the browser back to; the `docs` client is registered with it.
const REDIRECT: &str = "/api-docs/oauth2-redirect.html";

/// Swagger UI, packed as the build laid it there; nothing when it did not.
#[derive(RustEmbed)]
#[folder = "../../web/dist/api-docs"]
#[allow_missing = true]
struct Swagger;

#[derive(Template)]
#[template(path = "docs.html")]
struct Body<'a> {
    words: &'static Docs,
    language: Language,
    docs: &'a [ApiDoc],
    doc: Option<&'a ApiDoc>,
    client: &'a str,
    public_url: &'a str,
    is_built: bool,
}

impl Body<'_> {
    fn is_shown(&self, one: &ApiDoc) -> bool {
        self.doc.is_some_and(|doc| doc.name == one.name)
    }
}

pub fn pages() -> Router<Web> {
    Router::new().route("/api-docs", get(show)).route("/api-docs/", get(show))
}

/// What the page is made of.
pub fn files() -> Router<Web> {
    // These are the same for everybody, so that their length tells nothing.
    Router::new()
        .route("/api-docs/{file}", get(file).layer(CompressionLayer::new()))
        .route("/api-docs/v1/{file}", get(machine_file).layer(CompressionLayer::new()))
}

/// The page.
async fn show(State(web): State<Web>, query: Query, parts: Parts) -> Response {
    let view = web.view(&parts);
    let asked = query.0.first("doc");
    let doc = web.docs.iter().find(|doc| Some(doc.name) == asked).or(web.docs.first());
    let client = web.guide.as_ref().and_then(|guide| guide.docs_client.as_deref());
    let body = Body {
        words: words::docs(view.language),
        language: view.language,
        docs: &web.docs,
        doc,
        client: query.0.first("client_id").or(client).unwrap_or_default(),
        public_url: &web.door.house.settings.public_url,
        is_built: Swagger::get("swagger-ui-bundle.js.gz").is_some(),
    };
    let Ok(html) = body.render() else {
        return Refusal(Error::bug("the page of the APIs could not be made")).into_response();
    };
    let mut response = Html(html).into_response();
    allow_swagger(&mut response);
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(view.language.code()));
    view.finish(&web, response)
}

/// What Swagger UI needs beyond a page of ours: scripts and calls to us, and the pictures inside its style sheet.
fn allow_swagger(response: &mut Response) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    protect(response, &[]);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
}

/// A document, something to download, or a part of Swagger UI.
async fn file(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Refusal> {
    if let Some((doc, ending)) = name.split_once('.')
        && let Some(doc) = web.docs.iter().find(|one| one.name == doc)
    {
        return document(doc, ending).ok_or_else(missing);
    }
    let kind = kind_of(&name).ok_or_else(missing)?;
    let packed = Swagger::get(&format!("{name}.gz")).ok_or_else(missing)?;
    let mut bytes = Vec::new();
    GzDecoder::new(&*packed.data).read_to_end(&mut bytes).map_err(Error::bug)?;
    let mut response = ([(CONTENT_TYPE, kind)], bytes).into_response();
    allow_swagger(&mut response);
    if format!("/api-docs/{name}") != REDIRECT {
        // The name does not change with the content, so a browser asks again after an hour.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    }
    Ok(response)
}

/// The patient portal's document, where its clients look for it.
async fn machine_file(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Refusal> {
    let portal = web.docs.iter().find(|one| one.name == "portal").ok_or_else(missing)?;
    let (kind, text) = match name.as_str() {
        "swagger.json" => ("application/json", portal.json.clone()),
        "swagger.yaml" => {
            let document = serde_json::from_str(&portal.json).map_err(Error::bug)?;
            ("application/yaml", yaml::of(&document))
        }
        _ => return Err(missing()),
    };
    let mut response = ([(CONTENT_TYPE, kind)], text).into_response();
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

fn missing() -> Refusal {
    Refusal(Error::not_found(Kind::Page))
}

fn document(doc: &ApiDoc, ending: &str) -> Option<Response> {
    let (text, is_download) = match ending {
        "json" => (&doc.json, false),
        "openapi.json" => (&doc.json, true),
        "postman_collection.json" => (&doc.postman_collection, true),
        "postman_environment.json" => (&doc.postman_environment, true),
        _ => return None,
    };
    let mut response = ([(CONTENT_TYPE, "application/json")], text.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_download {
        let value = format!("attachment; filename=\"{}.{ending}\"", doc.name);
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&value).ok()?);
    }
    Some(response)
}

fn kind_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "html" => Some("text/html; charset=utf-8"),
        "png" => Some("image/png"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
