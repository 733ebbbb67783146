//! Groups: who is in them, what each may do, and how they end.

use kernel::{ChatId, PersonId, Role};
use serde_json::{Value, json};
use store::{Arg, args};
use testkit::bedside_test;

use crate::cast::{Kpn, Somebody, Ward};

/// Anna, Bram, Chris and Eva of one practice, and the group that Anna began with Bram and Chris.
async fn four(ward: &Ward) -> ([Somebody; 4], [Kpn; 4], String) {
    let linde = ward.organisation("linde").await;
    let people = [
        linde.doctor("Anna").await,
        linde.doctor("Bram").await,
        linde.patient("Chris").await,
        linde.doctor("Eva").await,
    ];
    let clients =
        [people[0].kpn().await, people[1].kpn().await, people[2].kpn().await, people[3].kpn().await];
    let new = json!({ "subject": "Wondzorg", "members": [people[1].uuid(), people[2].uuid()] });
    let group = format!("groupchats/{}", clients[0].post("groupchats", new).await.created());
    (people, clients, group)
}

async fn names(client: &Kpn, group: &str) -> Vec<String> {
    let members = client.get(&format!("{group}/members")).await.ok();
    let name = |member: &Value| member["first_name"].as_str().unwrap().to_owned();
    let mut names: Vec<String> = members.as_array().expect("a bare array").iter().map(name).collect();
    names.sort_unstable();
    names
}

#[bedside_test]
async fn everybody_in_a_group_reads_it_and_nobody_else_does(ward: Ward) {
    let (_, [anna, bram, chris, eva], group) = four(&ward).await;
    anna.say(&group, "Hoe gaat het met de wond?").await;
    chris.say(&group, "Beter").await;
    for member in [&anna, &bram, &chris] {
        assert_eq!(member.texts(&group).await, ["Beter", "Hoe gaat het met de wond?"]);
        assert_eq!(names(member, &group).await, ["Anna", "Bram", "Chris"]);
        assert_eq!(member.get("groupchats").await.ok()[0]["subject"], "Wondzorg");
    }
    assert_eq!(eva.get(&group).await.refused(), (404, "groupchat_not_found"));
    assert_eq!(eva.get("groupchats").await.ok(), json!([]));
}

#[bedside_test]
async fn who_is_added_reads_all_of_it_and_who_is_removed_nothing_more(ward: Ward) {
    let (people, [anna, bram, _, eva], group) = four(&ward).await;
    anna.say(&group, "Voor Eva kwam").await;
    let members = format!("{group}/members");
    bram.put(&members, json!({ "members": [people[3].uuid()] })).await.ok();
    assert_eq!(eva.texts(&group).await, ["Voor Eva kwam"]);
    let twice = json!({ "members": [people[3].uuid(), people[3].uuid()] });
    bram.put(&members, twice).await.ok();
    assert_eq!(names(&anna, &group).await, ["Anna", "Bram", "Chris", "Eva"]);

    let out = json!({ "members": [people[3].uuid()] });
    assert_eq!(bram.delete(&members, out.clone()).await.refused(), (403, "not_an_admin"));
    anna.delete(&members, out).await.ok();
    assert_eq!(eva.get(&format!("{group}/messages")).await.refused(), (404, "groupchat_not_found"));
    let late = eva.post(&format!("{group}/messages"), json!({ "body": "Nog iets" })).await;
    assert_eq!(late.refused(), (404, "groupchat_not_found"));
}

#[bedside_test]
async fn a_group_may_keep_the_door_to_its_admins(ward: Ward) {
    let (people, [anna, bram, ..], group) = four(&ward).await;
    let settings = json!({ "members_can_invite": false, "auto_expire_after": 86_400 });
    let changed = anna.put(&format!("{group}/settings"), settings).await.ok();
    assert_eq!(changed["members_can_invite"], false);
    assert_eq!(changed["allow_contacts"], true, "what is left out stays");
    let new = json!({ "members": [people[3].uuid()] });
    let refused = bram.put(&format!("{group}/members"), new.clone()).await;
    assert_eq!(refused.refused(), (403, "not_an_admin"));
    anna.put(&format!("{group}/admins"), json!({ "admins": [people[1].uuid()] })).await.ok();
    bram.put(&format!("{group}/members"), new).await.ok();
    assert_eq!(names(&anna, &group).await, ["Anna", "Bram", "Chris", "Eva"]);
}

#[bedside_test]
async fn what_cannot_come_to_be_is_refused_whole_and_what_is_so_already_is_done(ward: Ward) {
    let (people, [anna, bram, ..], group) = four(&ward).await;
    let (admins, members_path) = (format!("{group}/admins"), format!("{group}/members"));
    anna.put(&admins, json!({ "admins": [people[1].uuid()] })).await.ok();
    let both = json!({ "members": [people[0].uuid(), people[2].uuid()] });
    let ousted = bram.delete(&members_path, both).await;
    assert_eq!(ousted.refused(), (403, "owner_cannot_be_removed"), "nor anybody else with her");
    let members = anna.get(&members_path).await.ok();
    assert!(members.as_array().unwrap().iter().any(|one| one["id"] == people[2].uuid()), "{members}");
    let outsider = anna.put(&admins, json!({ "admins": [people[2].uuid(), people[3].uuid()] })).await;
    assert_eq!(outsider.refused(), (400, "not_a_member"));
    let members = anna.get(&members_path).await.ok();
    let third = members.as_array().unwrap().iter().find(|one| one["id"] == people[2].uuid()).unwrap();
    assert_eq!(third["admin"], false, "nothing of it was done");
    let demoted = bram.delete(&admins, json!({ "admins": [people[0].uuid()] })).await;
    assert_eq!(demoted.refused(), (403, "owner_is_admin"));
    for again in
        [json!({ "admins": [people[1].uuid()] }), json!({ "admins": [people[1].uuid(), people[1].uuid()] })]
    {
        anna.put(&admins, again).await.ok();
    }
    anna.delete(&admins, json!({ "admins": [people[2].uuid()] })).await.ok();
    anna.delete(&members_path, json!({ "members": [people[3].uuid()] })).await.ok();
}

#[bedside_test]
async fn only_admins_change_a_group_and_only_its_owner_hands_it_over(ward: Ward) {
    let (people, [anna, bram, chris, _], group) = four(&ward).await;
    let (admins, owner) = (format!("{group}/admins"), format!("{group}/owner"));
    let settings = format!("{group}/settings");
    for (path, body) in [
        (&group, json!({ "subject": "Iets anders" })),
        (&settings, json!({ "auto_close_after": 1 })),
        (&admins, json!({ "admins": [people[2].uuid()] })),
        (&owner, json!({ "user_id": people[2].uuid() })),
    ] {
        assert_eq!(chris.put(path, body).await.refused(), (403, "not_an_admin"), "{path}");
    }
    assert_eq!(chris.delete(&group, json!({})).await.refused(), (403, "not_an_admin"));

    anna.put(&admins, json!({ "admins": [people[1].uuid()] })).await.ok();
    bram.put(&group, json!({ "subject": "Wondzorg thuis" })).await.ok();
    let taken = bram.put(&owner, json!({ "user_id": people[1].uuid() })).await;
    assert_eq!(taken.refused(), (403, "not_the_owner"));
    let ousted = bram.delete(&format!("{group}/members"), json!({ "members": [people[0].uuid()] })).await;
    assert_eq!(ousted.refused(), (403, "owner_cannot_be_removed"));
    let outside = anna.put(&owner, json!({ "user_id": people[3].uuid() })).await;
    assert_eq!(outside.refused(), (400, "not_a_member"));
    anna.put(&owner, json!({ "user_id": people[2].uuid() })).await.ok();
    assert_eq!(bram.get(&group).await.ok()["subject"], "Wondzorg thuis");
    let lost = anna.put(&owner, json!({ "user_id": people[0].uuid() })).await;
    assert_eq!(lost.refused(), (403, "not_the_owner"), "who handed it over has it no more");
}

#[bedside_test]
async fn when_the_owner_leaves_the_longest_admin_inherits_and_the_last_one_out_closes(ward: Ward) {
    let (people, [anna, bram, chris, _], group) = four(&ward).await;
    let leave = |at: usize| json!({ "members": [people[at].uuid()] });
    let members = format!("{group}/members");
    anna.put(&format!("{group}/admins"), json!({ "admins": [people[2].uuid()] })).await.ok();
    anna.delete(&members, leave(0)).await.ok();
    let left = bram.get(&members).await.ok();
    let owner = left.as_array().unwrap().iter().find(|member| member["owner"] == true).unwrap();
    assert_eq!(owner["first_name"], "Chris");
    chris.delete(&members, leave(2)).await.ok();
    assert_eq!(bram.get(&members).await.ok()[0]["owner"], true);
    bram.delete(&members, leave(1)).await.ok();
    assert_eq!(bram.get(&group).await.refused(), (404, "groupchat_not_found"));
    assert_eq!(ward.inventory().await.rows[4], 1, "nobody is left, so it is closed");
}

#[bedside_test]
async fn a_closed_group_is_read_and_no_more(ward: Ward) {
    let (people, [anna, bram, ..], group) = four(&ward).await;
    anna.say(&group, "Tot ziens").await;
    anna.delete(&group, json!({ "send_email": false })).await.ok();
    let members = format!("{group}/members");
    let before = ward.inventory().await;
    for (path, body) in [
        (&group, json!({ "subject": "Toch weer" })),
        (&members, json!({ "members": [people[3].uuid()] })),
        (&format!("{group}/settings"), json!({})),
        (&format!("{group}/admins"), json!({ "admins": [people[1].uuid()] })),
        (&format!("{group}/owner"), json!({ "user_id": people[1].uuid() })),
    ] {
        assert_eq!(anna.put(path, body).await.refused(), (412, "groupchat_is_closed"), "{path}");
    }
    let post = bram.post(&format!("{group}/messages"), json!({ "body": "Nog iets" })).await;
    assert_eq!(post.refused(), (412, "groupchat_is_closed"));
    let file = bram.upload(&format!("{group}/attachments"), None, &[("a.txt", "text/plain", b"a")]).await;
    assert_eq!(file.refused(), (412, "groupchat_is_closed"));
    assert_eq!(anna.delete(&group, json!({})).await.status, 200, "who repeats it hears that it is done");
    assert_eq!(ward.inventory().await, before);

    assert_eq!(bram.texts(&group).await, ["Tot ziens"]);
    assert_eq!(bram.get(&group).await.ok()["closed"], true);
    bram.put(&format!("{group}/read"), json!({})).await.ok();
    bram.delete(&members, json!({ "members": [people[1].uuid()] })).await.ok();
    assert_eq!(names(&anna, &group).await, ["Anna", "Chris"]);
}

#[bedside_test]
async fn a_conversation_can_be_closed_by_either_and_is_then_412(ward: Ward) {
    let (people, [anna, _, chris, _], _) = four(&ward).await;
    let (to_chris, to_anna) =
        (format!("conversations/{}", people[2].uuid()), format!("conversations/{}", people[0].uuid()));
    let unbegun = anna.delete(&to_chris, json!({})).await;
    assert_eq!(unbegun.refused(), (404, "conversation_not_found"), "there is nothing to close yet");
    anna.say(&to_chris, "Tot ziens").await;
    anna.delete(&to_chris, json!({ "send_email": true })).await.ok();
    let late = chris.post(&format!("{to_anna}/messages"), json!({ "body": "Nog iets" })).await;
    assert_eq!(late.refused(), (412, "conversation_is_closed"));
    assert_eq!(chris.texts(&to_anna).await, ["Tot ziens"]);
    assert_eq!(chris.get(&to_anna).await.ok()["closed"], true);
    ward.settle().await;
}

#[bedside_test]
async fn receipts_in_a_group_name_who_has_it_and_who_read_it(ward: Ward) {
    let (people, [anna, bram, chris, _], group) = four(&ward).await;
    let first = anna.say(&group, "Eén").await;
    let second = anna.say(&group, "Twee").await;
    let receipt = async |id: &str| {
        let message = anna.get(&format!("{group}/messages/{id}")).await.ok();
        let count = |list: &Value| list.as_array().unwrap().len();
        let status = message["status"].as_str().unwrap().to_owned();
        (status, count(&message["delivered_to"]), count(&message["read_by"]))
    };
    assert_eq!(receipt(&first).await, ("sent".to_owned(), 0, 0));
    bram.texts(&group).await;
    assert_eq!(receipt(&first).await, ("sent".to_owned(), 1, 0));
    chris.put(&format!("{group}/read"), json!({ "message_id": first })).await.ok();
    assert_eq!(receipt(&first).await, ("delivered".to_owned(), 2, 1));
    assert_eq!(receipt(&second).await, ("sent".to_owned(), 1, 0), "read up to the first only");
    assert_eq!(chris.get(&group).await.ok()["unread"], 1);
    bram.put(&format!("{group}/read"), json!({})).await.ok();
    chris.put(&format!("{group}/read"), json!({})).await.ok();
    assert_eq!(receipt(&second).await, ("read".to_owned(), 2, 2));
    let back = json!({ "message_id": first });
    chris.put(&format!("{group}/read"), back).await.ok();
    assert_eq!(receipt(&second).await.2, 2, "what was read stays read");
    let message = anna.get(&format!("{group}/messages/{second}")).await.ok();
    assert!(!message["read_by"].to_string().contains(&people[0].uuid()), "the author is not counted");
}

#[bedside_test]
async fn a_whole_ward_comes_into_a_group_in_one_call_and_stands_in_the_list(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut nurses = Vec::new();
    for number in 0..70 {
        nurses.push(linde.somebody(&format!("Nurse{number}"), "Bakker", Role::Nurse).await.uuid());
    }
    let doctor = anna.kpn().await;
    let new = json!({ "subject": "Afdeling 3", "members": nurses });
    let group = doctor.post("groupchats", new).await.created();
    let small =
        doctor.post("groupchats", json!({ "subject": "Dienst", "members": nurses[..2] })).await.created();
    let listed = doctor.get("groupchats").await.ok();
    let mut members: Vec<(String, usize)> = Vec::new();
    for chat in listed.as_array().expect("a list") {
        members.push((chat["id"].as_str().unwrap().to_owned(), chat["members"].as_array().unwrap().len()));
    }
    members.sort_by_key(|(_, count)| *count);
    assert_eq!(members, [(small, 3), (group, 71)]);
    assert!(listed.to_string().contains("Nurse69"), "with their names");
}

/// Lets people into a chat whom no wire could bring in so few calls.
async fn crowd(ward: &Ward, anna: &Somebody, chat: ChatId, people: Vec<PersonId>) {
    const TOGETHER: usize = 100;
    let rows: Vec<String> =
        (0..TOGETHER).map(|row| format!("($1, $2, ${}, 'member', $3, 0, 0, $4)", row + 5)).collect();
    let columns = "organisation, chat, person, standing, joined_ms, delivered_seq, read_seq, as_patient";
    let sql = format!("INSERT INTO chat_members ({columns}) VALUES {}", rows.join(", "));
    let sql: &'static str = sql.leak();
    let input = (anna.organisation.id, chat, people);
    let coming = ward.house.db.write(input, move |tx, (organisation, chat, people)| {
        Box::pin(async move {
            for some in people.chunks_exact(TOGETHER) {
                let mut row = args![organisation, chat, tx.now_ms(), false].to_vec();
                row.extend(some.iter().map(Arg::from));
                tx.run(sql, &row).await?;
            }
            Ok(())
        })
    });
    coming.await.expect("a crowd");
}

#[bedside_test]
async fn a_list_of_groups_is_shown_however_many_people_are_in_them(ward: Ward) {
    let anna = ward.organisation("linde").await.doctor("Anna").await;
    for number in 0..13_u8 {
        let draft = messaging::GroupDraft { subject: number.to_string(), ..messaging::GroupDraft::default() };
        let actor = anna.actor(Role::Doctor, &[]);
        let chat = flows::chats::begin_group(&ward.house, &actor, draft, Vec::new()).await.expect("a group");
        let stranger = |one: u16| {
            let [high, low] = one.to_be_bytes();
            PersonId::from_bytes([0xee, number, high, low, 0, 0, 0, 0, 0, 0, 0, 0])
        };
        crowd(&ward, &anna, chat, (0..1_000).map(stranger).collect()).await;
    }
    let groups = anna.kpn().await.get("groupchats").await.ok();
    let members = |group: &Value| group["members"].as_array().expect("a bare array").len();
    assert_eq!(groups.as_array().expect("a bare array").iter().map(members).collect::<Vec<_>>(), [1_001; 13]);
    assert!(groups[0]["members"].to_string().contains("Anna"));
}

#[bedside_test]
async fn an_owner_who_leaves_is_followed_by_staff_and_a_patient_destroys_no_record(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, jan) = (linde.doctor("Anna").await, linde.doctor("Jan").await);
    let patients = [linde.patient("Bram").await, linde.patient("Chris").await, linde.patient("Daan").await];
    let members: Vec<_> = patients.iter().chain([&jan]).map(|person| person.uuid()).collect();
    let (doctor, patient) = (anna.kpn().await, patients[0].kpn().await);
    let new = json!({ "subject": "Wondzorg", "members": members });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    doctor.delete(&format!("{group}/members"), json!({ "members": [anna.uuid()] })).await.ok();
    let there = patient.get(&format!("{group}/members")).await.ok();
    let owner = there.as_array().unwrap().iter().find(|member| member["owner"] == true);
    assert_eq!(owner.expect("an owner")["id"], jan.uuid());

    jan.kpn().await.delete(&format!("{group}/members"), json!({ "members": [jan.uuid()] })).await.ok();
    let there = patient.get(&format!("{group}/members")).await.ok();
    let owner = there.as_array().unwrap().iter().find(|member| member["owner"] == true).expect("an owner");
    let owner = patients.iter().find(|person| owner["id"] == person.uuid()).expect("one of those left");
    let owner = owner.kpn().await;
    owner.put(&group, json!({ "subject": "Onder ons" })).await.ok();
    let before = ward.inventory().await;
    let fleeting = owner.put(&format!("{group}/settings"), json!({ "auto_expire_after": 1 })).await;
    assert_eq!(fleeting.refused(), (403, "not_staff"));
    assert_eq!(owner.delete(&group, json!({ "remove": true })).await.refused(), (403, "not_staff"));
    let new = json!({ "subject": "a", "settings": { "auto_expire_after": 1 } });
    assert_eq!(owner.post("groupchats", new).await.refused(), (403, "not_staff"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn staff_inherit_before_who_visits_and_who_still_waits_inherits_last(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, jan) = (linde.doctor("Anna").await, linde.doctor("Jan").await);
    let visitor = linde.somebody("Chris", "Bakker", Role::Guest).await;
    let client = anna.kpn().await;
    let invited = json!([{ "email": "daan@example.test", "invite_type": "contact", "last_name": "Smit" }]);
    let new = json!({ "subject": "Wondzorg", "members": [visitor.uuid()], "invite_users": invited });
    let members = format!("groupchats/{}/members", client.post("groupchats", new).await.created());
    ward.pass_a_second();
    client.put(&members, json!({ "members": [jan.uuid()] })).await.ok();
    let chris = visitor.kpn().await;
    let owner = async || {
        let there = chris.get(&members).await.ok();
        let owner = there.as_array().unwrap().iter().find(|member| member["owner"] == true);
        owner.expect("an owner")["last_name"].as_str().expect("a name").to_owned()
    };
    client.delete(&members, json!({ "members": [anna.uuid()] })).await.ok();
    assert_eq!(owner().await, "de Vries", "Jan came last, and is the only one who works here");
    jan.kpn().await.delete(&members, json!({ "members": [jan.uuid()] })).await.ok();
    assert_eq!(owner().await, "Bakker");
    chris.delete(&members, json!({ "members": [visitor.uuid()] })).await.ok();
    let standing = "SELECT COUNT(*) FROM chat_members WHERE left_ms IS NULL AND standing = 'owner'";
    let standing = ward.house.db.read((), |tx, ()| Box::pin(tx.one(standing, &[], |row| row.get::<i64>(0))));
    assert_eq!(standing.await.expect("a count"), Some(1), "a group has its owner, if only to be");
    ward.settle().await;
}
