//! SIGTERM under load.

use std::time::Duration;

use kernel::Rng;
use testkit::{Site, bedside_test};

use super::books::{Books, inspect};
use super::kill::while_they_work;
use super::load::Load;
use super::practice::Practice;
use crate::cast::Installation;

const ROUNDS: usize = 3;

#[bedside_test]
async fn asked_to_stop_under_load_it_finishes_what_is_under_way_and_loses_nothing(site: Site) {
    let installation = Installation::on(&site);
    let practice = Practice::open(&installation, 3).await;
    let (rng, mut books) = (Rng::seeded(7), Books::default());
    for round in 0..ROUNDS {
        let server = installation.start().await;
        let load = Load::begin(&server.url, &practice, &format!("round {round}"), &rng, false);
        while_they_work(&rng).await;
        let (status, took, said) = server.stop().await;
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        assert!(!said.contains("cut off"), "{said}");
        books.enter(load.end().await);
    }
    let server = installation.start().await;
    let counts = books.compare(&server.url, &practice).await;
    eprintln!("{counts:?}");
    assert!(counts.acknowledged > 50, "{counts:?}");
    assert_eq!(counts.found, 0, "what was taken was answered: {counts:?}");
    assert_eq!(installation.command(&["audit", "verify"]).await["clean"], true);
    assert!(server.stop().await.0.success());
    assert_eq!(inspect(&installation).await, 0, "it said goodbye each time");
}
