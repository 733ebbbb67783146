//! Keys replaced while the house is at work, and destroyed once nothing needs them any more.

use flows::ChatRef;
use flows::keys::{self, KeyState};
use jiff::SignedDuration;
use kernel::{ChatId, Error, Role};
use messaging::{Draft, Right};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use store::{Place, args};
use testkit::bedside_test;
use vault::DataKeyId;

use crate::cast::{Organisation, Somebody, Ward};

const LETTER: &str = "Beste Bram, alles is goed. ";

/// A practice in which something was said and sent.
struct Practice {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    group: String,
    file: String,
}

impl Practice {
    async fn open(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
        let doctor = anna.kpn().await;
        let new = json!({ "subject": "Controle", "members": [bram.uuid()] });
        let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
        doctor.say(&group, "Hoe gaat het?").await;
        let letter = LETTER.repeat(9_000);
        let letter: [(&str, &str, &[u8]); 1] = [("brief.txt", "text/plain", letter.as_bytes())];
        let id = doctor.upload(&format!("{group}/attachments"), Some("De brief"), &letter).await.created();
        let message = doctor.get(&format!("{group}/messages/{id}")).await.ok();
        let file = format!("{group}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
        Self { linde, anna, bram, group, file }
    }

    /// What the patient sees of it.
    async fn seen(&self) -> (Vec<String>, Value, Value) {
        let patient = self.bram.kpn().await;
        let letter = patient.get(&format!("{}/content", self.file)).await;
        assert!(letter.status == 200 && letter.text == LETTER.repeat(9_000), "the letter as it was sent");
        let message = patient.get(&format!("{}/messages", self.group)).await.ok();
        let files = message.as_array().unwrap().iter().filter_map(|one| one["attachments"].get(0).cloned());
        let group = patient.get(&self.group).await.ok();
        (patient.texts(&self.group).await, files.collect(), json!([group["subject"], group["members"]]))
    }
}

/// The retired keys that seal, by id.
async fn retired(ward: &Ward) -> Vec<KeyState> {
    let all = keys::list(&ward.house).await.expect("keys");
    all.into_iter().filter(|state| state.key.retired_ms.is_some()).collect()
}

/// Columns in which a value under this key stands, and blobs that begin with one. The columns are asked of the
/// database itself, so that none can be forgotten.
async fn named(ward: &Ward, key: DataKeyId) -> Vec<String> {
    let columns = match ward.site.place {
        Place::File(_) => {
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.type IN ('BYTEA', 'BLOB')"
        }
        Place::Url(_) => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = current_schema() AND data_type = 'bytea'"
        }
    };
    let columns = ward.house.db.read(columns, |tx, sql| {
        Box::pin(tx.all(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))))
    });
    let columns = columns.await.expect("columns");
    assert!(columns.contains(&("messages".to_owned(), "body".to_owned())), "{columns:?}");
    let mut found = Vec::new();
    for (table, column) in columns.into_iter().filter(|(table, _)| table != "data_keys") {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1 OR substr({column}, 2, 12) = $1");
        let counting = (&*sql.leak(), key);
        let count = ward.house.db.read(counting, |tx, (sql, key)| {
            Box::pin(async move { tx.one(sql, &args![key], |row| row.get::<i64>(0)).await })
        });
        if table != "audit_lines" && count.await.expect("a count") != Some(0) {
            found.push(format!("{table}.{column}"));
        }
    }
    for shelf in ward.house.blobs.shelves().await.expect("shelves") {
        for blob in ward.house.blobs.older_than(&shelf, i64::MAX / 2).await.expect("blobs") {
            let mut bytes = ward.house.blobs.read(&blob).await.expect("a blob");
            let first = bytes.next().await.expect("bytes").expect("a frame");
            if first[1..13] == *key.as_bytes() {
                found.push(blob);
            }
        }
    }
    found
}

fn assert_in_use<T: std::fmt::Debug>(refused: Result<T, Error>) {
    assert!(matches!(&refused, Err(Error::Conflict { why }) if why.code == "key_in_use"), "{refused:?}");
}

#[bedside_test]
async fn everything_moves_to_the_new_keys_and_the_old_ones_go(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (texts, attachments, group) = practice.seen().await;
    for owner in [Some(practice.linde.id), None] {
        keys::rotate(&ward.house, owner).await.expect("a new key");
    }
    let old = retired(&ward).await;
    assert_eq!(old.len(), 2);
    for state in &old {
        assert!(state.left.unwrap() > 2 && !named(&ward, state.key.id).await.is_empty(), "{state:?}");
        assert_in_use(keys::destroy(&ward.house, state.key.id).await);
    }
    practice.anna.kpn().await.say(&practice.group, "Tussendoor").await;
    ward.settle().await;
    for state in retired(&ward).await {
        assert_eq!((state.left, state.key.resealed_ms), (Some(0), None), "something may still be on its way");
        assert_in_use(keys::destroy(&ward.house, state.key.id).await);
    }
    ward.clock.pass(SignedDuration::from_hours(25));
    ward.settle().await;
    for state in retired(&ward).await {
        assert!(state.key.resealed_ms.is_some(), "{state:?}");
        assert_eq!(named(&ward, state.key.id).await, Vec::<String>::new());
        keys::destroy(&ward.house, state.key.id).await.expect("destroyed");
    }
    assert!(retired(&ward).await.is_empty());
    assert_eq!(practice.seen().await, ([vec!["Tussendoor".to_owned()], texts].concat(), attachments, group));
    let verified = audit::verify(&ward.house.db, None, &[]).await.expect("a report");
    assert!(verified.is_clean());
}

#[bedside_test]
async fn what_comes_late_under_the_old_key_is_found_by_the_second_walk(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (db, id) = (&ward.house.db, practice.linde.id);
    let before = ward.house.vault.ring_of(db, id).await.expect("keys");
    keys::rotate(&ward.house, Some(id)).await.expect("a new key");
    ward.settle().await;
    let old = before.current_key();
    let late = Draft::text("Onderweg").seal(&before, &ward.clock, &ward.house.rng).expect("a draft");
    let chat = ChatRef::Group(ChatId::from_uuid(practice.group.rsplit('/').next().unwrap()).unwrap());
    let post = db.write((practice.anna.actor(Role::Doctor, &[]), chat, late), |tx, (anna, chat, late)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, anna, *chat, Right::Post).await?;
            messaging::post(tx, &open, late).await
        })
    });
    post.await.expect("posted");
    assert_eq!(retired(&ward).await[0].left, Some(1));
    ward.clock.pass(SignedDuration::from_hours(25));
    ward.settle().await;
    let state = retired(&ward).await.remove(0);
    assert_eq!((state.key.id, state.left, state.key.resealed_ms), (old, Some(0), None), "it found something");
    ward.clock.pass(SignedDuration::from_hours(25));
    ward.settle().await;
    assert!(retired(&ward).await[0].key.resealed_ms.is_some());
}

#[bedside_test]
async fn a_walk_that_was_cut_off_goes_on_where_it_was(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let doctor = practice.anna.kpn().await;
    for number in 0..30 {
        let new = json!({ "subject": format!("Groep {number}"), "members": [practice.bram.uuid()] });
        let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
        doctor.say(&group, "Welkom").await;
        ward.pass_a_second();
    }
    keys::rotate(&ward.house, Some(practice.linde.id)).await.expect("a new key");
    let all = retired(&ward).await[0].left.unwrap();
    let worker = flows::duties::worker(&ward.house);
    let payload = waiting(&ward).await;
    assert_eq!(worker.do_due().await.expect("a piece of the walk"), 1);
    let left = retired(&ward).await[0].left.unwrap();
    assert!(0 < left && left < all, "in the middle: {left} of {all}");
    // A process that ends between the changes and the end of its job does the piece again.
    let again = ward.house.db.write(payload, |tx, payload| {
        Box::pin(async move {
            let job =
                NewJob { name: "keys.reseal", dedupe: None, payload: payload.clone(), due_ms: tx.now_ms() };
            jobs::enqueue(tx, &job).await
        })
    });
    again.await.expect("the job once more");
    ward.settle().await;
    assert_eq!(retired(&ward).await[0].left, Some(0));
    // A further rotation ends the walk that waits, and its own finishes both keys.
    keys::rotate(&ward.house, Some(practice.linde.id)).await.expect("a newer key");
    for _ in 0..2 {
        ward.settle().await;
        ward.clock.pass(SignedDuration::from_hours(25));
    }
    ward.settle().await;
    let states = retired(&ward).await;
    assert_eq!(states.len(), 2);
    assert!(
        states.iter().all(|state| state.key.resealed_ms.is_some() && state.left == Some(0)),
        "{states:?}"
    );
    practice.seen().await;
}

/// The payload of the walk that waits.
async fn waiting(ward: &Ward) -> Value {
    const PAYLOAD: &str = "SELECT payload FROM jobs WHERE name = 'keys.reseal'";
    let payload = ward.house.db.read((), |tx, ()| Box::pin(tx.one(PAYLOAD, &[], |row| row.get::<String>(0))));
    serde_json::from_str(&payload.await.expect("an answer").expect("a job")).expect("its payload")
}
