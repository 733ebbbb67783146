//! JSON that is none, that does not fit, or that is too much.

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Ward, Wire};

#[bedside_test]
async fn json_that_does_not_fit_is_refused_and_nothing_is_posted(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let deep = format!(r#"{{"body":"a","x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let deep_question =
        format!(r#"{{"body":"a","question":{}1{}}}"#, "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let long = json!({ "body": "a".repeat(50_001) }).to_string();
    for (body, error) in [
        ("", "wrong_type"),
        ("{}", "wrong_type"),
        ("null", "wrong_type"),
        ("\"Ja\"", "wrong_type"),
        ("[]", "wrong_type"),
        (r#"["Ja"]"#, "wrong_type"),
        (r#"{"body":null}"#, "wrong_type"),
        (r#"{"body":5}"#, "wrong_type"),
        (r#"{"body":{"text":"Ja"}}"#, "wrong_type"),
        (r#"{"body":["Ja"]}"#, "wrong_type"),
        (r#"{"body":"Ja","body":"Nee"}"#, "wrong_type"),
        ("{", "malformed_json"),
        (r#"{"body":"Ja""#, "malformed_json"),
        (r#"{"body":"Ja"} {"body":"Nee"}"#, "malformed_json"),
        (r"{'body':'Ja'}", "malformed_json"),
        ("body=Ja", "malformed_json"),
        ("{\"body\":\"\u{0}\"}", "malformed_json"),
        (r#"{"body":"\ud800"}"#, "malformed_json"),
        (r#"{"body":""}"#, "body_is_empty"),
        (r#"{"body":" \n\t\u00a0\u3000"}"#, "body_is_empty"),
        (r#"{"body":"a\u0000b"}"#, "body_has_control_characters"),
        (r#"{"body":"a\u001bb"}"#, "body_has_control_characters"),
        (deep.as_str(), "nested_too_deep"),
        (deep_question.as_str(), "nested_too_deep"),
        (r#"{"body":"Ja","question":{"options":[]}}"#, "options_missing"),
        (r#"{"body":"Ja","question":{}}"#, "options_missing"),
        (long.as_str(), "too_large"),
    ] {
        for chat in [&scene.chat, &scene.group] {
            let path = format!("{chat}/messages");
            let answer = scene.client.send_text(Method::POST, &path, Some(body)).await;
            assert_eq!(answer.refused(), (400, error), "{body:.60}");
        }
        ward.pass_a_second();
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn the_longest_text_is_taken_and_comes_back_whole(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let long = "é".repeat(50_000);
    scene.client.say(&scene.chat, &long).await;
    assert!(scene.client.texts(&scene.chat).await[0] == long);
    for text in
        ["\u{10ffff}\u{202e}", " \r\n\tJa ", "<script>alert(1)</script>", "'; DROP TABLE messages; --"]
    {
        scene.client.say(&scene.chat, text).await;
        assert_eq!(scene.client.texts(&scene.chat).await[0], text, "kept byte for byte");
    }
}

#[bedside_test]
async fn eleven_megabytes_of_text_are_heard_out_and_refused(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let body = json!({ "body": "a".repeat(11 << 20) });
    let answer = scene.client.post(&format!("{}/messages", scene.chat), body).await;
    assert_eq!(answer.refused(), (400, "too_large"));
    let (path, text) = (format!("{}/attachments", scene.chat), "a".repeat(11 << 20));
    let form = scene.client.upload(&path, Some(&text), &[]).await;
    assert_eq!(form.refused(), (400, "too_large"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn bytes_that_are_no_text_are_no_json(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    for body in [
        b"{\"body\":\"\xff\xfe\"}".as_slice(),
        b"{\"body\":\"\xc3\"}",
        b"\xef\xbb\xbf{\"body\":\"Ja\"}",
        b"\0",
    ] {
        let head = format!(
            "POST /v1/{}/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            scene.chat,
            scene.client.token,
            body.len()
        );
        let reply = Wire::ask(&ward, &[head.as_bytes(), body].concat()).await;
        assert_eq!((reply.status, reply.json()["error"].as_str()), (400, Some("malformed_json")), "{body:?}");
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn groups_are_not_made_of_what_does_not_fit(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let many: Vec<String> = std::iter::repeat_n(scene.bram.uuid(), 501).collect();
    for (body, error) in [
        (json!({}), "wrong_type"),
        (json!({ "subject": "" }), "subject_is_empty"),
        (json!({ "subject": "  " }), "subject_is_empty"),
        (json!({ "subject": "a\u{0}b" }), "subject_has_control_characters"),
        (json!({ "subject": "a\nb" }), "subject_has_control_characters"),
        (json!({ "subject": "a".repeat(201) }), "too_large"),
        (json!({ "subject": "a", "members": scene.bram.uuid() }), "wrong_type"),
        (json!({ "subject": "a", "members": [5] }), "wrong_type"),
        (json!({ "subject": "a", "members": ["nobody"] }), "user_not_found"),
        (json!({ "subject": "a", "members": [""] }), "user_not_found"),
        (json!({ "subject": "a", "members": ["\u{0}"] }), "user_not_found"),
        (json!({ "subject": "a", "members": [scene.eva.uuid()] }), "user_not_found"),
        (json!({ "subject": "a", "members": [scene.linde.id.uuid()] }), "user_not_found"),
        (json!({ "subject": "a", "members": [scene.bram.uuid(), scene.message] }), "user_not_found"),
        (json!({ "subject": "a", "members": many }), "too_large"),
        (json!({ "subject": "a", "settings": { "auto_close_after": -1 } }), "span_out_of_range"),
        (json!({ "subject": "a", "settings": { "auto_expire_after": i64::MAX } }), "span_out_of_range"),
        (json!({ "subject": "a", "settings": { "auto_close_after": 1.5 } }), "wrong_type"),
        (json!({ "subject": "a", "settings": { "auto_close_after": 1e30 } }), "wrong_type"),
        (json!({ "subject": "a", "settings": { "allow_contacts": "yes" } }), "wrong_type"),
        (json!({ "subject": "a", "settings": [] }), "wrong_type"),
        (json!({ "subject": "a", "invite_users": [{}] }), "wrong_type"),
    ] {
        let shown = format!("{body:.80}");
        assert_eq!(scene.client.post("groupchats", body).await.refused(), (400, error), "{shown}");
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_chat_is_not_ended_by_a_body_that_does_not_fit(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    for (body, error) in [
        ("[]", "wrong_type"),
        ("[true]", "wrong_type"),
        ("null", "wrong_type"),
        (r#"{"remove":"true"}"#, "wrong_type"),
        (r#"{"send_email":1}"#, "wrong_type"),
        (r#"{"remove":1}"#, "wrong_type"),
        ("{\"send_email\":", "malformed_json"),
    ] {
        for chat in [&scene.chat, &scene.group] {
            let answer = scene.client.send_text(Method::DELETE, chat, Some(body)).await;
            assert_eq!(answer.refused(), (400, error), "{body}");
        }
    }
    assert_eq!(ward.inventory().await, before);
    scene.client.send_text(Method::DELETE, &scene.group, None).await.ok();
    assert_eq!(ward.inventory().await.rows[4], 1, "no body at all is what some clients send");
}

#[bedside_test]
async fn questions_that_do_not_fit_are_not_asked(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let option = json!({ "name": "ja", "label": "Ja" });
    let many: Vec<_> = (0..51).map(|at| json!({ "name": format!("o{at}") })).collect();
    let users: Vec<String> = std::iter::repeat_n(scene.bram.uuid(), 1_001).collect();
    for (question, error) in [
        (json!(true), "wrong_type"),
        (json!([option]), "wrong_type"),
        (json!({ "options": option }), "wrong_type"),
        (json!({ "options": ["ja"] }), "wrong_type"),
        (json!({ "options": [["ja", "Ja", null]] }), "wrong_type"),
        (json!({ "options": [null] }), "wrong_type"),
        (json!({ "options": [{ "label": "Ja" }] }), "wrong_type"),
        (json!({ "options": [{ "name": 5 }] }), "wrong_type"),
        (json!({ "options": [option], "multi_answer": "ja" }), "wrong_type"),
        (json!({ "options": [option], "users": "ja" }), "wrong_type"),
        (json!({ "options": [option], "users": [5] }), "wrong_type"),
        (json!({ "options": [option], "style": 5 }), "wrong_type"),
        (json!({ "options": null }), "options_missing"),
        (json!({ "options": many }), "too_large"),
        (json!({ "options": [option, option] }), "option_twice"),
        (json!({ "options": [{ "name": "" }] }), "option_name"),
        (json!({ "options": [{ "name": "ja graag" }] }), "option_name"),
        (json!({ "options": [{ "name": "j\u{e4}" }] }), "option_name"),
        (json!({ "options": [{ "name": "a".repeat(33) }] }), "option_name"),
        (json!({ "options": [{ "name": "ja", "label": "" }] }), "option_label"),
        (json!({ "options": [{ "name": "ja", "label": "a\u{0}b" }] }), "control_characters"),
        (json!({ "options": [{ "name": "ja", "label": "a".repeat(201) }] }), "too_large"),
        (json!({ "options": [{ "name": "ja", "style": "a".repeat(33) }] }), "too_large"),
        (json!({ "options": [option], "style": "a".repeat(33) }), "too_large"),
        (json!({ "options": [option], "users": ["nobody"] }), "user_not_found"),
        (json!({ "options": [option], "users": [scene.eva.uuid()] }), "not_a_member"),
        (json!({ "options": [option], "users": [scene.message] }), "not_a_member"),
        (json!({ "options": [option], "users": users }), "too_large"),
    ] {
        let shown = format!("{question:.100}");
        for chat in [&scene.chat, &scene.group] {
            let body = json!({ "body": "Hoe gaat het?", "question": question });
            let answer = scene.client.post(&format!("{chat}/messages"), body).await;
            assert_eq!(answer.refused(), (400, error), "{shown}");
        }
        ward.pass_a_second();
    }
    assert_eq!(ward.inventory().await, before);
    let fits = json!({ "options": [option], "users": null, "style": null, "multi_answer": null });
    let body = json!({ "body": "Hoe gaat het?", "question": fits });
    scene.client.post(&format!("{}/messages", scene.chat), body).await.created();
}

#[bedside_test]
async fn answers_that_do_not_fit_are_not_given(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let question = json!({ "options": [{ "name": "ja" }, { "name": "nee" }] });
    let body = json!({ "body": "Hoe gaat het?", "question": question });
    let asked = scene.client.post(&format!("{}/messages", scene.group), body).await.created();
    let bram = scene.bram.kpn().await;
    let answer = format!("{}/messages/{asked}/answer", scene.group);
    for (body, refused) in [
        (json!({}), (400, "wrong_type")),
        (json!({ "options": "ja" }), (400, "wrong_type")),
        (json!({ "options": [5] }), (400, "wrong_type")),
        (json!({ "options": null }), (400, "wrong_type")),
        (json!({ "options": [] }), (400, "nothing_chosen")),
        (json!({ "options": [""] }), (400, "no_such_option")),
        (json!({ "options": ["Ja"] }), (400, "no_such_option")),
        (json!({ "options": ["ja", "nee"] }), (400, "one_option_only")),
    ] {
        let shown = body.to_string();
        assert_eq!(bram.post(&answer, body).await.refused(), refused, "{shown}");
        ward.pass_a_second();
    }
    let yes = json!({ "options": ["ja"] });
    for (path, refused) in [
        (
            format!("conversations/{}/messages/{}/answer", scene.anna.uuid(), scene.message),
            (412, "nothing_asked"),
        ),
        (format!("conversations/{}/messages/{asked}/answer", scene.anna.uuid()), (404, "message_not_found")),
        (format!("{}/messages/nobody/answer", scene.group), (404, "message_not_found")),
        (format!("{}/messages/%00/answer", scene.group), (404, "message_not_found")),
        (format!("{}/messages/{}/like", scene.group, scene.message), (404, "message_not_found")),
    ] {
        assert_eq!(bram.post(&path, yes.clone()).await.refused(), refused, "{path}");
    }
    let seen = bram.get(&format!("{}/messages/{asked}", scene.group)).await.ok();
    assert_eq!(seen["payload"]["answers"], json!([]));
}
