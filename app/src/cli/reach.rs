//! How a command reaches the house: through the server that runs on the data, or by opening it itself.

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use kernel::{Clock, Rng};
use serde_json::Value;

use super::given::Given;
use super::output;
use crate::admin::{self, AdminCommand, OrganisationCommand, in_words, socket};
use crate::config::Config;
use crate::{house, logging};

/// How a command reaches the house.
#[derive(Args)]
pub struct Reach {
    /// The running server; its socket is looked for in --data
    #[arg(long, global = true, value_name = "URL")]
    pub url: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// A command of an operator on one kind of thing.
#[derive(Args)]
pub struct Asked<C: Subcommand> {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: C,
}

impl<C: Subcommand> Asked<C> {
    /// Runs it and prints its answer. `on` says on what kind of thing.
    pub async fn run(self, given: &Given, on: fn(C) -> AdminCommand) -> Result<()> {
        self.reach.run(given, on(self.command)).await
    }
}

impl Reach {
    /// Runs the command and prints its answer.
    pub async fn run(&self, given: &Given, command: AdminCommand) -> Result<()> {
        output::print(&self.answer(given, command).await?, self.json)
    }

    /// Runs the command on the running server, or without one when none is named.
    pub async fn answer(&self, given: &Given, command: AdminCommand) -> Result<Value> {
        let config = given.load(&[])?;
        logging::begin_quietly();
        let data = &config.store.data;
        if let Some(answer) = socket::ask(data, &command).await? {
            return Ok(answer);
        }
        if let Some(url) = &self.url {
            bail!("no server answers in {}: does the one at {url} keep its data there?", data.display());
        }
        alone(&config, command).await
    }
}

/// Opens the house, runs the command and closes the house again.
async fn alone(config: &Config, command: AdminCommand) -> Result<Value> {
    let is_first = matches!(command, AdminCommand::Organisation(OrganisationCommand::Add(_)));
    if !is_first && config.store.database_url.is_none() && !house::database_file(&config.store.data).exists()
    {
        bail!("there is no installation in {}", config.store.data.display());
    }
    let settings = house::settings(config, config.server.public_url.clone().unwrap_or_default(), false);
    let opened = house::open(config, settings, Clock::system(), Rng::system()).await;
    let (house, background) = opened.map_err(worded)?;
    let answer = admin::run(&house, command).await.map_err(worded);
    background.stop().await.map_err(worded)?;
    answer
}

/// A refusal of the house as the operator reads it; its private half goes to the log.
pub fn worded(error: kernel::Error) -> anyhow::Error {
    if matches!(error, kernel::Error::Unavailable { .. } | kernel::Error::Bug { .. }) {
        tracing::error!(?error, "refused");
    }
    anyhow!(in_words(&error).sentence)
}
