//! A house of a unit test's own.

use flows::House;
use kernel::{Clock, Rng};
use tempfile::TempDir;

use super::{Background, open, settings};
use crate::config::Config;

/// A house in a folder that goes with it.
pub struct Trial {
    pub house: House,
    pub background: Background,
    pub folder: TempDir,
}

impl Trial {
    pub async fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap()).await
    }

    pub async fn open_in(folder: TempDir) -> Self {
        Self::open_of(folder, Config::default()).await
    }

    /// A house of which the operator chose something else.
    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        Self::open_of(tempfile::tempdir().unwrap(), config).await
    }

    async fn open_of(folder: TempDir, mut config: Config) -> Self {
        config.store.data = folder.path().to_owned();
        config.keys.allow_beside_data = true;
        let clock = Clock::set_to("2026-03-02T08:00:00Z".parse().unwrap());
        let public_url = config.server.public_url.as_deref().unwrap_or("http://localhost:8080");
        let settings = settings(&config, public_url.to_owned(), false);
        let (house, background) = open(&config, settings, clock, Rng::system()).await.unwrap();
        Self { house, background, folder }
    }

    pub async fn close(self) -> TempDir {
        drop(self.house);
        self.background.stop().await.unwrap();
        self.folder
    }
}
