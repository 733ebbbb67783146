//! Chats of a team: its clinicians may find and join them, for all to see.

use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use crate::cast::Ward;

#[bedside_test]
async fn a_clinician_of_the_team_may_read_and_join_and_everybody_sees_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.doctor("Chris").await);
    let team = linde.team("Huisartsen", &[&anna, &chris]).await;
    let group = anna.begins_for_team(team, "Wondzorg", &[&bram]).await;
    let (doctor, patient, colleague) = (anna.kpn().await, bram.kpn().await, chris.kpn().await);
    patient.say(&group, "Het bloedt weer").await;

    assert_eq!(colleague.texts(&group).await, ["Het bloedt weer"]);
    assert_eq!(colleague.get(&group).await.ok()["members"].as_array().unwrap().len(), 2);
    let post = json!({ "body": "Ik kom eraan" });
    let refused = colleague.post(&format!("{group}/messages"), post.clone()).await;
    assert_eq!(refused.refused(), (403, "not_a_member"), "who reads for their team does not speak yet");
    let upload =
        colleague.upload(&format!("{group}/attachments"), None, &[("a.txt", "text/plain", b"a")]).await;
    assert_eq!(upload.refused(), (403, "not_a_member"));
    let others = json!({ "members": [bram.uuid()] });
    let removal = colleague.delete(&format!("{group}/members"), others).await;
    assert_eq!(removal.refused(), (403, "not_a_member"));

    let me = json!({ "members": [chris.uuid()] });
    colleague.put(&format!("{group}/members"), me).await.ok();
    let members = patient.get(&format!("{group}/members")).await.ok();
    assert!(members.to_string().contains(&chris.uuid()), "joining is visible");
    colleague.post(&format!("{group}/messages"), post).await.created();
    assert_eq!(doctor.texts(&group).await, ["Ik kom eraan", "Het bloedt weer"]);
}

#[bedside_test]
async fn nobody_comes_in_who_is_no_clinician_of_that_team(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let assistant = linde.somebody("Chris", "de Vries", Role::Assistant).await;
    let elsewhere = linde.doctor("Eva").await;
    let team = linde.team("Huisartsen", &[&anna, &assistant]).await;
    linde.team("Verpleging", &[&elsewhere]).await;
    let group = anna.begins_for_team(team, "Wondzorg", &[&bram]).await;
    for person in [assistant, elsewhere] {
        let client = person.kpn().await;
        let me = json!({ "members": [person.uuid()] });
        for answer in [
            client.get(&group).await,
            client.get(&format!("{group}/messages")).await,
            client.put(&format!("{group}/members"), me).await,
        ] {
            assert_eq!(answer.refused(), (404, "groupchat_not_found"));
        }
    }
}
