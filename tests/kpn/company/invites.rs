//! From an invitation to the first answer.

use jiff::SignedDuration;
use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use super::{PERSONS, count, known, names, newest_link, sign_up};
use crate::cast::Ward;
use crate::kpn::clients::{Kind, Vendor};
use crate::oauth::app::{App, browser};
use crate::secrecy::access_log::lines;

const BRAM: &str = "bram.jansen@example.test";
const HELLO: &str = "Dag, hoe gaat het met de wond?";

#[bedside_test]
async fn who_is_invited_is_found_by_what_the_inviters_application_calls_them(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = Vendor::new(Kind::Framework, "/v1", &ward, anna.token("read write").await);
    let body = format!(r#"{{"send_email":false,"email":"{BRAM}","aux_id":"zaak/12"}}"#);
    let id = client.send("POST", "users/invite/private", &body).await["id"].clone();
    assert_eq!(client.get("aux/users/zaak%2F12").await["id"], id);
    client.send("POST", "aux/conversations/zaak%2F12/messages", r#"{"body":"Welkom"}"#).await;
    let waiting = client.get(&format!("conversations/{}/messages", id.as_str().expect("an id"))).await;
    assert_eq!(waiting[0]["body"], "Welkom");
    let group = r#"{"subject":"Wondzorg","members":[],"settings":{},"invite_users":[
        {"email":"eva@example.test","invite_type":"private_user","aux_id":"zaak/13"}]}"#;
    client.send("POST", "groupchats", group).await;
    assert_eq!(client.get("aux/users/zaak%2F13").await["active"], false);
    ward.settle().await;
}

#[bedside_test]
async fn who_is_invited_signs_up_by_the_link_and_finds_the_conversation(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let token = anna.token("read write").await;
    // As the vendor's framework writes it, the order of its fields included.
    let client = Vendor::new(Kind::Framework, "/v1", &ward, token);
    let body = format!(
        r#"{{"send_email":true,"email":"{BRAM}","first_name":"Bram","last_name":"Jansen","invite_text":"{HELLO}"}}"#
    );
    let id =
        client.send("POST", "users/invite/private", &body).await["id"].as_str().expect("an id").to_owned();
    let user = client.get(&format!("users/{id}")).await;
    assert_eq!(
        (names(&user), &user["active"], &user["private_user"]),
        (("Bram", "Jansen"), &json!(false), &json!(true))
    );
    let waiting = client.get(&format!("conversations/{id}/messages")).await;
    assert_eq!((&waiting[0]["body"], &waiting[0]["status"]), (&json!(HELLO), &json!("sent")));

    let [letter] = &*ward.letters().await else { panic!("one letter") };
    assert!(letter.is_mail && letter.to == BRAM && letter.subject == "Uitnodiging van Praktijk linde");
    for told in ["Bram", "Jansen", "Anna", "wond", "@"] {
        assert!(!format!("{} {}", letter.subject, letter.text).contains(told), "{told} in {letter:?}");
    }
    let link = letter.link(&ward);
    let before = (ward.inventory().await, count(&ward, PERSONS).await);
    for language in ["nl", "en", "de", "fr"] {
        let page = browser(&ward).open(&format!("{link}&lang={language}")).await;
        assert!(page.status == 200 && page.text.contains("<strong>Praktijk linde</strong>"), "{}", page.text);
        assert!(!page.text.contains("wond"), "before they have come nobody reads it");
    }
    assert_eq!((ward.inventory().await, count(&ward, PERSONS).await), before, "looking changes nothing");

    let (_, inside) = sign_up(&ward, &link, &[]).await;
    assert_eq!(inside.path, format!("/chats/with/{}", anna.uuid()), "{}", inside.text);
    assert!(inside.text.contains(HELLO));
    let bram = known(&linde, &id, BRAM);
    let app = App::of(&linde, |_| {}).await;
    let asked = [("scope", "read write")];
    let own = crate::cast::Kpn::new(&ward, app.token(&app.code(&bram, &asked).await).await);
    assert_eq!(own.texts(&format!("conversations/{}", anna.uuid())).await, [HELLO]);
    let me = own.get("me").await.ok();
    assert_eq!((&me["id"], &me["email"], &me["language"]), (&json!(id), &json!(BRAM), &json!("nl")));
    own.say(&format!("conversations/{}", anna.uuid()), "Beter, dank u").await;
    assert_eq!(client.get(&format!("users/{id}")).await["active"], true);

    let again = browser(&ward).open(&link).await;
    assert!(again.status == 410 && again.text.contains("has been accepted"), "{}", again.text);
    let lines = lines(&ward).await;
    let about = |reason: &str| {
        let mut found = lines.iter().filter(|line| line.reason.as_deref() == Some(reason));
        found.next().map(|line| (line.person, line.patient))
    };
    assert_eq!(about("invitation sent"), Some((Some(anna.id), Some(bram.id))));
    assert_eq!(about("invitation accepted"), Some((Some(bram.id), Some(bram.id))));
    ward.settle().await;
}

#[bedside_test]
async fn the_same_person_is_invited_once_and_only_the_newest_link_opens(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.doctor("Anna").await.kpn().await, linde.doctor("Eva").await.kpn().await);
    let quiet = json!({ "email": BRAM, "first_name": "Bram", "send_email": false });
    let id = anna.post("users/invite/private", quiet).await.created();
    assert!(ward.letters().await.is_empty());
    let people = count(&ward, PERSONS).await;
    let mut links = Vec::new();
    for (client, email) in [(&anna, BRAM), (&eva, "Bram.Jansen@EXAMPLE.test"), (&anna, BRAM)] {
        let again = client.post("users/invite/private", json!({ "email": email })).await.created();
        assert_eq!(again, id);
        ward.pass_a_second();
        links.push(newest_link(&ward).await);
    }
    let full = anna.post("users/invite/private", json!({ "email": BRAM })).await;
    assert_eq!((full.refused(), full.header("retry-after")), ((429, "too_many_requests"), "86397"));
    let (message, info) = (full.json["message"].as_str().expect("a sentence"), &full.json["info"]);
    assert!(
        message.contains("send_email false") && info == "invitation_letters_per_day: 3",
        "{message} {info}"
    );
    let quiet = json!({ "email": BRAM, "send_email": false });
    assert_eq!(anna.post("users/invite/private", quiet).await.created(), id, "as the message says");
    assert_eq!(count(&ward, PERSONS).await, people);
    assert_eq!(eva.get(&format!("users/{id}")).await.ok()["first_name"], "Bram", "as they were first named");
    for old in &links[..2] {
        assert_eq!(browser(&ward).open(old).await.status, 404, "an older link");
    }
    assert_eq!(browser(&ward).open(&links[2]).await.status, 200);

    ward.clock.pass(SignedDuration::from_hours(14 * 24));
    let late = browser(&ward).open(&links[2]).await;
    assert!(late.status == 404 && late.text.contains("no longer works"), "{}", late.text);
    let (_, refused) =
        (ward.settle().await, anna.post("users/invite/private", json!({ "email": BRAM })).await);
    assert_eq!(refused.status, 401, "her token ended, too");
}

#[bedside_test]
async fn after_a_day_there_may_be_another_letter_and_it_opens(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.kpn().await;
    let id =
        anna.post("users/invite/contact", json!({ "email": BRAM, "last_name": "Bakker" })).await.created();
    for _ in 0..2 {
        anna.post("users/invite/contact", json!({ "email": BRAM })).await.created();
    }
    assert_eq!(anna.post("users/invite/contact", json!({ "email": BRAM })).await.status, 429);
    ward.clock.pass(SignedDuration::from_hours(24));
    assert_eq!(anna.post("users/invite/contact", json!({ "email": BRAM })).await.created(), id);
    let (_, inside) = sign_up(&ward, &newest_link(&ward).await, &[]).await;
    assert_eq!(inside.path, "/chats", "nobody has written to them yet");
    let found = anna.post("users/invite/contact", json!({ "email": BRAM, "invite_text": "Welkom" })).await;
    assert_eq!(found.created(), id, "who has come is found");
    assert_eq!(ward.letters().await.len(), 4, "and gets no letter");
    assert_eq!(anna.texts(&format!("conversations/{id}")).await, ["Welkom"]);
    ward.settle().await;
}

#[bedside_test]
async fn a_number_gets_a_text_message_and_is_what_they_sign_in_with(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.kpn().await;
    let new = json!({ "phone_number": "06 12 34 56 78", "invite_text": "Dag!" });
    let id = anna.post("users/invite/private", new).await.created();
    let [letter] = &*ward.letters().await else { panic!("one letter") };
    assert!(!letter.is_mail && letter.to == "+31612345678", "{letter:?}");
    let link = letter.link(&ward);
    let (_, unnamed) = sign_up(&ward, &link, &[("last_name", " ")]).await;
    assert!(unnamed.status == 200 && unnamed.text.contains("last-error"), "{}", unnamed.text);
    let (mut visit, inside) = sign_up(&ward, &link, &[("first_name", "Bram"), ("last_name", "Smit")]).await;
    assert!(inside.text.contains("Dag!"), "{}", inside.text);
    assert_eq!(names(&anna.get(&format!("users/{id}")).await.ok()), ("Bram", "Smit"));

    let bram = known(&linde, &id, "0031 6 1234 5678");
    let mut elsewhere = browser(&ward);
    let page = elsewhere.open("/login").await;
    let entered = crate::oauth::app::sign_in(&mut elsewhere, &page, &bram).await;
    assert_eq!(entered.path, "/chats", "{}", entered.text);
    let page = visit.open("/account/password").await;
    let changed = [
        ("old", crate::oauth::app::PASSWORD),
        ("new", "another linden tea"),
        ("again", "another linden tea"),
    ];
    assert_eq!(visit.submit(&page, &changed).await.path, "/account?password_changed=1");
    ward.settle().await;
}

#[bedside_test]
async fn colleagues_are_invited_by_administrators_and_patients_invite_nobody(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let boss = linde.somebody("Eva", "de Boer", Role::Administrator).await.kpn().await;
    let new = json!({ "email": "chris@example.test", "last_name": "Smit" });
    let before = count(&ward, PERSONS).await;
    let refused = anna.kpn().await.post("users/invite/coworker", new.clone()).await;
    assert_eq!(refused.refused(), (403, "may_not_invite"));
    let patient = bram.kpn().await;
    for kind in ["coworker", "contact", "private"] {
        let refused = patient.post(&format!("users/invite/{kind}"), new.clone()).await;
        assert_eq!(refused.refused(), (403, "may_not_invite"), "{kind}");
    }
    assert_eq!((count(&ward, PERSONS).await, ward.letters().await.len()), (before, 0));
    let id = boss.post("users/invite/coworker", new.clone()).await.created();
    assert_eq!(boss.get(&format!("users/{id}")).await.ok()["private_user"], false);
    let open = ward.house.db.write(linde.id, |tx, id| {
        Box::pin(async move {
            let sql = "UPDATE organisations SET staff_invite_coworkers = TRUE WHERE id = $1";
            tx.run(sql, &store::args![id]).await
        })
    });
    open.await.expect("the switch");
    assert_eq!(anna.kpn().await.post("users/invite/coworker", new).await.created(), id);
    ward.settle().await;
}

#[bedside_test]
async fn who_never_comes_is_forgotten_eight_weeks_after_their_link_unless_somebody_writes_to_them(
    ward: Ward,
) {
    const ADDRESSES: &str = "SELECT COUNT(*) FROM invitations WHERE address IS NOT NULL";
    const LINES: &str = "SELECT COUNT(*) FROM audit_lines WHERE reason = 'invitation never answered'";
    const PEOPLE: &str = "SELECT COUNT(*) FROM persons WHERE disabled_ms IS NULL";
    const NAMED: &str = "SELECT COUNT(*) FROM user_aux_ids";
    const WORDS: &str = "SELECT COUNT(*) FROM search_tokens t JOIN persons p ON p.id = t.object
        WHERE p.disabled_ms IS NOT NULL";
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = anna.kpn().await;
    let invite = async |email: &str, text: &str, aux_id: &str, send_email: bool| {
        let body = json!({
            "email": email, "first_name": "Bram", "invite_text": text, "aux_id": aux_id, "send_email": send_email,
        });
        let id = client.post("users/invite/private", body).await.created();
        known(&linde, &id, email)
    };
    let silent = invite(BRAM, "", "zaak/1", true).await;
    let written_to = invite("eva@example.test", HELLO, "zaak/2", true).await;
    let without_letter = invite("chris@example.test", "", "zaak/3", false).await;
    ward.settle().await;
    let people = count(&ward, PEOPLE).await;
    for (days, forgotten) in [(14 + 56, 0), (1, 1), (100, 1)] {
        ward.clock.pass(SignedDuration::from_hours(24 * days));
        bedside::house::tidy_up(&ward.house).await.expect("tidied up");
        ward.settle().await;
        assert_eq!(count(&ward, PEOPLE).await, people - forgotten, "{days}");
        assert_eq!(
            (count(&ward, ADDRESSES).await, count(&ward, NAMED).await),
            (3 - forgotten, 3 - forgotten)
        );
        assert_eq!(count(&ward, LINES).await, forgotten);
        assert_eq!(count(&ward, WORDS).await, 0, "nobody is found by the name of who is forgotten");
    }
    let client = anna.kpn().await;
    let gone = client.get(&format!("users/{}", silent.uuid())).await.ok();
    assert_eq!((names(&gone), gone.to_string().contains(BRAM)), (("", ""), false));
    for kept in [&written_to, &without_letter] {
        let user = client.get(&format!("users/{}", kept.uuid())).await.ok();
        assert_eq!(names(&user).0, "Bram");
    }
    let again = client.post("users/invite/private", json!({ "email": BRAM })).await.created();
    assert_ne!(again, silent.uuid(), "somebody new");
    ward.settle().await;
}
