//! Stories of a practice, on both engines.

pub(crate) mod clinic;

mod booking;
mod changing;
mod desk;
mod facts;
mod groups;
mod lanes;
mod recalled;
mod setup;
mod two_practices;
mod upkeep;
mod visits;
mod waiting;

use testkit::{Ground, bedside_test};

#[bedside_test]
async fn every_statement_is_understood_by_the_engine(ground: Ground) {
    let all = crate::rows::MORE_SQL.concat();
    ground.db.check_statements(&all).await.expect("statements that both engines take");
}
