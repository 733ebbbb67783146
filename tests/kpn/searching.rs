//! Looking for messages and people by their words.

use flows::indexing::Told;
use kernel::Role;
use serde_json::{Value, json};
use store::args;
use testkit::bedside_test;

use crate::cast::{Kpn, Ward};
use crate::secrecy::access_log::lines;

/// What a search finds, as the texts of its messages and the subjects of its groups.
async fn found(client: &Kpn, query: &str) -> (Vec<String>, Vec<String>) {
    let found = client.post("me/search", json!({ "query": query })).await.ok();
    assert_eq!(found["before"], Value::Null);
    (texts(&found["messages"], "body"), texts(&found["groupchats"], "subject"))
}

fn texts(items: &Value, field: &str) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

async fn messages(client: &Kpn, query: &str) -> Vec<String> {
    found(client, query).await.0
}

async fn count_tokens(ward: &Ward) -> i64 {
    let count = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT COUNT(*) FROM search_tokens WHERE kind <> 'name'";
            Ok(tx.one(sql, &args![], |row| row.get::<i64>(0)).await?.unwrap_or_default())
        })
    });
    count.await.unwrap()
}

#[bedside_test]
async fn a_message_is_found_by_all_of_its_words_in_the_chats_of_who_looks(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, daan) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Daan").await);
    let [doctor, patient, other] = [anna.kpn().await, bram.kpn().await, daan.kpn().await];
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));
    let first = doctor.say(&to_bram, "Is het ödeem van de linker enkel weg?").await;
    ward.pass_a_second();
    patient.say(&to_anna, "Het OEDEEM niet, het odeem links wel.").await;
    ward.pass_a_second();
    other.say(&to_anna, "Mijn enkel is dik: 42 cm.").await;
    let letter: [(&str, &str, &[u8]); 1] = [("Echografie-rechts.txt", "text/plain", b"niets bijzonders")];
    let with_file = other.upload(&format!("{to_anna}/attachments"), None, &letter).await.created();
    assert_eq!(count_tokens(&ward).await, 0, "who posts leaves nothing to do");
    ward.settle().await;

    assert_eq!(messages(&doctor, "ODEEM").await.len(), 2);
    assert_eq!(messages(&doctor, "enkel").await[0], "Mijn enkel is dik: 42 cm.", "the newest first");
    assert_eq!(messages(&doctor, "enkel odeem").await, ["Is het ödeem van de linker enkel weg?"]);
    assert_eq!(messages(&doctor, "42").await.len(), 1);
    assert_eq!(messages(&patient, "enkel").await, ["Is het ödeem van de linker enkel weg?"]);
    assert_eq!(messages(&other, "odeem").await, Vec::<String>::new(), "nobody finds what is others'");
    assert_eq!(messages(&doctor, "enk").await, Vec::<String>::new(), "words are found whole");
    assert_eq!(
        messages(&doctor, "bijzonders").await,
        Vec::<String>::new(),
        "what is in a file is not looked at"
    );
    let hit = &doctor.post("me/search", json!({ "query": "echografie" })).await.ok()["messages"][0];
    assert_eq!(hit["id"], with_file);
    assert_eq!((&hit["conversation_id"], &hit["groupchat_id"]), (&json!(daan.uuid()), &Value::Null));
    assert_eq!(hit["attachments"][0]["name"], "Echografie-rechts.txt");

    let before = count_tokens(&ward).await;
    doctor.delete(&format!("{to_bram}/messages/{first}"), json!({})).await.ok();
    assert_eq!(before - count_tokens(&ward).await, 8, "its words go with it");
    ward.settle().await;
    assert_eq!(messages(&doctor, "linker").await, Vec::<String>::new());
}

#[bedside_test]
async fn a_search_goes_on_before_the_last_message_that_it_showed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let doctor = anna.kpn().await;
    let chat = format!("conversations/{}", bram.uuid());
    for number in 0..25 {
        doctor.say(&chat, &format!("Meting {number}")).await;
        ward.pass_a_second();
    }
    ward.settle().await;
    let (mut before, mut seen, mut pages) = (Value::Null, Vec::new(), 0);
    loop {
        let found =
            doctor.post("me/search", json!({ "query": "meting", "before": before, "amount": 10 })).await;
        ward.pass_a_second();
        let found = found.ok();
        seen.extend(texts(&found["messages"], "body"));
        (before, pages) = (found["before"].clone(), pages + 1);
        doctor.say(&chat, "Nog een meting").await;
        ward.settle().await;
        if before.is_null() {
            break;
        }
    }
    let expected: Vec<String> = (0..25).rev().map(|number| format!("Meting {number}")).collect();
    assert_eq!((seen, pages), (expected, 3), "none twice and none missing, whatever comes meanwhile");
}

#[bedside_test]
async fn a_group_is_found_by_its_subject_as_long_as_it_is_called_so_and_one_is_in_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let team = linde.team("Polikliniek", &[&anna]).await;
    let chris = linde.doctor("Chris").await;
    let on_team = linde.team("Thuiszorg", &[&chris]).await;
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let group = anna.begins_for_team(team, "Wondzorg thuis", &[&bram]).await;
    doctor.say(&group, "Het verband zit goed").await;
    ward.settle().await;
    let nothing = (Vec::<String>::new(), Vec::<String>::new());
    assert_eq!(found(&patient, "WONDZORG").await.1, ["Wondzorg thuis"]);
    assert_eq!(messages(&patient, "verband").await, ["Het verband zit goed"]);

    doctor.put(&group, json!({ "subject": "Hechtingen" })).await.ok();
    assert_eq!(found(&doctor, "wondzorg").await, nothing);
    ward.settle().await;
    assert_eq!(found(&doctor, "hechtingen").await.1, ["Hechtingen"]);
    assert_eq!(found(&doctor, "wondzorg").await, nothing);

    doctor.delete(&format!("{group}/members"), json!({ "members": [bram.uuid()] })).await.ok();
    assert_eq!(found(&patient, "verband").await, nothing, "who was taken out finds nothing of it");
    let colleague = chris.kpn().await;
    let theirs = chris.begins_for_team(on_team, "Verband", &[]).await;
    colleague.say(&theirs, "Verband besteld").await;
    ward.settle().await;
    let open = linde.doctor("Eva").await;
    assert_eq!(found(&open.kpn().await, "verband").await, nothing);
}

#[bedside_test]
async fn a_search_leaves_a_line_without_its_words_and_each_message_that_it_shows_another(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let doctor = anna.kpn().await;
    let said = doctor.say(&format!("conversations/{}", bram.uuid()), "De uitslag is gunstig").await;
    let before = lines(&ward).await;
    messages(&doctor, "gunstig").await;
    let new: Vec<_> = lines(&ward).await.into_iter().filter(|line| !before.contains(line)).collect();
    let of = |kind: &str| new.iter().filter(|line| line.kind == kind).collect::<Vec<_>>();
    assert_eq!(of("messages_searched").len(), 1);
    assert_eq!(of("messages_searched")[0].person, Some(anna.id));
    let read = of("message_read");
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].patient, Some(bram.id));
    let id = kernel::MessageId::from_uuid(&said).unwrap();
    assert_eq!(read[0].object.as_deref(), Some(id.as_bytes().as_slice()));
    assert!(!format!("{new:?}").contains("gunstig"));
}

#[bedside_test]
async fn somebody_is_found_by_how_their_names_begin_by_who_may_write_to_them(ward: Ward) {
    let linde = ward.organisation_where("linde", false).await;
    let anna = linde.somebody("Ännchen", "van der Meer", Role::Doctor).await;
    let bram = linde.patient("Bram").await;
    linde.somebody("Merel", "Ås", Role::Patient).await;
    let hospital = ward.organisation("hospital").await;
    let eva = hospital.somebody("Eva", "Meerman", Role::Doctor).await;
    ward.settle().await;
    let names = async |client: &Kpn, name: &str| {
        texts(&client.post("me/contacts/search", json!({ "name": name })).await.ok(), "first_name")
    };
    let (doctor, patient, stranger) = (anna.kpn().await, bram.kpn().await, eva.kpn().await);
    assert_eq!(names(&patient, "ann").await, ["Ännchen"]);
    assert_eq!(names(&patient, "MEE ann").await, ["Ännchen"]);
    assert_eq!(names(&patient, "me").await, ["Ännchen"], "patients find those who care for them");
    assert_eq!(names(&doctor, "me").await, ["Merel"]);
    assert_eq!(names(&doctor, "as").await, ["Merel"]);
    assert_eq!(names(&doctor, "erel").await, Vec::<String>::new());
    assert_eq!(names(&doctor, "m").await, Vec::<String>::new(), "one letter is too little");
    assert_eq!(names(&stranger, "me").await, Vec::<String>::new(), "nobody of elsewhere is found");
    assert_eq!(
        doctor.post("me/contacts/search", json!({ "name": "." })).await.refused(),
        (400, "query_is_empty")
    );
}

#[bedside_test]
async fn what_cannot_be_looked_for_is_refused(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    let refused = async |body: Value| client.post("me/search", body).await.refused().1.to_owned();
    assert_eq!(refused(json!({})).await, "wrong_type");
    assert_eq!(refused(json!({ "query": "…" })).await, "query_is_empty");
    assert_eq!(refused(json!({ "query": "a b c d e f g h i" })).await, "too_large");
    assert_eq!(refused(json!({ "query": "x".repeat(201) })).await, "too_large");
    assert_eq!(refused(json!({ "query": "a", "before": "elders" })).await, "not_an_id");
    assert_eq!(refused(json!({ "query": "a", "amount": 0 })).await, "out_of_range");
    assert_eq!(found(&client, "a").await, (Vec::new(), Vec::new()));
}

/// People whose names are written, in all organisations.
async fn count_named(ward: &Ward) -> i64 {
    let count = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT COUNT(*) FROM search_progress WHERE kind = 'name'";
            Ok(tx.one(sql, &args![], |row| row.get::<i64>(0)).await?.unwrap_or_default())
        })
    });
    count.await.unwrap()
}

#[bedside_test]
async fn the_names_of_who_comes_are_written_and_nobody_else_is_looked_at_for_it(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    ward.settle().await;
    let told = Told::by(&ward.house);
    let forgotten = ward.house.db.write(bram.id, |tx, bram| {
        Box::pin(async move { tx.run("DELETE FROM search_progress WHERE object = $1", &args![bram]).await })
    });
    assert_eq!(forgotten.await.unwrap(), 1, "nothing tells that his names are to be written");
    let before = count_named(&ward).await;
    assert_eq!(told.write(&ward.house).await.unwrap(), 0, "nobody came");

    let chris = linde.patient("Chrisje").await;
    eik.member(&chris, Role::Patient).await;
    assert_eq!(told.write(&ward.house).await.unwrap(), 2, "once for each organisation");
    assert_eq!(told.write(&ward.house).await.unwrap(), 0);
    assert_eq!(count_named(&ward).await, before + 2, "and not for Bram");
    let found = anna.kpn().await.post("me/contacts/search", json!({ "name": "chris" })).await.ok();
    assert_eq!(found[0]["id"], chris.uuid());
    ward.settle().await;
    assert_eq!(count_named(&ward).await, before + 3, "who was missed is found when all are compared");
}
