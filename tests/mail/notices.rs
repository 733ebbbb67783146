use identity::Language;
use identity::notices::Settings;
use kernel::Role;
use store::args;
use testkit::bedside_test;

use super::{Practice, hours};
use crate::cast::Ward;
use crate::oauth::app::{browser, fields, sign_in};
use crate::secrecy::access_log::lines;

const SECRET: &str = "het-kriebelt-tussen-mijn-tenen";

#[bedside_test]
async fn who_has_not_read_for_ten_minutes_is_told_once_and_nothing_of_it(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    assert!(practice.pass(9).await.is_empty(), "not yet");
    let mails = practice.pass(1).await;
    let [mail] = &*mails else { panic!("one mail: {mails:?}") };
    assert_eq!(mail.to, practice.bram.email);
    assert_eq!(mail.header("Subject"), "New message at Praktijk linde");
    assert!(
        mail.text().starts_with("You have a new message at Praktijk linde.\n\nSign in to read it:\nhttp")
    );
    assert_eq!(mail.link("/chats"), "/chats");
    for secret in [SECRET, "Annemiekelien", "Bramwell", "Zwartebroekx", "Vries"] {
        let told = mail.raw.replace(&practice.bram.email, "").to_lowercase();
        assert!(!told.contains(&secret.to_lowercase()), "{secret} in {told}");
    }
    practice.doctor.say(&practice.to_patient(), "En nog iets").await;
    assert!(practice.pass(60).await.is_empty(), "they know, and have not read");
    practice.reads().await;
    assert!(practice.pass(60).await.is_empty(), "nothing new came");
    practice.doctor.say(&practice.to_patient(), "Weer iets").await;
    assert!(practice.pass(9).await.is_empty());
    assert_eq!(practice.pass(2).await.len(), 1);
}

#[bedside_test]
async fn who_has_read_in_time_is_not_told(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    assert!(practice.pass(5).await.is_empty());
    practice.reads().await;
    assert!(practice.pass(60).await.is_empty());
    let gone = practice.doctor.say(&practice.to_patient(), SECRET).await;
    assert!(practice.pass(5).await.is_empty());
    let path = format!("{}/messages/{gone}", practice.to_patient());
    practice.doctor.delete(&path, serde_json::json!({})).await.ok();
    assert!(practice.pass(60).await.is_empty(), "it was deleted");
}

#[bedside_test]
async fn staff_are_told_too_and_each_in_their_own_language(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.speaks(&practice.anna, Language::De).await;
    practice.patient.say(&practice.to_doctor(), SECRET).await;
    let mails = practice.pass(11).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, practice.anna.email);
    assert_eq!(mails[0].header("Subject"), "Neue Nachricht bei Praktijk linde");
    assert!(
        mails[0].text().contains("Möchten Sie diese E-Mails nicht mehr erhalten?"),
        "{}",
        mails[0].text()
    );
}

#[bedside_test]
async fn nobody_is_told_by_night_and_everybody_in_the_morning(ward: Ward) {
    let practice = Practice::open(&ward).await;
    // It is nine in the morning there: eleven in the evening comes in fourteen hours.
    assert!(practice.pass(14 * 60).await.is_empty());
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    assert!(practice.pass(60).await.is_empty(), "midnight");
    assert!(practice.pass(6 * 60 + 59).await.is_empty(), "a minute to seven");
    assert_eq!(practice.pass(1).await.len(), 1, "seven");
    practice.reads().await;
    let settings = Settings { after_minutes: 30, quiet: hours("07:00", "12:00") };
    practice.chooses(settings).await;
    practice.doctor.say(&practice.to_patient(), "Nog iets").await;
    assert!(practice.pass(60).await.is_empty(), "these are its quiet hours now");
    practice.chooses(Settings { quiet: hours("00:00", "00:00"), ..settings }).await;
    assert!(practice.pass(0).await.is_empty(), "it is looked at when the hours end");
    assert_eq!(practice.pass(4 * 60).await.len(), 1);
}

#[bedside_test]
async fn whom_mail_is_not_known_to_reach_who_left_who_is_disabled_and_a_service_are_not_told(ward: Ward) {
    const UNPROVEN: &str = "UPDATE person_identifiers SET verified_ms = NULL WHERE person = $1";
    const LEFT: &str = "UPDATE memberships SET end_ms = start_ms + 1 WHERE person = $1";
    const DISABLED: &str = "UPDATE persons SET disabled_ms = 1 WHERE id = $1";
    let practice = Practice::open(&ward).await;
    let mut reached = vec![practice.bram.email.clone()];
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    for (name, role, change) in [
        ("Chris", Role::Nurse, Some(UNPROVEN)),
        ("Dana", Role::Nurse, Some(LEFT)),
        ("Eva", Role::Nurse, Some(DISABLED)),
        ("Agenda", Role::Scheduler, None),
        ("Fatima", Role::Nurse, None),
    ] {
        let person = practice.linde.somebody(name, "de Wit", role).await;
        practice.doctor.say(&format!("conversations/{}", person.uuid()), SECRET).await;
        ward.pass_a_second();
        if let Some(change) = change {
            let changed = ward
                .house
                .db
                .write(person.id, move |tx, id| Box::pin(async move { tx.run(change, &args![id]).await }));
            assert_eq!(changed.await.expect("changed"), 1, "{name}");
        } else if role != Role::Scheduler {
            reached.push(person.email);
        }
    }
    let mut told: Vec<String> = practice.pass(60).await.into_iter().map(|mail| mail.to).collect();
    told.sort_unstable();
    reached.sort_unstable();
    assert_eq!(told, reached);
}

#[bedside_test]
async fn two_who_look_at_once_and_one_who_looks_again_tell_once(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let chris = practice.linde.somebody("Chris", "de Wit", Role::Nurse).await;
    for peer in [&practice.bram, &chris] {
        practice.doctor.say(&format!("conversations/{}", peer.uuid()), SECRET).await;
    }
    ward.clock.pass(super::MINUTE * 11);
    let house = &practice.ward.house;
    let (one, other) =
        tokio::join!(flows::mail::notices::sweep(house), flows::mail::notices::sweep(&ward.house));
    assert_eq!(one.expect("a sweep") + other.expect("another"), 2);
    assert_eq!(flows::mail::notices::sweep(house).await.expect("a third"), 0);
    practice.ward.settle().await;
    assert_eq!(practice.server.take().len(), 2);
}

#[bedside_test]
async fn one_process_looks_until_its_turn_ends(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let chris = practice.linde.somebody("Chris", "de Wit", Role::Nurse).await;
    let turn = async |holder: u8| {
        let told = flows::mail::notices::sweep_in_turn(&practice.ward.house, &[holder; 12]).await;
        told.expect("a turn")
    };
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    ward.clock.pass(super::MINUTE * 8);
    practice.doctor.say(&format!("conversations/{}", chris.uuid()), SECRET).await;
    ward.clock.pass(super::MINUTE);
    assert_eq!(turn(1).await, 0, "nothing is due yet");
    ward.clock.pass(super::MINUTE * 2);
    assert_eq!(turn(2).await, 0, "it is the other's turn");
    assert_eq!(turn(1).await, 1, "who has it goes on");
    ward.clock.pass(super::MINUTE * 10);
    assert_eq!(turn(2).await, 1, "the other is gone");
    practice.ward.settle().await;
    assert_eq!(practice.server.take().len(), 2);
}

#[bedside_test]
async fn one_whose_address_is_damaged_keeps_nobody_else_from_being_told(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let chris = practice.linde.somebody("Chris", "de Wit", Role::Nurse).await;
    for peer in [&practice.bram, &chris] {
        practice.doctor.say(&format!("conversations/{}", peer.uuid()), SECRET).await;
    }
    let whole = practice.replaces_address(&practice.bram, b"damaged").await;
    let told = practice.pass(11).await;
    assert_eq!(told.iter().map(|mail| &mail.to).collect::<Vec<_>>(), [&chris.email]);
    practice.replaces_address(&practice.bram, &whole).await;
    assert!(practice.pass(23 * 60).await.is_empty(), "it is not tried without end");
    let told = practice.pass(60).await;
    assert_eq!(told.iter().map(|mail| &mail.to).collect::<Vec<_>>(), [&practice.bram.email]);
}

#[bedside_test]
async fn one_click_ends_the_notices_and_the_own_page_begins_them_again(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    let mail = practice.pass(11).await.remove(0);
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let link = mail.link("/unsubscribe");
    assert_eq!(mail.header("List-Unsubscribe"), format!("<{}{link}>", ward.url));
    // A guard of the mailbox opens every link.
    let page = browser(&ward).open(&link).await;
    assert!(page.status == 200 && page.text.contains("at Praktijk linde"), "{}", page.text);
    assert_eq!(page.form().action, link);
    practice.reads().await;
    practice.doctor.say(&practice.to_patient(), "Nog iets").await;
    assert_eq!(practice.pass(11).await.len(), 1, "looking ends nothing");
    for _ in 0..2 {
        let click = ward.http.post(format!("{}{link}", ward.url)).body("List-Unsubscribe=One-Click");
        let click = click.header("content-type", "application/x-www-form-urlencoded").send().await;
        assert_eq!(click.expect("an answer").status(), 200);
        ward.pass_a_second();
    }
    let off = lines(&ward).await.into_iter();
    let off = off.filter(|line| line.reason.as_deref() == Some("notices by mail switched off"));
    assert_eq!(off.count(), 1, "what is off already leaves no line");
    practice.reads().await;
    practice.doctor.say(&practice.to_patient(), "Weer iets").await;
    assert!(practice.pass(60).await.is_empty());

    let mut browser = browser(&ward);
    let login = browser.open("/login").await;
    sign_in(&mut browser, &login, &practice.bram).await;
    let page = browser.open("/account").await;
    let form = page.forms().into_iter().find(|form| form.action == "/account/notices").expect("a form");
    assert!(!page.text.contains("checked"), "they are off");
    let token = form.value("form_token").to_owned();
    let wish = [("form_token", &*token), ("wanted", "1"), ("from", "12:00"), ("until", "14:30")];
    assert_eq!(browser.post("/account/notices", &fields(&wish), &[]).await.status, 303);
    let page = browser.open("/account?notices=saved").await;
    assert!(page.text.contains("checked") && page.text.contains("value=\"14:30\""), "{}", page.text);
    let unfit = [("form_token", &*token), ("from", "25:00"), ("until", "x")];
    assert_eq!(browser.post("/account/notices", &fields(&unfit), &[]).await.status, 400);
    practice.reads().await;
    // In two hours it is past noon there, and their own hours hold.
    practice.doctor.say(&practice.to_patient(), "Tot slot").await;
    assert!(practice.pass(120).await.is_empty());
    assert_eq!(practice.pass(130).await.len(), 1);
}

#[bedside_test]
async fn a_link_that_is_not_ours_ends_nothing(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.doctor.say(&practice.to_patient(), SECRET).await;
    let link = practice.pass(11).await.remove(0).link("/unsubscribe");
    let other = if link.ends_with('0') { '1' } else { '0' };
    let forged = format!("{}{other}", &link[..link.len() - 1]);
    for path in [forged.as_str(), "/unsubscribe", "/unsubscribe?token=", "/unsubscribe?token=%F0%9F%92%A9é"]
    {
        for verb in [reqwest::Method::GET, reqwest::Method::POST] {
            let answer = ward.http.request(verb.clone(), format!("{}{path}", ward.url)).send().await;
            assert_eq!(answer.expect("an answer").status(), 404, "{verb} {path}");
        }
    }
    practice.reads().await;
    practice.doctor.say(&practice.to_patient(), "Nog iets").await;
    assert_eq!(practice.pass(11).await.len(), 1);
}
