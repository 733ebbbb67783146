//! The house's own table of routes, as its router tells it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;

const VERBS: [&str; 9] = ["get", "head", "delete", "options", "patch", "post", "put", "trace", "connect"];

/// Verb and path of everything that the router serves.
///
/// axum lists its routes nowhere but in what it tells of itself for debugging. Another version that tells it otherwise
/// leaves the table empty, or without verbs, and that fails.
pub fn table(router: &Router) -> BTreeSet<(String, String)> {
    let told = format!("{router:?}");
    let (told, _) = told.split_once(", fallback_router:").expect("routes, and then fallbacks");
    let (endpoints, paths) =
        told.split_once("}, node: Node { paths: {").expect("endpoints, and then their paths");
    let paths: BTreeMap<&str, &str> = paths.split("RouteId(").skip(1).map(path).collect();
    let mut served = BTreeSet::new();
    for endpoint in endpoints.split("RouteId(").skip(1) {
        let (id, endpoint) = endpoint.split_once("): ").expect("an id and its endpoint");
        let verbs = VERBS.into_iter().filter(|verb| {
            let (_, rest) = endpoint.split_once(&format!("{verb}: ")).expect("each verb is told of");
            !rest.starts_with("None")
        });
        let mut verbs: Vec<String> = verbs.map(str::to_uppercase).collect();
        if verbs.is_empty() {
            // What takes every verb has none of its own.
            verbs.push("ANY".to_owned());
        }
        served.extend(verbs.into_iter().map(|verb| (verb, paths[id].to_owned())));
    }
    assert!(served.len() > 100, "the table is whole: {told}");
    served
}

/// `7): "/chats", ` as id and path.
fn path(told: &str) -> (&str, &str) {
    let (id, rest) = told.split_once("): \"").expect("an id and its path");
    (id, rest.split('"').next().expect("a path"))
}
