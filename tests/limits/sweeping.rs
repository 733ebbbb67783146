//! What is removed each hour is found by an index, however much is there that stays.

use store::Arg;
use testkit::{Ground, bedside_test};

/// The statements that remove or empty so many rows at most.
fn sweeps() -> Vec<&'static str> {
    let identity = [identity::rows::MORE_SQL, &[identity::rows::ALL_SQL]].concat();
    let all = [outbound::ALL_SQL, booking::rows::MORE_SQL, &identity].concat().concat();
    let is_sweep = |sql: &&str| {
        (sql.starts_with("DELETE") || sql.trim_start().starts_with("UPDATE")) && sql.contains("LIMIT")
    };
    all.into_iter().map(|sql| sql.trim()).filter(is_sweep).collect()
}

#[bedside_test]
async fn no_sweep_walks_over_what_stays(ground: Ground) {
    // An empty table of PostgreSQL's is walked in any case.
    if !matches!(ground.place, store::Place::File(_)) {
        return;
    }
    let sweeps = sweeps();
    assert!(sweeps.len() >= 8, "{sweeps:?}");
    for sql in sweeps {
        let places = (1..99).take_while(|n| sql.contains(&format!("${n}"))).count();
        let explained: &'static str = format!("EXPLAIN QUERY PLAN {sql}").leak();
        let plan = ground.db.read(places, move |tx, places| {
            Box::pin(
                async move { tx.all(explained, &vec![Arg::Null; *places], |row| row.get::<String>(3)).await },
            )
        });
        let plan = plan.await.expect("a plan").join("\n");
        assert!(!plan.contains("SCAN"), "{sql}\n{plan}");
    }
}
