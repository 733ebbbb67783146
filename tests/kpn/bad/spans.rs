//! Spans of time that a chat is asked for and that are none.

use testkit::bedside_test;

use super::Scene;
use crate::cast::Ward;

#[bedside_test]
async fn a_span_that_is_none_is_refused_and_nothing_is_taken_along(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let backwards = "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z";
    for (query, error) in [
        ("start_date=gisteren", "bad_date"),
        ("end_date=", "bad_date"),
        ("end_date=2026-13-01T00:00:00Z", "bad_date"),
        ("start_date=%00", "bad_date"),
        ("start_date=%FF", "bad_date"),
        (backwards, "ends_before_it_starts"),
    ] {
        for chat in [&scene.chat, &scene.group] {
            for path in ["pdf", "pdf/content", "export", "export/content"] {
                let answer = scene.client.get(&format!("{chat}/{path}?{query}")).await;
                assert_eq!(answer.refused(), (400, error), "{path}?{query}");
            }
        }
        ward.pass_a_second();
    }
    let answer = scene.client.get(&format!("{}/pdf?headers=maybe", scene.chat)).await;
    assert_eq!(answer.refused(), (400, "not_boolean"));
    let empty = "start_date=9999-01-01T00:00:00Z";
    let (status, _, bytes) = scene.client.fetch(&format!("{}/pdf/content?{empty}", scene.chat)).await;
    assert_eq!((status, bytes.starts_with(b"%PDF-")), (200, true), "a span without messages is a span");
    assert_eq!(ward.inventory().await, before);
}
