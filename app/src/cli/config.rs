//! `bedside config`.

use std::io::{self, Write as _};

use anyhow::Result;
use clap::Args;

use super::given::Given;
use super::output;
use crate::config;

/// Prints the configuration that holds.
#[derive(Args)]
pub struct Show {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Runs it.
    pub fn run(&self, given: &Given) -> Result<()> {
        let config = given.load(&[])?;
        if self.json {
            return output::print(&serde_json::to_value(&config)?, true);
        }
        Ok(io::stdout().lock().write_all(config::effective(&config).as_bytes())?)
    }
}
