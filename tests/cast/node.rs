//! A second house: on the same database as a ward, or alone and known by another address.

use bedside::config::Config;
use bedside::house;
use bedside::serve::Stop;
use flows::House;
use store::Place;
use testkit::Site;
use tokio::task::JoinHandle;

use super::reception::reception;

/// A house with its server.
pub struct Node {
    // Held for as long as it serves.
    _house: House,
    /// Where its server listens.
    pub url: String,
    background: house::Background,
    stop: Stop,
    server: JoinHandle<()>,
}

impl Node {
    /// Opens one on the site, in a folder of this name; `public_url` is what its clients are told, when that is not
    /// where it listens.
    pub async fn open(site: &Site, folder: &str, public_url: Option<&str>) -> Self {
        Self::open_with(site, folder, public_url, |_| {}).await
    }

    /// The same, of which the operator chose something else.
    pub async fn open_with(
        site: &Site,
        folder: &str,
        public_url: Option<&str>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::default();
        change(&mut config);
        config.store.data = site.folder.join(folder);
        config.keys.master_key_file = Some(site.folder.join("master.key"));
        if let Place::Url(url) = &site.place {
            config.store.database_url = serde_json::from_value(serde_json::json!(url)).expect("a secret");
        }
        let (reception, url) = reception().await;
        let settings = house::settings(&config, public_url.unwrap_or(&url).to_owned(), false);
        let opened = house::open(&config, settings, site.clock.clone(), site.rng.clone()).await;
        let (house, background) = opened.expect("a house");
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(reception.serve(house::router(&house), stopped));
        Self { _house: house, url, background, stop, server }
    }

    /// Closes it.
    pub async fn close(self) {
        self.stop.now();
        self.server.await.expect("the server ends");
        self.background.stop().await.expect("the house closes");
    }
}
