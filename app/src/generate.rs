//! Files that are made from the code, and checked in so that a change of them is seen in review.

mod commands;
mod postman;
mod steps;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::config;

pub use postman::LOCAL_URL;

/// The documents of one API.
pub struct Api {
    /// Its word in file names and addresses.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Its OpenAPI 3.1 document.
    pub openapi: String,
    /// Its Postman collection, v2.1.
    pub collection: String,
    /// The environment that the collection needs.
    pub environment: String,
}

/// Every API that there is.
#[must_use]
pub fn apis() -> Vec<Api> {
    let kpn = serde_json::to_value(kpn::document()).unwrap_or_default();
    let admin = serde_json::to_value(administration::document()).unwrap_or_default();
    let portal = serde_json::to_value(portal::document()).unwrap_or_default();
    let desk = serde_json::to_value(desk::document()).unwrap_or_default();
    vec![
        api("kpn", "KPN Healthcare Messenger", &kpn, steps::KPN),
        api("admin", "Administration", &admin, steps::ADMIN),
        api("portal", "Patient portal", &portal, steps::PORTAL),
        api("desk", "Desk", &desk, steps::DESK),
    ]
}

fn api(name: &'static str, title: &'static str, document: &Value, folders: &[steps::Folder]) -> Api {
    Api {
        name,
        title,
        openapi: pretty(document),
        collection: pretty(&postman::collection(document, folders)),
        environment: pretty(&postman::environment("Bedside")),
    }
}

/// Every generated file: where it lies, and what is in it.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let mut files = vec![
        ("bedside.example.toml".to_owned(), config::example()),
        ("docs/guide/config.md".to_owned(), config::guide()),
        ("docs/guide/cli.md".to_owned(), commands::guide()),
    ];
    for api in apis() {
        let name = api.name;
        files.push((format!("openapi/{name}.json"), api.openapi));
        files.push((format!("openapi/{name}.postman_collection.json"), api.collection));
        files.push((format!("openapi/{name}.postman_environment.json"), api.environment));
    }
    files
}

/// Writes every generated file below the folder.
///
/// # Errors
/// When the disk refuses.
pub fn write(folder: &Path) -> io::Result<()> {
    for (name, text) in files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}
