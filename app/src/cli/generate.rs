//! `bedside generate`.

use anyhow::Result;
use clap::Args;

/// Writes the generated files.
#[derive(Args)]
pub struct Generate {
    /// The folder to write them into
    #[arg(long, value_name = "DIR")]
    into: std::path::PathBuf,
}

impl Generate {
    /// Runs it.
    pub fn run(&self) -> Result<()> {
        Ok(())
    }
}
