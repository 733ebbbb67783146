//! Jobs that were given up.

use std::time::Duration;

use kernel::{Clock, JobId, Rng};
use store::{Db, Options, args};
use testkit::{Site, bedside_test};
use tokio::time::{interval, timeout};

use crate::cast::Installation;

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
    assert!(server.stop().await.0.success());
}
