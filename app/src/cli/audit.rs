//! `bedside audit`.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use super::given::Given;
use super::output;
use super::reach::Reach;
use crate::admin::{AdminCommand, log};

/// Commands on the access log.
#[derive(Args)]
pub struct Audit {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Find every line that was changed, removed or put elsewhere; ends with 1 when there is one
    Verify(log::Verify),
    /// Print the newest seal of a log; kept elsewhere, it shows later whether the log lost its end
    Head(log::Head),
}

impl Audit {
    /// Runs it.
    pub async fn run(self, given: &Given) -> Result<()> {
        let command = match self.act {
            Act::Verify(verify) => AdminCommand::AuditVerify(verify),
            Act::Head(head) => AdminCommand::AuditHead(head),
        };
        let answer = self.reach.answer(given, command).await?;
        output::print(&answer, self.reach.json)?;
        if answer["clean"] == false {
            bail!("the access log is not as it was written");
        }
        Ok(())
    }
}
