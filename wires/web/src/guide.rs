//! What the pages are told from outside: how to try the demo, and which APIs there are.

use std::sync::LazyLock;

use kernel::Role;

/// What the front page of a demo tells a stranger.
#[derive(Clone, Debug, Default)]
pub struct DemoGuide {
    /// Who one can be, in the order in which they are shown.
    pub people: Vec<DemoPerson>,
    /// Command lines to paste, one for each API.
    pub curl: Vec<String>,
    /// The public OAuth client of the API pages, so that `Authorize` works without typing.
    pub docs_client: Option<String>,
}

/// Somebody whom a visitor of the demo can be.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Both names.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// What they sign in with.
    pub email: String,
    /// Their password, which is random in every demo.
    pub password: String,
}

/// The APIs that `/api-docs` shows. They are made when the first visitor asks: a server at rest keeps none.
pub type ApiDocs = LazyLock<Vec<ApiDoc>, Box<dyn FnOnce() -> Vec<ApiDoc> + Send>>;

/// One API as `/api-docs` shows it.
#[derive(Clone, Debug)]
pub struct ApiDoc {
    /// Its word in addresses, such as `kpn`.
    pub name: &'static str,
    /// What it is called.
    pub title: String,
    /// Its OpenAPI document.
    pub json: String,
    /// Its Postman collection.
    pub postman_collection: String,
    /// The environment that the collection needs.
    pub postman_environment: String,
}
