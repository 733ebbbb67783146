//! `bedside demo`.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::given::Given;
use super::reach::worded;
use super::running::Bound;
use crate::config;
use crate::demo::{Place, furnish, guide, table};
use crate::logging;

/// Makes a clinic and runs the server on it.
#[derive(Args)]
pub struct Demo {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Print one line of JSON once it listens
    #[arg(long)]
    json: bool,
    /// Serve https with a self-signed certificate, for phones on the same network
    #[arg(long)]
    tls: bool,
}

impl Demo {
    /// Runs it until a signal.
    pub async fn run(self, given: &Given) -> Result<()> {
        let mut sources = given.sources(&[("server.listen", self.listen)]);
        sources.defaults =
            [("store.data", "demo-data"), ("server.metrics_listen", "127.0.0.1:0"), ("log.filter", "warn")]
                .map(|(path, value)| (path.to_owned(), value.to_owned()))
                .to_vec();
        let mut config = config::read(&sources)?;
        logging::begin(&config.log);
        if self.tls {
            super::certificate::sign(&mut config)?;
        }
        config::check(&config)?;
        let open = Bound::bind(config).await?.open(true).await?;
        let (url, metrics_url) = (open.url().to_owned(), open.metrics_url());
        let data = std::path::absolute(&open.config().store.data)?;
        let place = Place { url: &url, metrics_url: &metrics_url, data: &data };
        let told = furnish(open.house(), place).await.map_err(worded)?;
        let program = program();
        let page = if self.json { format!("{told}\n") } else { table(&told, &data, &program) };
        let guide = guide(&told, &data, &program);
        open.run(Some(guide), move || {
            let mut out = io::stdout().lock();
            out.write_all(page.as_bytes())?;
            Ok(out.flush()?)
        })
        .await
    }
}

fn program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("bedside"))
}
