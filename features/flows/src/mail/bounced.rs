//! Letters that came back.

use identity::notices;
use kernel::{Error, LetterId, Result};
use outbound::bounces::{self, Report};
use outbound::letters;
use store::Tx;
use vault::Vault;

use crate::{House, asap};

/// What became of a message to a return path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounced {
    /// It says that a letter of ours did not arrive.
    Letter(LetterId),
    /// It says that one is late, or arrived, or speaks of one that had come back before.
    Nothing,
}

/// Takes in what came to a return path.
///
/// # Errors
/// [`Error::Invalid`] for what is no report on a letter of ours; the store's.
pub async fn take_in(house: &House, message: &str) -> Result<Bounced> {
    let ours = bounces::read(message)
        .and_then(|report| bounces::letter_of(&house.vault, &report.token).map(|letter| (letter, report)));
    let Some((letter, report)) = ours else {
        let why = "This is no report on a letter that was sent from here.";
        return Err(Error::invalid("message", "no_report", why));
    };
    if !report.has_failed {
        return Ok(Bounced::Nothing);
    }
    let whose = house.db.read(letter, |tx, letter| Box::pin(letters::whose(tx, *letter))).await?;
    let Some(organisation) = whose else { return Ok(Bounced::Nothing) };
    // It may be long ago, and by another server, that anything of theirs was opened.
    house.vault.ring_of(&house.db, organisation).await?;
    house.db.write((letter, report), |tx, (letter, report)| Box::pin(note(tx, *letter, report))).await
}

async fn note(tx: &Tx, letter: LetterId, report: &Report) -> Result<Bounced> {
    let Some(letter) = letters::came_back(tx, letter).await? else { return Ok(Bounced::Nothing) };
    // A mailbox that is full today, or refuses this one letter, takes the next.
    if report.is_about_the_address
        && let Some(content) = letter.open(&tx.tool::<Vault>()?.house())?
    {
        asap::came_back(tx, letter.organisation, &letter, content.to.text()).await?;
        notices::mark_undeliverable(tx, letter.organisation, content.to.text()).await?;
    }
    Ok(Bounced::Letter(letter.id))
}
