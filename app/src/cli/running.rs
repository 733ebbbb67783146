//! A server from its first socket to its last commit.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use flows::House;
use kernel::{Clock, Rng};
use outbound::letters;
use store::{Db, jobs};
use tokio::time::interval;
use web::DemoGuide;

use super::reach::worded;
use crate::admin::socket::Counter;
use crate::config::Config;
use crate::house::{self, Background};
use crate::serve::{Certificate, Ears, Health, Metrics, Reception, Stop, Tuning, health_router};

/// How often what was measured is folded into its buckets.
const UPKEEP_PERIOD: Duration = Duration::from_secs(5);
const METRICS_CONNECTIONS_MAX: u32 = 16;

/// A server whose ports are taken, and that does not answer yet.
pub struct Bound {
    /// What was chosen; the public URL is filled in.
    pub config: Config,
    url: String,
    reception: Reception,
    metrics: Reception,
}

/// A server with its house open.
pub struct Open {
    bound: Bound,
    house: House,
    background: Background,
}

impl Bound {
    /// Takes the ports. On loopback the other loopback address is taken too, since a browser may try it first.
    pub async fn bind(config: Config) -> Result<Self> {
        let server = &config.server;
        let drain_within = Duration::from_secs(u64::from(server.shutdown_seconds));
        let tuning = Tuning {
            connections_max: server.connections_max,
            connections_per_address_max: config.limits.connections_per_address_max,
            trusted_proxies: server.trusted_proxies.clone(),
            drain_within,
        };
        let taken = Reception::bind(server.listen, tuning.clone()).await;
        let mut reception = taken.with_context(|| format!("{} cannot be listened on", server.listen))?;
        let address = reception.address()?;
        if address.ip() == IpAddr::from([127, 0, 0, 1]) {
            reception.bind_also(SocketAddr::from((Ipv6Addr::LOCALHOST, address.port()))).await;
        }
        let tuning =
            Tuning { connections_max: METRICS_CONNECTIONS_MAX, connections_per_address_max: 0, ..tuning };
        let taken = Reception::bind(server.metrics_listen, tuning).await;
        let metrics = taken.with_context(|| format!("{} cannot be listened on", server.metrics_listen))?;
        let metrics = metrics.for_anybody();
        let url = server.public_url.clone().unwrap_or_else(|| local_url(&config, address));
        Ok(Self { config, url, reception, metrics })
    }

    /// Opens the house behind the ports.
    pub async fn open(mut self, is_demo: bool) -> Result<Open> {
        let server = &self.config.server;
        let certificate = match (&server.tls_certificate_file, &server.tls_key_file) {
            (Some(chain), Some(key)) => Some(Certificate::open(chain, key)?),
            _ => None,
        };
        self.reception = self.reception.with_tls(certificate);
        let settings = house::settings(&self.config, self.url.clone(), is_demo);
        let opened = house::open(&self.config, settings, Clock::system(), Rng::system()).await;
        let (house, background) = opened.map_err(worded)?;
        Ok(Open { bound: self, house, background })
    }
}

fn local_url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.server.tls_certificate_file.is_some() { "https" } else { "http" };
    format!("{scheme}://localhost:{}", address.port())
}

impl Open {
    /// The house.
    pub const fn house(&self) -> &House {
        &self.house
    }

    /// What was chosen.
    pub const fn config(&self) -> &Config {
        &self.bound.config
    }

    /// What clients know it by.
    pub fn url(&self) -> &str {
        &self.bound.url
    }

    /// Where its figures are.
    pub fn metrics_url(&self) -> String {
        let address = self.bound.metrics.address().map(|address| address.to_string());
        format!("http://{}/metrics", address.unwrap_or_default())
    }

    /// Serves until a signal, and then finishes what is under way. `tell` is called once it answers; `guide` is
    /// what a demo tells its visitors.
    pub async fn run(self, guide: Option<DemoGuide>, tell: impl FnOnce() -> Result<()>) -> Result<()> {
        let metrics = Metrics::install()?;
        let mut ears = Ears::open()?;
        let (stop, stopped) = Stop::new();
        let counter = Counter::open(&self.config().store.data).context("the socket for commands")?;
        let Self { bound, house, mut background } = self;
        let store = &bound.config.store;
        let db = house.db.clone();
        let health = Health::new(db.clone(), store.data.clone(), store.free_megabytes_min);
        let router = house::guided_router(&house, guide).merge(health_router(health));
        let serving = tokio::spawn(bound.reception.serve(router, stopped.clone()));
        let measuring = tokio::spawn(bound.metrics.serve(metrics.clone().router(), stopped.clone()));
        let commands = tokio::spawn(counter.serve(house, stopped));
        let upkeep = tokio::spawn(keep_up(metrics, db));
        background.begin();
        tell()?;
        ears.hear().await;
        tracing::info!("stopping; requests under way are finished");
        ears.exit_on_next();
        stop.now();
        background.wind_down();
        upkeep.abort();
        for task in [serving, measuring, commands] {
            task.await?;
        }
        background.stop().await.map_err(worded)?;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn keep_up(metrics: Metrics, db: Db) {
    let mut turns = interval(UPKEEP_PERIOD);
    loop {
        turns.tick().await;
        metrics.tidy_up();
        let counted = db.read((), |tx, ()| {
            Box::pin(async move {
                let (parked, delay_ms) = (jobs::count_parked(tx).await?, jobs::delay_ms(tx).await?);
                Ok((parked, delay_ms, letters::count_waiting(tx).await?))
            })
        });
        match counted.await {
            Ok((parked, delay_ms, waiting)) => {
                Metrics::note_parked_jobs(parked);
                Metrics::note_job_delay(delay_ms);
                Metrics::note_waiting_letters(waiting);
            }
            Err(error) => {
                tracing::warn!(?error, "parked jobs, the delay of jobs and waiting letters cannot be counted")
            }
        }
    }
}
