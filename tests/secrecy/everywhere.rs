//! Every byte that the program leaves behind, searched for every marker: database, write-ahead log, on PostgreSQL too
//! where its files may be read, files, what is temporary, log lines, figures, and the answers of the access log's commands.
//!
//! What a command prints once on its standard output (a new password, secret or token) is told to the operator by
//! design and is not searched.

use std::process::Command;

use store::Place;
use testkit::{Site, bedside_test};

use super::needles::Needles;
use super::postgres::PostgresFiles;
use super::story::{PLAIN_NAME, tell};
use crate::cast::Installation;

/// Everything at rest, as one heap of findings; and whether what is plain by design was found there.
fn search(
    installation: &Installation,
    files: Option<&PostgresFiles>,
    needles: &Needles,
    plain: &Needles,
) -> (Vec<String>, bool) {
    let (mut found, count, bytes) = needles.found_below(installation.data());
    let (more, ..) = needles.found_below(&installation.temporary());
    found.extend(more);
    assert!(count > 1 && bytes > 1_000, "there is something to search");
    let mut is_seen = !plain.found_below(installation.data()).0.is_empty();
    if let Place::Url(url) = installation.place() {
        let dump = Command::new("pg_dump").args(["--inserts", &url]).output().expect("pg_dump");
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        found.extend(needles.found_in(&dump.stdout).iter().map(|one| format!("{one:?} in the database")));
        is_seen = !plain.found_in(&dump.stdout).is_empty();
    }
    if let Some(files) = files {
        found.extend(files.search(needles));
        is_seen &= !files.search(plain).is_empty();
    }
    (found, is_seen)
}

#[bedside_test]
async fn no_marker_is_found_in_anything_that_is_kept_or_told(site: Site) {
    if matches!(site.place, Place::Url(_)) && Command::new("pg_dump").arg("--version").output().is_err() {
        return testkit::not_run("there is no pg_dump to read the database with");
    }
    let installation = Installation::on(&site).telling("trace");
    let files = match &site.place {
        Place::Url(url) => PostgresFiles::of(url),
        Place::File(_) => None,
    };
    let server = installation.start().await;
    let markers = tell(&installation, &server).await;
    let (needles, plain) = (Needles::of(markers.all()), Needles::of([("the plain name", PLAIN_NAME)]));

    let metrics = reqwest::get(&server.metrics).await.expect("figures").text().await.expect("a page");
    assert!(metrics.contains("bedside_http_seconds"), "{metrics}");
    assert!(metrics.contains("bedside_refused_connections_total{why=\"plain\"} 0"), "{metrics}");
    assert_eq!(needles.found_in(metrics.as_bytes()), []);
    let verified = installation.command(&["audit", "verify"]).await;
    assert_eq!(verified["clean"], true);
    let head = installation.command(&["audit", "head", "--organisation", "huis"]).await;
    assert_eq!(needles.found_in(format!("{verified}{head}").as_bytes()), []);

    // While it runs, with the write-ahead log as it is.
    assert_eq!(search(&installation, files.as_ref(), &needles, &plain), (vec![], true));
    if matches!(site.place, Place::File(_)) {
        let log = std::fs::metadata(installation.data().join("bedside.db-wal")).expect("a write-ahead log");
        assert!(log.len() > 0, "searched with something in it");
    }
    let blobs = Needles::of([("any", "12345678")]).found_below(&installation.data().join("files"));
    assert!(blobs.2 > 100_000, "the file lies there: {blobs:?}");

    let url = server.url.clone();
    let (status, _, said) = server.stop().await;
    assert!(status.success());
    assert!(said.contains(&url) && said.contains("\"level\":\"DEBUG\""), "{said}");
    let is_timed = |line: &str| line.contains("\"answered\"") && line.contains("\"took_ms\":");
    assert!(said.lines().any(is_timed), "a request tells how long it took: {said}");
    assert_eq!(needles.found_in(said.as_bytes()), [], "on standard error");
    // And once it has stopped.
    assert_eq!(search(&installation, files.as_ref(), &needles, &plain), (vec![], true));
    planted_markers_are_found(&installation, &needles, markers.all().map(|(_, text)| text));
}

/// The search would have found them: planted where it looked, each one is.
fn planted_markers_are_found<'a>(
    installation: &Installation,
    needles: &Needles,
    markers: impl Iterator<Item = &'a str>,
) {
    let scratch = installation.data().join("files").join("scratch");
    for text in markers {
        std::fs::write(&scratch, format!("before{text}after")).expect("a file");
        let (found, ..) = needles.found_below(installation.data());
        assert!(found.iter().any(|one| one.contains("scratch")), "{text} was overlooked");
    }
    std::fs::remove_file(&scratch).expect("gone again");
}
