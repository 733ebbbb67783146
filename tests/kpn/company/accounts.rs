//! Who is invited and has an account already.

use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use super::{PERSONS, count, known, names, newest_link};
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in};

pub(super) async fn signed_in(ward: &Ward, person: &Somebody) -> Browser {
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, person).await;
    visit
}

pub(super) async fn accept(ward: &Ward, person: &Somebody, link: &str) -> Page {
    let mut visit = signed_in(ward, person).await;
    accept_in(&mut visit, link).await
}

async fn accept_in(visit: &mut Browser, link: &str) -> Page {
    let page = visit.open(link).await;
    visit.submit(&page, &[]).await
}

#[bedside_test]
async fn until_they_accept_the_inviter_learns_nothing_and_then_what_waited_is_theirs(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    let chris = eik.patient("Chris").await.with_password(PASSWORD).await;
    ward.clock.pass(jiff::SignedDuration::from_mins(10));
    let client = anna.kpn().await;
    let invite = |email: &str| json!({ "email": email, "last_name": "B.", "invite_text": "Welkom hier" });
    let waited = client.post("users/invite/private", invite(&bram.email)).await.created();
    let link = newest_link(&ward).await;
    let nobody = client.post("users/invite/private", invite("nobody@example.test")).await.created();
    let [one, other] = [
        client.get(&format!("users/{waited}")).await.ok(),
        client.get(&format!("users/{nobody}")).await.ok(),
    ];
    assert_eq!((names(&one), &one["active"]), (names(&other), &other["active"]), "the same answers");
    assert_ne!(waited, bram.uuid());
    let [id, _] = [&waited, &nobody].map(|id| id.replace('-', ""));
    assert_ne!(id[..8], bram.id.hex()[..8], "nor does an id tell how old it is");

    let mut stranger = signed_in(&ward, &chris).await;
    let page = stranger.open(&link).await;
    assert!(page.text.contains("for somebody else") && page.forms().is_empty(), "{}", page.text);
    let token = {
        let page = stranger.open("/account/password").await;
        page.form().value("form_token").to_owned()
    };
    let code = link.split_once("code=").expect("a code").1.to_owned();
    let forced = [("form_token".to_owned(), token), ("code".to_owned(), code)];
    assert_eq!(stranger.post("/invitation", &forced, &[]).await.status, 409);
    assert_eq!(client.get(&format!("users/{waited}")).await.ok()["active"], false, "nobody by likeness");

    let mut visit = browser(&ward);
    let page = visit.open(&link).await;
    assert!(page.text.contains("/login?return=%2Finvitation"), "{}", page.text);
    let door = format!("/login?return={}", identity::protocol::form::encode(&link));
    let login = visit.open(&door).await;
    let page = sign_in(&mut visit, &login, &bram).await;
    let inside = visit.submit(&page, &[]).await;
    assert_eq!(inside.path, format!("/chats/with/{}", anna.uuid()), "{}", inside.text);
    assert!(inside.text.contains("Welkom hier") && inside.text.contains("Praktijk linde"));

    let now = client.get(&format!("users/{waited}")).await.ok();
    assert_eq!(
        (names(&now), &now["id"], &now["active"]),
        (("Bram", "de Boer"), &json!(bram.uuid()), &json!(true))
    );
    client.say(&format!("conversations/{waited}"), "Goed dat u er bent").await;
    let there = known(&linde, &bram.uuid(), &bram.email).kpn().await;
    let texts = there.texts(&format!("conversations/{}", anna.uuid())).await;
    assert_eq!(texts, ["Goed dat u er bent", "Welkom hier"]);
    ward.pass_a_second();
    let group = json!({ "subject": "Samen", "members": [waited] });
    let group = format!("groupchats/{}", client.post("groupchats", group).await.created());
    client.put(&format!("{group}/admins"), json!({ "admins": [waited] })).await.ok();
    assert_eq!(there.get(&group).await.ok()["members"].as_array().map(Vec::len), Some(2));
    client.delete(&format!("{group}/members"), json!({ "members": [waited] })).await.ok();
    assert_eq!(there.get(&group).await.status, 404, "by the id that the inviter knows");
    assert_eq!(browser(&ward).open(&link).await.status, 410);
    let shown = client.get("me/contacts?amount=100").await.ok();
    let shown = shown.as_array().expect("people").iter().filter(|user| user["last_name"] == "B.").count();
    assert_eq!(shown, 1, "of the one who waited nothing is left but the other invitation");
    ward.settle().await;
}

#[bedside_test]
async fn who_accepts_where_two_factors_are_asked_sets_the_second_up_first(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    let client = anna.kpn().await;
    client.post("users/invite/private", json!({ "email": bram.email })).await.created();
    let link = newest_link(&ward).await;
    let (mut visit, mut elsewhere) = (signed_in(&ward, &bram).await, signed_in(&ward, &bram).await);
    let roles: &[Role] = &[Role::Patient];
    let set = ward.house.db.write((linde.id, roles), |tx, (id, roles)| {
        Box::pin(identity::policies::set_second_factor_roles(tx, identity::By::Operator, *id, Some(roles)))
    });
    set.await.expect("a policy");
    assert_eq!(elsewhere.open("/account").await.path, "/account", "he is no patient there yet");
    let page = accept_in(&mut visit, &link).await;
    assert!(page.path.starts_with("/login?return="), "{}", page.path);
    assert!(elsewhere.open("/account").await.path.starts_with("/login?return="));
    let page = sign_in(&mut visit, &page, &bram).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    ward.settle().await;
}

#[bedside_test]
async fn what_applications_call_who_waited_names_the_one_who_came(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    ward.clock.pass(jiff::SignedDuration::from_mins(10));
    let client = anna.kpn().await;
    let other = anna.through(&linde.with_another_client().await).kpn().await;
    let new = json!({ "email": bram.email, "aux_id": "zaak/12" });
    let waited = client.post("users/invite/private", new).await.created();
    other.put(&format!("users/{waited}/aux"), json!({ "aux_id": "0042" })).await.ok();
    accept(&ward, &bram, &newest_link(&ward).await).await;

    for (client, aux_id, name) in [(&client, "zaak%2F12", "zaak/12"), (&other, "0042", "0042")] {
        for path in
            [format!("users/{waited}"), format!("users/{}", bram.uuid()), format!("aux/users/{aux_id}")]
        {
            let user = client.get(&path).await.ok();
            assert_eq!((&user["id"], &user["aux_id"]), (&json!(bram.uuid()), &json!(name)), "{path}");
        }
    }
    ward.pass_a_second();
    for path in [format!("conversations/{waited}"), "aux/conversations/zaak%2F12".to_owned()] {
        let unbegun = client.get(&path).await.ok();
        assert_eq!((&unbegun["id"], &unbegun["aux_id"]), (&json!(bram.uuid()), &json!("zaak/12")), "{path}");
        assert!(unbegun["created"].is_null(), "nothing was written yet");
    }
    client.say("aux/conversations/zaak%2F12", "Goed dat u er bent").await;
    for list in ["aux/conversations", "aux/conversations?aux_id=zaak%2F12"] {
        let listed = client.get(list).await.ok();
        assert_eq!(
            (&listed[0]["id"], &listed[0]["aux_id"]),
            (&json!(bram.uuid()), &json!("zaak/12")),
            "{list}"
        );
    }
    ward.pass_a_second();

    // One that is given by the older id replaces the one that came along, and is taken away by the older id.
    let path = format!("users/{waited}/aux");
    client.put(&path, json!({ "aux_id": "zaak/13" })).await.ok();
    assert_eq!(client.get("aux/users/zaak%2F12").await.refused(), (404, "user_not_found"));
    assert_eq!(client.get("aux/users/zaak%2F13").await.ok()["id"], bram.uuid());
    client.delete(&path, json!({})).await.ok();
    assert_eq!(client.get("aux/users/zaak%2F13").await.refused(), (404, "user_not_found"));
    ward.settle().await;
}

#[bedside_test]
async fn who_came_with_an_account_is_asked_by_the_id_that_the_inviter_knows(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    ward.clock.pass(jiff::SignedDuration::from_mins(10));
    let client = anna.kpn().await;
    let new = json!({ "email": bram.email, "last_name": "B." });
    let waited = client.post("users/invite/private", new).await.created();
    let mut visit = signed_in(&ward, &bram).await;
    accept_in(&mut visit, &newest_link(&ward).await).await;

    let chat = format!("conversations/{waited}");
    let question = json!({ "users": [waited], "options": [{ "name": "ja" }] });
    let body = json!({ "body": "Bent u er?", "question": question });
    let asked = client.post(&format!("{chat}/messages"), body).await.created();
    let message = client.get(&format!("{chat}/messages/{asked}")).await.ok();
    assert_eq!(message["payload"]["users"], json!([bram.uuid()]));
    ward.pass_a_second();

    let user = format!("users/{waited}");
    let body = json!({ "user_id": waited, "provider_id": "sandbox" });
    let asked = client.post(&format!("{chat}/verification"), body.clone()).await.created();
    let page = visit.open(&format!("/verify/with/{}/{asked}", anna.uuid())).await;
    assert!(visit.submit(&page, &[("answer", "accept")]).await.status < 400);
    let verified = json!({ "user": [{ "name": "Bedside sandbox" }] });
    assert_eq!(client.get(&format!("{user}/verifications")).await.ok(), verified);
    assert_eq!(client.get(&format!("{user}/providers")).await.ok(), json!([]));
    let again = client.post(&format!("{chat}/verification"), body).await;
    assert_eq!(again.refused(), (412, "already_verified"));
    ward.settle().await;
}

#[bedside_test]
async fn who_comes_back_finds_what_was_said_before_and_what_waited_behind_it(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    linde.member(&bram, Role::Patient).await;
    let there = known(&linde, &bram.uuid(), &bram.email);
    let (client, before) = (anna.kpn().await, there.kpn().await);
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));
    client.put(&format!("users/{}/aux", bram.uuid()), json!({ "aux_id": "oud" })).await.ok();
    client.say(&to_bram, "Een").await;
    before.say(&to_anna, "Twee").await;
    let end = ward.house.db.write((linde.id, bram.id), |tx, (organisation, person)| {
        Box::pin(async move {
            let all = identity::memberships::of_person(tx, *person).await?;
            let one = all.iter().find(|one| one.organisation == *organisation).expect("a place");
            identity::memberships::end(tx, identity::By::Operator, *organisation, one.id).await
        })
    });
    end.await.expect("he left");
    ward.pass_a_second();
    let new = json!({ "email": bram.email, "first_name": "Bram", "invite_text": "Drie", "aux_id": "nieuw" });
    let waited = client.post("users/invite/private", new).await.created();
    assert_ne!(waited, bram.uuid());
    client
        .upload(
            &format!("conversations/{waited}/attachments"),
            Some("Vier"),
            &[("a.txt", "text/plain", b"brief")],
        )
        .await
        .created();
    let inside = accept(&ward, &bram, &newest_link(&ward).await).await;
    assert!(inside.text.contains("Twee") && inside.text.contains("Drie"), "{}", inside.text);
    let after = there.kpn().await;
    assert_eq!(after.texts(&to_anna).await, ["Vier", "Drie", "Twee", "Een"]);
    for chat in [&to_bram, &format!("conversations/{waited}")] {
        client.say(chat, "Vijf").await;
    }
    assert_eq!(after.texts(&to_anna).await.len(), 6, "one conversation");
    assert_eq!(client.get("aux/users/nieuw").await.ok()["id"], bram.uuid());
    assert_eq!(client.get("aux/users/oud").await.refused(), (404, "user_not_found"), "replaced");
    let messages = after.get(&format!("{to_anna}/messages")).await.ok();
    let file = messages[2]["attachments"][0]["id"].as_str().expect("a file");
    assert_eq!(after.get(&format!("{to_anna}/attachments/{file}/content")).await.text, "brief");
    assert_eq!(client.get("conversations").await.ok().as_array().map(Vec::len), Some(1));
    ward.settle().await;
}

#[bedside_test]
async fn two_who_invite_the_same_person_wait_for_one_account(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (anna, eva) = (linde.doctor("Anna").await.kpn().await, eik.doctor("Eva").await.kpn().await);
    let email = "daan@example.test";
    let new = json!({ "email": email, "last_name": "Smit" });
    let first = anna.post("users/invite/private", new.clone()).await.created();
    let to_linde = newest_link(&ward).await;
    ward.pass_a_second();
    let second = eva.post("users/invite/private", new).await.created();
    let to_eik = newest_link(&ward).await;
    assert_ne!(first, second);
    super::sign_up(&ward, &to_linde, &[]).await;
    let daan = known(&linde, &first, email);
    let people = count(&ward, PERSONS).await;
    assert_eq!(accept(&ward, &daan, &to_eik).await.path, "/chats");
    assert_eq!(eva.get(&format!("users/{second}")).await.ok()["id"], first);
    assert_eq!(count(&ward, PERSONS).await, people);
    ward.settle().await;
}
