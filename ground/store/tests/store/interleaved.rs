//! Random bodies side by side: acknowledged is stored, refused is absent, whatever the neighbours do.

use futures_util::future::join_all;
use kernel::{Error, Result};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Db, Tx, args};
use testkit::{Engine, Ground, Keeper, Setting};

use super::{INSERT, insert};

/// What one body does, after it has inserted its rows.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Succeeds,
    Refuses,
    Panics,
    Waits,
    Nests,
    RepeatsAKey,
    GoesOnAfterAnError,
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        4 => Just(Ending::Succeeds),
        1 => Just(Ending::Refuses),
        1 => Just(Ending::Panics),
        1 => Just(Ending::Waits),
        1 => Just(Ending::Nests),
        1 => Just(Ending::RepeatsAKey),
        1 => Just(Ending::GoesOnAfterAnError),
    ]
}

#[derive(Clone)]
struct Plan {
    name: String,
    rows: usize,
    ending: Ending,
    db: Db,
}

async fn carry_out(tx: &Tx, plan: &Plan) -> Result<()> {
    for row in 0..plan.rows {
        insert(tx, &format!("{}-{row}", plan.name)).await?;
    }
    match plan.ending {
        Ending::Succeeds => Ok(()),
        Ending::Refuses => Err(Error::Unauthenticated),
        Ending::Panics => panic!("a body panics, as the test wants"),
        Ending::Waits => {
            tokio::task::yield_now().await;
            Ok(())
        }
        Ending::Nests => {
            let name = format!("{}-nested", plan.name);
            let nested = plan.db.write(name, |tx, name| Box::pin(async move { insert(tx, name).await }));
            nested.await.map(drop)
        }
        Ending::RepeatsAKey => insert(tx, &format!("{}-0", plan.name)).await.map(drop),
        Ending::GoesOnAfterAnError => {
            drop(insert(tx, &format!("{}-0", plan.name)).await);
            drop(tx.run(INSERT, &args!["after", b"h", 0_i64]).await);
            Ok(())
        }
    }
}

async fn check(ground: &Ground, round: usize, plans: &[(usize, Ending)]) {
    let plan = |(n, (rows, ending)): (usize, &(usize, Ending))| Plan {
        name: format!("{round}-{n}"),
        rows: *rows,
        ending: *ending,
        db: ground.db.clone(),
    };
    let plans: Vec<_> = plans.iter().enumerate().map(plan).collect();
    let bodies =
        plans.iter().map(|plan| ground.db.write(plan.clone(), |tx, plan| Box::pin(carry_out(tx, plan))));
    let answers = join_all(bodies).await;
    for (plan, answer) in plans.iter().zip(answers) {
        assert_eq!(answer.is_ok(), matches!(plan.ending, Ending::Succeeds), "{:?}: {answer:?}", plan.ending);
        for row in 0..plan.rows {
            let is_there = super::stored(ground, &format!("{}-{row}", plan.name)).await;
            assert_eq!(is_there, answer.is_ok(), "{:?}, row {row}", plan.ending);
        }
        assert!(!super::stored(ground, &format!("{}-nested", plan.name)).await);
    }
    assert!(!super::stored(ground, "after").await);
}

fn acknowledged_is_stored_and_refused_is_absent(engine: Engine, rounds: u32) {
    if engine == Engine::Postgres && testkit::postgres_server().is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (ground, keeper) = runtime.block_on(Ground::open(engine));
    let mut runner =
        TestRunner::new(Config { cases: rounds, failure_persistence: None, ..Config::default() });
    let plans = proptest::collection::vec((1_usize..4, ending()), 1..24);
    let round = std::cell::Cell::new(0);
    let outcome = runner.run(&plans, |plans| {
        round.set(round.get() + 1);
        runtime.block_on(check(&ground, round.get(), &plans));
        Ok(())
    });
    outcome.expect("the promise holds");
    runtime.block_on(async {
        drop(ground);
        keeper.close().await;
    });
}

#[test]
fn random_bodies_on_sqlite() {
    acknowledged_is_stored_and_refused_is_absent(Engine::Sqlite, 120);
}

#[test]
fn random_bodies_on_postgres() {
    acknowledged_is_stored_and_refused_is_absent(Engine::Postgres, 60);
}
