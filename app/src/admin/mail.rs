//! Commands on mail.

use clap::{Args, Subcommand};
use flows::House;
use flows::mail::bounced::{self, Bounced};
use identity::By;
use identity::notices::{self, Quiet, Settings};
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{Of, organisation};

/// Commands on mail.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum MailCommand {
    /// Take in what came back to a return path, from standard input: your mail server pipes it here
    Bounce(Bounce),
    /// Choose when an organisation tells people by mail that a message waits
    Notices(Notices),
}

/// A message to a return path.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Bounce {
    /// Read by the command itself, before the server is asked.
    #[arg(skip)]
    pub message: String,
}

/// What an organisation chooses.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Notices {
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    /// After how many minutes unread
    #[arg(long, value_name = "MINUTES")]
    pub after: Option<i64>,
    /// Between which hours of its day nobody is told; 00:00-00:00 for never
    #[arg(long, value_name = "HH:MM-HH:MM")]
    pub quiet: Option<String>,
}

impl MailCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Bounce(bounce) => take_in(house, &bounce.message).await,
            Self::Notices(what) => choose(house, what).await,
        }
    }
}

async fn take_in(house: &House, message: &str) -> Result<Value> {
    Ok(match bounced::take_in(house, message).await? {
        Bounced::Letter(letter) => json!({ "bounced": letter.uuid() }),
        Bounced::Nothing => json!({ "bounced": null }),
    })
}

async fn choose(house: &House, what: Notices) -> Result<Value> {
    let (from, until) = what.quiet.as_deref().and_then(|quiet| quiet.split_once('-')).unzip();
    let quiet = match (&what.quiet, from, until) {
        (None, ..) => None,
        (Some(_), from, until) => Some(Quiet::between(from.unwrap_or_default(), until.unwrap_or_default())?),
    };
    let of = Of { organisation: what.organisation };
    let chosen = house.db.write((of, what.after, quiet), |tx, (of, after, quiet)| {
        Box::pin(async move {
            let id = organisation(tx, &of.organisation).await?.id;
            let before = notices::settings(tx, id).await?;
            let after_minutes = after.unwrap_or(before.after_minutes);
            let chosen = Settings { after_minutes, quiet: quiet.unwrap_or(before.quiet) };
            notices::set_settings(tx, By::Operator, id, chosen).await?;
            Ok(chosen)
        })
    });
    let Settings { after_minutes, quiet } = chosen.await?;
    Ok(json!({ "after_minutes": after_minutes, "quiet": format!("{}-{}", quiet.from(), quiet.until()) }))
}
