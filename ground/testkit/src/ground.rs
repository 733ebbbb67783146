//! The ground without a feature on it: a store on either engine, with a set clock and seeded chance.

use std::env;

use kernel::{Clock, Rng};
use store::{Db, Options, Place, jobs, scratch};
use tempfile::TempDir;

use crate::{Engine, Keeper, Setting};

/// Raise it with the schema, so that the next run makes the template anew.
const TEMPLATE: &str = concat!("bedside_template_", env!("CARGO_PKG_VERSION"));

pub(crate) fn postgres_url() -> Option<String> {
    env::var("BEDSIDE_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A store of the test's own.
#[derive(Clone)]
pub struct Ground {
    /// The store.
    pub db: Db,
    /// Stands still until the test moves it. It starts on Monday 2 March 2026, 09:00 in Amsterdam.
    pub clock: Clock,
    /// Repeats from run to run.
    pub rng: Rng,
    /// Where rows lie: the file, or the URL.
    pub place: Place,
    /// A folder of the test's own, removed after it.
    pub folder: std::path::PathBuf,
}

/// Removes a [`Ground`] after its test.
pub struct GroundKeeper {
    db: Db,
    _folder: TempDir,
    database: Option<String>,
}

impl Setting for Ground {
    type Keeper = GroundKeeper;

    async fn open(engine: Engine) -> (Self, GroundKeeper) {
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
        let options = Options { place: place.clone(), clock: clock.clone(), rng: rng.clone() };
        let db = Db::open(options).await.expect("a store");
        let ground = Self { db: db.clone(), clock, rng, place, folder: folder.path().to_owned() };
        (ground, GroundKeeper { db, _folder: folder, database })
    }
}

impl Keeper for GroundKeeper {
    async fn close(self) {
        let open = self.db.read((), |tx, ()| Box::pin(jobs::count_open(tx))).await.expect("a count of jobs");
        assert_eq!(open, 0, "jobs are left undone: the test must settle them");
        drop(self.db);
        if let (Some(name), Some(url)) = (self.database, postgres_url()) {
            scratch::remove(&url, &name).await.expect("the test's database is dropped");
        }
    }
}

async fn fresh_database() -> (String, String) {
    let server = postgres_url().expect("a server");
    let template = format!("{}_{}", TEMPLATE.replace('.', "_"), store::schema_mark());
    let filled = scratch::create_once(&server, &template, async |url| {
        let options = Options { place: Place::Url(url), clock: Clock::system(), rng: Rng::system() };
        Db::open(options).await.map(drop)
    });
    filled.await.expect("a template database");
    let name = format!("t_{}", kernel::RequestId::new(&Clock::system(), &Rng::system()));
    let url = scratch::create(&server, &name, Some(&template)).await.expect("a database for the test");
    (url, name)
}
