//! PostgreSQL by TLS: on a cluster that nobody reaches otherwise, with a certificate that it signed itself.

use std::path::{Path, PathBuf};

use kernel::{Clock, Error, Rng};
use store::{Db, Options, Place, Statement, args};
use testkit::Cluster;

use super::INSERT;

/// A certificate for this name, signed by itself, and its key; both in PEM.
fn certificate(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    (made.cert.pem(), made.signing_key.serialize_pem())
}

async fn open(url: &str, ca_file: Option<&Path>) -> Result<Db, Error> {
    let (clock, rng) = (Clock::system(), Rng::system());
    let database_ca_file = ca_file.map(Path::to_owned);
    Db::open(Options { place: Place::Url(url.to_owned()), database_ca_file, clock, rng }).await
}

/// The code of a refusal that tells the operator what to do.
async fn refusal(url: &str, ca_file: Option<&Path>) -> String {
    let Err(Error::Precondition { why }) = open(url, ca_file).await else { panic!("it is refused in words") };
    assert!(!why.sentence.contains("postgres://"), "the URL may hold a password: {}", why.sentence);
    why.code.to_owned()
}

fn run(test: impl AsyncFnOnce(&Path)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let folder = tempfile::tempdir().expect("a folder");
    runtime.expect("a runtime").block_on(test(folder.path()));
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path
}

#[test]
fn a_server_is_reached_by_tls_when_its_certificate_is_vouched_for() {
    let (chain, key) = certificate("localhost");
    let Some(cluster) = Cluster::start_with_tls(&chain, &key) else { return };
    run(async |folder| {
        let trusted = written(folder, "ca.pem", &chain);
        let url = cluster.url().replace("127.0.0.1", "localhost");
        let db = open(&url, Some(&trusted)).await.expect("a store");
        let insert = Statement::new(INSERT, &args!["by tls", b"holder", 1_i64]);
        assert_eq!(db.run_alone(insert).await.expect("stored"), 1);

        let required = format!("{url}?sslmode=verify-full");
        assert_eq!(refusal(&required, None).await, "database_tls", "the system does not know who signed it");
        let stranger = written(folder, "stranger.pem", &certificate("localhost").0);
        assert_eq!(refusal(&url, Some(&stranger)).await, "database_tls", "somebody else of the same name");
        assert_eq!(refusal(cluster.url(), Some(&trusted)).await, "database_tls", "it is not 127.0.0.1's");
        let plain = open(&url, None).await.expect_err("this cluster takes nobody without TLS");
        assert!(matches!(plain, Error::Unavailable { .. }), "{plain:?}");
    });
}

#[test]
fn a_server_without_tls_is_refused_in_words_when_tls_is_asked_for() {
    let Some(url) = testkit::postgres_server() else { return };
    run(async |folder| {
        let ca = written(folder, "ca.pem", &certificate("localhost").0);
        assert_eq!(refusal(&format!("{url}?sslmode=require"), Some(&ca)).await, "database_without_tls");
    });
}

#[test]
fn a_file_without_certificates_is_refused_in_words() {
    run(async |folder| {
        let url = "postgres://bedside@db.example.nl/bedside";
        let files =
            [folder.join("none.pem"), written(folder, "empty.pem", ""), written(folder, "x.pem", "x")];
        for file in files {
            assert_eq!(refusal(url, Some(&file)).await, "database_ca_file", "{}", file.display());
        }
    });
}
