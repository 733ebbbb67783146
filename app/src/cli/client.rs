//! `bedside client`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, clients};

/// Commands on OAuth applications.
#[derive(Args)]
pub struct Client {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Register an application, and print its secret this once
    Add(clients::Add),
    /// List the applications of an organisation
    List(clients::List),
    /// Give an application a new secret, and print it this once
    RotateSecret(clients::Rotate),
    /// Remove an application; every token that it holds stops
    Remove(clients::One),
}

impl Client {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Add(add) => AdminCommand::ClientAdd(add),
            Act::List(list) => AdminCommand::ClientList(list),
            Act::RotateSecret(rotate) => AdminCommand::ClientRotateSecret(rotate),
            Act::Remove(one) => AdminCommand::ClientRemove(one),
        };
        self.reach.run(given, command).await
    }
}
