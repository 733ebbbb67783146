//! What tests stand on: both engines, a clock to set, seeded chance, and a house that refuses to close while work
//! is left.

mod cluster;
mod ground;
mod not_run;
mod site;

pub use cluster::Cluster;
pub use ground::Ground;
pub use not_run::not_run;
pub use site::{Site, SiteKeeper, postgres_server};
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

/// Runs one test on one engine. Without a PostgreSQL server that half is [`not_run`]; `cargo xtask test` brings one.
///
/// # Panics
/// When the test does, and as [`not_run`].
pub fn run<S: Setting, F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(S) -> F) {
    if engine == Engine::Postgres && postgres_server().is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (setting, keeper) = S::open(engine).await;
        test(setting).await;
        keeper.close().await;
    });
}
