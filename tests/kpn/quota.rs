//! Thirty calls a second for each token, and headers that say where one stands.

use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn the_thirty_first_call_of_a_second_is_429_and_the_next_second_is_free(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, other) = (anna.kpn().await, anna.kpn().await);
    let chat = format!("conversations/{}/messages", bram.uuid());
    for used in 1..=30 {
        // Refusals count, too: someone who guesses ids is as much work as someone who reads.
        let path = if used % 2 == 0 { "me" } else { "users/nobody" };
        let answer = client.under(::kpn::BASE_PATHS[used % 3]).get(path).await;
        assert_eq!(answer.status, if used % 2 == 0 { 200 } else { 404 });
        assert_eq!(answer.header("quota-used"), used.to_string());
        assert_eq!(answer.header("retry-after"), "");
    }
    let over = client.post(&chat, json!({ "body": "Te veel" })).await;
    assert_eq!(over.refused(), (429, "too_many_requests"));
    assert_eq!(over.json["message"], "a token may make 30 calls a second");
    assert_eq!(over.json["info"], "calls_per_second: 30");
    for (header, value) in [
        ("retry-after", "1"),
        ("quota-limit", "30"),
        ("quota-interval", "1"),
        ("quota-time-unit", "second"),
        ("quota-used", "31"),
        ("quota-reset-utc", "2026-03-02T08:00:01Z"),
        ("sunset", "n/a"),
    ] {
        assert_eq!(over.header(header), value, "{header}");
    }
    let upload = client.upload(&format!("conversations/{}/attachments", bram.uuid()), None, &[]).await;
    assert_eq!(upload.refused().0, 429);
    assert_eq!(other.get("me").await.status, 200, "another token has a quota of its own");
    ward.pass_a_second();
    assert_eq!(client.get("me").await.header("quota-used"), "1");
    assert!(client.texts(&format!("conversations/{}", bram.uuid())).await.is_empty(), "nothing was posted");
}

#[bedside_test]
async fn a_call_without_a_token_uses_nobodys_quota(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    let nobody = crate::cast::Kpn::new(&ward, String::new());
    for _ in 0..40 {
        let refused = nobody.get("me").await;
        assert_eq!((refused.refused(), refused.header("quota-used")), ((401, "unauthorized"), "0"));
    }
    assert_eq!(client.get("me").await.header("quota-used"), "1");
}

#[bedside_test]
async fn a_third_of_the_calls_may_be_uploads(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, other) = (anna.kpn().await, anna.kpn().await);
    let path = format!("conversations/{}/attachments", bram.uuid());
    let note: &[_] = &[("note.txt", "text/plain", "Eén per dag".as_bytes())];
    for _ in 0..10 {
        assert_eq!(client.upload(&path, None, note).await.status, 201);
    }
    let over = client.upload(&path, Some("Te veel"), note).await;
    assert_eq!((over.refused(), over.header("retry-after")), ((429, "too_many_requests"), "1"));
    assert_eq!(client.get("me").await.status, 200, "other calls go on");
    assert_eq!(other.upload(&path, None, note).await.status, 201, "another token has its own");
    ward.pass_a_second();
    assert_eq!(client.upload(&path, None, note).await.status, 201);
    assert!(!client.texts(&format!("conversations/{}", bram.uuid())).await.contains(&"Te veel".to_owned()));
}
