//! This wire's OpenAPI 3.1 document.

use std::collections::BTreeMap;

use kernel::limits::ONCE_KEY_BYTES_MAX;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{AuthorizationCode, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi as OpenApiDocument, Ref, RefOr, Required,
    Response as OpenApiResponse, ResponseBuilder, Schema, Server,
};

use crate::answers::NOT_MODIFIED;
use crate::{BASE_PATHS, ErrorBody};

/// What any operation may answer instead: the status, its name in the document, and when.
const COME_BACK: [(&str, &str, &str); 2] =
    [("429", "TooManyRequests", "Too often"), ("503", "ServiceUnavailable", "Not now")];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "KPN Healthcare Messenger",
        version = "1.0",
        description = "Secure chat between professionals, co-workers and patients, one to one and in groups, with \
            files. The same routes are served under `/v1` and under KPN's base path. What happens is told over the \
            websocket at `/gateway` below the same paths, which is no part of this document: `docs/dialects/kpn.md` \
            describes its frames.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ErrorBody, door::export::ChatFile)),
    modifiers(&House)
)]
struct Document;

struct House;

impl Modify for House {
    fn modify(&self, document: &mut OpenApiDocument) {
        document.servers = Some(BASE_PATHS.iter().take(2).map(|base| Server::new(*base)).collect());
        let scopes = Scopes::from_iter([
            ("read", "Read chats and people"),
            ("write", "Write messages and change chats"),
            ("admin", "Manage the organisation"),
        ]);
        let flow = AuthorizationCode::new(
            "/healthcaremessenger_oauth/authorize",
            "/healthcaremessenger_oauth/token",
            scopes,
        );
        let scheme = SecurityScheme::OAuth2(OAuth2::new([Flow::AuthorizationCode(flow)]));
        document.components.get_or_insert_with(Components::new).add_security_scheme("oauth", scheme);
    }
}

/// The document, as it is checked in under `openapi/`.
#[must_use]
pub fn document() -> OpenApiDocument {
    let mut document = Document::openapi();
    document.merge(crate::routes().into_openapi());
    name_chats_by_aux_ids(&mut document);
    let schemas = document.components.as_ref().map(|all| all.schemas.clone()).unwrap_or_default();
    let items = document.paths.paths.values_mut();
    let verbs = items.flat_map(|item| [&mut item.get, &mut item.put, &mut item.post, &mut item.delete]);
    for operation in verbs.flatten() {
        if let Some(RefOr::T(body)) = &mut operation.request_body
            && may_be_empty(body, &schemas)
        {
            body.required = Some(Required::False);
        }
        name_requests(operation);
        tag_answers(operation);
        for (status, name, _) in COME_BACK {
            let answer = RefOr::Ref(Ref::from_response_name(name));
            operation.responses.responses.insert(status.to_owned(), answer);
        }
    }
    let answers = &mut document.components.get_or_insert_with(Components::new).responses;
    answers.extend(COME_BACK.map(|(_, name, when)| (name.to_owned(), RefOr::T(come_back(when)))));
    document
}

/// Whatever makes something takes a name for the request.
fn name_requests(operation: &mut Operation) {
    if !operation.responses.responses.contains_key("201") {
        return;
    }
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(ONCE_KEY_BYTES_MAX));
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some("A name for this request: within 24 hours it is done once, and answered the same"))
        .required(Required::False)
        .schema(Some(text));
    operation.parameters.get_or_insert_default().push(RefOr::T(key.build()));
    let used = operation.responses.responses.entry("412".to_owned());
    used.or_insert_with(|| {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
        let used = "The key was used for another request";
        RefOr::T(ResponseBuilder::new().description(used).content("application/json", body).build())
    });
}

/// What may be known already says by what, and is asked for by that.
fn tag_answers(operation: &mut Operation) {
    let answers = &mut operation.responses.responses;
    if !answers.contains_key(NOT_MODIFIED) {
        return;
    }
    for status in ["200", NOT_MODIFIED] {
        if let Some(RefOr::T(answer)) = answers.get_mut(status) {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let tag = HeaderBuilder::new().schema(Some(text)).description(Some("The tag of this answer"));
            answer.headers.insert("ETag".to_owned(), RefOr::T(tag.build()));
        }
    }
    let known = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some("`ETag` of the answer that is known: 304 when it is the same"))
        .required(Required::False)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    operation.parameters.get_or_insert_default().push(RefOr::T(known.build()));
}

/// What a chat can do stands below `/aux`, too, where its id is another.
fn name_chats_by_aux_ids(document: &mut OpenApiDocument) {
    for (path, item) in &mut document.paths.paths {
        let said = match path.strip_prefix("/aux/").and_then(|path| path.split('/').next()) {
            Some("groupchats") => "Auxiliary id of the group chat, percent-encoded whole",
            Some("conversations") => "Auxiliary id of the other person, percent-encoded whole",
            _ => continue,
        };
        let verbs = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        let parameters = verbs.into_iter().flatten().filter_map(|operation| operation.parameters.as_mut());
        for parameter in parameters.flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.name == "id"
            {
                parameter.description = Some(said.to_owned());
            }
        }
    }
}

/// An empty body reads as `{}`, which fits where every field may be left out.
fn may_be_empty(body: &RequestBody, schemas: &BTreeMap<String, RefOr<Schema>>) -> bool {
    let Some(RefOr::T(content)) = body.content.get("application/json") else { return false };
    let Some(RefOr::Ref(words)) = &content.schema else { return false };
    let name = words.ref_location.rsplit('/').next().unwrap_or_default();
    matches!(schemas.get(name), Some(RefOr::T(Schema::Object(fields))) if fields.required.is_empty())
}

fn come_back(when: &str) -> OpenApiResponse {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer);
    let seconds = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait")).build();
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    ResponseBuilder::new()
        .description(format!("{when}; `Retry-After` says when to come back"))
        .header("Retry-After", seconds)
        .content("application/json", body)
        .build()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_body_is_required_where_a_field_of_it_is_and_any_answer_may_be_to_come_back() {
        let document = serde_json::to_value(document()).expect("JSON");
        let required =
            |verb: &str, path: &str| document["paths"][path][verb]["requestBody"]["required"].clone();
        for chat in ["/conversations/{id}", "/groupchats/{id}"] {
            assert_eq!(required("delete", chat), false, "{chat}");
            assert_eq!(required("put", &format!("{chat}/read")), false, "{chat}");
            assert_eq!(required("post", &format!("{chat}/messages")), true, "{chat}");
            assert_eq!(required("post", &format!("{chat}/attachments")), true, "{chat}");
        }
        let operations = document["paths"].as_object().into_iter().flatten();
        let operations: Vec<&Value> =
            operations.flat_map(|(_, item)| item.as_object()).flat_map(|o| o.values()).collect();
        assert!(operations.len() > 30);
        for operation in operations {
            for status in ["429", "503"] {
                let place = operation["responses"][status]["$ref"].as_str().expect("a reference");
                let answer = document.pointer(place.trim_start_matches('#')).expect("an answer");
                let body = &answer["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(body, "#/components/schemas/ErrorBody", "{}", operation["operationId"]);
                assert!(answer["headers"]["Retry-After"].is_object());
            }
        }
    }

    #[test]
    fn what_paths_begin_with_is_known_without_the_document() {
        let paths = document().paths.paths;
        let begins = paths.keys().filter_map(|path| path.split('/').nth(1)).chain(["gateway"]);
        let begins: std::collections::BTreeSet<_> = begins.collect();
        assert!(begins.into_iter().eq(crate::FIRST_SEGMENTS));
    }

    #[test]
    fn each_operation_lists_its_refusals_by_their_status() {
        let document = serde_json::to_value(document()).expect("JSON");
        for (path, verbs) in document["paths"].as_object().expect("paths") {
            for (verb, operation) in verbs.as_object().expect("verbs") {
                let answers = operation["responses"].as_object().expect("answers");
                assert!(
                    answers.keys().all(|status| status.parse::<u16>().is_ok()),
                    "{verb} {path}: {answers:?}"
                );
                for status in ["400", "401", "403"] {
                    let body = &answers[status]["content"]["application/json"]["schema"]["$ref"];
                    assert_eq!(body, "#/components/schemas/ErrorBody", "{verb} {path} {status}");
                }
                assert_eq!(
                    path.contains('{'),
                    answers.contains_key("404") && !path.ends_with("/groupchats"),
                    "{verb} {path}"
                );
            }
        }
        assert!(document["components"]["schemas"]["ErrorBody"].is_object());
    }
}
