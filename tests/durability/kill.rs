//! SIGKILL at instants of chance.

use std::time::Duration;

use kernel::Rng;
use testkit::{Site, bedside_test};
use tokio::time::timeout;

use super::books::{Books, inspect};
use super::load::Load;
use super::practice::Practice;
use crate::cast::Installation;

const ROUNDS: usize = 8;
const SEED: u64 = 20_260_302;

/// Lets the others work for as long as chance says: 100 to 400 ms.
pub async fn while_they_work(rng: &Rng) {
    let span = Duration::from_millis(100 + u64::from(u16::from_le_bytes(rng.bytes())) % 300);
    timeout(span, std::future::pending::<()>()).await.unwrap_err();
}

#[bedside_test]
async fn killed_under_load_at_any_instant_it_has_every_acknowledged_message_and_no_refused_one(site: Site) {
    let installation = Installation::on(&site);
    let practice = Practice::open(&installation, 3).await;
    let (rng, mut books) = (Rng::seeded(SEED), Books::default());
    for round in 0..ROUNDS {
        let server = installation.start().await;
        books.compare(&server.url, &practice).await;
        let load = Load::begin(&server.url, &practice, &format!("round {round}"), &rng, false);
        while_they_work(&rng).await;
        server.kill().await;
        books.enter(load.end().await);
    }
    let server = installation.start().await;
    let counts = books.compare(&server.url, &practice).await;
    eprintln!("{counts:?}");
    assert!(counts.acknowledged > 100 && counts.refused > 3 && counts.unknown > 10, "{counts:?}");
    let verified = installation.command(&["audit", "verify"]).await;
    assert_eq!((&verified["clean"], &verified["faults"]), (&true.into(), &serde_json::json!([])));
    let (status, _, said) = server.stop().await;
    assert!(status.success(), "{said}");
    let gaps = inspect(&installation).await;
    // On a shared database a silent process counts as dead only after half a minute.
    let owned_up = matches!(installation.place(), store::Place::Url(_)) || gaps >= ROUNDS;
    assert!(owned_up, "each kill may have lost lines of reading, and the log says so: {gaps}");
}
