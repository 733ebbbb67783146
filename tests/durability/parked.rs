//! Jobs that were given up.

use std::time::Duration;

use bedside::admin::{AdminCommand, in_words};
use jiff::SignedDuration;
use kernel::{Clock, JobId, LetterId, Rng};
use outbound::letters::{SEND, SendLetter};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use store::{Db, Options, args};
use testkit::{Site, bedside_test};
use tokio::time::{interval, timeout};

use crate::cast::{Installation, Ward};
use crate::secrecy::access_log::lines;

const COUNTED_WITHIN: Duration = Duration::from_secs(60);
const PARK: &str = "INSERT INTO jobs (id, name, payload, state, due_ms, attempts, lane)
    VALUES ($1, 'test.hopeless', '{}', 'parked', 0, 9, 'inward')";

#[bedside_test]
async fn the_figures_say_how_many_jobs_nobody_tries_any_more(site: Site) {
    let installation = Installation::on(&site);
    assert!(installation.start().await.stop().await.0.success());
    let (clock, rng) = (Clock::system(), Rng::system());
    let place = installation.place();
    let db = Db::open(Options { place, database_ca_file: None, clock, rng }).await.expect("the store");
    let parked = db.write((), |tx, ()| {
        Box::pin(async move {
            for _ in 0..3 {
                let id: JobId = tx.new_id();
                tx.run(PARK, &args![&id]).await?;
            }
            Ok(())
        })
    });
    parked.await.expect("three parked jobs");
    drop(db);

    let server = installation.start().await;
    let mut looks = interval(Duration::from_millis(50));
    let counted = async {
        loop {
            looks.tick().await;
            let figures = reqwest::get(&server.metrics).await.expect("figures").text().await.expect("a page");
            if figures.lines().any(|line| line == "bedside_parked_jobs 3") {
                break;
            }
        }
    };
    timeout(COUNTED_WITHIN, counted).await.expect("they are counted");
    let listed = installation.command(&["job", "list"]).await;
    let listed = listed.as_array().expect("a list");
    assert!(listed.len() == 3 && listed.iter().all(|job| job["kind"] == "test.hopeless"), "{listed:?}");
    let id = listed[0]["id"].as_str().expect("an id");
    assert_eq!(installation.command(&["job", "retry", id]).await, json!({ "retried": true }));
    assert!(server.stop().await.0.success());
}

/// Does what an operator does with jobs; the code of a refusal.
async fn job(ward: &Ward, what: Value) -> Result<Value, String> {
    let mut command = json!({ "on": "job" });
    command.as_object_mut().expect("fields").extend(what.as_object().expect("fields").clone());
    let command: AdminCommand = serde_json::from_value(command).expect("a command");
    bedside::admin::run(&ward.house, command).await.map_err(|error| in_words(&error).code)
}

/// What is listed of the jobs that go outside.
async fn listed(ward: &Ward, all: bool) -> Vec<Value> {
    let jobs = job(ward, json!({ "act": "list", "all": all })).await.expect("a list");
    jobs.as_array().expect("jobs").iter().filter(|job| job["lane"] == "outward").cloned().collect()
}

#[bedside_test]
async fn an_operator_sees_why_a_job_was_given_up_and_has_it_done_once_that_is_mended(ward: Ward) {
    const BREAK: &str = "ALTER TABLE letters RENAME TO letters_elsewhere";
    const MEND: &str = "ALTER TABLE letters_elsewhere RENAME TO letters";
    let run = async |sql| {
        let run = ward.house.db.write((), move |tx, ()| Box::pin(tx.run(sql, &[])));
        run.await.expect("renamed");
    };
    let organisation = ward.organisation("linde").await.id;
    ward.settle().await;
    run(BREAK).await;
    let letter = LetterId::new(&ward.clock, &ward.house.rng);
    let payload = serde_json::to_value(SendLetter { organisation, letter }).expect("a payload");
    let left = ward.house.db.write(payload, |tx, payload| {
        Box::pin(async move {
            let (payload, due_ms) = (payload.clone(), tx.now_ms());
            jobs::enqueue(tx, &NewJob { name: SEND, dedupe: None, payload, due_ms }).await
        })
    });
    left.await.expect("left");
    ward.settle().await;
    assert_eq!(listed(&ward, false).await, [] as [Value; 0]);
    let [waiting] = &*listed(&ward, true).await else { panic!("one job") };
    let retry = json!({ "act": "retry", "id": waiting["id"] });
    assert_eq!(job(&ward, retry.clone()).await, Err("job_not_parked".to_owned()));

    ward.clock.pass(SignedDuration::from_hours(31 * 24));
    ward.settle().await;
    let shown = json!({
        "id": waiting["id"], "kind": "outbound.send", "lane": "outward", "state": "parked", "tries": 2,
        "first_tried": "2026-03-02T08:00:00Z", "last_tried": "2026-04-02T08:00:00Z",
        "error": "something went wrong inside; see the log",
    });
    assert_eq!(listed(&ward, false).await, [shown]);
    run(MEND).await;
    assert_eq!(job(&ward, retry.clone()).await, Ok(json!({ "retried": true })));
    ward.settle().await;
    assert_eq!(listed(&ward, true).await, [] as [Value; 0]);
    assert_eq!(job(&ward, retry).await, Err("job_unknown".to_owned()));
    assert_eq!(job(&ward, json!({ "act": "retry", "id": "x" })).await, Err("job_unfit".to_owned()));
    let told: Vec<_> = lines(&ward).await.into_iter().filter_map(|line| line.reason).collect();
    let count = |what: &str| told.iter().filter(|reason| *reason == what).count();
    assert_eq!((count("jobs listed"), count("job tried again")), (4, 1));
}
