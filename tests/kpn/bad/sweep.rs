//! Every route with every nasty body and id: nothing may make the server fail.

use reqwest::Method;
use serde_json::Value;
use testkit::bedside_test;

use super::Scene;
use crate::cast::Ward;
use crate::ledger::operations;

const BODIES: [&str; 18] = [
    "",
    "{}",
    "[]",
    "null",
    "true",
    "0",
    "\"\"",
    "{",
    "\u{0}",
    r#"{"body":"\u0000"}"#,
    r#"{"members":[null],"admins":[null],"user_id":null,"subject":null,"message_id":null}"#,
    r#"{"members":["\u0000"],"admins":["\u0000"],"user_id":"\u0000","subject":"\u0000","message_id":"\u0000"}"#,
    r#"{"members":[],"admins":[],"user_id":"","subject":"","message_id":""}"#,
    r#"{"members":[[]],"admins":{},"user_id":1e400,"subject":-1,"message_id":{}}"#,
    r#"{"allow_contacts":2,"auto_close_after":-9223372036854775808,"auto_expire_after":9223372036854775807}"#,
    r#"{"options":["\u0000"],"user_id":"\u0000","provider_id":"\u0000"}"#,
    r#"{"body":"a","question":{"options":[{"name":"\u0000","label":[]}]},"options":{},"provider_id":-1}"#,
    r#"{"subject":"\u202e","settings":{"auto_close_after":9223372036854775808}}"#,
];

const QUERIES: [&str; 5] = [
    "",
    "?page=4294967295&amount=4294967295",
    "?before=%00&start_date=%00&headers=%00",
    "?start_date=-009999-01-02T00:00:00Z&end_date=9999-12-30T22:00:00Z&headers=false",
    "?&&==&%&page&amount=1&page=0",
];

#[bedside_test]
async fn no_route_answers_nonsense_with_a_failure_of_ours(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let own_group = scene.group.strip_prefix("groupchats/").unwrap().to_owned();
    let ids =
        [scene.bram.uuid(), own_group, scene.message.clone(), "%00".to_owned(), "%F0%9F%92%89".to_owned()];
    let mut asked = 0;
    for operation in operations() {
        let method: Method = operation.method.parse().expect("a verb");
        for (at, id) in ids.iter().enumerate() {
            let path = operation.path_with(|_| id.clone());
            let bodies: &[&str] = if method == Method::GET { &[""] } else { &BODIES };
            for body in bodies {
                let query = QUERIES[(asked + at) % QUERIES.len()];
                ward.pass_a_second();
                let path = format!("{}{query}", path.trim_start_matches('/'));
                let answer = scene.client.send_text(method.clone(), &path, Some(body)).await;
                asked += 1;
                let place = format!("{method} {path} {body}: {} {}", answer.status, answer.text);
                assert!(answer.status < 500, "{place}");
                assert_ne!(answer.status, 202, "clients take 202 for a failure");
                if answer.status >= 400 {
                    answer.refused();
                } else if !path.contains("/content") {
                    assert_ne!(answer.json, Value::Null, "{place}");
                }
            }
        }
    }
    assert!(asked > 500, "{asked} requests");
    assert_eq!(scene.client.get("me").await.status, 200);
}
