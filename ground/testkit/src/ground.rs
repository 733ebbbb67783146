//! The ground without a feature on it: a store on either engine, with a set clock and seeded chance.

use std::path::PathBuf;

use kernel::{Clock, Rng};
use store::{Db, Options, Place, Statement, jobs};

use crate::site::{Site, SiteKeeper};
use crate::{Engine, Keeper, Setting};

/// A store of the test's own.
#[derive(Clone)]
pub struct Ground {
    /// The store.
    pub db: Db,
    /// Stands still until the test moves it.
    pub clock: Clock,
    /// Repeats from run to run.
    pub rng: Rng,
    /// Where rows lie: the file, or the URL.
    pub place: Place,
    /// A folder of the test's own, removed after it.
    pub folder: PathBuf,
}

/// Removes a [`Ground`] after its test.
pub struct GroundKeeper {
    db: Db,
    site: SiteKeeper,
}

const FORGET_PARKED: &str = "DELETE FROM jobs WHERE state = 'parked'";

impl Ground {
    /// For a test that has jobs parked on purpose: removes them, and says how many there were.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn forget_parked_jobs(&self) -> u64 {
        self.db.run_alone(Statement::new(FORGET_PARKED, &[])).await.expect("parked jobs are removed")
    }
}

impl Setting for Ground {
    type Keeper = GroundKeeper;

    async fn open(engine: Engine) -> (Self, GroundKeeper) {
        let (site, keeper) = Site::open(engine).await;
        let Site { place, folder, clock, rng } = site;
        let options =
            Options { place: place.clone(), database_ca_file: None, clock: clock.clone(), rng: rng.clone() };
        let db = Db::open(options).await.expect("a store");
        (Self { db: db.clone(), clock, rng, place, folder }, GroundKeeper { db, site: keeper })
    }
}

impl Keeper for GroundKeeper {
    async fn close(self) {
        let open = self.db.read((), |tx, ()| Box::pin(jobs::count_open(tx))).await.expect("a count of jobs");
        assert_eq!(open, 0, "jobs are left undone or parked: the test must settle them");
        drop(self.db);
        self.site.close().await;
    }
}
