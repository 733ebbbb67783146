//! `bedside generate`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::generate;

/// Writes the generated files.
#[derive(Args)]
pub struct Generate {
    /// The folder to write them into
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

impl Generate {
    /// Runs it.
    pub fn run(&self) -> Result<()> {
        generate::write(&self.into).with_context(|| format!("{} cannot be written", self.into.display()))
    }
}
