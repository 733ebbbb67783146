//! A chat that is taken along: as a document, and as an archive of data and files.

use std::collections::BTreeSet;

use flows::ChatRef;
use flows::export::{self, Span};
use jiff::SignedDuration;
use kernel::{Actor, ChatId, Role};
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::papers::{data_of, files_of, picture, words_of};
use crate::cast::{Kpn, Somebody, Ward};
use crate::kpn::asking::browser_of;
use crate::oauth::app::{PASSWORD, browser, sign_in};
use crate::secrecy::access_log::lines;

const PDF: [u8; 5] = *b"%PDF-";
/// What begins a photo of a telephone (ISO 14496-12).
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08free";

/// Where a link leads, as a path below the client's base.
async fn led(client: &Kpn, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    let link = answer.json["link"].as_str().expect("a link");
    let (_, path) = link.split_once("/v1/").expect("below the base");
    path.to_owned()
}

async fn pdf(client: &Kpn, chat: &str) -> Vec<u8> {
    let (status, _, bytes) = client.fetch(&format!("{chat}/pdf/content")).await;
    assert_eq!((status, &bytes[..5]), (200, &PDF[..]));
    bytes
}

async fn archive(client: &Kpn, chat: &str) -> Vec<u8> {
    let (status, headers, bytes) = client.fetch(&format!("{chat}/export/content")).await;
    assert_eq!((status, headers["content-type"].to_str().ok()), (200, Some("application/zip")));
    bytes
}

#[bedside_test]
async fn a_document_of_500_messages_has_every_one_of_them_with_its_time(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));
    let begun = ward.clock.now();
    for number in 0..500 {
        let (client, chat) = if number % 3 == 0 { (&doctor, &to_bram) } else { (&patient, &to_anna) };
        client.say(chat, &format!("Bericht nummer-{number} 🙂 über Straße")).await;
        ward.clock.pass(SignedDuration::from_secs(61));
    }
    let Some(words) = words_of(&pdf(&patient, &to_anna).await) else { return };
    let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").expect("a zone");
    for number in 0..500_i64 {
        assert!(words.contains(&format!("Bericht nummer-{number} ")), "message {number}");
        let at = (begun + SignedDuration::from_secs(61 * number)).to_zoned(zone.clone());
        let (day, time) = (at.strftime("%Y"), at.strftime("%H:%M"));
        assert!(words.lines().any(|line| line.contains(&format!("{day} {time}"))), "the time of {number}");
    }
    assert!(words.contains("Anna") && words.contains("Bram"));
    assert_eq!(words.matches("🙂").count(), 500);
}

#[bedside_test]
async fn a_document_shows_what_is_written_from_the_right_what_is_attached_and_that_something_was_deleted(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    client.say(&chat, "مرحبا دكتور").await;
    let gone = client.say(&chat, "Dit was een vergissing").await;
    client.delete(&format!("{chat}/messages/{gone}"), json!({})).await.ok();
    let shown = picture(600);
    let files: [(&str, &str, &[u8]); 3] = [
        ("wond.jpg", "image/jpeg", &shown),
        ("foto.heic", "image/heic", HEIC),
        ("brief.txt", "text/plain", b"Beste Bram"),
    ];
    client.upload(&format!("{chat}/attachments"), Some("Drie bijlagen"), &files).await.created();
    client.say(&chat, &"onafgebroken".repeat(100)).await;

    let bytes = pdf(&client, &chat).await;
    assert!(bytes.windows(9).any(|part| part == b"DCTDecode"), "the picture is in it");
    let Some(words) = words_of(&bytes) else { return };
    for found in ["دكتور", "مرحبا", "Drie bijlagen", "wond.jpg", "foto.heic", "brief.txt"] {
        assert!(words.contains(found), "{found}: {words}");
    }
    assert!(!words.contains("vergissing") && !words.contains("Beste Bram"));
    let whole: String = words.split_whitespace().collect();
    assert!(whole.contains(&"onafgebroken".repeat(100)), "a long word is broken, and nothing of it is lost");
}

#[bedside_test]
async fn a_link_leads_to_the_document_and_keeps_the_span_that_was_asked_for(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    for text in ["eerste", "tweede", "derde"] {
        client.say(&chat, text).await;
        ward.clock.pass(SignedDuration::from_hours(1));
    }
    let from = (ward.clock.now() - SignedDuration::from_mins(130)).strftime("%Y-%m-%dT%H:%M:%SZ%%2B00:00");
    let until = (ward.clock.now() - SignedDuration::from_mins(70)).strftime("%Y-%m-%dT%H:%M:%SZ");
    let span = format!("start_date={from}&end_date={until}");
    for what in ["pdf", "export"] {
        let answer = client.get(&format!("{chat}/{what}?{span}&headers=false")).await;
        assert_eq!((answer.status, answer.header("location")), (302, ""));
        assert_eq!(
            client.get(&format!("{chat}/{what}")).await.header("location"),
            format!("{}/v1/{chat}/{what}/content", ward.url)
        );
    }
    let path = led(&client, &format!("{chat}/export?{span}")).await;
    let (status, _, bytes) = client.fetch(&path).await;
    assert_eq!(status, 200);
    let data = data_of(&bytes);
    let texts: Vec<&str> =
        data["messages"].as_array().unwrap().iter().filter_map(|m| m["text"].as_str()).collect();
    assert_eq!(texts, ["tweede"]);
    let path = led(&client, &format!("{chat}/pdf?{span}")).await;
    let (_, headers, bytes) = client.fetch(&path).await;
    assert_eq!(headers["content-type"], "application/pdf");
    let name = headers["content-disposition"].to_str().expect("ASCII");
    assert!(name.starts_with("attachment; filename*=UTF-8''") && name.ends_with(".pdf"), "{name}");
    assert!(name.contains("Anna") && name.contains("Bram"), "{name}");
    if let Some(words) = words_of(&bytes) {
        assert!(words.contains("tweede") && !words.contains("eerste") && !words.contains("derde"));
    }
}

#[bedside_test]
async fn an_archive_has_everything_that_was_said_and_every_file_byte_for_byte(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let new = json!({ "subject": "Wondzorg thuis", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    let first = doctor.say(&group, "Goedemorgen \"Bram\" 👋").await;
    patient.put(&format!("{group}/read"), json!({})).await.ok();
    let gone = doctor.say(&group, "Weg hiermee").await;
    doctor.delete(&format!("{group}/messages/{gone}"), json!({})).await.ok();
    let (photo, long) = (picture(300), b"Beste dokter\n".repeat(20_000));
    let files: [(&str, &str, &[u8]); 3] = [
        ("../wond.jpg", "image/jpeg", &photo),
        ("lang.txt", "text/plain", &long),
        ("lang.txt", "text/plain", b"een tweede van die naam"),
    ];
    patient.upload(&format!("{group}/attachments"), Some("Bijlagen"), &files).await.created();
    for number in 0..150 {
        patient.say(&group, &number.to_string()).await;
        ward.clock.pass(SignedDuration::from_secs(1));
    }

    let bytes = archive(&doctor, &group).await;
    let (data, files) = (data_of(&bytes), files_of(&bytes));
    assert_eq!((&data["format"], &data["version"]), (&json!("bedside-chat"), &json!(1)));
    assert_eq!(
        (&data["chat"]["subject"], &data["chat"]["kind"]),
        (&json!("Wondzorg thuis"), &json!("group"))
    );
    assert_eq!(data["exported_by"], anna.uuid());
    let messages = data["messages"].as_array().expect("messages");
    assert_eq!(
        messages.iter().map(|m| m["seq"].as_i64().unwrap()).collect::<Vec<_>>(),
        (1..=153).collect::<Vec<_>>()
    );
    assert_eq!(
        (&messages[0]["id"], &messages[0]["text"]),
        (&json!(first), &json!("Goedemorgen \"Bram\" 👋"))
    );
    assert_eq!(messages[0]["read_by"], json!([bram.uuid()]));
    assert_eq!(
        (&messages[1]["id"], &messages[1]["deleted"], &messages[1]["text"]),
        (&json!(gone), &json!(true), &Value::Null)
    );
    let people: BTreeSet<&str> =
        data["people"].as_array().unwrap().iter().filter_map(|p| p["id"].as_str()).collect();
    assert_eq!(people, BTreeSet::from([anna.uuid().as_str(), bram.uuid().as_str()]));
    let named: Vec<&str> =
        messages[2]["files"].as_array().unwrap().iter().filter_map(|f| f["path"].as_str()).collect();
    assert_eq!(named, files[1..].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    assert!(named.iter().all(|name| name.starts_with("files/000003-") && !name.contains("..")), "{named:?}");
    let contents: BTreeSet<&[u8]> = files[1..].iter().map(|(_, bytes)| bytes.as_slice()).collect();
    assert_eq!(contents, BTreeSet::from([&photo[..], &long, b"een tweede van die naam"]));
}

#[bedside_test]
async fn what_was_asked_and_answered_is_taken_along_and_what_a_provider_said_is_not(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, daan) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Daan").await);
    let mut browser = browser_of(&ward, &bram).await;
    let doctor = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid(), daan.uuid()] });
    let chat = doctor.post("groupchats", new).await.created();
    let group = format!("groupchats/{chat}");
    let options = json!([{ "name": "ja", "label": "Jazeker" }, { "name": "nee", "label": "Geenszins" }]);
    let body = json!({ "body": "Heeft u pijn?", "question": { "options": options } });
    let asked = doctor.post(&format!("{group}/messages"), body).await.created();
    for (person, option) in [(&bram, "ja"), (&daan, "nee")] {
        let answer = json!({ "options": [option] });
        person.kpn().await.post(&format!("{group}/messages/{asked}/answer"), answer).await.ok();
        ward.pass_a_second();
    }
    let body = json!({ "user_id": bram.uuid(), "provider_id": "sandbox" });
    let verification = doctor.post(&format!("{group}/verification"), body).await.created();
    let page = browser.open(&format!("/verify/{chat}/{verification}")).await;
    assert!(browser.submit(&page, &[("answer", "accept")]).await.status < 400);
    let shown = doctor.get(&format!("{group}/messages/{verification}")).await.ok();
    assert_eq!(shown["payload"]["attributes"]["birthdate"], "1980-01-31", "staff is told it in the chat");

    let archive = archive(&doctor, &group).await;
    let data = data_of(&archive);
    let [question, proof] = &data["messages"].as_array().expect("messages")[..] else { panic!("{data}") };
    assert_eq!(question["request"]["options"], options);
    let answered = |number: usize| {
        let answer = &question["answers"][number];
        (answer["person"].clone(), answer["chosen"].clone())
    };
    assert_eq!(answered(0), (json!(bram.uuid()), json!(["ja"])));
    assert_eq!(answered(1), (json!(daan.uuid()), json!(["nee"])));
    assert_eq!(
        (&proof["request"]["person"], &proof["answers"][0]["proved"]),
        (&json!(bram.uuid()), &json!(true))
    );
    assert!(!data.to_string().contains("1980-01-31"), "{data}");

    let Some(words) = words_of(&pdf(&doctor, &group).await) else { return };
    let line = |name: &str, replied: &str| {
        words.lines().any(|line| line.contains(&format!("{name} de Boer (")) && line.contains(replied))
    };
    assert!(line("Bram", ": Jazeker") && line("Daan", ": Geenszins") && line("Bram", ": proved"), "{words}");
    assert!(words.contains("Bedside sandbox") && !words.contains("1980-01-31"), "{words}");
}

#[bedside_test]
async fn a_document_names_those_whom_a_message_speaks_to_in_the_words_of_its_reader(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, daan) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Daan").await);
    let doctor = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    let (member, stranger) = (bram.uuid().to_uppercase(), daan.uuid());
    doctor.say(&group, &format!("Dag [mention={member}] en [mention=@ALL].")).await;
    doctor.say(&group, &format!("Weet [mention={stranger}] het al?")).await;
    for (language, said) in [
        ("en", ["Dag @Bram de Boer en @everybody.", "Weet @somebody outside this conversation het al?"]),
        ("nl", ["Dag @Bram de Boer en @iedereen.", "Weet @iemand buiten dit gesprek het al?"]),
    ] {
        doctor.put("me", json!({ "language": language })).await.ok();
        let Some(words) = words_of(&pdf(&doctor, &group).await) else { return };
        for line in said {
            assert!(words.contains(line), "{line}: {words}");
        }
        assert!(!words.contains("mention=") && !words.contains("Daan"), "{words}");
    }
}

#[bedside_test]
async fn what_is_taken_along_leaves_one_line_about_the_patient_and_nobody_else_gets_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (chris, daan) = (linde.doctor("Chris").await, linde.patient("Daan").await);
    let assistant = linde.somebody("Fatima", "de Vries", Role::Assistant).await;
    let eva = ward.organisation("beuk").await.doctor("Eva").await;
    let team = linde.team("Huisartsen", &[&anna, &chris, &assistant]).await;
    let group = anna.begins_for_team(team, "Wondzorg", &[&bram]).await;
    bram.kpn().await.say(&group, "Het bloedt weer").await;
    for stranger in [&daan, &assistant, &eva] {
        let client = stranger.kpn().await;
        for path in ["pdf", "pdf/content", "export", "export/content"] {
            let refused = client.get(&format!("{group}/{path}")).await;
            assert_eq!(refused.refused(), (404, "groupchat_not_found"), "{path}");
        }
    }
    let told = async || {
        lines(&ward).await.into_iter().filter(|line| line.kind == "chat_exported").collect::<Vec<_>>()
    };
    assert!(told().await.is_empty());
    let client = chris.kpn().await;
    for (path, count) in [("pdf", 0), ("export", 0), ("pdf/content", 1), ("export/content", 2)] {
        client.fetch(&format!("{group}/{path}")).await;
        let lines = told().await;
        assert_eq!(lines.len(), count, "{path}");
        assert!(lines.iter().all(|line| line.patient == Some(bram.id) && line.person == Some(chris.id)));
        assert!(lines.iter().all(|line| line.reason.as_deref() == Some("team")));
    }
}

#[bedside_test]
async fn who_hangs_up_leaves_the_press_to_others(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let shown = picture(1_200);
    client
        .upload(&format!("{chat}/attachments"), None, &[("wond.jpg", "image/jpeg", &shown)])
        .await
        .created();
    for what in ["pdf", "export"] {
        for _ in 0..10 {
            let url = format!("{}/v1/{chat}/{what}/content", ward.url);
            let answer = ward.http.get(url).bearer_auth(&client.token).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            drop(answer);
        }
    }
    assert!(pdf(&client, &chat).await.len() > 1_000);
    assert_eq!(files_of(&archive(&client, &chat).await).len(), 2);
}

#[bedside_test]
async fn a_picture_that_is_damaged_is_missing_in_the_document_and_nothing_else_is(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    let shown = picture(600);
    let files: [(&str, &str, &[u8]); 1] = [("wond.jpg", "image/jpeg", &shown)];
    client.upload(&format!("{chat}/attachments"), Some("Kijk"), &files).await.created();
    client.say(&chat, "En verder?").await;
    assert_eq!(pdf(&client, &chat).await.windows(9).filter(|part| part == b"DCTDecode").count(), 1);

    let blobs = &ward.house.blobs;
    for shelf in blobs.shelves().await.expect("shelves") {
        for key in blobs.older_than(&shelf, i64::MAX / 2).await.expect("blobs") {
            let mut damaged = blobs.create(&key).await.expect("a blob");
            damaged.write(&shown).await.expect("bytes that nobody sealed");
            damaged.finish().await.expect("written");
        }
    }
    let bytes = pdf(&client, &chat).await;
    assert!(!bytes.windows(9).any(|part| part == b"DCTDecode"));
    let Some(words) = words_of(&bytes) else { return };
    for found in ["Kijk", "wond.jpg", "En verder?"] {
        assert!(words.contains(found), "{found}: {words}");
    }
}

#[bedside_test]
async fn one_person_saves_one_chat_at_a_time_and_who_may_not_have_it_waits_for_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.doctor("Chris").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid(), chris.uuid()] });
    let id = client.post("groupchats", new).await.created();
    let group = format!("groupchats/{id}");
    let chat = ChatRef::Group(ChatId::from_uuid(&id).expect("an id"));
    let print = async |actor: Actor| {
        export::document(&ward.house, &actor, chat, Span::default(), None).await.expect("a document")
    };
    let hers = print(anna.actor(Role::Doctor, &[])).await;
    let (pdf_path, archive_path) = (format!("{group}/pdf/content"), format!("{group}/export/content"));
    let (second, third) = tokio::join!(client.get(&pdf_path), client.get(&archive_path));
    for refused in [second, third] {
        assert_eq!((refused.refused(), refused.header("retry-after")), ((429, "too_many_requests"), "10"));
    }
    assert_eq!(files_of(&archive(&chris.kpn().await, &group).await).len(), 1, "others are served");
    // As many as there are presses take theirs slowly.
    let his = print(bram.actor(Role::Patient, &[])).await;
    pdf(&chris.kpn().await, &group).await;
    let stranger = linde.patient("Daan").await.kpn().await;
    assert_eq!(stranger.get(&pdf_path).await.refused(), (404, "groupchat_not_found"));
    drop((hers, his));
    ward.pass_a_second();
    pdf(&client, &group).await;
    archive(&client, &group).await;
}

#[bedside_test]
async fn everybody_whose_id_stands_in_what_is_saved_has_a_name_in_it_also_who_has_left(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut people = Vec::new();
    for name in ["Bram", "Chris", "Daan", "Eva"] {
        people.push(linde.patient(name).await);
    }
    let client = anna.kpn().await;
    let ids: Vec<String> = people.iter().map(Somebody::uuid).collect();
    let [answers, likes, is_asked, proves] = &people[..] else { unreachable!("four") };
    let group = client.post("groupchats", json!({ "subject": "Wondzorg", "members": ids })).await.created();
    let group = format!("groupchats/{group}");
    ward.pass_a_second();
    let options = json!([{ "name": "goed", "label": "Gaat goed" }, { "name": "slecht", "label": "Slecht" }]);
    let asked = json!({ "options": options, "users": [answers.uuid(), is_asked.uuid()] });
    let question = json!({ "body": "Hoe gaat het?", "question": asked });
    let question = client.post(&format!("{group}/messages"), question).await.created();
    let place = format!("{group}/messages/{question}");
    let answer = json!({ "options": ["goed"] });
    answers.kpn().await.post(&format!("{place}/answer"), answer).await.ok();
    likes.kpn().await.post(&format!("{place}/like"), json!({})).await.ok();
    let request = json!({ "user_id": proves.uuid(), "provider_id": "sandbox" });
    client.post(&format!("{group}/verification"), request).await.created();
    client.delete(&format!("{group}/members"), json!({ "members": ids })).await.ok();
    ward.pass_a_second();

    let data = data_of(&archive(&client, &group).await);
    let known: BTreeSet<&str> =
        data["people"].as_array().unwrap().iter().filter_map(|p| p["id"].as_str()).collect();
    for person in &people {
        assert!(data["messages"].to_string().contains(&person.uuid()), "{}", person.email);
        assert!(known.contains(person.uuid().as_str()), "{}", person.email);
    }
    let Some(words) = words_of(&pdf(&client, &group).await) else { return };
    assert!(words.contains("Bram de Boer (") && words.contains("Gaat goed"), "{words}");
    assert!(words.contains("Eva de Boer is asked"), "{words}");
    assert!(!words.contains("Somebody who has left"), "{words}");
}

#[bedside_test]
async fn a_document_is_in_the_language_of_the_page_that_it_is_saved_from(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) =
        (linde.doctor("Anna").await.with_password(PASSWORD).await, linde.patient("Bram").await);
    anna.kpn().await.say(&format!("conversations/{}", bram.uuid()), "Dag").await;
    let mut visit = browser(&ward);
    let login = visit.open("/login?lang=de").await;
    sign_in(&mut visit, &login, &anna).await;
    let cookies: Vec<String> = visit.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = format!("{}/chats/with/{}/pdf", ward.url, bram.uuid());
    let request = ward.http.get(url).header("cookie", cookies.join("; "));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    if let Some(words) = words_of(&answer.bytes().await.expect("whole")) {
        assert!(words.contains("Das ganze Gespräch") && words.contains("Beteiligte"), "{words}");
    }
    for end in ["pdf", "export"] {
        let url = format!("{}/chats/with/{}/{end}", ward.url, bram.uuid());
        let linked = ward.http.get(url).header("cookie", cookies.join("; "));
        for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
            let asked = linked.try_clone().expect("no body").header("sec-fetch-site", site).send();
            let answer = asked.await.expect("an answer");
            assert_eq!(answer.status(), status, "{end} from {site}");
            answer.bytes().await.expect("whole");
        }
    }
    let own = pdf(&anna.kpn().await, &format!("conversations/{}", bram.uuid())).await;
    if let Some(words) = words_of(&own) {
        assert!(words.contains("The whole conversation"), "an application has that of the account: {words}");
    }
}
