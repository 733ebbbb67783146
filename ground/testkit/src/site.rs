//! Where a test builds: a folder, a database, a set clock and seeded chance, and nothing on them yet.

use std::env;
use std::path::PathBuf;

use kernel::{Clock, Rng};
use store::{Db, Options, Place, scratch};
use tempfile::TempDir;

use crate::{Engine, Keeper, Setting, not_run};

fn postgres_url() -> Option<String> {
    env::var("BEDSIDE_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// The PostgreSQL server for tests; without one, what needs it is [`not_run`].
///
/// # Panics
/// As [`not_run`].
#[must_use]
#[track_caller]
pub fn postgres_server() -> Option<String> {
    let url = postgres_url();
    if url.is_none() {
        not_run("no PostgreSQL server is named by BEDSIDE_TEST_POSTGRES");
    }
    url
}

/// An empty site.
#[derive(Clone)]
pub struct Site {
    /// Where rows will lie: the file, or the URL.
    pub place: Place,
    /// A folder of the test's own, removed after it.
    pub folder: PathBuf,
    /// Stands still until the test moves it. It starts on Monday 2 March 2026, 09:00 in Amsterdam.
    pub clock: Clock,
    /// Repeats from run to run.
    pub rng: Rng,
}

/// Clears a [`Site`] after its test.
pub struct SiteKeeper {
    _folder: TempDir,
    database: Option<String>,
}

impl Setting for Site {
    type Keeper = SiteKeeper;

    async fn open(engine: Engine) -> (Self, SiteKeeper) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let rng = Rng::seeded(42);
        let (place, database) = match engine {
            Engine::Sqlite => (Place::File(folder.path().join("bedside.db")), None),
            Engine::Postgres => {
                let (url, name) = fresh_database().await;
                (Place::Url(url), Some(name))
            }
        };
        let site = Self { place, folder: folder.path().to_owned(), clock, rng };
        (site, SiteKeeper { _folder: folder, database })
    }
}

impl Keeper for SiteKeeper {
    async fn close(self) {
        if let (Some(name), Some(url)) = (self.database, postgres_url()) {
            scratch::remove(&url, &name).await.expect("the test's database is dropped");
        }
    }
}

async fn fresh_database() -> (String, String) {
    let server = postgres_url().expect("a server");
    // Another schema is another template.
    let template = format!("bedside_template_{}", store::schema_mark());
    let filled = scratch::create_once(&server, &template, async |url| {
        let options = Options {
            place: Place::Url(url),
            database_ca_file: None,
            clock: Clock::system(),
            rng: Rng::system(),
        };
        Db::open(options).await.map(drop)
    });
    filled.await.expect("a template database");
    let name = format!("t_{}", kernel::RequestId::new(&Clock::system(), &Rng::system()));
    let url = scratch::create(&server, &name, Some(&template)).await.expect("a database for the test");
    (url, name)
}
