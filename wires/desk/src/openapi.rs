//! This wire's OpenAPI 3.1 document.

use door::problem::Problem;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as OpenApiDocument;

use crate::BASE_PATH;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bedside desk",
        version = "1.0",
        description = "For who works at the desk of a practice, and programs that act for them: where, when and with whom \
            patients can come, what they can book, and their appointments. Every call needs a token of scope `desk` of \
            somebody who works for the organisation; what patients can book is changed by its administrators. What \
            belongs to another organisation answers 404. While the practice works on paper (`PUT /downtime`), everything \
            can be read and nothing changed.",
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
    door::problem::secure(&mut document, BASE_PATH, ("desk", "Look after calendars and appointments"));
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_asks_for_the_desk_and_lists_its_refusals() {
        let document = serde_json::to_value(document()).expect("JSON");
        let mut count = 0;
        for (path, verbs) in document["paths"].as_object().expect("paths") {
            for (verb, operation) in verbs.as_object().expect("verbs") {
                count += 1;
                assert_eq!(operation["security"][0]["oauth"][0], "desk", "{verb} {path}");
                let answers = operation["responses"].as_object().expect("answers");
                let body = |status: &str| {
                    answers[status]["content"]["application/problem+json"]["schema"]["$ref"].clone()
                };
                for status in ["401", "403", "422", "429", "503"] {
                    assert_eq!(body(status), "#/components/schemas/Problem", "{verb} {path} {status}");
                }
                assert!(!path.contains('{') || answers.contains_key("404"), "{verb} {path}");
                assert!(verb == "get" || path == "/downtime" || answers.contains_key("409"), "{verb} {path}");
            }
        }
        assert!(count > 30, "{count}");
        let schemas = &document["components"]["schemas"];
        assert!(schemas["Problem"].is_object());
        let setting = &schemas["TypeSetup"]["properties"]["asap_notifications_enabled"];
        let label = "Allow patients to register for earlier appointment notifications";
        assert_eq!(setting["title"], label, "what practices know it as");
    }
}
