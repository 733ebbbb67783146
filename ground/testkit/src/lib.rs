//! What tests stand on: both engines, a clock to set, seeded chance, and a house that refuses to close while work
//! is left.

mod cluster;
mod ground;
mod site;

pub use cluster::Cluster;
pub use ground::Ground;
pub use site::{Site, SiteKeeper};
pub use testkit_macros::bedside_test;

/// Which database engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a folder of the test's own.
    Sqlite,
    /// A database of the test's own on the server that `BEDSIDE_TEST_POSTGRES` names.
    Postgres,
}

/// What a test is given, and how it is closed after the test.
pub trait Setting: Sized {
    /// What stays behind to close it.
    type Keeper: Keeper;
    /// Opens a fresh one.
    fn open(engine: Engine) -> impl Future<Output = (Self, Self::Keeper)>;
}

/// Closes a setting after its test, and fails the test when something was left undone.
pub trait Keeper {
    /// Closes it.
    fn close(self) -> impl Future<Output = ()>;
}

/// Runs one test on one engine. Without a PostgreSQL server that half says so and does nothing; `cargo xtask test`
/// brings one.
///
/// # Panics
/// When the test does.
pub fn run<S: Setting, F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(S) -> F) {
    if engine == Engine::Postgres && site::postgres_url().is_none() {
        assert!(std::env::var("CI").is_err(), "the build server brings a PostgreSQL server");
        eprintln!("NOT RUN: no PostgreSQL server is named by BEDSIDE_TEST_POSTGRES");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (setting, keeper) = S::open(engine).await;
        test(setting).await;
        keeper.close().await;
    });
}
