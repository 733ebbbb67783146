//! Keys replaced while the house is at work, and destroyed once nothing needs them any more.

use flows::ChatRef;
use flows::keys::{self, KeyState};
use identity::arrivals::Holder;
use identity::factors;
use identity::imports::{self, Listed, Outcome};
use identity::passkeys::{self, Relying};
use identity::protocol::totp::Key;
use identity::sign_in::{self, Arrival};
use identity::{Device, Method, Methods};
use jiff::SignedDuration;
use kernel::{ChatId, Error, ImportId, MessageId, Page, Role};
use messaging::{Draft, Right};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use store::{Place, args};
use testkit::bedside_test;
use vault::{DataKeyId, KeyRing};

use crate::cast::{Authenticator, Organisation, Somebody, Ward};
use crate::kpn::clients::PIXEL;
use crate::oauth::second::authenticator;

const LETTER: &str = "Beste Bram, alles is goed. ";
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// Columns in which values are sealed by an organisation's key, or which say that it sealed a file.
const OF_ORGANISATION: &[&str] = &[
    "answers.content",
    "appointments.cancel_reason",
    "appointments.details",
    "asap_subscriptions.email",
    "booking_patients.insurance_number",
    "chat_aux_ids.value",
    "chat_pictures.picture",
    "chats.subject",
    "files.data_key",
    "files.name",
    "guest_links.code",
    "messages.body",
    "messages.payload",
];
/// Columns in which values are sealed by the installation's key.
const OF_INSTALLATION: &[&str] = &[
    "authenticators.secret",
    "import_rows.content",
    "invitations.address",
    "letters.content",
    "passkeys.name",
    "person_details.details",
    "person_identifiers.value",
    "person_pictures.picture",
    "persons.first_name",
    "persons.last_name",
    "signing_keys.private_key",
    "user_aux_ids.value",
    "verifications.attributes",
];
/// Every other column of bytes. What is sealed in a new one must be sealed anew after a rotation, and counted before a
/// key is destroyed: it belongs into one of the lists above only once both are so.
const NOT_SEALED: &str = include_str!("not-sealed.txt");
/// Where a key's own id stands, and nothing that it sealed.
const NAMES_OF_KEYS: &[&str] = &["audit_lines.object", "data_keys.id"];

/// A practice in which something was said and sent.
struct Practice {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    group: String,
    file: String,
    list: ImportId,
    /// Of the patient's authenticator application.
    key: Key,
}

impl Practice {
    async fn open(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
        let doctor = anna.kpn().await;
        let new = json!({ "subject": "Controle", "members": [bram.uuid()], "send_email": true });
        let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
        doctor.put(&format!("users/{}/aux", bram.uuid()), json!({ "aux_id": "patient/42" })).await.ok();
        doctor.put(&format!("{group}/aux"), json!({ "aux_id": "zaak/7" })).await.ok();
        ward.settle().await;
        doctor.say(&group, "Hoe gaat het?").await;
        let letter = LETTER.repeat(9_000);
        let letter: [(&str, &str, &[u8]); 1] = [("brief.txt", "text/plain", letter.as_bytes())];
        let id = doctor.upload(&format!("{group}/attachments"), Some("De brief"), &letter).await.created();
        let message = doctor.get(&format!("{group}/messages/{id}")).await.ok();
        let file = format!("{group}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
        ask(ward, &anna, &bram, &group).await;
        doctor.put(&format!("{group}/guest_access"), json!({ "hours": 720 })).await.ok();
        let picture: [(&str, &str, &[u8]); 1] = [("ik.png", "image/png", PIXEL)];
        doctor.upload_as("avatar", "me/avatar", None, &picture).await.ok();
        doctor.upload_as("avatar", &format!("{group}/avatar"), None, &picture).await.ok();
        let invited = json!({ "email": "chris@example.test", "last_name": "Smit", "send_email": false });
        doctor.post("users/invite/private", invited).await.created();
        add_passkey(ward, &anna).await;
        flows::signing::published(&ward.house).await.expect("keys that sign");
        let list = list_brought(ward, &anna).await;
        let key = authenticator(ward, &bram).await;
        super::visits::book(ward, &linde, &bram).await;
        Self { linde, anna, bram, group, file, list, key }
    }

    /// What the patient sees of it.
    async fn seen(&self) -> (Vec<String>, Value, Value) {
        let patient = self.bram.kpn().await;
        let letter = patient.get(&format!("{}/content", self.file)).await;
        assert!(letter.status == 200 && letter.text == LETTER.repeat(9_000), "the letter as it was sent");
        let message = patient.get(&format!("{}/messages", self.group)).await.ok();
        let more = |one: &Value| one["attachments"].get(0).or(one.get("payload")).cloned();
        let files = message.as_array().unwrap().iter().filter_map(more);
        for shown in [format!("users/{}/avatar", self.anna.uuid()), format!("{}/avatar", self.group)] {
            assert_eq!(patient.get(&shown).await.status, 200, "{shown} opens");
        }
        let group = patient.get(&self.group).await.ok();
        let named = self.anna.kpn().await.get(&self.group).await.ok();
        let people = json!([
            group["subject"],
            group["members"],
            named["aux_id"],
            named["members"],
            named["guest_access"]
        ]);
        assert!(named["guest_access"]["link"].is_string(), "the link can be shown again");
        assert!(people.to_string().contains("patient/42") && people.to_string().contains("zaak/7"));
        (patient.texts(&self.group).await, files.collect(), people)
    }
}

/// A question that the patient answers, and a proof of who they are.
async fn ask(ward: &Ward, anna: &Somebody, bram: &Somebody, group: &str) {
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let question = json!({ "body": "Jeuk?", "question": { "options": [{ "name": "ja" }] } });
    let asked = doctor.post(&format!("{group}/messages"), question).await.created();
    let answer = format!("{group}/messages/{asked}/answer");
    patient.post(&answer, json!({ "options": ["ja"] })).await.ok();
    let proof = json!({ "user_id": bram.uuid(), "provider_id": "sandbox" });
    let proof = doctor.post(&format!("{group}/verification"), proof).await.created();
    let chat = ChatRef::Group(ChatId::from_uuid(group.rsplit('/').next().unwrap()).unwrap());
    let (bram, proof) = (bram.actor(Role::Patient, &[]), MessageId::from_uuid(&proof).unwrap());
    let said = [("given_name".to_owned(), "Bram".to_owned())].into();
    flows::asking::settle(&ward.house, &bram, chat, proof, Some(said)).await.expect("settled");
}

/// Whether its code still counts.
async fn code_counts(ward: &Ward, person: &Somebody, key: &Key) -> bool {
    let enrolled =
        ward.house.db.read(person.id, |tx, id| Box::pin(factors::enrolled(tx, *id))).await.expect("it");
    let now = ward.clock.now_ms();
    let offer = factors::offer(&ward.house.vault, &enrolled, [0; 32], &key.code(now), now).expect("it opens");
    let taken = ward.house.db.write(offer, |tx, offer| Box::pin(factors::take(tx, offer)));
    taken.await.expect("an answer").is_some()
}

/// A passkey, which its owner calls something.
async fn add_passkey(ward: &Ward, anna: &Somebody) {
    let relying = Relying::at(&ward.url).expect("a host");
    let asked = relying.ask_to_make(anna.id, "anna", &[]).expect("a question");
    let options: Value = serde_json::from_str(&asked.options).expect("JSON");
    let answer = Authenticator::at(&ward.url).make(&options);
    let made = relying.made(&asked.state, &answer).expect("a passkey");
    let actor = anna.actor(Role::Doctor, &[]);
    let arrival = Arrival {
        person: anna.id,
        towards: None,
        instead_of: None,
        device: Device::default(),
        methods: Methods::of(Method::Passkey),
        origin: actor.origin,
    };
    let added = ward.house.db.write((actor, arrival, made), |tx, (actor, arrival, made)| {
        Box::pin(async move {
            let session = sign_in::begin(tx, arrival).await?;
            let by = Holder::Session(vault::token_hash(session.secret.expose_secret()));
            passkeys::add(tx, (actor, by), made, "Annas telefoon").await
        })
    });
    added.await.expect("kept");
}

/// A list of which a row waits and a row was refused.
async fn list_brought(ward: &Ward, anna: &Somebody) -> ImportId {
    let id = ImportId::new(&ward.clock, &ward.house.rng);
    let row = |email: &str| Listed { email: email.to_owned(), ..Listed::default() };
    let list = [(0, row("daan@example.test")), (1, row("daan"))];
    let rows = imports::seal(&ward.house.vault, id, &list).expect("rows");
    let input = (anna.actor(Role::Administrator, &[]), id, rows);
    let taken = ward.house.db.write(input, |tx, (actor, id, rows)| {
        Box::pin(async move {
            imports::begin(tx, actor, *id, false, rows.len()).await?;
            imports::take_in(tx, actor, *id, rows).await?;
            imports::ready(tx, actor, *id).await?;
            let refused = (Outcome::Refused, Some("email_unfit"));
            imports::settle(tx, (actor.organisation, *id), 1, refused, None).await
        })
    });
    assert!(taken.await.expect("a list"));
    id
}

/// What the rows of a list say that are kept.
async fn listed(ward: &Ward, anna: &Somebody, id: ImportId) -> Vec<String> {
    let input = (anna.actor(Role::Administrator, &[]), id);
    let report = ward
        .house
        .db
        .read(input, |tx, (actor, id)| Box::pin(imports::report(tx, actor, *id, Page::numbered(0, 20))));
    let rows = report.await.expect("a report").rows;
    let said = rows.iter().filter_map(|row| row.listed(&ward.house.vault, id).expect("a row"));
    said.map(|listed| listed.email).collect()
}

/// The retired keys that seal, by id.
async fn retired(ward: &Ward) -> Vec<KeyState> {
    let all = keys::list(&ward.house).await.expect("keys");
    all.into_iter().filter(|state| state.key.retired_ms.is_some()).collect()
}

/// Every column of bytes. They are asked of the database itself, so that none can be forgotten.
async fn columns(ward: &Ward) -> Vec<String> {
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
        Box::pin(tx.all(sql, &[], |row| Ok(format!("{}.{}", row.get::<String>(0)?, row.get::<String>(1)?))))
    });
    let mut columns = columns.await.expect("columns");
    columns.sort_unstable();
    columns
}

/// Columns in which a value under this key stands, or its id.
async fn columns_under(ward: &Ward, key: DataKeyId) -> Vec<String> {
    let mut found = columns(ward).await;
    found.retain(|column| !NAMES_OF_KEYS.contains(&&**column));
    let mut under = Vec::new();
    for place in found {
        let (table, column) = place.split_once('.').expect("a column of a table");
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1 OR substr({column}, 2, 12) = $1");
        let counting = (&*sql.leak(), key);
        let count = ward.house.db.read(counting, |tx, (sql, key)| {
            Box::pin(async move { tx.one(sql, &args![key], |row| row.get::<i64>(0)).await })
        });
        if count.await.expect("a count") != Some(0) {
            under.push(place);
        }
    }
    under
}

/// Files whose bytes begin with a frame under this key.
async fn blobs_under(ward: &Ward, key: DataKeyId) -> Vec<String> {
    let mut under = Vec::new();
    for shelf in ward.house.blobs.shelves().await.expect("shelves") {
        for blob in ward.house.blobs.older_than(&shelf, i64::MAX / 2).await.expect("blobs") {
            let mut bytes = ward.house.blobs.read(&blob).await.expect("a blob");
            let first = bytes.next().await.expect("bytes").expect("a frame");
            if first[1..13] == *key.as_bytes() {
                under.push(blob);
            }
        }
    }
    under
}

/// Posts what was sealed by these keys before it came to the database.
async fn post_late(ward: &Ward, practice: &Practice, keys: &KeyRing) {
    let late = Draft::text("Onderweg").seal(keys, &ward.clock, &ward.house.rng).expect("a draft");
    let chat = ChatRef::Group(ChatId::from_uuid(practice.group.rsplit('/').next().unwrap()).unwrap());
    let input = (practice.anna.actor(Role::Doctor, &[]), chat, late);
    let post = ward.house.db.write(input, |tx, (anna, chat, late)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, anna, *chat, Right::Post).await?;
            messaging::post(tx, &open, late).await
        })
    });
    post.await.expect("posted");
}

/// Lets a day pass, and what is due then be done.
async fn a_day_later(ward: &Ward) {
    ward.clock.pass(A_DAY);
    ward.settle().await;
}

async fn sweep(ward: &Ward) -> usize {
    flows::duties::sweep_files(&ward.house).await.expect("a sweep")
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
        let expected = if state.key.organisation.is_some() { OF_ORGANISATION } else { OF_INSTALLATION };
        assert!(state.left.unwrap() > 2 && columns_under(&ward, state.key.id).await == expected, "{state:?}");
        assert_in_use(keys::destroy(&ward.house, state.key.id).await);
    }
    practice.anna.kpn().await.say(&practice.group, "Tussendoor").await;
    ward.settle().await;
    for state in retired(&ward).await {
        assert_eq!((state.left, state.key.resealed_ms), (Some(0), None), "something may still be on its way");
        assert_in_use(keys::destroy(&ward.house, state.key.id).await);
    }
    a_day_later(&ward).await;
    for state in retired(&ward).await {
        assert!(state.key.resealed_ms.is_some() && state.left.is_none(), "{state:?}");
        assert_eq!(columns_under(&ward, state.key.id).await, Vec::<String>::new());
        keys::destroy(&ward.house, state.key.id).await.expect("destroyed");
    }
    assert!(retired(&ward).await.is_empty());
    assert_eq!(practice.seen().await, ([vec!["Tussendoor".to_owned()], texts].concat(), attachments, group));
    assert_eq!(listed(&ward, &practice.anna, practice.list).await, ["daan@example.test", "daan"]);
    assert!(code_counts(&ward, &practice.bram, &practice.key).await);
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
    post_late(&ward, &practice, &before).await;
    assert_eq!(retired(&ward).await[0].left, Some(1));
    a_day_later(&ward).await;
    let state = retired(&ward).await.remove(0);
    assert_eq!((state.key.id, state.left, state.key.resealed_ms), (old, Some(0), None), "it found something");
    a_day_later(&ward).await;
    assert!(retired(&ward).await[0].key.resealed_ms.is_some());
    // Whatever comes even later is found before the key is destroyed.
    post_late(&ward, &practice, &before).await;
    let refused = keys::destroy(&ward.house, old).await;
    let Err(Error::Conflict { why }) = &refused else { panic!("{refused:?}") };
    assert!(why.sentence.contains("done with: 1."), "{why:?}");
    assert_in_use(refused);
    keys::rotate(&ward.house, Some(id)).await.expect("a newer key");
    ward.settle().await;
    keys::destroy(&ward.house, old).await.expect("destroyed");
    a_day_later(&ward).await;
    practice.seen().await;
}

#[bedside_test]
async fn every_column_of_bytes_is_known_to_be_sealed_or_not(ward: Ward) {
    let mut known = [OF_ORGANISATION, OF_INSTALLATION].concat();
    known.extend(NOT_SEALED.lines());
    known.sort_unstable();
    assert_eq!(columns(&ward).await, known);
}

#[bedside_test]
async fn the_older_bytes_of_a_file_stay_a_day_however_old_they_are(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let ring = ward.house.vault.ring_of(&ward.house.db, practice.linde.id).await.expect("keys");
    let [blob] = &*blobs_under(&ward, ring.current_key()).await else { panic!("one file") };
    let long_ago = (ward.clock.now() - A_DAY * 9).as_millisecond();
    ward.house.blobs.touch(blob, long_ago).await.expect("an old file");
    keys::rotate(&ward.house, Some(practice.linde.id)).await.expect("a new key");
    ward.settle().await;
    assert!(!columns_under(&ward, ring.current_key()).await.contains(&"files.data_key".to_owned()));
    assert_eq!(sweep(&ward).await, 0, "somebody may have read its row and have yet to open it");
    assert_eq!(blobs_under(&ward, ring.current_key()).await, std::slice::from_ref(blob));
    a_day_later(&ward).await;
    ward.pass_a_second();
    assert_eq!(sweep(&ward).await, 1);
    assert!(blobs_under(&ward, ring.current_key()).await.is_empty());
    practice.seen().await;
}

#[bedside_test]
async fn what_cannot_be_mended_is_looked_at_again_each_week(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let ring = ward.house.vault.ring_of(&ward.house.db, practice.linde.id).await.expect("keys");
    let [blob] = &*blobs_under(&ward, ring.current_key()).await else { panic!("one file") };
    let mut reader = ward.house.blobs.read(blob).await.expect("its bytes");
    let mut bytes = Vec::new();
    while let Some(some) = reader.next().await.expect("its bytes") {
        bytes.extend(some);
    }
    ward.house.blobs.delete(blob).await.expect("lost");
    keys::rotate(&ward.house, Some(practice.linde.id)).await.expect("a new key");
    ward.settle().await;
    for days in [1, 1, 7] {
        let [(name, _, due_ms)] = &*jobs_left(&ward).await else { panic!("the walk and nothing else") };
        assert_eq!((&**name, *due_ms), ("keys.reseal", ward.clock.now_ms() + days * 24 * 3_600_000));
        assert_eq!(retired(&ward).await[0].left, Some(1));
        ward.clock.pass(A_DAY * i32::try_from(days).expect("days"));
        ward.settle().await;
    }
    let mut object = ward.house.blobs.create(blob).await.expect("found again");
    object.write(&bytes).await.expect("its bytes");
    object.finish().await.expect("its bytes");
    for _ in 0..14 {
        a_day_later(&ward).await;
    }
    assert!(retired(&ward).await[0].key.resealed_ms.is_some());
    practice.seen().await;
}

#[bedside_test]
async fn keys_are_loaded_anew_though_the_files_cannot_be_swept(ward: Ward) {
    let (db, vault) = (&ward.house.db, &ward.house.vault);
    let old = vault.house().current_key();
    let elsewhere = db.write(vault.clone(), |tx, vault| Box::pin(vault.rotate(tx, None)));
    let new = elsewhere.await.expect("a new key");
    assert_eq!(vault.house().current_key(), old, "nobody told it");
    std::fs::remove_dir_all(ward.site.folder.join("data").join("files")).expect("a folder");
    bedside::house::tidy_up(&ward.house).await.expect_err("no folder to sweep");
    assert_eq!(vault.house().current_key(), new);
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
    let [(_, payload, _)] = &*jobs_left(&ward).await else { panic!("one walk") };
    let payload: Value = serde_json::from_str(payload).expect("its payload");
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
    ward.settle().await;
    a_day_later(&ward).await;
    let states = retired(&ward).await;
    assert_eq!(states.len(), 2);
    assert!(states.iter().all(|state| state.key.resealed_ms.is_some()), "{states:?}");
    practice.seen().await;
}

/// Every job that is there but for the end of the guests' link, parked ones too: its name, its payload, and when it is due.
async fn jobs_left(ward: &Ward) -> Vec<(String, String, i64)> {
    const JOBS: &str = "SELECT name, payload, due_ms FROM jobs WHERE name <> 'messaging.end_guests'";
    let jobs = ward
        .house
        .db
        .read((), |tx, ()| Box::pin(tx.all(JOBS, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))));
    jobs.await.expect("jobs")
}
