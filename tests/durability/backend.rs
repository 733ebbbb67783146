//! PostgreSQL's own server processes end under load: asked to, and by SIGKILL. The program stays, answers 503 where
//! it does not know, and goes on by itself.

use std::time::Duration;

use kernel::Rng;
use store::{Place, scratch};
use testkit::{Cluster, Engine, Site, bedside_test};
use tokio::time::{interval, timeout};

use super::books::{Books, inspect};
use super::kill::while_they_work;
use super::load::{Fate, Load};
use super::practice::Practice;
use crate::cast::{Installation, Server};

const ROUNDS: usize = 3;
const RECOVER_WITHIN: Duration = Duration::from_secs(60);

/// Breaks the database under load, each time in this way, and holds the books against what is there.
async fn survive(installation: &Installation, cut: impl AsyncFn()) {
    let practice = Practice::open(installation, 2).await;
    let (rng, mut books) = (Rng::seeded(11), Books::default());
    let server = installation.start().await;
    for round in 0..ROUNDS {
        let load = Load::begin(&server.url, &practice, &format!("round {round}"), &rng, true);
        while_they_work(&rng).await;
        cut().await;
        while_they_work(&rng).await;
        let sent = load.end().await;
        assert!(sent.iter().all(|one| one.fate != Fate::Unanswered), "who has no database says so");
        books.enter(sent);
        recover(&server).await;
        let load = Load::begin(&server.url, &practice, &format!("after round {round}"), &rng, true);
        while_they_work(&rng).await;
        let sent = load.end().await;
        assert!(sent.iter().all(|one| !is_unknown(&one.fate)), "it says that it is ready, and is");
        books.enter(sent);
    }
    let counts = books.compare(&server.url, &practice).await;
    eprintln!("{counts:?}");
    assert!(counts.acknowledged > 50, "{counts:?}");
    let verified = installation.command(&["audit", "verify"]).await;
    assert_eq!((&verified["clean"], &verified["faults"]), (&true.into(), &serde_json::json!([])));
    let (status, _, said) = server.stop().await;
    assert!(status.success(), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    inspect(installation).await;
}

fn is_unknown(fate: &Fate) -> bool {
    matches!(fate, Fate::Unknown | Fate::Unanswered)
}

/// Waits until the server says that it is ready again.
async fn recover(server: &Server) {
    let http = reqwest::Client::builder().build().expect("a client");
    let url = format!("{}/readyz", server.url);
    let mut looks = interval(Duration::from_millis(50));
    let ready = async {
        loop {
            looks.tick().await;
            let answer = http.get(&url).send().await.expect("the program still runs");
            if answer.status() == 200 {
                break;
            }
        }
    };
    timeout(RECOVER_WITHIN, ready).await.expect("it recovers by itself");
}

#[bedside_test]
async fn connections_that_the_database_ends_lose_nothing_acknowledged(site: Site) {
    let Place::Url(url) = &site.place else { return };
    let server = testkit::postgres_server().expect("a server");
    let database = url.rsplit_once('/').expect("a name").1;
    let cut = async || {
        scratch::end_backends(&server, database).await.expect("they end");
    };
    survive(&Installation::on(&site), cut).await;
}

#[test]
fn a_server_process_of_the_databases_that_is_killed_loses_nothing_acknowledged() {
    testkit::run(Engine::Sqlite, async |site: Site| {
        let Some(cluster) = Cluster::start() else { return };
        let url = scratch::create(cluster.url(), "kill", None).await.expect("a database");
        survive(&Installation::on(&site).with_database(url), async || cluster.kill_a_backend("kill")).await;
    });
}
