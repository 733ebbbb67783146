//! `bedside mail`.

use std::io::{self, Read as _};

use anyhow::{Context as _, Result};
use clap::Args;
use outbound::bounces::MESSAGE_BYTES_MAX;

use super::given::Given;
use super::reach::Reach;
use crate::admin::{AdminCommand, MailCommand};

/// A command on mail.
#[derive(Args)]
#[group(skip)]
pub struct Mail {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: MailCommand,
}

impl Mail {
    /// Runs it and prints its answer. A message that came back is read from standard input.
    pub async fn run(mut self, given: &Given) -> Result<()> {
        if let MailCommand::Bounce(bounce) = &mut self.command {
            bounce.message = message().context("the message on standard input")?;
        }
        self.reach.run(given, AdminCommand::Mail(self.command)).await
    }
}

/// As much of standard input as says what it has to say; the rest is read, too, so that no mail server sees its pipe
/// break.
fn message() -> io::Result<String> {
    let mut input = io::stdin().lock();
    let mut bytes = Vec::new();
    input.by_ref().take(MESSAGE_BYTES_MAX as u64).read_to_end(&mut bytes)?;
    io::copy(&mut input, &mut io::sink())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
