use bedside::admin::{self, AdminCommand};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::Practice;
use crate::cast::{Browser, Ward};
use crate::oauth::app::{browser, fields, sign_in};

async fn account(ward: &Ward, practice: &Practice) -> Browser {
    let mut browser = browser(ward);
    let login = browser.open("/login").await;
    sign_in(&mut browser, &login, &practice.bram).await;
    browser
}

async fn post(browser: &mut Browser, path: &str) -> u16 {
    let page = browser.open("/account").await;
    let form = page.forms().into_iter().find(|form| form.action == path).expect("a form");
    browser.post(path, &fields(&[("form_token", form.value("form_token"))]), &[]).await.status
}

/// What the operator's mail server pipes into `bedside mail bounce`.
async fn comes_back(ward: &Ward, return_path: &str, status: &str) -> Value {
    let message = format!(
        "Return-Path: <>\r\nTo: <{return_path}>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.elders.test\r\n\r\n\
         Final-Recipient: rfc822; weg@elders.test\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n"
    );
    let command = json!({ "on": "mail", "bounce": null, "act": "bounce", "message": message });
    let command: AdminCommand = serde_json::from_value(command).expect("a command");
    admin::run(&ward.house, command).await.unwrap_or_else(|error| json!(format!("{error:?}")))
}

#[bedside_test]
async fn whose_address_is_refused_sees_it_and_can_show_that_mail_arrives_again(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.server.answer(&practice.bram.email, Some("550 5.1.1 no such user"));
    practice.doctor.say(&practice.to_patient(), "Goedemorgen").await;
    assert!(practice.pass(11).await.is_empty());
    practice.reads().await;
    practice.server.answer(&practice.bram.email, None);
    practice.doctor.say(&practice.to_patient(), "Nog iets").await;
    assert!(practice.pass(60).await.is_empty(), "nothing more is sent there");

    let mut browser = account(&ward, &practice).await;
    assert!(browser.open("/account").await.text.contains("E-mail to this address does not arrive."));
    assert_eq!(post(&mut browser, "/account/prove").await, 303);
    assert_eq!(post(&mut browser, "/account/prove").await, 303, "and no second letter");
    let mails = practice.pass(0).await;
    let [mail] = &*mails else { panic!("one letter: {mails:?}") };
    let link = mail.link("/account/confirm");
    let question = browser.open(&link).await;
    assert_eq!(question.status, 200);
    assert!(browser.open("/account").await.text.contains("does not arrive"), "looking changes nothing");
    assert_eq!(ward.http.post(format!("{}{link}", ward.url)).send().await.unwrap().status(), 200);
    assert!(!browser.open("/account").await.text.contains("does not arrive"));
    practice.reads().await;
    practice.doctor.say(&practice.to_patient(), "Welkom terug").await;
    assert_eq!(practice.pass(11).await.len(), 1);
    ward.clock.pass(super::MINUTE * (24 * 60));
    assert_eq!(ward.http.post(format!("{}{link}", ward.url)).send().await.unwrap().status(), 404, "a day");
}

#[bedside_test]
async fn a_refusal_that_is_not_about_the_address_leaves_it_alone(ward: Ward) {
    let practice = Practice::open(&ward).await;
    for refusal in
        ["554 5.7.1 not from you", "550 relay not permitted", "550 5.1.8 sender rejected", "553 no"]
    {
        practice.server.answer(&practice.bram.email, Some(refusal));
        practice.doctor.say(&practice.to_patient(), "Goedemorgen").await;
        assert!(practice.pass(60).await.is_empty(), "{refusal}");
        practice.server.answer(&practice.bram.email, None);
        practice.reads().await;
        practice.doctor.say(&practice.to_patient(), "Nog iets").await;
        assert_eq!(practice.pass(60).await.len(), 1, "{refusal}");
        practice.reads().await;
    }
}

#[bedside_test]
async fn a_letter_that_comes_back_is_the_last_to_that_address(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.doctor.say(&practice.to_patient(), "Goedemorgen").await;
    let mail = practice.pass(11).await.remove(0);
    let elses = mail.from.replace("bounce+", "bounce+0");
    let forged = comes_back(&ward, &elses, "5.1.1").await;
    assert!(forged.to_string().contains("no_report"), "{forged}");
    assert_eq!(comes_back(&ward, &mail.from, "4.4.1").await, json!({ "bounced": null }));
    assert!(comes_back(&ward, &mail.from.to_uppercase(), "5.1.1").await["bounced"].is_string());
    assert_eq!(
        comes_back(&ward, &mail.from, "5.1.1").await,
        json!({ "bounced": null }),
        "it came back before"
    );
    practice.reads().await;
    practice.doctor.say(&practice.to_patient(), "Nog iets").await;
    assert!(practice.pass(60).await.is_empty());
    let mut browser = account(&ward, &practice).await;
    assert!(browser.open("/account").await.text.contains("does not arrive"));
}
