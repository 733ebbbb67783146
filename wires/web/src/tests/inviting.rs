//! Inviting people, one by one and by a list.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::{Browser, Clinic};

const HERE: &str = "/people/invite";

/// Sends the form of one page twice with the same number, as who presses twice does.
async fn twice(browser: &Browser, page: &str, fields: &[(&str, &str)]) -> [String; 2] {
    let (once, _) = browser.numbered(page).await;
    let fields: Vec<_> = fields.iter().copied().chain([("once", &*once)]).collect();
    let (first, second) =
        (browser.submit(page, page, &fields).await, browser.submit(page, page, &fields).await);
    assert_eq!(
        (first.status, second.status),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER),
        "{}",
        second.body
    );
    [first.header("location").to_owned(), second.header("location").to_owned()]
}

#[bedside_test]
async fn staff_invite_a_patient_whom_they_can_write_to_at_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    assert!(eva.get("/chats/new").await.body.contains("href=\"/people/invite\""));
    let form = eva.get(HERE).await;
    assert!(!form.body.contains("value=\"coworker\""), "only administrators invite colleagues here");
    assert!(!form.body.contains("/people/import"));
    let fields = [
        ("who", "patient"),
        ("address", " willem@example.test "),
        ("first_name", "Willem"),
        ("last_name", "Bos"),
        ("text", "Welcome, Willem"),
    ];
    let [done, again] = twice(&eva, HERE, &fields).await;
    assert_eq!(done, again);
    let said = eva.get(&done).await.body;
    assert!(said.contains("Willem Bos is invited (Patient). You can write already"), "{said}");
    let chat = said.split("<p><a href=\"").nth(1).and_then(|rest| rest.split('#').next()).expect("a link");
    let talk = eva.get(chat).await.body;
    assert_eq!(talk.matches("Welcome, Willem").count(), 1, "said once, however often it was pressed: {talk}");
    assert!(talk.contains("<textarea"), "and more can be written");
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn what_is_wrong_with_an_invitation_is_said_beside_its_field(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let long = "x".repeat(201);
    for (who, address, name, text, says) in [
        ("", "a@b.test", "", "", "Choose whom you invite."),
        ("patient", " ", "", "", "Enter an e-mail address or a mobile number."),
        ("patient", "willem", "", "", "This is not an e-mail address."),
        ("contact", "12", "", "", "This is not a mobile number."),
        ("patient", "a@b.test", long.as_str(), "", "This name cannot be written here."),
        ("patient", "a@b.test", "", "a\u{7}", "This message holds characters"),
        ("coworker", "a@b.test", "", "", "An administrator does that."),
    ] {
        let fields = [("who", who), ("address", address), ("last_name", name), ("text", text)];
        let refused = eva.submit(HERE, HERE, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(refused.body.contains(says), "{says}: {}", refused.body);
        assert!(
            refused.body.contains(&format!("value=\"{}\"", address.trim())),
            "what was typed stays: {says}"
        );
    }
}

#[bedside_test]
async fn who_does_not_work_here_invites_nobody(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    assert!(!anna.get("/chats/new").await.body.contains("/people/invite"));
    assert_eq!(anna.get(HERE).await.status, StatusCode::FORBIDDEN);
    let refused = anna.submit("/chats/new", HERE, &[("who", "patient"), ("address", "a@b.test")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Only people who work here can do that."), "{}", refused.body);
    let forged = clinic.browser("eva").await.post_form(HERE, "who=patient&address=a%40b.test").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "without a token");
}

#[bedside_test]
async fn an_administrator_invites_a_colleague(ground: Ground) {
    let mut clinic = Clinic::open(ground).await;
    let femke = clinic.administrator().await;
    assert!(femke.get(HERE).await.body.contains("value=\"coworker\""));
    let fields = [("who", "coworker"), ("address", "06 12345678"), ("last_name", "Visser")];
    let invited = femke.submit(HERE, HERE, &fields).await;
    assert_eq!(invited.status, StatusCode::SEE_OTHER, "{}", invited.body);
    assert!(femke.get("/chats/new?who=staff").await.body.contains("Visser"));
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn who_is_here_already_is_not_said_to_be_invited(ground: Ground) {
    let mut clinic = Clinic::open(ground).await;
    let femke = clinic.administrator().await;
    clinic.patient_at("greet@example.test").await;
    let invite = async |who: &str, address: &str| {
        let invited = femke.submit(HERE, HERE, &[("who", who), ("address", address)]).await;
        femke.get(invited.header("location")).await.body
    };
    let said = invite("coworker", "greet@example.test").await;
    assert!(said.contains("greet Bos is here already (Patient). No invitation was sent"), "{said}");
    assert!(said.contains(&format!("{}#write", clinic.with("greet"))), "the way to her is the same: {said}");
    assert!(!femke.get("/chats/new?who=staff").await.body.contains(&clinic.id("greet")));
    invite("patient", "willem@example.test").await;
    let said = invite("coworker", "willem@example.test").await;
    assert!(said.contains("is invited (Patient)."), "as whom they wait already: {said}");
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn an_administrator_sees_what_became_of_each_line_of_a_list(ground: Ground) {
    const LIST: &[u8] = b"last_name;email;first_name\r\nVisser;vera@example.test;Vera\r\nNobody;none;N\r\n";
    let mut clinic = Clinic::open(ground).await;
    let (eva, femke) = (clinic.browser("eva").await, clinic.administrator().await);
    let here = "/people/import";
    assert_eq!(eva.get(here).await.status, StatusCode::FORBIDDEN);
    let refused = eva.upload("/chats/new", here, "list", LIST).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Only an administrator can do that."), "{}", refused.body);
    for (list, says) in [
        (&b""[..], "Choose a file."),
        (b"name\nVera\n", "names no column email"),
        (b"email\n", "There is nobody on the list."),
        (b"email\n\xff\xfe\n", "This file cannot be read."),
    ] {
        let refused = femke.upload(here, here, "list", list).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(refused.body.contains(says), "{says}: {}", refused.body);
    }
    let long = format!("email\n{}", "a@b.test\n".repeat(5_001));
    assert!(femke.upload(here, here, "list", long.as_bytes()).await.body.contains("more than 5,000 lines"));

    let taken = femke.upload(here, here, "list", LIST).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let report = taken.header("location").to_owned();
    let waiting = femke.get(&report).await.body;
    assert!(waiting.contains("The list is still being worked on.") && waiting.contains("/assets/report-"));
    assert!(waiting.contains("Line 3 · <span dir=\"auto\">N Nobody none</span> · <b>Waits</b>"), "{waiting}");
    clinic.work().await;
    let page = femke.get(&report).await.body;
    for says in [
        "The list has been worked on.",
        "Line 2 · <span dir=\"auto\">Vera Visser</span> · <b>Added</b>",
        "Line 3 · <span dir=\"auto\">N Nobody none</span> · <b>Not added</b> · This is not an e-mail address.",
    ] {
        assert!(page.contains(says), "{says}: {page}");
    }
    assert!(!page.contains("/assets/report-"), "nothing is left to follow: {page}");
    assert_eq!(eva.get(&report).await.status, StatusCode::FORBIDDEN);
    clinic.operate("UPDATE import_rows SET content = import WHERE outcome = 'refused'").await;
    let page = femke.get(&report).await;
    assert_eq!(page.status, StatusCode::OK, "a damaged line takes nothing of the others away: {}", page.body);
    assert!(page.body.contains("Vera Visser") && page.body.contains("<b>Not added</b>"), "{}", page.body);

    let (number, _) = femke.numbered(here).await;
    let form = format!("{here}?once={number}");
    let list = b"email\r\n\r\nwouter@example.test\r\nnone\r\n";
    let (one, other) =
        tokio::join!(femke.upload(here, &form, "list", list), femke.upload(here, &form, "list", list));
    assert_eq!((one.status, other.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER), "{}", other.body);
    let again = femke.upload(here, &form, "list", list).await;
    let report = one.header("location");
    assert_eq!([other.header("location"), again.header("location")], [report; 2], "one list, one report");
    clinic.work().await;
    let page = femke.get(report).await.body;
    for says in ["Line 3 · ", "Line 4 · <span dir=\"auto\">none</span> · <b>Not added</b>"] {
        assert!(page.contains(says), "an empty line counts: {page}");
    }
    let unknown = format!("{here}/{}", clinic.id("eva"));
    assert_eq!(femke.get(&unknown).await.status, StatusCode::NOT_FOUND);
}
