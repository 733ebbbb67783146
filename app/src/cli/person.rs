//! `bedside person`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, people};

/// Commands on people.
#[derive(Args)]
pub struct Person {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add somebody, and print their password this once
    Add(people::Add),
    /// List the people of an organisation
    List(people::List),
    /// Stop everything that somebody can do, and sign them out everywhere
    Disable(people::One),
    /// Let somebody in again who was disabled
    Enable(people::One),
    /// Give somebody a new password, print it this once, and sign them out everywhere
    Reset(people::One),
}

impl Person {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Add(add) => AdminCommand::PersonAdd(add),
            Act::List(list) => AdminCommand::PersonList(list),
            Act::Disable(one) => AdminCommand::PersonDisable(one),
            Act::Enable(one) => AdminCommand::PersonEnable(one),
            Act::Reset(one) => AdminCommand::PersonReset(one),
        };
        self.reach.run(given, command).await
    }
}
