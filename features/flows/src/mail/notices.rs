//! Telling people by mail that a message waits for them, and nothing of it.
//!
//! Nothing is written when a message is posted. A walk through the messages, some way behind the newest, notes for whom
//! something unread came; when it has waited for as long as the organisation chose, and no quiet hours hold, and they
//! were not told before without having read since, a letter is left. Done twice, or by two, it tells once.

use identity::notices::{self, DueNotice, Outcome, Recipient};
use identity::{Organisation, organisations};
use jiff::tz::TimeZone;
use kernel::{Error, LetterId, PersonId, Result};
use messaging::Fresh;
use outbound::letters::{self, Address, Content, Letter};
use store::{Tx, leases};

use super::links::{self, Reader};
use super::told::write;
use super::words::{self, About};
use crate::House;

/// How far behind now the walk stays: a message's id is made before its transaction, which lasts no longer than this.
const BEHIND_MS: i64 = 60_000;
/// What is older than this when the walk comes to it is no news: three days.
const NEWS_MS: i64 = 3 * 24 * 3_600 * 1_000;
/// Messages that one step of the walk looks at.
const MESSAGES_PER_STEP: i64 = 500;
/// People whom one transaction notes.
const PEOPLE_PER_WRITE: usize = 150;
/// People whom one look finds due.
const DUE_PER_LOOK: i64 = 50;
/// When somebody is looked at again about whom something cannot be read: a day.
const DAMAGED_AGAIN_MS: i64 = 24 * 3_600 * 1_000;
const LEASE: &str = "notices";
const LEASE_MS: i64 = 5 * 60_000;

/// Tells whoever is to be told now, unless another process is at it, and says how many.
///
/// # Errors
/// As [`sweep`].
pub async fn sweep_in_turn(house: &House, holder: &[u8; 12]) -> Result<usize> {
    let now = house.clock.now_ms();
    let taken = house.db.run_alone(leases::take(LEASE, holder, now + LEASE_MS, now)).await?;
    if taken == 1 { sweep(house).await } else { Ok(0) }
}

/// Tells whoever is to be told now, and says how many.
///
/// # Errors
/// The store's; what was told stays told, and the rest follows the next time.
pub async fn sweep(house: &House) -> Result<usize> {
    gather(house).await?;
    let mut told = 0;
    loop {
        let due = house.db.read((), |tx, ()| Box::pin(notices::due(tx, DUE_PER_LOOK))).await?;
        if due.is_empty() {
            return Ok(told);
        }
        for notice in due {
            let looked = match look_after(house, notice).await {
                Err(error) if error.retry_after_s().is_none() => put_off(house, notice, &error).await,
                looked => looked,
            };
            told += usize::from(looked?);
        }
    }
}

/// Goes on through the messages from where the walk was.
async fn gather(house: &House) -> Result<()> {
    let now = house.clock.now_ms();
    let until_ms = now - BEHIND_MS;
    let walked = house.db.read((), |tx, ()| Box::pin(notices::walked_until(tx))).await?;
    let mut from_ms = walked.map_or(now - NEWS_MS, |walked_ms| walked_ms.max(now - NEWS_MS));
    while from_ms < until_ms {
        let step = house.db.read_long((from_ms, until_ms), |tx, (from_ms, until_ms)| {
            Box::pin(messaging::fresh(tx, *from_ms, *until_ms, MESSAGES_PER_STEP))
        });
        let (fresh, reached_ms) = step.await?;
        for some in fresh.chunks(PEOPLE_PER_WRITE) {
            house.db.write(some.to_vec(), |tx, some| Box::pin(note(tx, some))).await?;
        }
        house.db.write(reached_ms, |tx, reached_ms| Box::pin(notices::walk_on(tx, *reached_ms))).await?;
        from_ms = reached_ms;
    }
    Ok(())
}

async fn note(tx: &Tx, fresh: &[Fresh]) -> Result<()> {
    for one in fresh {
        notices::note_due(tx, one.organisation, one.person, one.since_ms).await?;
    }
    Ok(())
}

/// What is to be done about somebody.
enum Decision {
    Settle(Outcome),
    Tell(Organisation, Recipient),
}

async fn look_after(house: &House, notice: DueNotice) -> Result<bool> {
    // This has the installation's keys loaded anew, too, when they are out of date.
    match house.vault.ring_of(&house.db, notice.organisation).await {
        Err(Error::NotFound { .. }) => return settle(house, notice, Outcome::Nothing).await,
        ring => drop(ring?),
    }
    match house.db.read(notice, |tx, notice| Box::pin(decide(tx, notice))).await? {
        Decision::Settle(outcome) => settle(house, notice, outcome).await,
        Decision::Tell(organisation, recipient) => tell(house, notice, &organisation, recipient).await,
    }
}

/// Whoever is damaged comes to the end of the line, so that the others behind them are told.
async fn put_off(house: &House, notice: DueNotice, error: &Error) -> Result<bool> {
    let (organisation, person) = (notice.organisation.hex(), notice.person.hex());
    tracing::error!(organisation, person, ?error, "somebody cannot be told what waits for them");
    settle(house, notice, Outcome::Later(house.clock.now_ms() + DAMAGED_AGAIN_MS)).await
}

async fn settle(house: &House, notice: DueNotice, outcome: Outcome) -> Result<bool> {
    let settled = house
        .db
        .write((notice, outcome), |tx, (notice, outcome)| Box::pin(notices::settle(tx, notice, *outcome)));
    settled.await.map(|_| false)
}

async fn decide(tx: &Tx, notice: &DueNotice) -> Result<Decision> {
    let DueNotice { organisation, person, noticed_ms, .. } = *notice;
    let nothing = Ok(Decision::Settle(Outcome::Nothing));
    if let Some(noticed_ms) = noticed_ms
        && !messaging::has_read_since(tx, organisation, person, noticed_ms).await?
    {
        return nothing;
    }
    let Some(recipient) = notices::recipient(tx, organisation, person).await? else { return nothing };
    let Some(organisation) = organisations::find(tx, organisation).await? else { return nothing };
    if !recipient.wishes.wanted {
        return nothing;
    }
    let after_ms = noticed_ms.unwrap_or(i64::MIN);
    let Some(since_ms) = messaging::oldest_unread(tx, organisation.id, person, after_ms).await? else {
        return nothing;
    };
    let settings = notices::settings(tx, organisation.id).await?;
    let (now, due_ms) = (tx.now_ms(), since_ms + settings.after_minutes * 60_000);
    let zone = TimeZone::get(&organisation.time_zone).unwrap_or(TimeZone::UTC);
    let quiet = recipient.wishes.quiet.unwrap_or(settings.quiet);
    Ok(match quiet.ends_ms(now, &zone) {
        _ if due_ms > now => Decision::Settle(Outcome::Later(due_ms)),
        Some(ends_ms) => Decision::Settle(Outcome::Later(ends_ms)),
        None => Decision::Tell(organisation, recipient),
    })
}

async fn tell(
    house: &House,
    notice: DueNotice,
    organisation: &Organisation,
    recipient: Recipient,
) -> Result<bool> {
    let id = LetterId::new(&house.clock, &house.rng);
    let letter = write(house, organisation, (notice.person, id), recipient, ("unread", About::Unread))?;
    let told = house.db.write((notice, letter), |tx, (notice, letter)| {
        Box::pin(async move {
            let is_first = notices::settle(tx, notice, Outcome::Told).await?;
            if is_first {
                letters::leave(tx, letter).await?;
            }
            Ok(is_first)
        })
    });
    told.await
}

/// Sends somebody a letter with a link that proves that mail reaches them; says whether it was, and not a moment ago.
///
/// # Errors
/// The store's.
pub async fn ask_for_proof(house: &House, reader: Reader) -> Result<bool> {
    let found = house.db.read(reader, |tx, reader| {
        Box::pin(async move {
            let address = notices::address(tx, reader.person).await?;
            let language = notices::language(tx, reader.person).await?;
            Ok((address, language, organisations::find(tx, reader.organisation).await?))
        })
    });
    let (Some(address), Some(language), Some(organisation)) = found.await? else { return Ok(false) };
    let token = links::proving(&house.vault, reader, &address.hash, house.clock.now_ms());
    let onward = format!("{}/account/confirm?token={token}", house.settings.public_url);
    let said = words::say(language, About::Proof, &organisation.name, &onward, None);
    let to = Address::Mail(address.email);
    let content = Content::new(to, said.subject, said.text);
    let letter =
        Letter { organisation: organisation.id, kind: "proof", person: Some(reader.person), content };
    let letter = letter.seal(&house.vault, &house.clock, &house.rng)?;
    let asked = house.db.write((reader.person, letter), |tx, (person, letter): &(PersonId, _)| {
        Box::pin(async move {
            let may = notices::ask_for_proof(tx, *person).await?;
            if may {
                letters::leave(tx, letter).await?;
            }
            Ok(may)
        })
    });
    asked.await
}
