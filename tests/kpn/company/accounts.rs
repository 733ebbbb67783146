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
async fn who_comes_back_finds_what_was_said_before_and_what_waited_behind_it(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    linde.member(&bram, Role::Patient).await;
    let there = known(&linde, &bram.uuid(), &bram.email);
    let (client, before) = (anna.kpn().await, there.kpn().await);
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));
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
    let new = json!({ "email": bram.email, "first_name": "Bram", "invite_text": "Drie" });
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
