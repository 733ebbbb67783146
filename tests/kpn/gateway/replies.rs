//! What members do with a message is told from the deed itself: they like it, answer it, or prove who they are.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Adapter, Browser, Kpn, Ward};
use crate::kpn::asking::browser_of;

/// A chat of the doctor and Bram, as each of them knows it.
struct Room {
    /// What the names of its events begin with.
    prefix: &'static str,
    /// Its path, and the data that names it, for the doctor and for Bram.
    paths: [String; 2],
    named: [Value; 2],
    /// Where Bram proves who he is, before the id of the message.
    verify: String,
    doctor: Kpn,
    patient: Kpn,
    bram: String,
    /// The sessions of the two.
    sessions: [Adapter; 2],
    browser: Browser,
}

impl Room {
    async fn group(ward: &Ward) -> Self {
        let scene = Scene::of(ward).await;
        let (path, verify) = (scene.group_path(), format!("/verify/{}", scene.group));
        let named = scene.group_data();
        Self::with(ward, scene, ("groupchat", verify), [path.clone(), path], [named.clone(), named]).await
    }

    async fn conversation(ward: &Ward) -> Self {
        let scene = Scene::of(ward).await;
        let (anna, bram) = (scene.anna.uuid(), scene.bram.uuid());
        let paths = [&bram, &anna].map(|peer| format!("conversations/{peer}"));
        let named = [&bram, &anna].map(|peer| json!({ "conversation_id": peer }));
        scene.rest.say(&paths[0], "Goedemorgen").await;
        Self::with(ward, scene, ("conversation", format!("/verify/with/{anna}")), paths, named).await
    }

    async fn with(
        ward: &Ward,
        scene: Scene,
        (prefix, verify): (&'static str, String),
        paths: [String; 2],
        named: [Value; 2],
    ) -> Self {
        let browser = browser_of(ward, &scene.bram).await;
        let sessions = [scene.anna.adapter().await, scene.bram.adapter().await];
        let (patient, bram) = (scene.bram.kpn().await, scene.bram.uuid());
        Self { prefix, paths, named, verify, doctor: scene.rest, patient, bram, sessions, browser }
    }

    /// Both heard this of Bram and the message, exactly.
    async fn both_heard(&mut self, what: &str, message: &str, more: Option<(&str, Value)>) {
        for (session, named) in self.sessions.iter_mut().zip(&self.named) {
            let mut data = named.clone();
            data["message_id"] = json!(message);
            data["user_id"] = json!(self.bram);
            if let Some((name, value)) = &more {
                data[*name] = value.clone();
            }
            let event = format!("{}_{what}", self.prefix);
            assert_eq!(session.next().await, json!({ "event": event, "data": data }));
        }
    }

    /// The doctor posts something that both are told of.
    async fn posted(&mut self, below: &str, body: Value) -> String {
        let id = self.doctor.post(&format!("{}/{below}", self.paths[0]), body).await.created();
        for session in &mut self.sessions {
            let told = session.next().await;
            assert_eq!(told["event"], format!("{}_new_message", self.prefix));
            assert_eq!(told["data"]["message_id"], id);
        }
        id
    }

    async fn settles(&mut self, message: &str, answer: &str) {
        let page = self.browser.open(&format!("{}/{message}", self.verify)).await;
        let done = self.browser.submit(&page, &[("answer", answer)]).await;
        assert!(done.status < 400, "{}", done.text);
    }

    /// What Bram does, and what both are told of it.
    async fn story(mut self) {
        let message = self.posted("messages", json!({ "body": "Tot morgen" })).await;
        let like = format!("{}/messages/{message}/like", self.paths[1]);
        self.patient.post(&like, json!({})).await.ok();
        self.both_heard("message_liked", &message, None).await;
        self.patient.delete(&like, json!({})).await.ok();
        self.sessions[0].has_heard_nothing().await;

        let options = json!([{ "name": "a" }, { "name": "b" }, { "name": "c" }]);
        let question = json!({ "multi_answer": true, "options": options });
        let asked = self.posted("messages", json!({ "body": "Waar?", "question": question })).await;
        let answer = format!("{}/messages/{asked}/answer", self.paths[1]);
        self.patient.post(&answer, json!({ "options": ["c", "a"] })).await.ok();
        // The same once more is done already, and nothing new.
        self.patient.post(&answer, json!({ "options": ["c", "a"] })).await.ok();
        let chosen = json!(["a", "c"]);
        self.both_heard("question_answer", &asked, Some(("options", chosen))).await;

        let verification = json!({ "user_id": self.bram, "provider_id": "sandbox" });
        for (answer, what) in [("reject", "verification_rejected"), ("accept", "verification_accepted")] {
            let asked = self.posted("verification", verification.clone()).await;
            self.settles(&asked, answer).await;
            self.both_heard(what, &asked, None).await;
        }
        for session in &mut self.sessions {
            session.has_heard_nothing().await;
        }
    }
}

#[bedside_test]
async fn in_a_group_what_somebody_does_with_a_message_is_told_with_who_it_was(ward: Ward) {
    Room::group(&ward).await.story().await;
}

#[bedside_test]
async fn in_a_conversation_it_is_told_to_each_under_the_id_of_the_other(ward: Ward) {
    Room::conversation(&ward).await.story().await;
}
