//! What every command takes: where the configuration comes from.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use crate::config::{self, Config, Sources};

const FILE: &str = "bedside.toml";

/// Where the configuration comes from.
#[derive(Args)]
pub struct Given {
    /// The configuration file; bedside.toml in the working directory when there is one
    #[arg(long, global = true, value_name = "FILE", env = "BEDSIDE_CONFIG")]
    pub config: Option<PathBuf>,
    /// One key of the configuration, before the file and the environment
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// The folder of everything that the server keeps
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl Given {
    /// The sources, with a command's own flags before all others.
    pub fn sources(&self, flags: &[(&str, Option<String>)]) -> Sources {
        let mut all = self.set.clone();
        let data = self.data.as_ref().map(|data| data.display().to_string());
        let named = flags.iter().cloned().chain([("store.data", data)]);
        all.extend(named.filter_map(|(path, value)| Some((path.to_owned(), value?))));
        let file = self.config.clone().or_else(|| Path::new(FILE).exists().then(|| PathBuf::from(FILE)));
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name != "BEDSIDE_CONFIG");
        Sources { defaults: Vec::new(), file, environment: environment.collect(), flags: all }
    }

    /// The configuration that holds.
    pub fn load(&self, flags: &[(&str, Option<String>)]) -> Result<Config> {
        Ok(config::load(&self.sources(flags))?)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').ok_or_else(|| "it is written SECTION.KEY=VALUE".to_owned())?;
    Ok((parts.0.to_owned(), parts.1.to_owned()))
}
