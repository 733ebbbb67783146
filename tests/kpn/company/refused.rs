//! Invitations that do not fit, and forms that are not ours.

use serde_json::json;
use testkit::bedside_test;

use super::{PERSONS, count, newest_link};
use crate::cast::Ward;
use crate::oauth::app::{PASSWORD, browser, fields};

#[bedside_test]
async fn an_invitation_that_does_not_fit_is_400_and_invites_nobody(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = anna.kpn().await;
    let before = (count(&ward, PERSONS).await, ward.inventory().await);
    let mail = "bram@example.test";
    for (body, error) in [
        (json!({}), "address_missing"),
        (json!({ "email": "" }), "address_missing"),
        (json!({ "email": mail, "phone_number": "+31612345678" }), "one_address_only"),
        (json!({ "email": "bram" }), "email_unfit"),
        (json!({ "email": "bram@a@b" }), "email_unfit"),
        (json!({ "email": "bram@example.test\nBcc: eva@example.test" }), "email_unfit"),
        (json!({ "email": format!("{}@example.test", "a".repeat(320)) }), "email_unfit"),
        (json!({ "phone_number": "12" }), "phone_number_unfit"),
        (json!({ "email": 5 }), "wrong_type"),
        (json!({ "email": mail, "first_name": "a\u{202e}" }), "name_unfit"),
        (json!({ "email": mail, "last_name": "a".repeat(201) }), "name_length"),
        (json!({ "email": mail, "invite_text": "a\u{0}" }), "body_has_control_characters"),
        (json!({ "email": mail, "invite_text": "a".repeat(50_001) }), "too_large"),
        (json!({ "email": mail, "send_email": "yes" }), "wrong_type"),
        (json!({ "email": mail, "aux_id": "" }), "aux_id_is_empty"),
        (json!({ "email": mail, "aux_id": "a".repeat(256) }), "too_large"),
        (json!({ "email": anna.email }), "cannot_invite_yourself"),
    ] {
        for kind in ["private", "contact"] {
            let answer = client.post(&format!("users/invite/{kind}"), body.clone()).await;
            assert_eq!(answer.refused(), (400, error), "{body:.80}");
        }
        ward.pass_a_second();
    }
    let one = json!({ "email": mail, "invite_type": "private_user" });
    let many: Vec<_> = (0..9)
        .map(|number| json!({ "email": format!("{number}@b.test"), "invite_type": "contact" }))
        .collect();
    for (invites, error) in [
        (json!([{}]), "wrong_type"),
        (json!([{ "email": mail, "invite_type": "friend" }]), "invite_type_unknown"),
        (json!([{ "invite_type": "contact" }]), "address_missing"),
        (json!([one, one]), "invited_twice"),
        (json!([one, { "email": "b", "invite_type": "contact" }]), "email_unfit"),
        (json!([{ "email": mail, "invite_type": "contact", "aux_id": "" }]), "aux_id_is_empty"),
        (json!(many), "too_large"),
        (json!(mail), "wrong_type"),
    ] {
        let answer = client.post("groupchats", json!({ "subject": "a", "invite_users": invites })).await;
        assert_eq!(answer.refused(), (400, error), "{invites:.80}");
    }
    assert_eq!((count(&ward, PERSONS).await, ward.inventory().await), before);
    assert!(ward.letters().await.is_empty());
}

#[bedside_test]
async fn text_messages_go_out_where_they_can(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.kpn().await;
    let at_work = ward.house.db.write((), |tx, ()| {
        Box::pin(async move { tx.run("UPDATE organisations SET sandbox = FALSE", &[]).await })
    });
    at_work.await.expect("no sandbox");
    let answer = anna.post("users/invite/private", json!({ "phone_number": "+31612345678" })).await;
    assert_eq!(answer.refused(), (400, "sms_not_available"));
    assert!(ward.letters().await.is_empty());
}

#[bedside_test]
async fn a_form_that_does_not_fit_says_so_beside_its_field_and_makes_no_account(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.kpn().await;
    let id = anna.post("users/invite/private", json!({ "email": "bram@example.test" })).await.created();
    let link = newest_link(&ward).await;
    let long = "x".repeat(1_001);
    let mut visit = browser(&ward);
    for (last, new, again, at) in [
        ("Smit", "", "", "new-error"),
        ("Smit", "eleven sign", "eleven sign", "new-error"),
        ("Smit", &long, &long, "new-error"),
        ("Smit", PASSWORD, "another linden tea", "again-error"),
        ("", PASSWORD, PASSWORD, "last-error"),
        ("a\u{202e}b", PASSWORD, PASSWORD, "last-error"),
    ] {
        let page = visit.open(&link).await;
        let answer = visit.submit(&page, &[("last_name", last), ("new", new), ("again", again)]).await;
        assert_eq!(
            (answer.status, answer.path.as_str()),
            (200, link.as_str()),
            "a page to come back to: {at}"
        );
        assert!(answer.text.contains(&format!("aria-describedby=\"{at}")), "{at}: {}", answer.text);
        assert_eq!(answer.text.matches("role=\"alert\"").count(), 1, "{at}");
        assert!(!answer.text.contains(PASSWORD), "what was typed is not sent back");
        assert!(!answer.path.contains("Smit"), "and no name is in an address");
        let shown = last == "a\u{202e}b" || answer.text.contains(&format!("value=\"{last}\""));
        assert!(shown, "what else was typed stays: {}", answer.text);
        assert_eq!(answer.text.matches(" autofocus").count(), 1, "{at}");
        assert!(!visit.open(&link).await.text.contains("role=\"alert\""), "it is said once: {at}");
    }
    ward.pass_a_second();
    let other = anna.post("users/invite/private", json!({ "email": "chris@example.test" })).await;
    other.created();
    let page = visit.open(&link).await;
    let form = page.form();
    let sent: Vec<_> = fields(&[
        ("form_token", form.value("form_token")),
        ("code", link.split_once("code=").expect("a code").1),
        ("last_name", "Smit"),
    ]);
    assert_eq!(visit.post("/invitation", &sent, &[]).await.status, 303);
    let theirs = visit.open(&newest_link(&ward).await).await.text;
    assert!(
        !theirs.contains("role=\"alert\"") && !theirs.contains("Smit"),
        "of its own link alone: {theirs}"
    );
    let code = link.split_once("code=").expect("a code").1;
    let form = fields(&[("code", code), ("last_name", "Smit"), ("new", PASSWORD), ("again", PASSWORD)]);
    assert_eq!(visit.post("/invitation", &form, &[("sec-fetch-site", "cross-site")]).await.status, 403);
    for path in [
        "/invitation",
        "/invitation?code=",
        "/invitation?code=%00",
        "/invitation?code=guess",
        "/invitation?code=%FF",
    ] {
        assert_eq!(browser(&ward).open(path).await.status, 404, "{path}");
    }
    assert_eq!(anna.get(&format!("users/{id}")).await.ok()["active"], false);
    ward.settle().await;
}
