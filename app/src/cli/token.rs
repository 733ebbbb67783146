//! `bedside token`.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use super::given::Given;
use super::output;
use super::reach::Reach;
use crate::admin::{AdminCommand, clients};
use crate::demo;

/// A token without a browser.
#[derive(Args)]
#[group(skip)]
pub struct Token {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    wanted: clients::Token,
}

impl Token {
    /// Runs it: prints the token alone.
    pub async fn run(self, given: &Given) -> Result<()> {
        let mut wanted = self.wanted;
        wanted.client = client_id(&given.load(&[])?.store.data, wanted.client);
        let answer = self.reach.answer(given, AdminCommand::Token(wanted)).await?;
        let answer = if self.reach.json { answer } else { answer["access_token"].clone() };
        output::print(&answer, self.reach.json)
    }
}

/// The `client_id` of a client of the demo in this folder; what is no key of it is a `client_id` already.
fn client_id(data: &Path, key: String) -> String {
    let told = demo::read_kept(data).unwrap_or_default();
    let clients = told["clients"].as_array();
    let client = clients.into_iter().flatten().find(|client| client["key"] == key.as_str());
    client.and_then(|client| client["client_id"].as_str()).map_or(key, ToOwned::to_owned)
}
