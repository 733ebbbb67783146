//! Questions and answers, likes, mentions and verifications, as both sides of a chat see them.

use audit::Deed;
use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Browser, Kpn, Organisation, Somebody, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in};

/// Anna, a doctor, Bram and Daan, patients, in a group.
struct Room {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    daan: Somebody,
    doctor: Kpn,
    patient: Kpn,
    group: String,
}

impl Room {
    async fn of(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram, daan) =
            (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Daan").await);
        let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
        let new = json!({ "subject": "Wondzorg", "members": [bram.uuid(), daan.uuid()] });
        let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
        ward.pass_a_second();
        Self { linde, anna, bram, daan, doctor, patient, group }
    }

    async fn ask(&self, chat: &str, question: Value) -> String {
        let body = json!({ "body": "Hoe gaat het?", "question": question });
        let id = self.doctor.post(&format!("{chat}/messages"), body).await.created();
        format!("{chat}/messages/{id}")
    }
}

fn options() -> Value {
    json!([{ "name": "goed", "label": "Goed", "style": "green" }, { "name": "slecht", "label": "Slecht" }])
}

#[bedside_test]
async fn a_question_is_answered_once_and_for_all_to_see(ward: Ward) {
    let room = Room::of(&ward).await;
    let message = room.ask(&room.group, json!({ "options": options() })).await;
    let payload = room.patient.get(&message).await.ok()["payload"].clone();
    let expected = json!({
        "type": "question", "multi_answer": false, "style": "horizontal", "users": [], "options": options(),
        "answers": []
    });
    assert_eq!(payload, expected);
    let answer = format!("{message}/answer");
    ward.pass_a_second();
    assert_eq!(room.patient.post(&answer, json!({ "options": ["slecht"] })).await.ok(), json!({}));
    assert_eq!(room.patient.post(&answer, json!({ "options": ["slecht"] })).await.ok(), json!({}));
    let other = room.patient.post(&answer, json!({ "options": ["goed"] })).await;
    assert_eq!(other.refused(), (412, "already_answered"));
    let own = room.doctor.post(&answer, json!({ "options": ["goed"] })).await;
    assert_eq!(own.refused(), (403, "not_asked"));
    let answers =
        room.doctor.get(&format!("{}/messages", room.group)).await.ok()[0]["payload"]["answers"].clone();
    assert_eq!(answers.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&answers[0]["user_id"], &answers[0]["options"]),
        (&json!(room.bram.uuid()), &json!(["slecht"]))
    );
    assert!(answers[0]["created"].as_str().is_some_and(|at| at.ends_with('Z')), "{answers}");

    room.doctor.delete(&message, json!({})).await.ok();
    let late = room.patient.post(&answer, json!({ "options": ["slecht"] })).await;
    assert_eq!(late.refused(), (404, "message_not_found"));
}

#[bedside_test]
async fn in_a_closed_chat_nothing_is_answered_or_liked(ward: Ward) {
    let room = Room::of(&ward).await;
    let message = room.ask(&room.group, json!({ "options": options() })).await;
    room.doctor.delete(&room.group, json!({})).await.ok();
    ward.pass_a_second();
    let answer = room.patient.post(&format!("{message}/answer"), json!({ "options": ["goed"] })).await;
    assert_eq!(answer.refused(), (412, "groupchat_is_closed"));
    let like = room.patient.post(&format!("{message}/like"), json!({})).await;
    assert_eq!(like.refused(), (412, "groupchat_is_closed"));
}

#[bedside_test]
async fn a_message_says_who_likes_it(ward: Ward) {
    let room = Room::of(&ward).await;
    let chat = format!("conversations/{}", room.bram.uuid());
    let message = room.doctor.say(&chat, "Tot morgen").await;
    let bram = format!("conversations/{}/messages/{message}", room.anna.uuid());
    ward.pass_a_second();
    for _ in 0..2 {
        assert_eq!(room.patient.post(&format!("{bram}/like"), json!({})).await.ok(), json!({}));
    }
    let seen = room.doctor.get(&format!("{chat}/messages/{message}")).await.ok();
    assert_eq!(seen["liked_by"], json!([room.bram.uuid()]));
    ward.pass_a_second();
    for _ in 0..2 {
        assert_eq!(room.patient.delete(&format!("{bram}/like"), json!({})).await.ok(), json!({}));
    }
    assert_eq!(room.doctor.get(&format!("{chat}/messages/{message}")).await.ok()["liked_by"], json!([]));
}

#[bedside_test]
async fn who_is_spoken_to_is_a_user_when_they_are_in_the_chat(ward: Ward) {
    let room = Room::of(&ward).await;
    let eva = room.linde.doctor("Eva").await;
    let text = format!(
        "[mention={}] en [MENTION={}]: [mention=@ALL] en [mention={}]",
        room.bram.uuid(),
        room.anna.uuid(),
        eva.uuid()
    );
    let id = room.doctor.say(&room.group, &text).await;
    let message = room.patient.get(&format!("{}/messages/{id}", room.group)).await.ok();
    assert_eq!(message["body"], text, "kept as it was written");
    let mentions = message["mentions"].as_array().expect("an array");
    let ids: Vec<&str> = mentions.iter().filter_map(|user| user["id"].as_str()).collect();
    assert_eq!(ids, ["@all", &room.bram.uuid(), &room.anna.uuid()]);
    assert_eq!(mentions[1]["first_name"], "Bram");
    assert!(!message.to_string().contains("Eva"), "who is not in the chat is not told of");
    let plain = room.doctor.say(&room.group, "Beste allemaal").await;
    let plain = room.patient.get(&format!("{}/messages/{plain}", room.group)).await.ok();
    assert_eq!(plain["mentions"], json!([]));
    assert!(plain.get("payload").is_none(), "most messages ask for nothing");
}

/// A browser in which somebody has signed in, with a password that they were given just now.
pub async fn browser_of(ward: &Ward, person: &Somebody) -> Browser {
    let person = person.clone().with_password(PASSWORD).await;
    let mut browser = browser(ward);
    let page = browser.open("/login").await;
    sign_in(&mut browser, &page, &person).await;
    browser
}

#[bedside_test]
async fn somebody_proves_who_they_are_on_the_providers_page(ward: Ward) {
    let room = Room::of(&ward).await;
    let user = format!("users/{}", room.bram.uuid());
    let sandbox = json!([{ "provider_id": "sandbox", "name": "Bedside sandbox" }]);
    assert_eq!(room.doctor.get(&format!("{user}/providers")).await.ok(), sandbox);
    assert_eq!(room.doctor.get(&format!("{user}/verifications")).await.ok(), json!({ "user": [] }));
    let body = json!({ "user_id": room.bram.uuid(), "provider_id": "sandbox" });
    let id = room.doctor.post(&format!("{}/verification", room.group), body.clone()).await.created();
    let message = format!("{}/messages/{id}", room.group);
    let payload = room.doctor.get(&message).await.ok()["payload"].clone();
    let asked = json!({
        "type": "verification_request", "user_id": room.bram.uuid(), "provider_id": "sandbox",
        "name": "Bedside sandbox", "status": "open"
    });
    assert_eq!(payload, asked);
    ward.pass_a_second();

    let mut bram = browser_of(&ward, &room.bram).await;
    let place = format!("/verify/{}/{id}", room.group.trim_start_matches("groupchats/"));
    let chat = bram.open(&place.replace("/verify/", "/chats/").replace(&format!("/{id}"), "")).await;
    assert!(chat.text.contains(&format!("href=\"{place}\"")), "the chat leads there: {}", chat.text);
    let page = bram.open(&place).await;
    assert!(page.text.contains("31/01/1980") && page.text.contains("Pass the details on"), "{}", page.text);
    let mut anna = browser_of(&ward, &room.anna).await;
    assert_eq!(anna.open(&place).await.status, 403, "another's page");
    // A new password ended her tokens.
    let doctor = room.anna.kpn().await;
    let done = bram.submit(&page, &[("answer", "accept")]).await;
    assert!(done.status < 400, "{}", done.text);

    let payload = doctor.get(&message).await.ok()["payload"].clone();
    assert_eq!(payload["status"], "accepted");
    let attributes = json!({ "given_name": "Bram", "family_name": "de Boer", "birthdate": "1980-01-31" });
    assert_eq!(payload["attributes"], attributes);
    ward.pass_a_second();
    let other = room.daan.kpn().await.get(&message).await.ok()["payload"].clone();
    assert_eq!(
        (&other["status"], other.get("attributes")),
        (&json!("accepted"), None),
        "not for another patient"
    );
    assert_eq!(doctor.get(&format!("{user}/providers")).await.ok(), json!([]));
    let verified = json!({ "user": [{ "name": "Bedside sandbox" }] });
    assert_eq!(doctor.get(&format!("{user}/verifications")).await.ok(), verified);
    let again = doctor.post(&format!("{}/verification", room.group), body).await;
    assert_eq!(again.refused(), (412, "already_verified"));
    let back = bram.open(&place).await;
    assert!(back.text.contains("You proved who you are"), "what is settled leads back: {}", back.text);
}

#[bedside_test]
async fn who_would_rather_not_is_left_in_peace(ward: Ward) {
    let room = Room::of(&ward).await;
    let chat = format!("conversations/{}", room.bram.uuid());
    let body = json!({ "user_id": room.bram.uuid(), "provider_id": "sandbox" });
    let id = room.doctor.post(&format!("{chat}/verification"), body).await.created();
    let mut bram = browser_of(&ward, &room.bram).await;
    let page = bram.open(&format!("/verify/with/{}/{id}", room.anna.uuid())).await;
    bram.submit(&page, &[("answer", "reject")]).await;
    let payload = room.doctor.get(&format!("{chat}/messages/{id}")).await.ok()["payload"].clone();
    assert_eq!((&payload["status"], payload.get("attributes")), (&json!("rejected"), None));
    let again = bram.submit(&page, &[("answer", "accept")]).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let verified = room.doctor.get(&format!("users/{}/verifications", room.bram.uuid())).await.ok();
    assert_eq!(verified, json!({ "user": [] }));
}

#[bedside_test]
async fn only_staff_ask_who_somebody_is_and_only_in_a_sandbox(ward: Ward) {
    let room = Room::of(&ward).await;
    let body = json!({ "user_id": room.daan.uuid(), "provider_id": "sandbox" });
    let path = format!("{}/verification", room.group);
    assert_eq!(room.patient.post(&path, body.clone()).await.refused(), (403, "not_staff"));
    let about = room.patient.get(&format!("users/{}/providers", room.anna.uuid())).await;
    assert_eq!(about.refused(), (404, "user_not_found"));
    assert_eq!(room.patient.get(&format!("users/{}/providers", room.bram.uuid())).await.status, 200);
    ward.pass_a_second();
    let eva = room.linde.doctor("Eva").await;
    for (body, refused) in [
        (json!({ "user_id": room.daan.uuid(), "provider_id": "elders" }), (400, "provider_not_found")),
        (json!({ "user_id": eva.uuid(), "provider_id": "sandbox" }), (400, "not_a_member")),
        (json!({ "user_id": "nobody", "provider_id": "sandbox" }), (400, "user_not_found")),
        (json!({ "user_id": room.linde.id.uuid(), "provider_id": "sandbox" }), (404, "user_not_found")),
        (json!({ "user_id": room.daan.uuid() }), (400, "wrong_type")),
    ] {
        let shown = body.to_string();
        assert_eq!(room.doctor.post(&path, body).await.refused(), refused, "{shown}");
    }
    ward.pass_a_second();
    let sql = "UPDATE organisations SET sandbox = FALSE";
    let real = ward.house.db.write(sql, |tx, sql| Box::pin(tx.run(sql, &[])));
    real.await.expect("a real practice");
    assert_eq!(room.doctor.post(&path, body).await.refused(), (400, "provider_not_found"));
    let none = room.doctor.get(&format!("users/{}/providers", room.daan.uuid())).await;
    assert_eq!(none.ok(), json!([]));
}

#[bedside_test]
async fn asking_answering_and_proving_leave_their_lines(ward: Ward) {
    let room = Room::of(&ward).await;
    let chat = format!("conversations/{}", room.bram.uuid());
    let message = room.ask(&chat, json!({ "options": options() })).await;
    let id = message.rsplit('/').next().unwrap().to_owned();
    let theirs = format!("conversations/{}/messages/{id}", room.anna.uuid());
    ward.pass_a_second();
    room.patient.post(&format!("{theirs}/answer"), json!({ "options": ["goed"] })).await.ok();
    room.patient.post(&format!("{theirs}/like"), json!({})).await.ok();
    let body = json!({ "user_id": room.bram.uuid(), "provider_id": "sandbox" });
    let asked = room.doctor.post(&format!("{chat}/verification"), body).await.created();
    let mut bram = browser_of(&ward, &room.bram).await;
    let page = bram.open(&format!("/verify/with/{}/{asked}", room.anna.uuid())).await;
    bram.submit(&page, &[("answer", "accept")]).await;
    ward.settle().await;
    for (whose, deeds) in [
        (audit::Whose::Others, [Deed::QuestionAsked, Deed::VerificationAsked, Deed::ChatStarted]),
        (audit::Whose::Own, [Deed::QuestionAnswered, Deed::MessageLiked, Deed::VerificationSettled]),
    ] {
        let part = audit::Part { whose, edge: audit::Edge::Newest, most: 100 };
        let bram = room.bram.actor(Role::Patient, &[]);
        let lines =
            ward.house.read(bram, move |tx, bram| Box::pin(audit::lines_about(tx, bram, bram.person, part)));
        let lines = lines.await.expect("his lines");
        for deed in deeds {
            let count = lines.iter().filter(|line| line.deed == Some(deed)).count();
            assert_eq!(count, if deed == Deed::ChatStarted { 2 } else { 1 }, "{deed:?}");
        }
    }
}
