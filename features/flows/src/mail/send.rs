//! The way of a letter out of the house.

use identity::{notices, organisations};
use kernel::{Error, Result};
use outbound::Delivery;
use outbound::letters::{self, Content, GOES_WITHIN_MS, SendLetter, State, Stored, Way};
use serde_json::Value;
use store::jobs;

use crate::{House, asap};

/// Letters that are tried again at the start; the others go within the hour.
const HASTENED: i64 = 1_000;

/// Does the job [`letters::SEND`]. Done twice it finds the letter settled; cut off between the mail server's answer and
/// the note of it, the letter goes once more, under the same Message-ID.
///
/// # Errors
/// [`Error::Unavailable`] when it is to be tried again.
pub(crate) async fn send(house: &House, payload: Value) -> Result<()> {
    let job: SendLetter = serde_json::from_value(payload).map_err(Error::bug)?;
    let found = house.db.read(job, |tx, job| {
        Box::pin(async move {
            let Some(letter) = letters::find(tx, job.organisation, job.letter).await? else {
                return Ok(None);
            };
            let is_news = asap::is_worth_sending(tx, job.organisation, &letter).await?;
            Ok(Some((letter, is_news, organisations::find(tx, job.organisation).await?)))
        })
    });
    let found = found.await?.filter(|(letter, ..)| letter.state == State::Waiting);
    let Some((letter, is_news, organisation)) = found else { return Ok(()) };
    match organisation {
        // What it offered is over, or its reader wants no more of them.
        _ if !is_news => give_up(house, job, letter).await,
        Some(organisation) if organisation.sandbox => settle(house, job, State::Kept).await,
        Some(_) if letter.way == Way::Mail => hand_over(house, job, letter).await,
        // Nobody is left in whose name it could go, or no way leads there.
        _ => give_up(house, job, letter).await,
    }
}

async fn hand_over(house: &House, job: SendLetter, letter: Stored) -> Result<()> {
    if house.clock.now_ms() - letter.made_ms > GOES_WITHIN_MS {
        tracing::warn!(letter = job.letter.hex(), "a letter could not be sent for days, and is given up");
        return give_up(house, job, letter).await;
    }
    // The job stays with the letter, for a server that has one: this one, or another on the database.
    let Some(mailer) = &house.mailer else { return Err(Error::unavailable("no mail server: mail.smtp_url")) };
    // This has the installation's keys loaded anew, too, when they are out of date.
    house.vault.ring_of(&house.db, job.organisation).await?;
    let Some(content) = letter.open(&house.vault.house())? else {
        return give_up(house, job, letter).await;
    };
    if !may_be_read(house, job, &letter, &content).await? {
        return give_up(house, job, letter).await;
    }
    let stamp = (job.letter, letter.made_ms);
    match mailer.send(&house.vault, &house.clock, stamp, &content).await? {
        Delivery::Sent => settle(house, job, State::Sent).await,
        Delivery::Refused { is_about_the_address } => {
            tracing::info!(letter = job.letter.hex(), is_about_the_address, "a letter was refused");
            refuse(house, job, letter, content.to.text().to_owned(), is_about_the_address).await
        }
    }
}

/// Whether who reads it in another's stead still may: their mandate can have ended since it was written.
async fn may_be_read(house: &House, job: SendLetter, letter: &Stored, content: &Content) -> Result<bool> {
    let (Some(reader), Some(person)) = (content.reader, letter.person) else { return Ok(true) };
    let may = house.db.read((job.organisation, reader, person), |tx, (organisation, reader, person)| {
        Box::pin(asap::reads_for(tx, *organisation, *reader, *person))
    });
    may.await
}

async fn settle(house: &House, job: SendLetter, state: State) -> Result<()> {
    let settled = house.db.write((job, state), |tx, (job, state)| {
        Box::pin(letters::settle(tx, job.organisation, job.letter, *state))
    });
    settled.await.map(drop)
}

/// Settles a letter that was not sent, and is not tried again.
async fn give_up(house: &House, job: SendLetter, letter: Stored) -> Result<()> {
    let given_up = house.db.write((job, letter), |tx, (job, letter)| {
        Box::pin(async move {
            if letters::settle(tx, job.organisation, job.letter, State::Refused).await? {
                asap::stays_unsent(tx, job.organisation, letter).await?;
            }
            Ok(())
        })
    });
    given_up.await
}

async fn refuse(
    house: &House,
    job: SendLetter,
    letter: Stored,
    email: String,
    is_about_the_address: bool,
) -> Result<()> {
    let input = (job, letter, email, is_about_the_address);
    let refused = house.db.write(input, |tx, (job, letter, email, is_about)| {
        Box::pin(async move {
            letters::settle(tx, job.organisation, job.letter, State::Refused).await?;
            if *is_about {
                asap::came_back(tx, job.organisation, letter, email).await?;
                notices::mark_undeliverable(tx, job.organisation, email).await?;
            }
            Ok(())
        })
    });
    refused.await
}

/// Has letters that wait tried now, where there is a mail server, and says how many. Done at the start: the operator may
/// just have named one, or mended it, and does not wait for an hour to see what becomes of it.
///
/// # Errors
/// The store's.
pub async fn hasten(house: &House) -> Result<u64> {
    if house.mailer.is_none() {
        return Ok(0);
    }
    house.db.write((), |tx, ()| Box::pin(jobs::bring_forward(tx, letters::SEND, HASTENED))).await
}
