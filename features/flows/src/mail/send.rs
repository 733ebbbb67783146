//! The way of a letter out of the house.

use identity::{notices, organisations};
use kernel::{Error, LetterId, Result};
use outbound::Delivery;
use outbound::letters::{self, GOES_WITHIN_MS, SendLetter, State, Stored, Way};
use serde_json::Value;

use crate::House;

/// Letters whose jobs one transaction leaves.
const LETTERS_PER_WRITE: i64 = 100;

/// Does the job [`letters::SEND`]. Done twice it finds the letter settled; cut off between the mail server's answer and
/// the note of it, the letter goes once more, under the same Message-ID.
///
/// # Errors
/// [`Error::Unavailable`] when it is to be tried again.
pub(crate) async fn send(house: &House, payload: Value) -> Result<()> {
    let job: SendLetter = serde_json::from_value(payload).map_err(Error::bug)?;
    let found = house.db.read(job, |tx, job| {
        Box::pin(async move {
            let letter = letters::find(tx, job.organisation, job.letter).await?;
            Ok((letter, organisations::find(tx, job.organisation).await?))
        })
    });
    let (letter, organisation) = found.await?;
    let Some(letter) = letter.filter(|letter| letter.state == State::Waiting) else { return Ok(()) };
    match organisation {
        Some(organisation) if organisation.sandbox => settle(house, job, State::Kept).await,
        Some(_) if letter.way == Way::Mail => hand_over(house, job, &letter).await,
        // Nobody is left in whose name it could go, or no way leads there.
        _ => settle(house, job, State::Refused).await,
    }
}

async fn hand_over(house: &House, job: SendLetter, letter: &Stored) -> Result<()> {
    if house.clock.now_ms() - letter.made_ms > GOES_WITHIN_MS {
        tracing::warn!(letter = job.letter.hex(), "a letter could not be sent for days, and is given up");
        return settle(house, job, State::Refused).await;
    }
    // Without a mail server it stays, and goes once the operator has named one.
    let Some(mailer) = &house.mailer else { return Ok(()) };
    // This has the installation's keys loaded anew, too, when they are out of date.
    house.vault.ring_of(&house.db, job.organisation).await?;
    let Some(content) = letter.open(&house.vault.house())? else {
        return settle(house, job, State::Refused).await;
    };
    let stamp = (job.letter, letter.made_ms);
    match mailer.send(&house.vault, &house.clock, stamp, &content).await? {
        Delivery::Sent => settle(house, job, State::Sent).await,
        Delivery::Refused { is_about_the_address } => {
            tracing::info!(letter = job.letter.hex(), is_about_the_address, "a letter was refused");
            refuse(house, job, content.to.text().to_owned(), is_about_the_address).await
        }
    }
}

async fn settle(house: &House, job: SendLetter, state: State) -> Result<()> {
    let settled = house.db.write((job, state), |tx, (job, state)| {
        Box::pin(letters::settle(tx, job.organisation, job.letter, *state))
    });
    settled.await.map(drop)
}

async fn refuse(house: &House, job: SendLetter, email: String, is_about_the_address: bool) -> Result<()> {
    let refused = house.db.write((job, email, is_about_the_address), |tx, (job, email, is_about)| {
        Box::pin(async move {
            letters::settle(tx, job.organisation, job.letter, State::Refused).await?;
            if *is_about {
                notices::mark_undeliverable(tx, job.organisation, email).await?;
            }
            Ok(())
        })
    });
    refused.await
}

/// Leaves the jobs of letters that wait, as they do when there was no mail server, and says how many. Done at the start,
/// when the operator may have named one, and each hour: another server on the database may have none and leave them.
///
/// # Errors
/// The store's.
pub async fn take_up(house: &House) -> Result<usize> {
    let (mut after, mut count) = (LetterId::from_bytes([0; 12]), 0);
    if house.mailer.is_none() {
        let waiting = house.db.read((), |tx, ()| Box::pin(letters::count_waiting(tx))).await?;
        if waiting > 0 {
            tracing::warn!(waiting, "letters wait, and no mail server is configured (mail.smtp_url)");
        }
        return Ok(0);
    }
    loop {
        let some = house.db.write(after, |tx, after| {
            Box::pin(async move {
                let some = letters::waiting(tx, *after, LETTERS_PER_WRITE).await?;
                for send in &some {
                    letters::leave_job(tx, *send).await?;
                }
                Ok(some)
            })
        });
        let some = some.await?;
        let Some(last) = some.last() else { return Ok(count) };
        (after, count) = (last.letter, count + some.len());
    }
}
