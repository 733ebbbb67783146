//! Headers around every call: versions, the gateway's own, and what is no business of this wire.

use testkit::bedside_test;

use crate::cast::{Reply, Ward, Wire};

const GATEWAY: [&str; 10] = [
    "quota-limit",
    "quota-interval",
    "quota-time-unit",
    "quota-used",
    "quota-reset-utc",
    "sunset",
    "api-version",
    "strict-transport-security",
    "x-request-id",
    "content-type",
];

async fn ask(ward: &Ward, line: &str, headers: &str) -> Reply {
    ward.pass_a_second();
    let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    Wire::ask(ward, request.as_bytes()).await
}

#[bedside_test]
async fn every_answer_carries_the_gateways_headers_refusals_too(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let token = linde.doctor("Anna").await.token("read").await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    for (line, headers, status) in [
        ("GET /v1/me", bearer.as_str(), 200),
        ("GET /v1/me", "", 401),
        ("GET /v1/me", "Authorization: Bearer nobody\r\n", 401),
        ("PATCH /v1/me", bearer.as_str(), 405),
        ("GET /v1/nowhere", bearer.as_str(), 404),
        ("GET /v1", bearer.as_str(), 404),
        ("GET /v1/users/%FF", bearer.as_str(), 404),
        ("GET /v1/me/contacts?page=-1", bearer.as_str(), 400),
    ] {
        for base in ::kpn::BASE_PATHS {
            let reply = ask(&ward, &line.replacen("/v1", base, 1), headers).await;
            assert_eq!(reply.status, status, "{line} {base}");
            for header in GATEWAY {
                assert_ne!(reply.header(header), "", "{header} of {line}");
            }
            assert_eq!(reply.header("content-type"), "application/json");
            if status >= 400 {
                let body = reply.json();
                assert_eq!(body["transactionId"], reply.header("x-request-id"), "{line}");
                assert_eq!((&body["code"], &body["status"]), (&status.into(), &status.to_string().into()));
            }
        }
    }
}

#[bedside_test]
async fn a_path_says_which_verbs_it_takes(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let token = linde.doctor("Anna").await.token("read write").await;
    let bearer = format!("Authorization: Bearer {token}\r\nContent-Length: 0\r\n");
    let reply = ask(&ward, "POST /v1/me", &bearer).await;
    assert_eq!((reply.status, reply.json()["error"].as_str()), (405, Some("method_not_allowed")));
    assert!(reply.header("allow").contains("GET"), "RFC 9110 section 15.5.6");
}

#[bedside_test]
async fn the_only_version_is_1_0(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let token = linde.doctor("Anna").await.token("read").await;
    for (version, status) in [("v1.0", 200), ("v2.0", 400), ("1.0", 400), ("", 400), ("\u{e9}", 400)] {
        let headers = format!("Authorization: Bearer {token}\r\napi-version: {version}\r\n");
        let reply = ask(&ward, "GET /v1/me", &headers).await;
        assert_eq!((reply.status, reply.header("api-version")), (status, "v1.0"), "{version}");
    }
}

#[bedside_test]
async fn a_token_is_a_bearer_token_in_one_header_and_nothing_else(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let token = linde.doctor("Anna").await.token("read").await;
    // Who brings no bearer token is told what is asked for, and of no error (RFC 6750 section 3.1).
    let (asked, unfit) = ("Bearer realm=\"messenger\"", "Bearer error=\"invalid_token\"");
    for (headers, status, challenge) in [
        (format!("Authorization: bearer {token}\r\n"), 200, ""),
        (format!("AUTHORIZATION: Bearer  {token}\r\n"), 200, ""),
        (format!("Authorization: {token}\r\n"), 401, asked),
        (format!("Authorization: Basic {token}\r\n"), 401, asked),
        (format!("Authorization: Bearer {token} {token}\r\n"), 401, unfit),
        (format!("Cookie: token={token}\r\n"), 401, asked),
        ("Authorization: Bearer \r\n".to_owned(), 401, asked),
        (String::new(), 401, asked),
    ] {
        let reply = ask(&ward, "GET /v1/me", &headers).await;
        let told = (reply.status, reply.header("www-authenticate"));
        assert_eq!(told, (status, challenge), "{}", headers.replace(&token, "TOKEN"));
    }
    let reply = ask(&ward, &format!("GET /v1/me?access_token={token}"), "").await;
    assert_eq!(reply.status, 401, "a token in a URL ends up in logs");
}
