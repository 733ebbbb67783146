//! Two people of the practice who turned out to be one.

use std::collections::BTreeSet;

use flows::merging::{self, Pair};
use identity::mandates::{self, MandateKind, NewMandate};
use identity::persons::{Identifier, NewPerson, systems};
use identity::{By, Language};
use jiff::SignedDuration;
use kernel::{PersonId, Role};
use serde_json::json;
use store::{Row, args};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::{Kpn, Organisation, Somebody, Ward};
use crate::kpn::clients::PIXEL;
use crate::oauth::app::{PASSWORD, browser, sign_in, try_token};
use crate::secrecy::access_log::lines;

/// What of every table is moved, ended or left, and why.
const FATES: &str = include_str!("merged.txt");
/// Columns of bytes, each of which is of no person or in the list above.
const COLUMNS: &str = include_str!("../secrecy/not-sealed.txt");
/// Names of columns that never name a person.
const NOBODY: &[&str] = &[
    "actor",
    "appointment",
    "category",
    "chat",
    "client",
    "done_in",
    "family",
    "first_line",
    "gathering",
    "grant_id",
    "hold",
    "holder",
    "id",
    "import",
    "institution",
    "insurance",
    "jti",
    "last_line",
    "letter",
    "mac",
    "made",
    "message",
    "offer",
    "organisation",
    "place",
    "previous",
    "reached_subscription",
    "reached_type",
    "request",
    "resource",
    "root",
    "salt",
    "subscription",
    "team",
    "token_hmac",
    "towards",
    "type",
    "wished_for",
    "wrapped",
];

/// What is compared, in words that are the same before and after.
const STATE: &[&str] = &[
    "SELECT chat, person, standing, joined_ms, left_ms, read_seq FROM chat_members ORDER BY chat, person",
    "SELECT chat, person, standing, delivered_seq, read_ms, read_seq FROM chat_members ORDER BY chat, person",
    "SELECT id, one, kind, made_ms, closed_ms, last_seq FROM chats ORDER BY id",
    "SELECT id, other, kind, made_ms, closed_ms, last_seq FROM chats ORDER BY id",
    "SELECT id, patient, kind, made_ms, closed_ms, last_seq FROM chats ORDER BY id",
    "SELECT id, author, CAST('m' AS TEXT), seq, deleted_ms, posted_ms FROM messages ORDER BY id",
    "SELECT organisation, person, role, start_ms, end_ms, start_ms FROM memberships ORDER BY organisation, person, role",
    "SELECT team, person, CAST('on' AS TEXT), CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM team_members ORDER BY team, person",
    "SELECT id, patient, kind, start_ms, end_ms, CAST(0 AS BIGINT) FROM mandates ORDER BY id",
    "SELECT id, proxy, kind, start_ms, end_ms, CAST(0 AS BIGINT) FROM mandates ORDER BY id",
    "SELECT value_hash, person, system, CAST(0 AS BIGINT), verified_ms, CAST(0 AS BIGINT) FROM person_identifiers ORDER BY value_hash",
    "SELECT client, person, CAST('aux' AS TEXT), CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM user_aux_ids ORDER BY client, person",
    "SELECT id, id, COALESCE(picture_mark, '-'), CAST(0 AS BIGINT), disabled_ms, CAST(0 AS BIGINT) FROM persons ORDER BY id",
    "SELECT person, person, kind, made_ms, CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM credentials ORDER BY person",
    "SELECT gone, keep, CAST('merged' AS TEXT), made_ms, CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM merges ORDER BY gone",
    "SELECT gone, thing, kind, CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM merge_moves ORDER BY gone, thing",
    "SELECT gone, chat, whose, CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM merge_places ORDER BY gone, chat, whose",
    "SELECT gone, chat, what, CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(0 AS BIGINT) FROM merge_chats ORDER BY gone, chat, what",
];

async fn state(ward: &Ward) -> Vec<String> {
    let read = |row: &Row<'_>| {
        let named = (row.get::<Vec<u8>>(0)?, row.get::<Option<Vec<u8>>>(1)?, row.get::<String>(2)?);
        let counted = (row.get::<Option<i64>>(3)?, row.get::<Option<i64>>(4)?, row.get::<Option<i64>>(5)?);
        Ok(format!("{named:?} {counted:?}"))
    };
    let all = ward.house.db.read(read, |tx, read| {
        Box::pin(async move {
            let mut all = Vec::new();
            for sql in STATE {
                all.extend(tx.all(sql, &[], read).await?.into_iter().map(|row| format!("{sql}: {row}")));
            }
            Ok(all)
        })
    });
    all.await.expect("the state")
}

fn with(person: &Somebody) -> String {
    format!("conversations/{}", person.uuid())
}

async fn is_led_to(ward: &Ward, email: &str) -> Option<PersonId> {
    let hash = ward.house.vault.blind(systems::EMAIL, email);
    let found = ward
        .house
        .db
        .read(hash, |tx, hash| Box::pin(identity::persons::find_by_identifier(tx, systems::EMAIL, hash)));
    found.await.expect("a look")
}

/// Bram and Abraham, who are one, what each has with Anna and Eva, and what Abraham is besides.
struct Story {
    linde: Organisation,
    boss: Somebody,
    desk: Desk,
    anna: Somebody,
    eva: Somebody,
    bram: Somebody,
    abraham: Somebody,
    /// In which both are.
    both: String,
    /// In which Abraham alone is.
    alone: String,
}

async fn group(who: &Kpn, subject: &str, members: &[&Somebody]) -> String {
    let members: Vec<String> = members.iter().map(|member| member.uuid()).collect();
    let new = json!({ "subject": subject, "members": members });
    format!("groupchats/{}", who.post("groupchats", new).await.created())
}

async fn story(ward: &Ward) -> Story {
    let linde = ward.organisation("linde").await;
    let boss = femke(&linde).await;
    let (anna, eva) = (linde.doctor("Anna").await, linde.doctor("Eva").await);
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let abraham = linde.patient("Abraham").await.with_password(PASSWORD).await;
    let (annas, evas) = (anna.kpn().await, eva.kpn().await);
    annas.say(&with(&bram), "Dag Bram").await;
    annas.say(&with(&abraham), "Dag Abraham").await;
    evas.say(&with(&abraham), "Van Eva").await;
    ward.pass_a_second();
    let his = abraham.kpn().await;
    his.say(&with(&anna), "Van Abraham zelf").await;
    his.upload_as("avatar", "me/avatar", None, &[("ik.png", "image/png", PIXEL)]).await.ok();
    assert_eq!(his.texts(&with(&eva)).await, ["Van Eva"]);
    ward.pass_a_second();
    let both = group(&annas, "Beiden", &[&bram, &abraham]).await;
    let alone = group(&annas, "Alleen", &[&abraham]).await;
    annas.say(&both, "In beide").await;
    annas.say(&alone, "In een").await;
    ward.pass_a_second();
    linde.team("Balie", &[&abraham]).await;
    let given = NewMandate {
        organisation: linde.id,
        patient: abraham.id,
        proxy: eva.id,
        kind: MandateKind::Carer,
        may_write: true,
        may_book: false,
        given_by: abraham.id,
        end_ms: None,
    };
    let between = NewMandate { proxy: bram.id, ..given.clone() };
    for new in [given, between] {
        let given = ward.house.db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
        given.await.expect("a mandate");
    }
    annas.put(&format!("users/{}/aux", abraham.uuid()), json!({ "aux_id": "patient/42" })).await.ok();
    linde.member(&abraham, Role::Interpreter).await;
    ward.settle().await;
    let desk = Desk::of(&boss).await;
    Story { linde, boss, desk, anna, eva, bram, abraham, both, alone }
}

impl Story {
    async fn ask(&self, what: &str, keep: &Somebody, gone: &Somebody) -> crate::cast::Answer {
        self.linde.ward.pass_a_second();
        self.desk.post(&format!("/people/{}/{what}", keep.uuid()), json!({ "gone": gone.uuid() })).await
    }

    async fn merge(&self) {
        assert_eq!(self.ask("merge", &self.bram, &self.abraham).await.status, 204);
        self.linde.ward.pass_a_second();
        self.linde.ward.settle().await;
    }
}

#[bedside_test]
async fn who_is_kept_reads_both_chats_and_is_found_by_both_addresses(ward: Ward) {
    let story = story(&ward).await;
    let Story { anna, eva, bram, abraham, .. } = &story;
    let token = abraham.token("read").await;
    story.merge().await;
    assert_eq!(try_token(&ward, &ward.url, &token).await, 401, "what acted for Abraham acts no more");
    let client = bram.kpn().await;
    assert_eq!(client.texts(&with(eva)).await, ["Van Eva"], "Eva goes on with Bram");
    assert_eq!(client.texts(&with(anna)).await, ["Dag Bram"]);
    assert_eq!(client.texts(&story.both).await, ["In beide"]);
    assert_eq!(client.texts(&story.alone).await, ["In een"]);
    let mut read = BTreeSet::new();
    for chat in client.get("groupchats").await.ok().as_array().expect("groups") {
        read.extend(client.texts(&format!("groupchats/{}", chat["id"].as_str().unwrap())).await);
    }
    let all = ["In beide", "In een", "Dag Abraham", "Van Abraham zelf"].map(str::to_owned);
    assert_eq!(read, all.into(), "and what was said with Anna under the other name");

    ward.pass_a_second();
    client.say(&with(eva), "Ik ben het").await;
    let evas = eva.kpn().await;
    assert_eq!(evas.texts(&with(abraham)).await, ["Ik ben het", "Van Eva"], "the old id leads there");
    assert_eq!(evas.get(&format!("users/{}", abraham.uuid())).await.ok()["id"], bram.uuid());
    let annas = anna.kpn().await;
    assert_eq!(annas.get("aux/users/patient%2F42").await.ok()["id"], bram.uuid());
    let (status, _, picture) = annas.fetch(&format!("users/{}/avatar", bram.uuid())).await;
    assert!(status == 200 && !picture.is_empty(), "Bram had none");

    for email in [&bram.email, &abraham.email] {
        assert_eq!(is_led_to(&ward, email).await, Some(bram.id));
        let mut visit = browser(&ward);
        let page = visit.open("/login").await;
        let him = Somebody { email: email.clone(), ..bram.clone() };
        assert_eq!(sign_in(&mut visit, &page, &him).await.path, "/chats");
    }
    let about: BTreeSet<_> = lines(&ward)
        .await
        .into_iter()
        .filter(|line| line.reason.as_deref().is_some_and(|why| why.contains("merged into")))
        .map(|line| (line.patient, line.person))
        .collect();
    let by = Some(story.boss.id);
    assert_eq!(about, [(Some(bram.id), by), (Some(abraham.id), by)].into());
    ward.settle().await;
}

#[bedside_test]
async fn after_a_merge_is_undone_everything_is_as_it_was(ward: Ward) {
    let story = story(&ward).await;
    let (before, inventory) = (state(&ward).await, ward.inventory().await);
    story.merge().await;
    assert_ne!(state(&ward).await, before);
    assert_eq!(story.ask("unmerge", &story.bram, &story.abraham).await.status, 204);
    ward.settle().await;
    let after = state(&ward).await;
    for (after, before) in after.iter().zip(&before) {
        assert_eq!(after, before);
    }
    assert_eq!((after.len(), ward.inventory().await), (before.len(), inventory));
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &story.abraham).await.path, "/chats");
    assert_eq!(story.abraham.kpn().await.texts(&with(&story.eva)).await, ["Van Eva"]);
    let annas = story.anna.kpn().await;
    assert_eq!(annas.get("aux/users/patient%2F42").await.ok()["id"], story.abraham.uuid());
}

#[bedside_test]
async fn what_was_changed_since_stays_with_who_was_kept(ward: Ward) {
    let story = story(&ward).await;
    let Story { anna, bram, abraham, .. } = &story;
    story.merge().await;
    let client = bram.kpn().await;
    client.say(&story.alone, "Van Bram").await;
    anna.kpn()
        .await
        .delete(&format!("{}/members", story.both), json!({ "members": [bram.uuid()] }))
        .await
        .ok();
    assert_eq!(story.ask("unmerge", bram, abraham).await.status, 204);
    ward.settle().await;
    let (his, client) = (abraham.kpn().await, bram.kpn().await);
    assert_eq!(his.texts(&story.alone).await, ["Van Bram", "In een"], "what was said stays said");
    assert_eq!(client.get(&story.alone).await.refused().0, 404, "and Bram was never in it");
    assert_eq!(his.get(&story.both).await.refused().0, 404, "whoever was taken out is out");
}

#[bedside_test]
async fn who_may_not_be_merged_stays_as_they_are(ward: Ward) {
    let story = story(&ward).await;
    let Story { linde, boss, anna, bram, abraham, eva, .. } = &story;
    let eik = ward.organisation("eik").await;
    let stranger = eik.patient("Sam").await;
    eik.member(eva, Role::Doctor).await;
    let (jan, piet) = (numbered(linde, "Jan", "111222333").await, numbered(linde, "Piet", "123456782").await);
    let before = state(&ward).await;
    for (keep, gone, refusal) in [
        (bram, bram, (422, "same_person")),
        (&jan, &piet, (409, "numbers_differ")),
        (anna, eva, (409, "belongs_elsewhere")),
        (anna, &stranger, (404, "user_not_found")),
        (&stranger, anna, (404, "user_not_found")),
        (boss, anna, (409, "oneself")),
        (anna, boss, (409, "oneself")),
    ] {
        assert_eq!(problem(&story.ask("merge", keep, gone).await), refusal);
    }
    assert_eq!(problem(&story.ask("unmerge", bram, abraham).await), (404, "user_not_found"));
    let unfit = story.desk.post(&format!("/people/{}/merge", bram.uuid()), json!({ "gone": "x" })).await;
    assert_eq!(problem(&unfit), (422, "person_unfit"));
    assert_eq!(state(&ward).await, before);

    let (one, two) = (linde.doctor("Een").await, linde.doctor("Twee").await);
    assert_eq!(story.ask("merge", &one, &two).await.status, 204);
    for (keep, gone) in [(anna, &two), (&two, anna)] {
        let code = problem(&story.ask("merge", keep, gone).await).1.to_owned();
        assert!(["merged_already", "user_not_found"].contains(&code.as_str()), "{code}");
    }
    assert_eq!(problem(&story.ask("merge", anna, &one).await), (409, "keeps_another"));
    ward.settle().await;
}

/// A patient with a number from the authorities.
async fn numbered(linde: &Organisation, first_name: &str, value: &str) -> Somebody {
    let house = &linde.ward.house;
    let email = format!("{}@example.test", first_name.to_lowercase());
    let identifier = |system: &str, value: &str| Identifier {
        system: system.to_owned(),
        value: value.to_owned(),
        verified: true,
    };
    let new = NewPerson {
        first_name: first_name.to_owned(),
        last_name: "Bakker".to_owned(),
        language: Language::Nl,
        identifiers: vec![identifier(systems::EMAIL, &email), identifier(systems::BSN, value)],
    };
    let sealed = new.seal(&house.vault, &house.clock, &house.rng).expect("a person");
    let added = house.db.write((linde.id, sealed), |tx, (linde, sealed)| {
        Box::pin(async move {
            let id = identity::persons::add(tx, By::Operator, *linde, sealed).await?;
            identity::memberships::add(tx, By::Operator, *linde, id, Role::Patient, "").await?;
            Ok(id)
        })
    });
    Somebody { organisation: linde.clone(), id: added.await.expect("a patient"), email }
}

#[bedside_test]
async fn an_operator_merges_across_organisations_for_thirty_days(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (anna, other) =
        (linde.doctor("Anna").await, eik.doctor("Annette").await.with_password(PASSWORD).await);
    let bram = eik.patient("Bram").await;
    other.kpn().await.say(&with(&bram), "Dag").await;
    ward.settle().await;
    let pair = Pair { keep: anna.id, gone: other.id };
    merging::merge(&ward.house, None, pair).await.expect("merged");
    ward.pass_a_second();
    assert_eq!(anna.through(&eik).kpn().await.texts(&with(&bram)).await, ["Dag"]);
    let desk = Desk::of(&femke(&linde).await).await;
    let undo = desk.post(&format!("/people/{}/unmerge", anna.uuid()), json!({ "gone": other.uuid() })).await;
    assert_eq!(problem(&undo), (404, "user_not_found"), "what an operator did is theirs to undo");
    ward.clock.pass(SignedDuration::from_hours(30 * 24));
    let late = merging::undo(&ward.house, None, pair).await.expect_err("too late");
    assert!(format!("{late:?}").contains("merge_settled"), "{late:?}");
    bedside::house::tidy_up(&ward.house).await.expect("tidy");
    let left = state(&ward).await;
    let of = |what: &str| left.iter().filter(|row| row.contains(what)).count();
    assert_eq!((of("FROM merge_"), of("FROM merges")), (0, 1), "{left:?}");
    assert!(!left.iter().any(|row| row.contains("FROM credentials")), "nobody signs in by it any more");
    let bram = bram.kpn().await;
    assert_eq!(bram.texts(&with(&other)).await, ["Dag"], "the old id leads on for good");
    ward.settle().await;
}

#[test]
fn every_column_that_names_a_person_has_its_fate_and_its_reason() {
    let fates: BTreeSet<&str> = FATES.lines().filter_map(|line| line.split(' ').next()).collect();
    for line in FATES.lines() {
        let (_, fate) = line.split_once(' ').expect("a column and its fate");
        let (word, reason) = fate.split_once(": ").expect("a reason");
        assert!(["moved", "ended", "left", "refused"].contains(&word) && reason.len() > 5, "{line}");
    }
    let names_somebody = |column: &&str| {
        let name = column.split('.').nth(1).unwrap_or_default();
        !NOBODY.contains(&name) && !name.ends_with("_hash")
    };
    let named: BTreeSet<&str> = COLUMNS.lines().filter(names_somebody).collect();
    let known: BTreeSet<&str> =
        fates.iter().copied().filter(|column| *column != "merge_moves.thing").collect();
    let named: BTreeSet<&str> = named.into_iter().filter(|column| *column != "merge_moves.thing").collect();
    assert_eq!(named, known, "say in merged.txt what a merge does to it");
}

#[bedside_test]
async fn femke_sends_a_letter_for_another_password_and_sees_the_keys(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let bram = linde.patient("Bram").await;
    let of = |who: &Somebody| format!("/people/{}/reset", who.uuid());
    assert_eq!(desk.post(&of(&bram), json!({})).await.status, 204);
    assert_eq!(problem(&desk.post(&of(&bram), json!({})).await).0, 429, "one in two minutes");
    let stranger = ward.organisation("eik").await.patient("Sam").await;
    assert_eq!(problem(&desk.post(&of(&stranger), json!({})).await), (404, "user_not_found"));
    let letters = ward.house.db.read(bram.id, |tx, person| {
        let sql = "SELECT kind FROM letters WHERE person = $1";
        Box::pin(async move { tx.all(sql, &args![person], |row| row.get::<String>(0)).await })
    });
    assert_eq!(letters.await.expect("letters"), ["password_reset"]);
    flows::signing::rotate(&ward.house).await.expect("new keys");
    let keys = desk.get("/keys").await.ok();
    let of = |state: &str| keys.as_array().unwrap().iter().filter(|key| key["state"] == state).count();
    assert!(
        of("signing") >= 1 && of("signing") + of("published") == keys.as_array().unwrap().len(),
        "{keys}"
    );
    assert!(keys[0]["kid"].is_string() && keys[0]["alg"].is_string() && keys[0]["since"].is_string());
    ward.settle().await;
}
