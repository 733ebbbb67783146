use serde_json::{Value, json};
use testkit::bedside_test;

use super::goes_live;
use crate::cast::{MailServer, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in};

async fn letters(ward: &Ward, url: &str, query: &str) -> Value {
    let answer = ward.http.get(format!("{url}/sandbox/inbox?format=json{query}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("JSON")
}

#[bedside_test]
async fn a_sandbox_shows_what_it_would_have_sent_and_sends_nothing(ward: Ward) {
    let server = MailServer::open().await;
    let with_mail = ward.with_mailer(server.mailer());
    let (linde, elders) = (ward.organisation("linde").await, ward.organisation("elders").await);
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let (eva, daan) = (elders.doctor("Eva").await, elders.patient("Daan").await);
    let new = json!({ "subject": "Zorg", "members": [bram.uuid(), chris.uuid()], "send_email": true });
    anna.kpn().await.post("groupchats", new).await.created();
    ward.pass_a_second();
    let live = json!({ "subject": "Zorg", "members": [daan.uuid()], "send_email": true });
    eva.kpn().await.post("groupchats", live).await.created();
    goes_live(&ward, &elders).await;
    with_mail.settle().await;
    let mails = server.take();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [daan.email.as_str()]);

    let demo = ward.restarted_with(|settings| settings.is_demo = true).await;
    let all = letters(&ward, &demo.url, "").await;
    let mut to: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["to"].as_str().unwrap()).collect();
    to.sort_unstable();
    assert_eq!(to, [bram.email.as_str(), chris.email.as_str()], "and nothing of who is no sandbox");
    let to_bram = letters(&ward, &demo.url, &format!("&to={}", bram.email.to_uppercase())).await;
    let [letter] = &**to_bram.as_array().unwrap() else { panic!("one: {to_bram}") };
    assert_eq!(letter["subject"], "New conversation at Praktijk linde");
    assert_eq!((&letter["way"], &letter["state"]), (&json!("mail"), &json!("kept")));
    assert_eq!(letter["links"][0], format!("{}/chats", ward.url));
    assert_eq!(letters(&ward, &demo.url, "&to=niemand@elders.test").await, json!([]));
    let page = crate::cast::Browser::at(&ward.http, &demo.url).open("/sandbox/inbox").await;
    assert!(page.status == 200 && page.text.contains(&bram.email) && page.text.contains("href=\"http"));
    demo.close().await;
}

#[bedside_test]
async fn elsewhere_the_staff_of_a_sandbox_see_their_own_letters_and_nobody_else_any(ward: Ward) {
    let (linde, elders) = (ward.organisation("linde").await, ward.organisation("elders").await);
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let eva = elders.doctor("Eva").await.with_password(PASSWORD).await;
    let new = json!({ "subject": "Zorg", "members": [bram.uuid()], "send_email": true });
    anna.kpn().await.post("groupchats", new).await.created();
    ward.settle().await;
    assert_eq!(browser(&ward).open("/sandbox/inbox").await.status, 404);
    for (person, status, sees) in [(&anna, 200, true), (&bram, 404, false), (&eva, 200, false)] {
        let mut browser = browser(&ward);
        let login = browser.open("/login").await;
        sign_in(&mut browser, &login, person).await;
        let page = browser.open("/sandbox/inbox").await;
        assert_eq!((page.status, page.text.contains(&bram.email)), (status, sees), "{}", person.email);
    }
}
