//! Each operation, asked by those who are refused.

use kernel::{Role, TeamId};
use reqwest::Method;
use testkit::bedside_test;

use super::entries::{LEDGER, Sends, exceptions, is_forbidden, is_open, sends};
use super::operation::{Operation, operations};
use crate::cast::{Answer, Kpn, Somebody, Ward};

/// What must never be told to those outside: texts, subject and file name.
pub const SECRETS: [&str; 4] =
    ["Geheim van Anna", "Geheim van de groep", "Wondzorg van Anna", "brief-van-anna"];

/// Anna and Bram talk, in two and in a group of Anna's team; Chris is a colleague on another team, Daan a patient who
/// is not in it, Eva of another organisation.
pub struct Hall {
    pub anna: Somebody,
    pub bram: Somebody,
    pub chris: Somebody,
    pub daan: Somebody,
    pub eva: Somebody,
    /// The team that the group is for, and the one that Chris is on.
    pub teams: [TeamId; 2],
    pub group: String,
    /// Message and file of the chat of two.
    pub direct: [String; 2],
    /// Message and file of the group.
    pub grouped: [String; 2],
    /// A list that was imported, and who brought it.
    pub import: String,
    pub boss: Somebody,
}

impl Hall {
    pub async fn of(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram, chris) =
            (linde.doctor("Anna").await, linde.patient("Bram").await, linde.doctor("Chris").await);
        let daan = linde.patient("Daan").await;
        let eva = ward.organisation("eik").await.doctor("Eva").await;
        let teams = [linde.team("Huisartsen", &[&anna]).await, linde.team("Verpleging", &[&chris]).await];
        let client = anna.kpn().await;
        let group = anna.begins_for_team(teams[0], SECRETS[2], &[&bram]).await;
        let direct = written(&client, &format!("conversations/{}", bram.uuid()), SECRETS[0]).await;
        let grouped = written(&client, &group, SECRETS[1]).await;
        let group = group.trim_start_matches("groupchats/").to_owned();
        let boss = linde.somebody("Femke", "Beheer", Role::Administrator).await;
        let list = serde_json::json!({ "users": [{ "email": "eerder@example.test" }] });
        let import = boss.kpn_with("admin").await.post("company/import", list).await.created();
        ward.settle().await;
        ward.pass_a_second();
        Self { anna, bram, chris, daan, eva, teams, group, direct, grouped, import, boss }
    }

    /// Begins another such group, so that the next who asks finds everything in its place.
    pub async fn renew(&mut self) {
        let client = self.anna.kpn().await;
        let group = self.anna.begins_for_team(self.teams[0], SECRETS[2], &[&self.bram]).await;
        self.grouped = written(&client, &group, SECRETS[1]).await;
        group.trim_start_matches("groupchats/").clone_into(&mut self.group);
    }

    /// Runs an operation on Anna's chats. A conversation is named by the person at its other end.
    pub async fn run(&self, client: &Kpn, operation: &Operation) -> Answer {
        let in_group = operation.path.starts_with("/groupchats");
        let [message, file] = if in_group { &self.grouped } else { &self.direct };
        let path = operation.path_with(|name| match name {
            "id" if in_group => self.group.clone(),
            "id" | "user_id" => self.bram.uuid(),
            "message_id" => message.clone(),
            "attachment_id" => file.clone(),
            "import_id" => self.import.clone(),
            other => panic!("{} has the parameter {other}, which the ledger cannot fill", operation.id),
        });
        let (method, path) = (operation.method.parse::<Method>().unwrap(), path.trim_start_matches('/'));
        match sends(&operation.id) {
            Sends::Nothing => client.send(method, path, None).await,
            Sends::Json(body) => {
                let body = body.replace("{colleague}", &self.chris.uuid());
                client.send_text(method, path, Some(&body)).await
            }
            Sends::File => client.upload(path, None, &[("nieuw.txt", "text/plain", b"nieuw")]).await,
        }
    }
}

/// A message with a file in a chat: both ids.
async fn written(client: &Kpn, chat: &str, text: &str) -> [String; 2] {
    let files: [(&str, &str, &[u8]); 1] = [("brief-van-anna.txt", "text/plain", SECRETS[0].as_bytes())];
    let id = client.upload(&format!("{chat}/attachments"), Some(text), &files).await.created();
    let message = client.get(&format!("{chat}/messages/{id}")).await.ok();
    [id, message["attachments"][0]["id"].as_str().unwrap().to_owned()]
}

#[bedside_test]
async fn nobody_is_let_in_anywhere(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let before = ward.inventory().await;
    for token in ["", "nobody"] {
        let nobody = Kpn::new(&ward, token.to_owned());
        for operation in operations() {
            let answer = hall.run(&nobody, &operation).await;
            assert_eq!(answer.refused(), (401, "unauthorized"), "{}", operation.id);
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{}", operation.id);
        }
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_colleague_on_another_team_who_is_not_in_the_chat_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let chris = hall.chris.kpn().await;
    outside(&ward, &hall, "colleague", &chris).await;
}

#[bedside_test]
async fn a_patient_who_is_not_in_the_chat_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let daan = hall.daan.kpn().await;
    outside(&ward, &hall, "patient", &daan).await;
}

#[bedside_test]
async fn a_member_of_another_organisation_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let eva = hall.eva.kpn().await;
    outside(&ward, &hall, "stranger", &eva).await;
}

async fn outside(ward: &Ward, hall: &Hall, who: &str, client: &Kpn) {
    for operation in operations() {
        ward.pass_a_second();
        let before = ward.inventory().await;
        let answer = hall.run(client, &operation).await;
        if operation.scope == "admin" {
            assert_eq!(answer.refused(), (403, "insufficient_scope"), "{} to a {who}", operation.id);
        } else if is_open(who, &operation.id) {
            assert!(answer.status < 400, "{} is not open to a {who}: strike it off", operation.id);
        } else {
            let refusal = if is_forbidden(who, &operation.id) { 403 } else { 404 };
            assert_eq!(answer.refused().0, refusal, "{} to a {who}", operation.id);
            assert_eq!(ward.inventory().await, before, "{}", operation.id);
        }
        let told = SECRETS.iter().find(|secret| answer.text.contains(**secret));
        assert_eq!(told, None, "{} told a {who}", operation.id);
        for id in hall.direct.iter().chain(&hall.grouped).chain([&hall.group]) {
            assert!(!answer.text.contains(id.as_str()), "{} told a {who} an id", operation.id);
        }
    }
    let anna = hall.anna.kpn().await;
    ward.pass_a_second();
    let seen = anna.get(&format!("conversations/{}/messages", hall.bram.uuid())).await.ok();
    assert_eq!(seen.as_array().unwrap().len(), 1, "nobody wrote into Anna's own chat");
}

#[bedside_test]
async fn who_is_in_the_chat_is_refused_nothing_so_the_ledger_asks_for_real_things(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let anna = hall.anna.kpn().await;
    // What ends or empties the chat comes last.
    let mut all = operations();
    let lasts = [
        "deleteGroupchatMessage",
        "deleteConversationMessage",
        "changeGroupchatOwner",
        "closeConversation",
        "closeGroupchat",
    ];
    all.sort_by_key(|operation| {
        let is_owner = operation.id == "changeGroupchatOwner";
        (lasts.contains(&operation.id.as_str()), operation.id.starts_with("close"), is_owner)
    });
    let added = serde_json::json!({ "members": [hall.chris.uuid()] });
    let boss = hall.boss.kpn_with("read write admin").await;
    for operation in all {
        ward.pass_a_second();
        anna.put(&format!("groupchats/{}/members", hall.group), added.clone()).await;
        let is_hers = operation.scope == "admin" || operation.id == "inviteCoworker";
        let answer = hall.run(if is_hers { &boss } else { &anna }, &operation).await;
        assert!(
            [200, 201, 302].contains(&answer.status),
            "{}: {} {}",
            operation.id,
            answer.status,
            answer.text
        );
    }
    ward.settle().await;
}

#[test]
fn the_ledger_names_every_operation_and_no_other() {
    let mut known: Vec<String> = operations().into_iter().map(|operation| operation.id).collect();
    known.sort_unstable();
    let mut listed: Vec<String> = LEDGER.iter().map(|(id, _)| (*id).to_owned()).collect();
    listed.sort_unstable();
    assert_eq!(listed, known, "left: tests/ledger/entries.rs; right: the OpenAPI document");
    for (who, operation) in exceptions() {
        assert!(["nobody", "colleague", "patient", "stranger"].contains(&who), "{who}");
        assert!(known.iter().any(|id| id == operation), "{operation} in open-to-all.txt is no operation");
    }
}
