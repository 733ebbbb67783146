//! How a command reaches the house: through the server that runs on the data, or by opening it itself.

use std::path::Path;

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
    /// The running server, as clients know it; its socket is looked for in --data, and another is refused
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
        if let Some(url) = &self.url {
            must_be_at(data, url).await?;
        }
        if let Some(answer) = socket::ask(data, &command).await? {
            return Ok(answer);
        }
        alone(&config, command).await
    }
}

/// Passes when the server that runs on the data is the one at this address.
async fn must_be_at(data: &Path, url: &str) -> Result<()> {
    let Some(answer) = socket::ask(data, &AdminCommand::Address).await? else {
        bail!("no server answers in {}: does the one at {url} keep its data there?", data.display());
    };
    let its = answer["url"].as_str().unwrap_or_default();
    if is_same_place(url, its) {
        return Ok(());
    }
    bail!("the server that runs in {} is the one at {its}, not at {url}", data.display());
}

/// Whether two addresses are one. A server on this machine answers to each of its names.
fn is_same_place(one: &str, other: &str) -> bool {
    let known = |url: &str| {
        let url = url.trim_end_matches('/').to_lowercase();
        let local = ["//127.0.0.1", "//[::1]"].into_iter().find(|name| url.contains(name));
        local.map_or(url.clone(), |name| url.replacen(name, "//localhost", 1))
    };
    known(one) == known(other)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::socket::Counter;
    use crate::house::trial::Trial;
    use crate::serve::Stop;

    #[tokio::test]
    async fn a_command_for_one_server_is_not_carried_out_by_another() {
        let trial = Trial::open().await;
        let data = trial.folder.path();
        let alone = must_be_at(data, "http://localhost:8080").await.unwrap_err().to_string();
        assert!(alone.contains("no server answers"), "{alone}");
        let (stop, stopped) = Stop::new();
        let serving = tokio::spawn(Counter::open(data).unwrap().serve(trial.house.clone(), stopped));
        for same in
            ["http://localhost:8080", "http://LOCALHOST:8080/", "http://127.0.0.1:8080", "http://[::1]:8080"]
        {
            must_be_at(data, same).await.unwrap_or_else(|error| panic!("{same}: {error}"));
        }
        for other in
            ["http://localhost:8081", "https://localhost:8080", "http://localhost.example.nl:8080", ""]
        {
            let refusal = must_be_at(data, other).await.unwrap_err().to_string();
            assert!(refusal.contains("http://localhost:8080, not at"), "{other}: {refusal}");
        }
        stop.now();
        serving.await.unwrap();
        trial.close().await;
    }
}
