//! A house in this process with its server on a port of its own, a clock to set, and nobody in it yet. It refuses to
//! close while work is left.

use bedside::config::Config;
use bedside::house;
use bedside::serve::Stop;
use flows::checking::Checker;
use flows::{House, Rooms, Settings};
use identity::Desk;
use kernel::Clock;
use messaging::files::ChecksFiles;
use outbound::Mailer;
use outbound::clamd::Clamd;
use store::{Place, jobs};
use testkit::{Engine, Keeper, Setting, Site, SiteKeeper};
use tokio::task::JoinHandle;

use super::reception::reception;

/// The ward.
#[derive(Clone)]
pub struct Ward {
    /// The house behind the server.
    pub house: House,
    /// Stands still until the test moves it.
    pub clock: Clock,
    /// Where the server listens: `http://localhost:PORT`, also the issuer.
    pub url: String,
    /// A client that follows no redirect and keeps no cookie.
    pub http: reqwest::Client,
    /// Where everything lies.
    pub site: Site,
}

/// Closes a [`Ward`].
pub struct WardKeeper {
    house: House,
    background: house::Background,
    stop: Stop,
    server: JoinHandle<()>,
    site: SiteKeeper,
}

impl Ward {
    /// Does every due job and reaction, has files checked, writes the words for the search, and brings the access log to disk.
    pub async fn settle(&self) {
        let worker = flows::duties::worker(&self.house);
        loop {
            while worker.do_due().await.expect("jobs are done") > 0 {}
            let Some(checker) = &self.house.checker else { break };
            if checker.check_due(&self.house).await.expect("files are looked up") == 0 {
                break;
            }
        }
        flows::indexing::catch_up(&self.house).await.expect("words are written");
        self.house.log.flush().await.expect("the log is written");
        audit::seal_once(&self.house.db).await.expect("the log is sealed");
    }
}

fn http_client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    client.expect("a client")
}

/// A server on the data of a ward that knows nothing but what lies there, as one that was just started.
pub struct Restarted {
    /// Where it listens.
    pub url: String,
    stop: Stop,
    server: JoinHandle<()>,
    /// Its house, when it has one of its own.
    background: Option<house::Background>,
}

impl Ward {
    /// The same ward, whose jobs are done by a house with a way out for mail.
    pub fn with_mailer(&self, mailer: Mailer) -> Self {
        let old = &self.house;
        let house = self.furnished(old.settings.clone(), Some(mailer), old.checker.clone());
        Self { house, ..self.clone() }
    }

    /// The same ward, where files wait for this scanner from now on.
    pub fn with_scanner(&self, clamd: Clamd) -> Self {
        let old = &self.house;
        old.db.lend(ChecksFiles);
        let house = self.furnished(old.settings.clone(), old.mailer.clone(), Some(Checker::new(clamd)));
        Self { house, ..self.clone() }
    }

    /// The same ward, with connections of its own: those of a long test may be closed while nothing is asked through them.
    pub fn with_new_connections(&self) -> Self {
        Self { http: http_client(), ..self.clone() }
    }

    /// Another house on what the ward has.
    fn furnished(&self, settings: Settings, mailer: Option<Mailer>, checker: Option<Checker>) -> House {
        let old = &self.house;
        House::new(Rooms {
            db: old.db.clone(),
            vault: old.vault.clone(),
            log: old.log.clone(),
            blobs: old.blobs.clone(),
            clock: old.clock.clone(),
            rng: old.rng.clone(),
            desk: Desk::new(old.clock.clone(), old.rng.clone()),
            mailer,
            checker,
            settings,
        })
    }

    /// Starts one.
    pub async fn restarted(&self) -> Restarted {
        self.restarted_with(|_| {}).await
    }

    /// Starts one of which the operator chose something else.
    pub async fn restarted_with(&self, change: impl FnOnce(&mut Settings)) -> Restarted {
        let mut settings = self.house.settings.clone();
        change(&mut settings);
        let house = self.furnished(settings, self.house.mailer.clone(), self.house.checker.clone());
        let (reception, url) = reception().await;
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(reception.serve(house::router(&house), stopped));
        Restarted { url, stop, server, background: None }
    }

    /// Starts a server on another machine that has the same database: of what this one commits it hears nothing. There is
    /// none where the database is a file.
    pub async fn elsewhere(&self) -> Option<Restarted> {
        let Place::Url(database_url) = &self.site.place else { return None };
        let mut config = Config::default();
        config.store.data = self.site.folder.join("elsewhere");
        config.store.database_url =
            serde_json::from_value(serde_json::json!(database_url)).expect("a secret");
        config.keys.master_key_file = Some(self.site.folder.join("master.key"));
        let settings = self.house.settings.clone();
        let opened = house::open(&config, settings, self.clock.clone(), self.site.rng.clone()).await;
        let (house, background) = opened.expect("a house");
        let (reception, url) = reception().await;
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(reception.serve(house::router(&house), stopped));
        Some(Restarted { url, stop, server, background: Some(background) })
    }
}

impl Restarted {
    /// Stops it.
    pub async fn close(self) {
        self.stop.now();
        self.server.await.expect("the server ends");
        if let Some(background) = self.background {
            background.stop().await.expect("the house closes");
        }
    }
}

impl Setting for Ward {
    type Keeper = WardKeeper;

    async fn open(engine: Engine) -> (Self, WardKeeper) {
        let (site, keeper) = Site::open(engine).await;
        let mut config = Config::default();
        config.store.data = site.folder.join("data");
        config.keys.master_key_file = Some(site.folder.join("master.key"));
        if let Place::Url(url) = &site.place {
            config.store.database_url = serde_json::from_value(serde_json::json!(url)).expect("a secret");
        }
        let (reception, url) = reception().await;
        let settings = house::settings(&config, url.clone(), false);
        let opened = house::open(&config, settings, site.clock.clone(), site.rng.clone()).await;
        let (house, background) = opened.expect("a house");
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(reception.serve(house::router(&house), stopped));
        let ward = Self { house: house.clone(), clock: site.clock.clone(), url, http: http_client(), site };
        (ward, WardKeeper { house, background, stop, server, site: keeper })
    }
}

impl Keeper for WardKeeper {
    async fn close(self) {
        let open =
            self.house.db.read((), |tx, ()| Box::pin(jobs::count_open(tx))).await.expect("a count of jobs");
        assert_eq!(open, 0, "jobs are left undone or parked: the test must settle them");
        self.stop.now();
        self.server.await.expect("the server ends");
        self.background.stop().await.expect("the house closes");
        drop(self.house);
        self.site.close().await;
    }
}
