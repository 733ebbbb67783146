//! This wire's OpenAPI 3.1 document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    AuthorizationCode, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi as OpenApiDocument, PathItem, Server};
use utoipa::{Modify, OpenApi};

use crate::table::{ROWS, Verb};
use crate::{BASE_PATHS, ErrorBody};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Patient portal",
        version = "1.0",
        description = "Booking for patients: choose an insurance, a category and a type, list the times, book one of \
            them, move or cancel it, and wait for an earlier one. Each call needs a token of a patient that has every \
            scope listed for it. Times are ISO 8601 with an offset; an id of an availability is good for half an hour \
            and keeps nothing for anybody. Bodies come as JSON or as a form.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ErrorBody)),
    modifiers(&House)
)]
struct Document;

struct House;

impl Modify for House {
    fn modify(&self, document: &mut OpenApiDocument) {
        document.servers = Some(BASE_PATHS.iter().map(|base| Server::new(*base)).collect());
        let scopes = Scopes::from_iter([
            ("profile_read", "Read the own profile"),
            ("appointment_read", "Read appointments, and open a video consultation"),
            ("appointment_write", "Book, move and cancel appointments"),
        ]);
        let flow = AuthorizationCode::new("/oauth/authorize", "/oauth/token", scopes);
        let scheme = SecurityScheme::OAuth2(OAuth2::new([Flow::AuthorizationCode(flow)]));
        document.components.get_or_insert_with(Components::new).add_security_scheme("oauth", scheme);
    }
}

fn operation(item: &mut PathItem, verb: Verb) -> Option<&mut Operation> {
    match verb {
        Verb::Get => item.get.as_mut(),
        Verb::Post => item.post.as_mut(),
        Verb::Put => item.put.as_mut(),
        Verb::Delete => item.delete.as_mut(),
    }
}

/// The document, as it is checked in under `openapi/`. What each operation needs comes from the table of the guards.
#[must_use]
pub fn document() -> OpenApiDocument {
    let mut document = Document::openapi();
    document.merge(crate::routes().into_openapi());
    for row in ROWS {
        let item = document.paths.paths.get_mut(row.path);
        let Some(operation) = item.and_then(|item| operation(item, row.method)) else { continue };
        let scopes = row.scopes.iter().map(|scope| scope.name());
        operation.security = Some(vec![SecurityRequirement::new("oauth", scopes)]);
    }
    document
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;

    fn operations() -> Vec<(String, String, Value)> {
        let document = serde_json::to_value(document()).expect("JSON");
        let paths = document["paths"].as_object().expect("paths").clone();
        let verbs = |(path, item): (String, Value)| {
            let item = item.as_object().expect("verbs").clone();
            item.into_iter().map(move |(verb, operation)| (verb, path.clone(), operation)).collect::<Vec<_>>()
        };
        paths.into_iter().flat_map(verbs).collect()
    }

    #[test]
    fn the_scopes_of_the_document_are_the_vendors_multiset() {
        let mut counts: BTreeMap<(String, Vec<String>), usize> = BTreeMap::new();
        for (verb, _, operation) in operations() {
            assert_eq!(operation["security"].as_array().map(Vec::len), Some(1));
            let scopes = operation["security"][0]["oauth"].as_array().expect("scopes").clone();
            let scopes = scopes.iter().map(|scope| scope.as_str().expect("a scope").to_owned()).collect();
            *counts.entry((verb, scopes)).or_default() += 1;
        }
        let of = |verb: &str, scopes: &[&str]| {
            (verb.to_owned(), scopes.iter().map(|one| (*one).to_owned()).collect())
        };
        let (p, r, w) = ("profile_read", "appointment_read", "appointment_write");
        let vendors = BTreeMap::from([
            (of("get", &[p]), 5),
            (of("get", &[p, r]), 9),
            (of("post", &[p, w]), 3),
            (of("put", &[p, w]), 1),
            (of("delete", &[p, w]), 1),
            (of("post", &[p, r]), 1),
        ]);
        assert_eq!(counts, vendors);
    }

    #[test]
    fn the_table_and_the_routes_have_the_same_operations() {
        let routes: BTreeSet<(String, String)> =
            operations().into_iter().map(|(verb, path, _)| (verb, path)).collect();
        let table: BTreeSet<(String, String)> =
            ROWS.iter().map(|row| (row.method.name().to_owned(), row.path.to_owned())).collect();
        assert_eq!(routes, table);
        assert_eq!(table.len(), ROWS.len());
    }

    #[test]
    fn what_paths_begin_with_is_known_without_the_document() {
        let begins: BTreeSet<&str> = ROWS.iter().filter_map(|row| row.path.split('/').nth(1)).collect();
        assert!(begins.into_iter().eq(crate::FIRST_SEGMENTS));
    }

    #[test]
    fn each_operation_lists_its_refusals_and_takes_both_kinds_of_body() {
        for (verb, path, operation) in operations() {
            let answers = operation["responses"].as_object().expect("answers");
            for status in ["400", "401", "403", "429"] {
                let body = &answers[status]["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(body, "#/components/schemas/ErrorBody", "{verb} {path} {status}");
            }
            if let Some(kinds) = operation["requestBody"]["content"].as_object() {
                let kinds: Vec<_> = kinds.keys().collect();
                assert_eq!(kinds, ["application/json", "application/x-www-form-urlencoded"], "{verb} {path}");
            }
        }
    }
}
