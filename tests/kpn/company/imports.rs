//! Lists of people.

use std::collections::BTreeSet;

use kernel::Role;
use serde_json::{Value, json};
use store::args;
use store::jobs::{self, NewJob};
use testkit::bedside_test;

use super::{PERSONS, count, newest_link, sign_up};
use crate::cast::{Kpn, Organisation, Ward};
use crate::kpn::clients::{Kind, Vendor};

const ADMIN: &str = "read write admin";
const SEALED: &str = "SELECT COUNT(*) FROM import_rows WHERE content IS NOT NULL";

async fn boss(linde: &Organisation) -> Kpn {
    linde.somebody("Eva", "de Boer", Role::Administrator).await.kpn_with(ADMIN).await
}

fn row(number: usize) -> Value {
    json!({
        "email": format!("medewerker{number}@example.test"),
        "first_name": format!("Voornaam{number}"),
        "last_name": format!("Achternaam{number}"),
        "saml_username": format!("saml{number}"),
        "username": format!("naam{number}"),
    })
}

async fn taken(client: &Kpn, users: &[Value], send_email: bool) -> String {
    let answer = client.post("company/import", json!({ "send_email": send_email, "users": users })).await;
    assert_eq!((&answer.json["state"], &answer.json["total"]), (&json!("working"), &json!(users.len())));
    answer.created()
}

#[bedside_test]
async fn five_hundred_people_are_imported_each_once_and_what_the_list_said_is_gone(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = boss(&linde).await;
    let list: Vec<Value> = (0..500).map(row).collect();
    let before = count(&ward, PERSONS).await;
    let id = taken(&client, &list, true).await;
    assert_eq!(count(&ward, SEALED).await, 500, "they wait");
    let worker = flows::duties::worker(&ward.house);
    worker.do_due().await.expect("some rows");
    let made = count(&ward, PERSONS).await - before;
    assert!(0 < made && made < 500, "{made} at a time");
    // A process that ended between the rows and the end of its job has the job done again.
    let again = ward.house.db.write((linde.id, id.clone()), |tx, (organisation, id)| {
        Box::pin(async move {
            let import = kernel::ImportId::from_uuid(id).expect("an id");
            let payload = json!({ "organisation": organisation, "import": import });
            let job = NewJob { name: "company.import", dedupe: None, payload, due_ms: tx.now_ms() };
            jobs::enqueue(tx, &job).await
        })
    });
    again.await.expect("the job once more");
    ward.settle().await;
    assert_eq!(count(&ward, PERSONS).await - before, 500);
    assert_eq!((count(&ward, SEALED).await, ward.letters().await.len()), (0, 500));

    let mut people = BTreeSet::new();
    for page in 0..5 {
        ward.pass_a_second();
        let report = client.get(&format!("company/import/{id}?page={page}&amount=100")).await.ok();
        assert_eq!(
            (&report["state"], &report["made"], &report["refused"]),
            (&json!("done"), &json!(500), &json!(0))
        );
        for row in report["rows"].as_array().expect("rows") {
            assert_eq!(row["outcome"], "made", "{row}");
            people.insert(row["user_id"].as_str().expect("an id").to_owned());
        }
    }
    assert_eq!(people.len(), 500);
    let second = taken(&client, &list[..30], false).await;
    ward.settle().await;
    let report = client.get(&format!("company/import/{second}")).await.ok();
    assert_eq!((&report["already_there"], &report["made"]), (&json!(30), &json!(0)));
    assert!(people.contains(report["rows"][0]["user_id"].as_str().expect("an id")));

    let (_, inside) = sign_up(&ward, &newest_link(&ward).await, &[]).await;
    assert_eq!(inside.path, "/chats");
}

#[bedside_test]
async fn each_row_that_does_not_fit_is_refused_by_itself(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    // As the vendor's SDK writes it.
    let boss = linde.somebody("Eva", "de Boer", Role::Administrator).await;
    let client = Vendor::new(Kind::Sdk, "/v1", &ward, boss.token(ADMIN).await);
    let mut users =
        vec![row(0), row(1), row(0), row(2), row(3), json!({}), json!({ "email": anna.email }), row(4)];
    users[1]["email"] = json!("no address");
    users[3]["first_name"] = json!("a\u{202e}b");
    users[4]["username"] = json!("naam0");
    users[7]["last_name"] = json!("a".repeat(201));
    let body = json!({ "send_email": false, "users": users }).to_string();
    let made = client.send("POST", "company/import", &body).await;
    ward.settle().await;
    let report = client.get(&format!("company/import/{}", made["id"].as_str().expect("an id"))).await;
    let rows = report["rows"].as_array().expect("rows");
    let outcomes: Vec<_> = rows
        .iter()
        .map(|row| (row["outcome"].as_str().unwrap(), row["reason"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("made", ""),
            ("refused", "email_unfit"),
            ("already_there", ""),
            ("refused", "name_unfit"),
            ("refused", "username_taken"),
            ("refused", "email_unfit"),
            ("already_there", ""),
            ("refused", "name_length"),
        ]
    );
    assert_eq!(rows[0]["user_id"], rows[2]["user_id"], "the same person");
    assert_eq!(rows[6]["user_id"], anna.uuid());
    assert!(ward.letters().await.is_empty());
    let found = client.get(&format!("users/{}", rows[0]["user_id"].as_str().unwrap())).await;
    assert_eq!((&found["active"], &found["private_user"]), (&json!(false), &json!(false)));
}

#[bedside_test]
async fn a_list_that_is_brought_again_and_again_writes_three_letters_to_an_address_in_a_day(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = boss(&linde).await;
    let bring = async || {
        taken(&client, &[row(0)], true).await;
        ward.settle().await;
        ward.pass_a_second();
        ward.letters().await.len()
    };
    for letters in [1, 2, 3, 3, 3] {
        assert_eq!(bring().await, letters);
    }
    // The lists that wrote nothing ended no link.
    let (_, inside) = sign_up(&ward, &newest_link(&ward).await, &[]).await;
    assert_eq!(inside.path, "/chats");
}

#[bedside_test]
async fn a_patient_on_a_list_of_coworkers_is_given_no_names_and_a_coworker_is_with_a_line(ward: Ward) {
    const NAMES: &str = "SELECT COUNT(*) FROM person_identifiers WHERE system <> 'email'";
    const LINES: &str = "SELECT COUNT(*) FROM audit_lines WHERE reason = 'known by names of a list'";
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = boss(&linde).await;
    let mut users = vec![row(0), row(1), row(1)];
    users[0]["email"] = json!(bram.email);
    users[1]["email"] = json!(anna.email);
    users[2] = users[1].clone();
    let before = count(&ward, NAMES).await;
    let id = taken(&client, &users, true).await;
    ward.settle().await;
    let report = client.get(&format!("company/import/{id}")).await.ok();
    let outcome = |place: usize| {
        let row = &report["rows"][place];
        (row["outcome"].as_str().expect("an outcome"), row["reason"].as_str(), row["user_id"].as_str())
    };
    assert_eq!(outcome(0), ("refused", Some("not_a_coworker"), None));
    assert_eq!(outcome(1), ("already_there", None, Some(&*anna.uuid())));
    assert_eq!(outcome(2), ("already_there", None, Some(&*anna.uuid())));
    assert_eq!((count(&ward, NAMES).await - before, count(&ward, LINES).await), (2, 1));
    assert!(ward.letters().await.is_empty());
}

#[bedside_test]
async fn only_administrators_bring_lists_and_see_those_of_their_own_organisation(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (client, other) = (boss(&linde).await, boss(&eik).await);
    let doctor = linde.doctor("Anna").await.kpn().await;
    let before = count(&ward, PERSONS).await;
    let body = json!({ "users": [row(0)] });
    assert_eq!(doctor.post("company/import", body).await.refused(), (403, "insufficient_scope"));
    let many: Vec<Value> = (0..5_001).map(|_| json!({})).collect();
    for (body, error) in [
        (json!({}), "wrong_type"),
        (json!({ "users": [] }), "users_missing"),
        (json!({ "users": {} }), "wrong_type"),
        (json!({ "users": [5] }), "wrong_type"),
        (json!({ "users": [{ "email": 5 }] }), "wrong_type"),
        (json!({ "users": [row(0)], "send_email": "yes" }), "wrong_type"),
        (json!({ "users": many }), "too_large"),
    ] {
        let shown = format!("{body:.60}");
        assert_eq!(client.post("company/import", body).await.refused(), (400, error), "{shown}");
    }
    assert_eq!((count(&ward, PERSONS).await, count(&ward, SEALED).await), (before, 0));
    let id = taken(&client, &[row(0)], false).await;
    for path in [format!("company/import/{id}"), "company/import/nothing".to_owned()] {
        assert_eq!(other.get(&path).await.refused(), (404, "import_not_found"));
    }
    assert_eq!(doctor.get(&format!("company/import/{id}")).await.refused().0, 403);
    ward.settle().await;
}

#[bedside_test]
async fn a_list_that_never_came_in_whole_goes(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = boss(&linde).await;
    let id = taken(&client, &[row(0)], false).await;
    ward.settle().await;
    let cut = ward.house.db.write((), |tx, ()| {
        Box::pin(async move { tx.run("UPDATE imports SET state = 'coming'", &args![]).await })
    });
    cut.await.expect("a list cut off");
    assert_eq!(client.get(&format!("company/import/{id}")).await.status, 404);
    ward.clock.pass(jiff::SignedDuration::from_hours(2));
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(count(&ward, "SELECT COUNT(*) FROM import_rows").await, 0);
    assert_eq!(count(&ward, "SELECT COUNT(*) FROM imports").await, 0);
}

#[bedside_test]
async fn what_became_of_a_list_is_known_for_ninety_days_and_what_could_not_be_worked_on_goes_with_it(
    ward: Ward,
) {
    const LOSE: &str = "DELETE FROM jobs WHERE name = 'company.import'";
    let linde = ward.organisation("linde").await;
    let client = boss(&linde).await;
    let id = taken(&client, &[row(0), row(1)], false).await;
    ward.settle().await;
    taken(&client, &[row(2)], false).await;
    let lost = ward.house.db.write((), |tx, ()| Box::pin(tx.run(LOSE, &[])));
    assert_eq!(lost.await.expect("a job that nobody does"), 1);
    assert_eq!(client.get(&format!("company/import/{id}")).await.ok()["made"], 2);
    for (days, lists, sealed) in [(90, 2, 1), (1, 0, 0)] {
        ward.clock.pass(jiff::SignedDuration::from_hours(days * 24));
        bedside::house::tidy_up(&ward.house).await.expect("tidied up");
        assert_eq!(count(&ward, "SELECT COUNT(*) FROM imports").await, lists, "{days}");
        assert_eq!((count(&ward, SEALED).await, count(&ward, PERSONS).await), (sealed, 3), "{days}");
    }
    assert_eq!(count(&ward, "SELECT COUNT(*) FROM import_rows").await, 0);
}
