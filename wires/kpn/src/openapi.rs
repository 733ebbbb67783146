//! This wire's OpenAPI 3.1 document.

use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{AuthorizationCode, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{Components, Server};

use crate::BASE_PATHS;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "KPN Healthcare Messenger",
        description = "Secure chat between professionals, co-workers and patients, one to one and in groups, with \
            files. The same routes are served under `/v1` and under KPN's base path.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&House)
)]
struct Document;

struct House;

impl Modify for House {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
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
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(crate::routes().into_openapi());
    document
}
