//! Guests of a group: who gives their link, what they see, and when they are gone.

use jiff::SignedDuration;
use kernel::PersonId;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Adapter, Browser, Kpn, Organisation, Page, Somebody, Ward};
use crate::oauth::app::{PASSWORD, browser, fields, sign_in};
use crate::secrecy::access_log::lines;

/// Anna, a doctor, has a group with Bram, a patient; Dana is a doctor who is not in it.
struct Scene {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    dana: Somebody,
    doctor: Kpn,
    group: String,
}

impl Scene {
    async fn of(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
        let dana = linde.doctor("Dana").await;
        let doctor = anna.kpn().await;
        let new = json!({ "subject": "Wondzorg thuis", "members": [bram.uuid()] });
        let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
        doctor.say(&group, "Welkom allemaal").await;
        ward.settle().await;
        ward.pass_a_second();
        Self { linde, anna, bram, dana, doctor, group }
    }

    fn access(&self) -> String {
        format!("{}/guest_access", self.group)
    }

    /// A new link, as a path of ours.
    async fn link(&self, ward: &Ward, asked: Value) -> String {
        let given = self.doctor.put(&self.access(), asked).await.ok();
        let link = given["link"].as_str().expect("a link");
        link.strip_prefix(ward.house.settings.public_url.as_str()).expect("of ours").to_owned()
    }

    fn inside(&self) -> String {
        format!("/chats/{}", self.group.rsplit('/').next().expect("an id"))
    }

    async fn members(&self) -> Vec<Value> {
        self.doctor.get(&self.group).await.ok()["members"].as_array().expect("members").clone()
    }

    /// The guest of this name, as an application sees them.
    async fn guest(&self, name: &str) -> Somebody {
        named(&self.linde, &self.members().await, name)
    }
}

fn named(organisation: &Organisation, members: &[Value], name: &str) -> Somebody {
    let found = members.iter().find(|member| member["last_name"] == name).expect("the guest");
    let id = PersonId::from_uuid(found["id"].as_str().expect("an id")).expect("an id");
    Somebody { organisation: organisation.clone(), id, email: String::new() }
}

/// A guest of a group that a doctor begins for them alone.
pub async fn guest_of(ward: &Ward, doctor: &Somebody) -> Somebody {
    guest_in_browser(ward, doctor).await.0
}

/// The same, in the browser in which they came.
pub async fn guest_in_browser(ward: &Ward, doctor: &Somebody) -> (Somebody, Browser) {
    let client = doctor.kpn().await;
    let group = client.post("groupchats", json!({ "subject": "Voor de gast" })).await.created();
    let group = format!("groupchats/{group}");
    let given = client.put(&format!("{group}/guest_access"), json!({})).await.ok();
    let link = given["link"].as_str().expect("a link");
    let link = link.strip_prefix(ward.house.settings.public_url.as_str()).expect("of ours");
    let (visit, _) = come_in(ward, link, "Riet").await;
    let members = client.get(&group).await.ok()["members"].as_array().expect("members").clone();
    (named(&doctor.organisation, &members, "Riet"), visit)
}

async fn come_in(ward: &Ward, link: &str, name: &str) -> (Browser, Page) {
    let mut visit = browser(ward);
    let page = visit.open(link).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let inside = visit.submit(&page, &[("name", name)]).await;
    (visit, inside)
}

#[bedside_test]
async fn a_guest_comes_by_the_link_for_all_to_see_reads_and_writes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let shown = scene.doctor.get(&scene.group).await.ok();
    let expires = (ward.clock.now() + SignedDuration::from_hours(24)).to_string();
    assert_eq!(shown["guest_access"]["expires"], expires.as_str());
    assert!(shown["guest_access"]["link"].as_str().expect("a link").ends_with(&link));
    let others = scene.bram.kpn().await;
    assert!(others.get(&scene.group).await.ok().get("guest_access").is_none(), "owner and admins alone");
    let listed = scene.doctor.get("groupchats").await.ok();
    assert!(listed[0].get("guest_access").is_none());

    let before = ward.inventory().await;
    let mut visit = browser(&ward);
    let page = visit.open(&link).await;
    page.must_be_protected();
    assert!(page.status == 200 && page.text.contains("Praktijk linde"), "{}", page.text);
    for secret in ["Wondzorg", "Welkom", "Anna", "Bram"] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    assert_eq!(ward.inventory().await, before, "looking changes nothing");

    let inside = visit.submit(&page, &[("name", "Tante Riet")]).await;
    assert_eq!((inside.status, inside.path.as_str()), (200, scene.inside().as_str()), "{}", inside.text);
    assert!(inside.text.contains("Welkom allemaal"), "{}", inside.text);
    let guest = scene.members().await.into_iter().find(|one| one["last_name"] == "Tante Riet");
    let guest = guest.expect("a member for all to see");
    assert_eq!(
        (&guest["owner"], &guest["admin"], &guest["active"]),
        (&json!(false), &json!(false), &json!(true))
    );

    let riet = scene.guest("Tante Riet").await;
    riet.kpn().await.say(&scene.group, "Dag allemaal").await;
    assert_eq!(others.texts(&scene.group).await, ["Dag allemaal", "Welkom allemaal"]);

    // The same browser comes back to the same guest; another one is another guest.
    let again = visit.open(&link).await;
    assert_eq!(again.path, scene.inside());
    assert_eq!(scene.members().await.len(), 3);
    come_in(&ward, &link, "Tante Riet").await;
    assert_eq!(scene.members().await.len(), 4, "nobody by likeness");
    ward.settle().await;
}

#[bedside_test]
async fn a_guest_sees_that_chat_alone_finds_nobody_and_brings_nobody_in(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let settings = json!({ "members_can_invite": true });
    scene.doctor.put(&format!("{}/settings", scene.group), settings).await.ok();
    let other = json!({ "subject": "Elders", "members": [scene.bram.uuid()] });
    let other = format!("groupchats/{}", scene.doctor.post("groupchats", other).await.created());
    let link = scene.link(&ward, json!({})).await;
    let (mut visit, _) = come_in(&ward, &link, "Riet").await;
    let riet = scene.guest("Riet").await;
    let client = riet.kpn().await;
    let before = ward.inventory().await;

    for list in ["me/contacts", "me/coworkers", "company/users", "conversations"] {
        assert_eq!(client.get(list).await.ok(), json!([]), "{list}");
    }
    let found = client.post("me/contacts/search", json!({ "name": "Dana" })).await.ok();
    assert_eq!(found, json!([]));
    let chats = client.get("groupchats").await.ok();
    assert_eq!(chats.as_array().map(Vec::len), Some(1));
    for path in [&format!("users/{}", scene.dana.uuid()), &other, &format!("{other}/messages")] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    let to_dana = format!("conversations/{}/messages", scene.dana.uuid());
    assert_eq!(client.post(&to_dana, json!({ "body": "Dag" })).await.status, 404);
    let begins = client.post("groupchats", json!({ "subject": "Van mij" })).await;
    assert_eq!(begins.refused(), (403, "guest_of_one_chat"));
    for ids in [vec![scene.dana.uuid()], Vec::new()] {
        let added = client.put(&format!("{}/members", scene.group), json!({ "members": ids })).await;
        assert_eq!(added.status, if ids.is_empty() { 403 } else { 400 }, "{}", added.text);
    }
    for (path, new) in [
        ("users/invite/private", json!({ "email": "x@example.test" })),
        ("users/invite/coworker", json!({ "email": "x@example.test" })),
    ] {
        assert_eq!(client.post(path, new).await.status, 403, "{path}");
    }
    assert_eq!(client.put(&scene.access(), json!({})).await.status, 403);
    assert_eq!(ward.calm_inventory(before).await, before);
    assert!(!visit.open("/chats/new").await.text.contains("Dana"));

    // Nor is a guest found, written to or made anything else.
    let contacts = scene.dana.kpn().await.get("me/contacts?amount=100").await.ok();
    assert!(!contacts.to_string().contains("Riet"), "{contacts}");
    let dana = scene.dana.kpn().await;
    let user = format!("users/{}", riet.uuid());
    assert_eq!(dana.get(&user).await.refused(), (404, "user_not_found"), "staff who is not in the chat");
    assert_eq!(scene.doctor.get(&user).await.ok()["last_name"], "Riet");
    for nobody in [&dana, &scene.doctor] {
        let named = nobody.put(&format!("users/{}/aux", riet.uuid()), json!({ "aux_id": "7" })).await;
        assert_eq!(named.status, 404, "{}", named.text);
    }
    let to_riet = format!("conversations/{}/messages", riet.uuid());
    assert_eq!(scene.doctor.post(&to_riet, json!({ "body": "Dag" })).await.status, 404);
    ward.settle().await;
    let words = "SELECT COUNT(*) FROM search_tokens t JOIN guests g ON g.person = t.object";
    let words = ward.house.db.read((), |tx, ()| Box::pin(tx.one(words, &[], |row| row.get::<i64>(0))));
    assert_eq!(words.await.expect("a count"), Some(0), "the search knows nothing of them");
    let added = scene.doctor.put(&format!("{other}/members"), json!({ "members": [riet.uuid()] })).await;
    assert_eq!(added.refused(), (400, "user_not_found"));
    let admin =
        scene.doctor.put(&format!("{}/admins", scene.group), json!({ "admins": [riet.uuid()] })).await;
    assert_eq!(admin.refused(), (403, "guests_are_no_admins"));
    let owner = scene.doctor.put(&format!("{}/owner", scene.group), json!({ "user_id": riet.uuid() })).await;
    assert_eq!(owner.status, 400, "{}", owner.text);
    ward.settle().await;
}

/// That the guest is out: of the chat, of the house, and for the application that they used.
async fn must_be_out(scene: &Scene, visit: &mut Browser, client: &Kpn, why: &str) {
    let told = visit.open(&scene.inside()).await;
    assert_eq!(told.status, 403, "{why}");
    assert!(
        told.text.contains("ask the person who gave you the link for a new link"),
        "{why}: {}",
        told.text
    );
    assert_eq!(client.get(&scene.group).await.status, 401, "{why}");
}

#[bedside_test]
async fn guests_go_when_their_link_ends_or_is_replaced_or_taken_away(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let first = scene.link(&ward, json!({ "hours": 2 })).await;
    let (mut riet, _) = come_in(&ward, &first, "Riet").await;
    let client = scene.guest("Riet").await.kpn().await;
    let second = scene.link(&ward, json!({ "hours": 720 })).await;
    must_be_out(&scene, &mut riet, &client, "replaced").await;
    assert_eq!(browser(&ward).open(&first).await.status, 404, "the older link");
    assert_eq!(scene.members().await.len(), 2);

    let (mut toon, _) = come_in(&ward, &second, "Toon").await;
    let client = scene.guest("Toon").await.kpn().await;
    let nothing: Value = scene.doctor.delete(&scene.access(), json!({})).await.ok();
    assert_eq!(nothing, json!({}));
    must_be_out(&scene, &mut toon, &client, "taken away").await;
    assert_eq!(browser(&ward).open(&second).await.status, 404);
    assert!(scene.doctor.get(&scene.group).await.ok().get("guest_access").is_none());
    scene.doctor.delete(&scene.access(), json!({})).await.ok();

    let expires = (ward.clock.now() + SignedDuration::from_hours(3)).to_string();
    let third = scene.link(&ward, json!({ "expires": expires })).await;
    let (mut wim, _) = come_in(&ward, &third, "Wim").await;
    let client = scene.guest("Wim").await.kpn().await;
    ward.settle().await;
    assert_eq!(scene.members().await.len(), 3, "what ended the earlier guests leaves this one");
    ward.clock.pass(SignedDuration::from_hours(3));
    must_be_out(&scene, &mut wim, &client, "at its end, before any job").await;
    assert_eq!(browser(&ward).open(&third).await.status, 404);
    assert!(scene.doctor.get(&scene.group).await.ok().get("guest_access").is_none());
    ward.settle().await;
    assert_eq!(scene.members().await.len(), 2);
    let verified = audit::verify(&ward.house.db, None, &[]).await.expect("a report");
    assert!(verified.is_clean());
}

/// That a session was told of the guest who came or went, and by whom that was; of an end that came by itself by nobody.
async fn hears_of(session: &mut Adapter, event: &'static str, guest: &Somebody, by: Option<&Somebody>) {
    let told = session.next_is(event).await;
    assert_eq!(told.get("user_id"), by.map(|by| json!(by.uuid())).as_ref(), "{told}");
    let [user] = &told["users"].as_array().expect("people")[..] else { panic!("{told}") };
    assert_eq!((&user["id"], &user["private_user"]), (&json!(guest.uuid()), &json!(true)), "{told}");
}

#[bedside_test]
async fn those_who_are_connected_hear_of_guests_who_come_and_go(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let mut all = [scene.anna.adapter().await, scene.bram.adapter().await];
    come_in(&ward, &link, "Riet").await;
    let riet = scene.guest("Riet").await;
    for session in &mut all {
        hears_of(session, "groupchat_members_added", &riet, Some(&riet)).await;
    }
    let mut own = riet.adapter().await;
    scene.doctor.delete(&scene.access(), json!({})).await.ok();
    for session in &mut all {
        hears_of(session, "groupchat_members_removed", &riet, Some(&scene.anna)).await;
    }
    // Whether it is told first that they are out of the group or that their token has ended, it ends with the latter.
    let (mut frames, code) = own.end().await;
    let last = frames.pop().expect("an error");
    assert_eq!((&last["event"], &last["data"]["code"], code), (&json!("error"), &json!(403), 1008));
    assert!(frames.iter().all(|frame| frame["event"] == "groupchat_removed"), "{frames:?}");

    let link = scene.link(&ward, json!({ "hours": 2 })).await;
    come_in(&ward, &link, "Toon").await;
    let toon = scene.guest("Toon").await;
    ward.clock.pass(SignedDuration::from_hours(2));
    // Who was silent for so long is let go, and comes back.
    let mut all = [scene.anna.adapter().await, scene.bram.adapter().await];
    ward.settle().await;
    for session in &mut all {
        hears_of(session, "groupchat_members_removed", &toon, None).await;
        session.has_heard_nothing().await;
    }
}

#[bedside_test]
async fn guests_go_with_the_group(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let (mut riet, _) = come_in(&ward, &link, "Riet").await;
    let client = scene.guest("Riet").await.kpn().await;
    scene.doctor.delete(&scene.group, json!({})).await.ok();
    assert_eq!(browser(&ward).open(&link).await.status, 404);
    ward.settle().await;
    must_be_out(&scene, &mut riet, &client, "closed").await;
    assert_eq!(scene.members().await.len(), 2);

    let new = json!({ "subject": "Nog een", "members": [scene.bram.uuid()] });
    let group = format!("groupchats/{}", scene.doctor.post("groupchats", new).await.created());
    let scene = Scene { group, ..scene };
    let link = scene.link(&ward, json!({})).await;
    let (mut toon, _) = come_in(&ward, &link, "Toon").await;
    let client = scene.guest("Toon").await.kpn().await;
    scene.doctor.delete(&scene.group, json!({ "remove": true })).await.ok();
    assert_eq!(browser(&ward).open(&link).await.status, 404);
    ward.settle().await;
    must_be_out(&scene, &mut toon, &client, "removed").await;
}

#[bedside_test]
async fn a_group_in_which_nobody_but_guests_is_left_closes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let (mut riet, _) = come_in(&ward, &link, "Riet").await;
    let guest = scene.guest("Riet").await;
    let (client, mut session) = (guest.kpn().await, guest.adapter().await);
    let bram = scene.bram.kpn().await;
    for (leaving, who) in [(&scene.doctor, &scene.anna), (&bram, &scene.bram)] {
        let path = format!("{}/members", scene.group);
        leaving.delete(&path, json!({ "members": [who.uuid()] })).await.ok();
    }
    ward.settle().await;
    must_be_out(&scene, &mut riet, &client, "a guest inherits no group").await;
    let (frames, _) = session.end().await;
    assert!(frames.iter().any(|frame| frame["event"] == "groupchat_closed"), "{frames:?}");
    let closed = lines(&ward).await.into_iter().filter(|line| line.kind == "chat_closed");
    assert_eq!(closed.filter(|line| line.patient == Some(scene.bram.id)).count(), 1, "as any other closing");
}

#[bedside_test]
async fn who_leaves_or_is_taken_out_is_a_guest_no_longer(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let out = format!("{}/members", scene.group);
    let (mut stays, _) = come_in(&ward, &link, "Wim").await;
    for (name, leaves) in [("Riet", false), ("Toon", true)] {
        let (mut visit, _) = come_in(&ward, &link, name).await;
        let guest = scene.guest(name).await;
        let client = guest.kpn().await;
        let remover = if leaves { &client } else { &scene.doctor };
        remover.delete(&out, json!({ "members": [guest.uuid()] })).await.ok();
        must_be_out(&scene, &mut visit, &client, name).await;
        let page = visit.open(&link).await;
        assert!(page.status == 200 && page.path.starts_with("/guest"), "{name} is nobody again");
        let again = visit.submit(&page, &[("name", name)]).await;
        assert_eq!(again.path, scene.inside());
        assert_ne!(scene.guest(name).await.id, guest.id, "{name} does not become who they were");
    }
    assert_eq!(stays.open(&link).await.path, scene.inside(), "nobody else goes");
    let went = lines(&ward).await.into_iter().filter(|line| line.reason.as_deref() == Some("guest went"));
    assert_eq!(went.filter(|line| line.person == Some(scene.anna.id)).count(), 1);
    ward.settle().await;
}

/// Ends everything that somebody is in their organisation.
async fn dismiss(ward: &Ward, somebody: &Somebody) {
    let input = (somebody.organisation.id, somebody.id);
    let ended = ward.house.db.write(input, |tx, (organisation, person)| {
        Box::pin(async move {
            let all = identity::memberships::of_person(tx, *person).await?;
            for one in all.iter().filter(|one| one.organisation == *organisation) {
                identity::memberships::end(tx, identity::By::Operator, *organisation, one.id).await?;
            }
            Ok(())
        })
    });
    ended.await.expect("they left");
}

#[bedside_test]
async fn a_link_brings_in_nobody_more_once_who_gave_it_is_no_admin_or_does_not_work_there(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (members, admins) = (format!("{}/members", scene.group), format!("{}/admins", scene.group));
    let dana = scene.dana.kpn().await;
    let (hers, just_her) =
        (json!({ "admins": [scene.dana.uuid()] }), json!({ "members": [scene.dana.uuid()] }));
    for how in ["no admin", "taken out", "leaves", "dismissed"] {
        scene.doctor.put(&members, just_her.clone()).await.ok();
        scene.doctor.put(&admins, hers.clone()).await.ok();
        ward.pass_a_second();
        let given = dana.put(&scene.access(), json!({})).await.ok();
        let link = given["link"].as_str().expect("a link");
        let link = link.strip_prefix(ward.house.settings.public_url.as_str()).expect("of ours");
        let (mut riet, _) = come_in(&ward, link, "Riet").await;
        let mut late = browser(&ward);
        let form = late.open(link).await;
        assert!(scene.doctor.get(&scene.group).await.ok()["guest_access"]["link"].is_string(), "{how}");
        match how {
            "no admin" => drop(scene.doctor.delete(&admins, hers.clone()).await.ok()),
            "taken out" => drop(scene.doctor.delete(&members, just_her.clone()).await.ok()),
            "leaves" => drop(dana.delete(&members, just_her.clone()).await.ok()),
            _ => dismiss(&ward, &scene.dana).await,
        }
        ward.pass_a_second();
        assert_eq!(browser(&ward).open(link).await.status, 404, "{how}");
        assert_eq!(late.submit(&form, &[("name", "Toon")]).await.status, 404, "{how}");
        assert!(scene.doctor.get(&scene.group).await.ok().get("guest_access").is_none(), "{how}");
        assert_eq!(riet.open(link).await.path, scene.inside(), "{how}: who is there stays");
        ward.clock.pass(SignedDuration::from_secs(30));
    }
    scene.doctor.delete(&scene.access(), json!({})).await.ok();
    assert!(!scene.members().await.iter().any(|member| member["last_name"] == "Riet"));
    ward.settle().await;
}

#[bedside_test]
async fn a_patient_who_is_an_admin_is_not_told_the_link_that_staff_may_give(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let admin = json!({ "admins": [scene.bram.uuid()] });
    scene.doctor.put(&format!("{}/admins", scene.group), admin).await.ok();
    scene.link(&ward, json!({})).await;
    assert!(scene.doctor.get(&scene.group).await.ok()["guest_access"]["link"].is_string());
    let shown = scene.bram.kpn().await.get(&scene.group).await.ok();
    assert!(shown.get("guest_access").is_none(), "{shown}");
    ward.settle().await;
}

#[bedside_test]
async fn only_staff_who_manage_a_group_that_takes_contacts_give_a_link(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let access = scene.access();
    let bram = scene.bram.kpn().await;
    let before = ward.inventory().await;
    assert_eq!(bram.put(&access, json!({})).await.refused().0, 403);
    assert_eq!(scene.dana.kpn().await.put(&access, json!({})).await.status, 404);
    assert_eq!(scene.anna.kpn_with("read").await.put(&access, json!({})).await.status, 403);
    for (asked, error) in [
        (json!({ "hours": 0 }), "hours_unfit"),
        (json!({ "hours": 721 }), "hours_unfit"),
        (json!({ "hours": "1" }), "wrong_type"),
        (json!({ "expires": "2020-01-01T00:00:00Z" }), "expires_unfit"),
        (json!({ "expires": "2100-01-01T00:00:00Z" }), "expires_unfit"),
        (json!({ "expires": 5 }), "wrong_type"),
        (json!({ "expires": "2100-01-01T00:00:00Z", "hours": 1 }), "expires_twice"),
    ] {
        let answer = scene.doctor.put(&access, asked.clone()).await;
        assert_eq!(answer.refused(), (400, error), "{asked}");
    }
    assert_eq!(ward.calm_inventory(before).await, before);
    let unreadable = scene.doctor.put(&access, json!({ "expires": "tomorrow" })).await;
    assert_eq!(unreadable.status, 400);

    let settings = format!("{}/settings", scene.group);
    scene.doctor.put(&settings, json!({ "allow_contacts": false })).await.ok();
    assert_eq!(scene.doctor.put(&access, json!({})).await.refused(), (403, "contacts_not_allowed"));
    scene.doctor.put(&settings, json!({ "allow_contacts": true })).await.ok();
    let link = scene.link(&ward, json!({})).await;
    scene.doctor.put(&settings, json!({ "allow_contacts": false })).await.ok();
    assert_eq!(browser(&ward).open(&link).await.status, 404, "no further guests");

    // A patient who owns a group manages it, and lets in nobody from outside.
    let own = bram.post("groupchats", json!({ "subject": "Van Bram" })).await.created();
    let own = format!("groupchats/{own}/guest_access");
    assert_eq!(bram.put(&own, json!({})).await.refused(), (403, "not_staff"));
    let direct = format!("conversations/{}/guest_access", scene.bram.uuid());
    assert_eq!(scene.doctor.put(&direct, json!({})).await.status, 404);
    ward.settle().await;
}

#[bedside_test]
async fn twenty_come_by_a_link_and_no_more(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    // Each patient of the group has a line of their own about whatever happens in it.
    let mut patients = Vec::new();
    for number in 0..20 {
        patients.push(scene.linde.patient(&format!("Bewoner {number}")).await.uuid());
    }
    scene.doctor.put(&format!("{}/members", scene.group), json!({ "members": patients })).await.ok();
    let mut visits = Vec::new();
    for number in 0..20 {
        visits.push(come_in(&ward, &link, &format!("Gast {number}")).await.0);
        ward.clock.pass(SignedDuration::from_secs(10));
    }
    assert_eq!(scene.members().await.len(), 42);
    assert_eq!(browser(&ward).open(&link).await.status, 404);
    let last = visits.last_mut().expect("twenty guests");
    assert_eq!(last.open(&link).await.path, scene.inside(), "who is there comes back");
    // Each of them uses applications, too.
    let members = scene.members().await;
    for _ in 0..5 {
        let there = scene.linde.with_another_client().await;
        for number in 0..20 {
            named(&there, &members, &format!("Gast {number}")).token("read").await;
        }
    }
    let standing = async || {
        let sql = "SELECT COUNT(*) FROM tokens WHERE revoked_ms IS NULL";
        let read = ward.house.db.read((), move |tx, ()| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
        read.await.expect("a count").expect("a count")
    };
    let all = standing().await;
    scene.doctor.delete(&scene.access(), json!({})).await.ok();
    assert_eq!(scene.members().await.len(), 22, "all of them in one step");
    assert_eq!(standing().await, all - 100, "with all that acts in their names");
    let went = lines(&ward).await.into_iter().filter(|line| line.reason.as_deref() == Some("guest went"));
    assert_eq!(went.filter(|line| line.person == Some(scene.anna.id)).count(), 20, "a line for each of them");
    ward.settle().await;
}

#[bedside_test]
async fn a_form_that_does_not_fit_makes_no_guest(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let dana = scene.dana.clone().with_password(PASSWORD).await;
    let link = scene.link(&ward, json!({})).await;
    let code = link.split_once("code=").expect("a code").1;
    let mut visit = browser(&ward);
    for name in ["", "  ", "a\u{202e}b", &"x".repeat(500)] {
        let page = visit.open(&link).await;
        let answer = visit.submit(&page, &[("name", name)]).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text.contains("aria-describedby=\"name-error"), "{}", answer.text);
    }
    let form = fields(&[("code", code), ("name", "Riet")]);
    assert_eq!(visit.post("/guest", &form, &[("sec-fetch-site", "cross-site")]).await.status, 403);
    for path in ["/guest", "/guest?code=", "/guest?code=%00", "/guest?code=guess", "/guest?code=%FF"] {
        assert_eq!(browser(&ward).open(path).await.status, 404, "{path}");
    }
    for language in ["nl", "de", "fr"] {
        let page = browser(&ward).open(&format!("{link}&lang={language}")).await;
        assert!(page.text.contains(&format!("<html lang=\"{language}\"")), "{}", page.text);
    }

    // Who has signed in stays who they are.
    let mut visit = browser(&ward);
    let login = visit.open("/login").await;
    sign_in(&mut visit, &login, &dana).await;
    let token = visit.open("/account/password").await.form().value("form_token").to_owned();
    let page = visit.open(&link).await;
    assert!(page.text.contains("sign out first") && page.forms().is_empty(), "{}", page.text);
    let mut forced = form;
    forced.push(("form_token".to_owned(), token));
    assert_eq!(visit.post("/guest", &forced, &[]).await.status, 409);
    assert_eq!(scene.members().await.len(), 2);
    ward.settle().await;
}

#[bedside_test]
async fn who_tries_codes_waits_and_holds_up_nobody_elsewhere(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let link = scene.link(&ward, json!({})).await;
    let node = ward.restarted_with(|settings| {
        settings.address_requests_per_second = 20;
        settings.trusted_proxies = vec![std::net::Ipv4Addr::LOCALHOST.into()];
    });
    let node = node.await;
    let ask = async |path: &str, address: &str| {
        let mut visit = Browser::at(&ward.http, &node.url);
        visit.send(reqwest::Method::GET, path, None, &[("x-forwarded-for", address)]).await.status
    };
    let mut tries = 0;
    while ask("/guest?code=guess", "198.51.100.7").await == 404 {
        tries += 1;
        assert!(tries < 50, "without end");
    }
    assert_eq!(ask(&link, "198.51.100.7").await, 429, "a right one waits, too");
    assert_eq!(ask(&link, "198.51.100.8").await, 200, "elsewhere nobody waits");
    assert_eq!(ask("/login", "198.51.100.7").await, 200, "nor at another page");
    let mut tries = 0;
    while ask("/invitation?code=guess", "198.51.100.9").await == 404 {
        tries += 1;
        assert!(tries < 50, "without end");
    }
    assert_eq!(ask(&link, "198.51.100.9").await, 429, "one count for all links");
}
