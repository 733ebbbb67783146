//! `bedside serve`.

use anyhow::Result;
use clap::Args;

use super::given::Given;
use super::running::Bound;
use crate::logging;

/// Runs the server.
#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on; the configuration's server.listen
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

impl Serve {
    /// Runs it until a signal.
    pub async fn run(self, given: &Given) -> Result<()> {
        let config = given.load(&[("server.listen", self.listen)])?;
        logging::begin(&config.log);
        let bound = Bound::bind(config).await?;
        let open = bound.open(false).await?;
        let (url, metrics) = (open.url().to_owned(), open.metrics_url());
        open.run(None, || {
            tracing::info!(url, metrics, "the server is ready");
            Ok(())
        })
        .await
    }
}
