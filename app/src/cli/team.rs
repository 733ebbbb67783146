//! `bedside team`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, teams};

/// Commands on teams.
#[derive(Args)]
pub struct Team {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add a team: a ward, a desk, a queue
    Add(teams::Add),
    /// Put somebody on a team
    Join(teams::Join),
}

impl Team {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Add(add) => AdminCommand::TeamAdd(add),
            Act::Join(join) => AdminCommand::TeamJoin(join),
        };
        self.reach.run(given, command).await
    }
}
