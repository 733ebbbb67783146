//! What this server says of itself: OpenID Connect Discovery, RFC 8414, SMART, and its public keys. Each list comes from
//! the table that the code goes by.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use axum::response::{IntoResponse, Response};
use door::tags;
use flows::signing;
use identity::protocol::authorize::PROMPTS;
use identity::protocol::redirect::Mode;
use identity::protocol::{acr, jwks};
use identity::{Algorithm, GrantType, Language};
use kernel::{Scope, Scopes};
use serde::Serialize;
use serde_json::Value;

use crate::visit::Visit;
use crate::{id_token, open, userinfo};

/// How long what the server says of itself may be kept.
const KEPT_FOR: &str = "public, max-age=300";
/// The keys may be kept, too, but whoever looks asks each time whether they are still those: a new key signs at once, and
/// a cache on the way must not hide it from who meets its `kid`.
const KEYS_KEPT: &str = "public, no-cache";
/// How an application proves itself that can.
const PROOFS: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
/// What an application may sign its proof with.
const PROOF_ALGORITHMS: [&str; 6] = {
    let all = jwks::ALGORITHMS;
    [all[0].0, all[1].0, all[2].0, all[3].0, all[4].0, all[5].0]
};

#[derive(Serialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 2],
    grant_types_supported: Vec<&'static str>,
    subject_types_supported: [&'static str; 2],
    id_token_signing_alg_values_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 6],
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 6],
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 6],
    code_challenge_methods_supported: [&'static str; 1],
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<&'static str>,
    acr_values_supported: [&'static str; 2],
    prompt_values_supported: [&'static str; 4],
    display_values_supported: [&'static str; 1],
    ui_locales_supported: Vec<&'static str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    authorization_response_iss_parameter_supported: bool,
}

/// What SMART's backend services look for.
#[derive(Serialize)]
struct Smart {
    issuer: String,
    jwks_uri: String,
    token_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    grant_types_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 1],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 2],
    scopes_supported: Vec<&'static str>,
    capabilities: [&'static str; 2],
}

#[derive(Serialize)]
struct Keys {
    keys: Vec<Value>,
}

/// `GET` of `openid-configuration` and of `oauth-authorization-server`.
pub(crate) async fn show(visit: Visit) -> Response {
    kept(Json(discovery(visit.issuer())).into_response())
}

/// `GET` of `smart-configuration`.
pub(crate) async fn smart(visit: Visit) -> Response {
    let at = |path: &str| format!("{}{path}", visit.issuer());
    let of_systems = Scope::ALL.into_iter().map(Scope::name).filter(|name| name.starts_with("system/"));
    let smart = Smart {
        issuer: at(""),
        jwks_uri: at("/oauth/discovery/keys"),
        token_endpoint: at("/oauth/token"),
        introspection_endpoint: at("/oauth/introspect"),
        revocation_endpoint: at("/oauth/revoke"),
        grant_types_supported: [GrantType::ClientCredentials.name()],
        token_endpoint_auth_methods_supported: ["private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported: ["RS384", "ES384"],
        scopes_supported: of_systems.collect(),
        capabilities: ["client-confidential-asymmetric", "permission-v2"],
    };
    kept(Json(smart).into_response())
}

/// `GET` of the public keys (RFC 7517).
pub(crate) async fn keys(visit: Visit) -> Response {
    let keys = match signing::published(&visit.house).await {
        Ok(keys) => keys,
        Err(error) => return open::troubled(&error),
    };
    let names = keys.iter().map(|key| key.id.hex()).collect::<Vec<_>>().join(".");
    let keys = keys.iter().filter_map(|key| serde_json::from_str(&key.jwk).ok()).collect();
    let mut response = Json(Keys { keys }).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(KEYS_KEPT));
    // A key never changes, so that their ids say which set it is.
    if let Ok(tag) = HeaderValue::try_from(format!("\"{names}\"")) {
        headers.insert(ETAG, tag);
    }
    tags::unless_known(&tags::known(&visit.headers), response)
}

fn kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_FOR));
    response
}

fn discovery(issuer: &str) -> Discovery {
    let at = |path: &str| format!("{issuer}{path}");
    let with_none = || PROOFS.into_iter().chain(["none"]).collect::<Vec<_>>();
    Discovery {
        issuer: issuer.to_owned(),
        authorization_endpoint: at("/oauth/authorize"),
        token_endpoint: at("/oauth/token"),
        userinfo_endpoint: at("/oauth/userinfo"),
        jwks_uri: at("/oauth/discovery/keys"),
        end_session_endpoint: at("/oauth/logout"),
        revocation_endpoint: at("/oauth/revoke"),
        introspection_endpoint: at("/oauth/introspect"),
        scopes_supported: Scopes::ALL.iter().map(Scope::name).collect(),
        response_types_supported: ["code"],
        response_modes_supported: Mode::ALL.map(Mode::name),
        grant_types_supported: GrantType::ALL.map(GrantType::name).to_vec(),
        subject_types_supported: ["public", "pairwise"],
        id_token_signing_alg_values_supported: Algorithm::ALL.map(Algorithm::name).to_vec(),
        token_endpoint_auth_methods_supported: with_none(),
        token_endpoint_auth_signing_alg_values_supported: PROOF_ALGORITHMS,
        revocation_endpoint_auth_methods_supported: with_none(),
        revocation_endpoint_auth_signing_alg_values_supported: PROOF_ALGORITHMS,
        introspection_endpoint_auth_methods_supported: PROOFS,
        introspection_endpoint_auth_signing_alg_values_supported: PROOF_ALGORITHMS,
        code_challenge_methods_supported: ["S256"],
        claim_types_supported: ["normal"],
        claims_supported: id_token::CLAIMS.into_iter().chain(userinfo::CLAIMS).collect(),
        acr_values_supported: acr::LEVELS,
        prompt_values_supported: PROMPTS,
        display_values_supported: ["page"],
        ui_locales_supported: Language::ALL.iter().map(|language| language.code()).collect(),
        claims_parameter_supported: false,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        authorization_response_iss_parameter_supported: true,
    }
}
