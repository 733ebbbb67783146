mod administration;
mod consent;
mod details;
mod factors;
mod house;
mod imports;
mod notices;
mod people;
mod sessions;
mod standing;

use testkit::{Ground, bedside_test};

use crate::rows;

#[bedside_test]
async fn both_engines_understand_every_statement(ground: Ground) {
    ground.db.check_statements(rows::ALL_SQL).await.expect("statements that both understand");
    ground.db.check_statements(&rows::MORE_SQL.concat()).await.expect("these, too");
}
