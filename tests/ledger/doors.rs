//! Each operation, asked by those who are refused.

use kernel::{Role, TeamId};
use reqwest::Method;
use testkit::bedside_test;

use super::entries::{LEDGER, STAFF_ALONE, Sends, exceptions, is_forbidden, is_open, namesake, sends};
use super::operation::{Operation, operations};
use crate::cast::{Answer, Kpn, Somebody, Ward, encoded};
use crate::kpn::clients::PIXEL;
use crate::kpn::guests::guest_of;

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
    /// What Anna asks in the chat of two and in the group: a question to both, and that Bram prove who he is.
    pub asked: [[String; 2]; 2],
    /// A list that was imported, and who brought it.
    pub import: String,
    pub boss: Somebody,
}

/// What Anna's application calls Bram, and the group.
const AUX_IDS: [&str; 2] = ["patiënt 0042/7", "zaak/12 %2F"];

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
        bram.kpn().await.upload_as("avatar", "me/avatar", None, &[("ik.png", "image/png", PIXEL)]).await.ok();
        show(&client, &group).await;
        let chat = format!("conversations/{}", bram.uuid());
        let direct = written(&client, &chat, SECRETS[0]).await;
        let grouped = written(&client, &group, SECRETS[1]).await;
        ward.pass_a_second();
        let asked = [asked(&client, &chat, &anna, &bram).await, asked(&client, &group, &anna, &bram).await];
        let group = group.trim_start_matches("groupchats/").to_owned();
        let boss = linde.somebody("Femke", "Beheer", Role::Administrator).await;
        let list = serde_json::json!({ "users": [{ "email": "eerder@example.test" }] });
        let import = boss.kpn_with("admin").await.post("company/import", list).await.created();
        ward.settle().await;
        let hall = Self { anna, bram, chris, daan, eva, teams, group, direct, grouped, asked, import, boss };
        hall.name().await;
        ward.pass_a_second();
        hall
    }

    /// Has Anna's application call Bram and the group what it does.
    async fn name(&self) {
        let [person, group] = AUX_IDS.map(|aux_id| serde_json::json!({ "aux_id": aux_id }));
        let client = self.anna.kpn().await;
        client.put(&format!("users/{}/aux", self.bram.uuid()), person).await.ok();
        // A group that is closed keeps its name.
        client.put(&format!("groupchats/{}/aux", self.group), group).await;
    }

    /// Begins another such group, so that the next who asks finds everything in its place.
    pub async fn renew(&mut self) {
        let client = self.anna.kpn().await;
        let group = self.anna.begins_for_team(self.teams[0], SECRETS[2], &[&self.bram]).await;
        show(&client, &group).await;
        self.grouped = written(&client, &group, SECRETS[1]).await;
        self.asked[1] = asked(&client, &group, &self.anna, &self.bram).await;
        group.trim_start_matches("groupchats/").clone_into(&mut self.group);
    }

    /// Runs an operation on Anna's chats. A conversation is named by the person at its other end.
    pub async fn run(&self, client: &Kpn, operation: &Operation) -> Answer {
        let in_group = operation.path.contains("/groupchats");
        let by_aux_id = operation.path.starts_with("/aux/");
        let [message, file] = if in_group { &self.grouped } else { &self.direct };
        let path = operation.path_with(|name| match name {
            "id" if by_aux_id => encoded(AUX_IDS[usize::from(in_group)]),
            "id" if in_group => self.group.clone(),
            "id" | "user_id" => self.bram.uuid(),
            "message_id" if operation.id.ends_with("Question") => {
                self.asked[usize::from(in_group)][0].clone()
            }
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
                let body = body.replace("{patient}", &self.bram.uuid());
                let body = body.replace("{named}", AUX_IDS[0]).replace("{case}", AUX_IDS[1]);
                client.send_text(method, path, Some(&body)).await
            }
            Sends::Picture => client.upload_as("avatar", path, None, &[("ik.png", "image/png", PIXEL)]).await,
            Sends::File => client.upload(path, None, &[("nieuw.txt", "text/plain", b"nieuw")]).await,
        }
    }
}

/// Gives a group a picture.
async fn show(client: &Kpn, group: &str) {
    let files: [(&str, &str, &[u8]); 1] = [("groep.png", "image/png", PIXEL)];
    client.upload_as("avatar", &format!("{group}/avatar"), None, &files).await.ok();
}

/// A message with a file in a chat: both ids.
async fn written(client: &Kpn, chat: &str, text: &str) -> [String; 2] {
    let files: [(&str, &str, &[u8]); 1] = [("brief-van-anna.txt", "text/plain", SECRETS[0].as_bytes())];
    let id = client.upload(&format!("{chat}/attachments"), Some(text), &files).await.created();
    let message = client.get(&format!("{chat}/messages/{id}")).await.ok();
    [id, message["attachments"][0]["id"].as_str().unwrap().to_owned()]
}

/// A question to both of them, and a request that the patient prove who they are: both ids.
async fn asked(client: &Kpn, chat: &str, doctor: &Somebody, patient: &Somebody) -> [String; 2] {
    let options = serde_json::json!([{ "name": "ja" }, { "name": "nee" }]);
    let question = serde_json::json!({ "options": options, "users": [doctor.uuid(), patient.uuid()] });
    let body = serde_json::json!({ "body": SECRETS[0], "question": question });
    let question = client.post(&format!("{chat}/messages"), body).await.created();
    let body = serde_json::json!({ "user_id": patient.uuid(), "provider_id": "sandbox" });
    [question, client.post(&format!("{chat}/verification"), body).await.created()]
}

#[bedside_test]
async fn nobody_is_let_in_anywhere(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let before = ward.inventory().await;
    let asked = [("", "Bearer realm=\"messenger\""), ("nobody", "Bearer error=\"invalid_token\"")];
    for (token, challenge) in asked {
        let nobody = Kpn::new(&ward, token.to_owned());
        for operation in operations() {
            // An address may fail so often a second.
            ward.pass_a_second();
            let answer = hall.run(&nobody, &operation).await;
            assert_eq!(answer.refused(), (401, "unauthorized"), "{}", operation.id);
            assert_eq!(answer.header("www-authenticate"), challenge, "{}", operation.id);
            // There are more operations than strangers may ask for at once.
            ward.pass_a_second();
        }
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_colleague_on_another_team_who_is_not_in_the_chat_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "colleague", &hall.chris, false).await;
}

#[bedside_test]
async fn a_colleague_on_another_team_finds_nothing_by_auxiliary_ids_either(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "colleague", &hall.chris, true).await;
}

#[bedside_test]
async fn a_patient_who_is_not_in_the_chat_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "patient", &hall.daan, false).await;
}

#[bedside_test]
async fn a_patient_who_is_not_in_the_chat_finds_nothing_by_auxiliary_ids_either(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "patient", &hall.daan, true).await;
}

#[bedside_test]
async fn a_member_of_another_organisation_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "stranger", &hall.eva, false).await;
}

#[bedside_test]
async fn a_member_of_another_organisation_finds_nothing_by_auxiliary_ids_either(ward: Ward) {
    let hall = Hall::of(&ward).await;
    outside(&ward, &hall, "stranger", &hall.eva, true).await;
}

#[bedside_test]
async fn a_guest_of_another_group_finds_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let guest = guest_of(&ward, &hall.anna).await;
    outside(&ward, &hall, "guest", &guest, false).await;
}

#[bedside_test]
async fn a_guest_of_another_group_finds_nothing_by_auxiliary_ids_either(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let guest = guest_of(&ward, &hall.anna).await;
    outside(&ward, &hall, "guest", &guest, true).await;
}

/// The operations of either way to name a chat: what begins one must not come before the same by the other name. What
/// is open begins chats of the asker's own, in which nothing else would be missing any more: it comes last.
fn operations_by(who: &str, aux_ids: bool) -> Vec<Operation> {
    let mut all = operations();
    all.retain(|operation| operation.path.starts_with("/aux/") == aux_ids);
    all.sort_by_key(|operation| is_open(who, &operation.id));
    all
}

async fn outside(ward: &Ward, hall: &Hall, who: &str, outsider: &Somebody, by_aux_ids: bool) {
    let client = &outsider.kpn().await;
    for operation in operations_by(who, by_aux_ids) {
        ward.pass_a_second();
        let before = ward.inventory().await;
        let answer = hall.run(client, &operation).await;
        if operation.scope == "admin" {
            assert_eq!(answer.refused(), (403, "insufficient_scope"), "{} to a {who}", operation.id);
        } else if is_open(who, &operation.id) {
            assert!(answer.status < 400, "{} is not open to a {who}: strike it off", operation.id);
        } else {
            let is_staffs = ["patient", "guest"].contains(&who) && STAFF_ALONE.contains(&&*operation.id);
            let refusal = if is_staffs || is_forbidden(who, &operation.id) { 403 } else { 404 };
            assert_eq!(answer.refused().0, refusal, "{} to a {who}", operation.id);
            assert_eq!(ward.inventory().await, before, "{}", operation.id);
        }
        let told = SECRETS.iter().find(|secret| answer.text.contains(**secret));
        assert_eq!(told, None, "{} told a {who}", operation.id);
        let ids = hall.direct.iter().chain(&hall.grouped).chain(hall.asked.iter().flatten());
        for id in ids.chain([&hall.group]) {
            assert!(!answer.text.contains(id.as_str()), "{} told a {who} an id", operation.id);
        }
    }
    let anna = hall.anna.kpn().await;
    ward.pass_a_second();
    let seen = anna.get(&format!("conversations/{}/messages", hall.bram.uuid())).await.ok();
    assert_eq!(seen.as_array().unwrap().len(), 3, "nobody wrote into Anna's own chat");
    // The letters to those whom somebody may invite.
    ward.settle().await;
}

#[bedside_test]
async fn who_is_in_the_chat_is_refused_nothing_so_the_ledger_asks_for_real_things(ward: Ward) {
    refused_nothing(&ward, false).await;
}

#[bedside_test]
async fn who_is_in_the_chat_is_refused_nothing_by_auxiliary_ids_either(ward: Ward) {
    refused_nothing(&ward, true).await;
}

async fn refused_nothing(ward: &Ward, by_aux_ids: bool) {
    let hall = Hall::of(ward).await;
    let anna = hall.anna.kpn().await;
    // What ends or empties the chat comes last.
    let mut all = operations_by("member", by_aux_ids);
    let lasts = [
        "deleteGroupchatMessage",
        "deleteConversationMessage",
        "changeGroupchatOwner",
        "closeConversation",
        "closeGroupchat",
    ];
    all.sort_by_key(|operation| {
        let id = namesake(&operation.id);
        (lasts.contains(&&*id), id.starts_with("close"), id == "changeGroupchatOwner")
    });
    let added = serde_json::json!({ "members": [hall.chris.uuid()] });
    let boss = hall.boss.kpn_with("read write admin").await;
    for operation in all {
        ward.pass_a_second();
        anna.put(&format!("groupchats/{}/members", hall.group), added.clone()).await;
        hall.name().await;
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
    let all = known.clone();
    // What stands below the list by its namesake alone.
    known.retain(|id| listed.contains(id) || namesake(id) == *id || !all.contains(&namesake(id)));
    assert_eq!(listed, known, "left: tests/ledger/entries.rs; right: the OpenAPI document");
    for (who, operation) in exceptions() {
        assert!(["nobody", "colleague", "patient", "guest", "stranger"].contains(&who), "{who}");
        assert!(all.iter().any(|id| id == operation), "{operation} in open-to-all.txt is no operation");
    }
}
