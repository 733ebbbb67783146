//! `bedside key`.

use anyhow::Result;
use clap::{Args, Subcommand};

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, keys};

/// Commands on keys.
#[derive(Args)]
pub struct Key {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Seal with a new key from now on; what older ones sealed stays readable
    Rotate(keys::Rotate),
}

impl Key {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let Act::Rotate(rotate) = self.act;
        self.reach.run(given, AdminCommand::KeyRotate(rotate)).await
    }
}
