//! Rules, and stories on both engines.

mod asking;
mod at_once;
mod clinic;
mod drafts;
mod endings;
mod files;
mod finding;
mod groups;
mod handover;
mod holds;
mod may;
mod merging;
mod patients;
mod receipts;
mod reseal;
mod stories;
mod tenancy;
mod uploads;

use testkit::{Ground, bedside_test};

#[bedside_test]
async fn every_statement_is_understood_by_the_engine(ground: Ground) {
    ground.db.check_statements(search::ALL_SQL).await.expect("statements of the search");
    ground.db.check_statements(crate::rows::ALL_SQL).await.expect("statements that both engines take");
}
