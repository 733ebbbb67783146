//! `bedside membership`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, people};

/// Commands on memberships.
#[derive(Args)]
pub struct Membership {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make somebody a member of an organisation
    Add(people::Join),
    /// End a membership now
    End(people::Leave),
}

impl Membership {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Add(join) => AdminCommand::MembershipAdd(join),
            Act::End(leave) => AdminCommand::MembershipEnd(leave),
        };
        self.reach.run(given, command).await
    }
}
