//! Chats of a team: its clinicians may find and join them, for all to see.

use flows::ChatRef;
use kernel::{ChatId, Error, Kind, Result, Role, TeamId};
use serde_json::json;
use testkit::bedside_test;

use crate::cast::{Somebody, Ward};

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

async fn assign(who: &Somebody, role: Role, group: &str, team: Option<TeamId>) -> Result<()> {
    let chat = ChatId::from_uuid(group.trim_start_matches("groupchats/")).expect("an id");
    let input = (who.actor(role, &[]), ChatRef::Group(chat), team);
    let assigning = who.organisation.ward.house.db.write(input, |tx, (actor, chat, team)| {
        Box::pin(flows::chats::assign_to_team(tx, actor, *chat, *team))
    });
    assigning.await
}

#[bedside_test]
async fn a_group_that_is_assigned_to_a_team_is_found_and_joined_by_its_clinicians_alone(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (chris, eva) = (linde.doctor("Chris").await, linde.doctor("Eva").await);
    let (doctor, colleague, other) = (anna.kpn().await, chris.kpn().await, eva.kpn().await);
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    bram.kpn().await.say(&group, "Het bloedt weer").await;
    let ours = linde.team("Huisartsen", &[&chris]).await;
    assert_eq!(colleague.get(&group).await.status, 404);

    let beuk = ward.organisation("beuk").await;
    let theirs = beuk.team("Huisartsen", &[]).await;
    let refused = assign(&anna, Role::Doctor, &group, Some(theirs)).await;
    assert!(matches!(refused, Err(Error::NotFound { what: Kind::Team })), "{refused:?}");
    let refused = assign(&bram, Role::Patient, &group, Some(ours)).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "{refused:?}");
    let refused = assign(&eva, Role::Doctor, &group, Some(ours)).await;
    assert!(matches!(refused, Err(Error::NotFound { what: Kind::GroupChat })), "{refused:?}");
    assert_eq!(colleague.get(&group).await.status, 404, "nothing of that was done");

    assign(&anna, Role::Doctor, &group, Some(ours)).await.expect("assigned");
    assert_eq!(colleague.texts(&group).await, ["Het bloedt weer"]);
    let joining = |person: &Somebody| json!({ "members": [person.uuid()] });
    assert_eq!(other.put(&format!("{group}/members"), joining(&eva)).await.status, 404);
    colleague.put(&format!("{group}/members"), joining(&chris)).await.ok();
    colleague.say(&group, "Ik kom eraan").await;
    assert_eq!(other.get(&group).await.status, 404);
    assign(&anna, Role::Doctor, &group, None).await.expect("taken away");
    assert_eq!(colleague.texts(&group).await.len(), 2, "who joined stays");
}

#[bedside_test]
async fn a_group_begins_for_a_team_and_about_a_patient_of_the_organisation_only(ward: Ward) {
    let (linde, beuk) = (ward.organisation("linde").await, ward.organisation("beuk").await);
    let (anna, eva, bram) =
        (linde.doctor("Anna").await, linde.doctor("Eva").await, linde.patient("Bram").await);
    let stranger = beuk.patient("Chris").await;
    let theirs = beuk.team("Huisartsen", &[]).await;
    let begin = async |team: Option<TeamId>, about: &Somebody| {
        let draft = messaging::GroupDraft { team, about: Some(about.id), ..messaging::GroupDraft::default() };
        let actor = anna.actor(Role::Doctor, &[]);
        flows::chats::begin_group(&ward.house, &actor, draft, vec![eva.id]).await
    };
    assert!(matches!(begin(Some(theirs), &bram).await, Err(Error::NotFound { what: Kind::Team })));
    for nobody in [&stranger, &eva] {
        let refused = begin(None, nobody).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "about", .. })), "{refused:?}");
    }
    let group = format!("groupchats/{}", begin(None, &bram).await.expect("a group").uuid());
    eva.kpn().await.say(&group, "Hij slaapt slecht").await;
    assert_eq!(bram.kpn().await.get(&group).await.status, 404, "it is about him, not with him");
    ward.settle().await;
    let patient = bram.actor(Role::Patient, &[]);
    let part = audit::Part { whose: audit::Whose::Others, edge: audit::Edge::Newest, most: 50 };
    let lines = ward
        .house
        .read(patient, move |tx, patient| Box::pin(audit::lines_about(tx, patient, patient.person, part)));
    let posted = lines.await.expect("his lines");
    let posted = posted.iter().filter(|line| line.deed == Some(audit::Deed::MessagePosted));
    assert_eq!(posted.map(|line| line.person).collect::<Vec<_>>(), [Some(eva.id)]);
}
