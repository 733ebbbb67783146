//! `bedside organisation`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, organisations};

/// Commands on organisations.
#[derive(Args)]
pub struct Organisation {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add an organisation
    Add(organisations::Add),
    /// List every organisation
    List,
}

impl Organisation {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Add(add) => AdminCommand::OrganisationAdd(add),
            Act::List => AdminCommand::OrganisationList,
        };
        self.reach.run(given, command).await
    }
}
