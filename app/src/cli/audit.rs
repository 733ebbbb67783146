//! `bedside audit`.

use anyhow::{Result, bail};
use clap::Args;

use super::given::Given;
use super::output;
use super::reach::Reach;
use crate::admin::{AdminCommand, AuditCommand};

/// Commands on the access log.
#[derive(Args)]
pub struct Audit {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: AuditCommand,
}

impl Audit {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let answer = self.reach.answer(given, AdminCommand::Audit(self.command)).await?;
        output::print(&answer, self.reach.json)?;
        if answer["clean"] == false {
            bail!("the access log is not as it was written");
        }
        Ok(())
    }
}
