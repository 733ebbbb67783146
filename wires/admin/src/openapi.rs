//! This wire's OpenAPI 3.1 document.

use door::problem::Problem;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as OpenApiDocument;

use crate::BASE_PATH;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bedside administration",
        version = "1.0",
        description = "For administrators of an organisation, and programs that act for one: its settings, \
            applications, people, their sessions, what they allow applications, and the keys that sign ID \
            tokens, which the operator of the server replaces. Every call needs a token of scope `admin` of somebody \
            who is an administrator where they act. What belongs to another organisation answers 404.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem))
)]
struct Document;

/// The document, as it is checked in under `openapi/`.
#[must_use]
pub fn document() -> OpenApiDocument {
    let mut document = Document::openapi();
    document.merge(crate::routes().into_openapi());
    door::problem::secure(&mut document, BASE_PATH, ("admin", "Manage the organisation"));
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_asks_for_administration_and_lists_its_refusals() {
        let document = serde_json::to_value(document()).expect("JSON");
        let mut count = 0;
        for (path, verbs) in document["paths"].as_object().expect("paths") {
            for (verb, operation) in verbs.as_object().expect("verbs") {
                count += 1;
                assert_eq!(operation["security"][0]["oauth"][0], "admin", "{verb} {path}");
                let answers = operation["responses"].as_object().expect("answers");
                let body = |status: &str| {
                    answers[status]["content"]["application/problem+json"]["schema"]["$ref"].clone()
                };
                for status in ["401", "403", "422", "429", "503"] {
                    assert_eq!(body(status), "#/components/schemas/Problem", "{verb} {path} {status}");
                }
                assert_eq!(path.contains('{'), answers.contains_key("404"), "{verb} {path}");
            }
        }
        assert_eq!(count, 35);
        assert!(document["components"]["schemas"]["Problem"].is_object());
    }
}
