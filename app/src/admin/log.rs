//! Commands on the access log.

use audit::{Deed, INSTALLATION};
use clap::{Args, Subcommand};
use flows::House;
use identity::organisations;
use kernel::{Error, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{note, organisation_id};

/// Commands on the access log.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AuditCommand {
    /// Find every line that was changed, removed or put elsewhere; ends with 1 when there is one
    Verify(Verify),
    /// Print the newest seal of a log; kept elsewhere, it shows later whether the log lost its end
    Head(Head),
}

impl AuditCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Verify(what) => verify(house, what).await,
            Self::Head(what) => head(house, what).await,
        }
    }
}

/// What to verify.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Verify {
    /// The organisation, by its short word; all when left out
    #[arg(long)]
    pub organisation: Option<String>,
    /// A head that was kept elsewhere, as `audit head` printed it; may be given more than once
    #[arg(long = "head", value_name = "HEAD")]
    pub heads: Vec<String>,
}

/// Whose head to print.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Head {
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

async fn verify(house: &House, verify: Verify) -> Result<Value> {
    let organisation = match &verify.organisation {
        Some(slug) => Some(organisation_id(house, slug).await?),
        None => None,
    };
    let heads = verify.heads.iter().map(|text| head_of(text)).collect::<Result<Vec<_>>>()?;
    house.log.flush().await?;
    let report = audit::verify(&house.db, organisation, &heads).await?;
    read(house, organisation.unwrap_or(INSTALLATION), "log verified").await?;
    Ok(json!({
        "clean": report.is_clean(),
        "lines": report.lines,
        "open_lines": report.open_lines,
        "segments": report.segments,
        "heads": heads_of(house, &report.heads).await?,
        "faults": report.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}

/// The heads, each with the short word of its organisation; the installation has none.
async fn heads_of(house: &House, heads: &[audit::Head]) -> Result<Vec<Value>> {
    let all = house.db.read((), |tx, ()| Box::pin(organisations::list(tx))).await?;
    let shown = |head: &audit::Head| {
        let slug = all.iter().find(|one| one.id == head.organisation).map(|one| &one.slug);
        json!({ "organisation": slug, "head": head.to_string() })
    };
    Ok(heads.iter().map(shown).collect())
}

async fn head(house: &House, head: Head) -> Result<Value> {
    let organisation = organisation_id(house, &head.organisation).await?;
    house.log.flush().await?;
    audit::seal_once(&house.db).await?;
    let newest = audit::head(&house.db, organisation).await?;
    read(house, organisation, "head of the log read").await?;
    Ok(json!({ "head": newest.map(|head| head.to_string()) }))
}

fn head_of(text: &str) -> Result<audit::Head> {
    let sentence = "A head is what `audit head` printed: organisation, segment and root.";
    audit::Head::parse(text).ok_or_else(|| Error::invalid("head", "head_unfit", sentence))
}

async fn read(house: &House, organisation: OrganisationId, what: &'static str) -> Result<()> {
    note(house, organisation, Deed::LogRead, what).await
}
