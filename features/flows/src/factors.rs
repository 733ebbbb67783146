//! Second factors, with the letters that tell their owners what became of them.

use identity::arrivals::{self, Goes};
use identity::factors::{self, Offer, SealedKey, Which};
use identity::sessions::NewSession;
use identity::sign_in::{self, Memo};
use identity::{By, Method, organisations, oversight, sign_in_links, sms};
use kernel::{Actor, Error, OrganisationId, PersonId, Result};
use outbound::letters::{self, Address, Content, Letter, SealedLetter, Way};
use secrecy::{ExposeSecret as _, SecretString};
use store::Tx;

use crate::House;
use crate::mail::account::{self, About};

/// Lets somebody in by what they typed, and remembers that they got in; `None` when it proves nothing. They hear of it
/// when it was a recovery code.
///
/// # Errors
/// The store's.
pub async fn complete(
    house: &House,
    person: PersonId,
    goes: Goes,
    offer: Offer,
    memo: Memo,
) -> Result<Option<(Method, NewSession)>> {
    let letter = if offer.is_recovery() { letter(house, person, About::RecoveryUsed).await? } else { None };
    let completed = house.db.write((goes, offer, memo, letter), |tx, (goes, offer, memo, letter)| {
        Box::pin(async move {
            let Some(done) = arrivals::complete(tx, goes, offer).await? else { return Ok(None) };
            sign_in::remember(tx, memo).await?;
            if done.0 == Method::Recovery {
                tell(tx, letter.as_ref()).await?;
            }
            Ok(Some(done))
        })
    });
    completed.await
}

/// What somebody sets up.
#[derive(Clone, Debug)]
pub enum Setup {
    /// An authenticator application, which showed a code.
    App(SealedKey),
    /// Codes by SMS, of which one came.
    Sms(Offer),
}

/// Sets up a second factor for whoever goes on, who gets a letter, and recovery codes when they have none left; they go
/// on with it. The codes are those that are kept, and none when they have some. `None` for an SMS code that is not the
/// one.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`] when nobody goes on any more.
pub async fn set_up(
    house: &House,
    person: PersonId,
    goes: Goes,
    setup: Setup,
) -> Result<Option<(NewSession, Vec<String>)>> {
    let letter = letter(house, person, About::FactorAdded).await?;
    let (codes, hashes) = factors::new_codes(&house.vault, &house.rng, person);
    let input = (person, goes, setup, hashes, letter);
    let done = house.db.write(input, |tx, (person, goes, setup, hashes, letter)| {
        Box::pin(async move {
            // Who knows a password alone sets up a first factor, and no other beside it.
            arrivals::must_be_sure(tx, goes.by, *person).await?;
            let method = match setup {
                Setup::App(key) => {
                    factors::add_app(tx, key, goes.origin).await?;
                    Method::Totp
                }
                Setup::Sms(offer) => {
                    if factors::take(tx, offer).await?.is_none() {
                        return Ok(None);
                    }
                    factors::add_sms(tx, *person, goes.origin).await?;
                    Method::Sms
                }
            };
            // Asked here and not before: two forms at once would each show codes of which only the last count.
            let has_none = factors::enrolled(tx, *person).await?.codes_left == 0;
            if has_none {
                factors::set_codes(tx, *person, hashes, goes.origin).await?;
            }
            tell(tx, letter.as_ref()).await?;
            Ok(Some((arrivals::go_on(tx, goes, method).await?, has_none)))
        })
    });
    Ok(done.await?.map(|(session, are_kept)| (session, if are_kept { codes } else { Vec::new() })))
}

/// Takes a second factor away from somebody who showed one; says whether what they typed proves it.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`] when what they do it by ended, or is known by less than they have.
pub async fn remove(
    house: &House,
    person: PersonId,
    goes: Goes,
    which: Which,
    (offer, memo): (Offer, Memo),
) -> Result<bool> {
    let letter = letter(house, person, About::FactorRemoved).await?;
    let input = (person, goes, which, offer, memo, letter);
    let removed = house.db.write(input, |tx, (person, goes, which, offer, memo, letter)| {
        Box::pin(async move {
            arrivals::must_be_sure(tx, goes.by, *person).await?;
            let Some(method) = factors::take(tx, offer).await? else { return Ok(false) };
            factors::note(tx, *person, Some(method), goes.origin).await?;
            factors::remove(tx, *person, *which, goes.origin).await?;
            sign_in::remember(tx, memo).await?;
            tell(tx, letter.as_ref()).await?;
            Ok(true)
        })
    });
    removed.await
}

/// Gives somebody new recovery codes in the place of theirs; `None` when they have nothing that those are for.
///
/// # Errors
/// [`kernel::Error::Unauthenticated`] when what they do it by ended, or is known by less than they have.
pub async fn renew_codes(house: &House, person: PersonId, goes: Goes) -> Result<Option<Vec<String>>> {
    let (codes, hashes) = factors::new_codes(&house.vault, &house.rng, person);
    let renewed = house.db.write((person, goes, hashes), |tx, (person, goes, hashes)| {
        Box::pin(async move {
            arrivals::must_be_sure(tx, goes.by, *person).await?;
            if !factors::enrolled(tx, *person).await?.is_any() {
                return Ok(false);
            }
            factors::set_codes(tx, *person, hashes, goes.origin).await?;
            Ok(true)
        })
    });
    Ok(renewed.await?.then_some(codes))
}

/// Sends somebody a code by SMS, good for whoever holds this half-done sign-in or session, as asked for in the browser of
/// this hash; `false` when no SMS reaches them.
///
/// # Errors
/// [`kernel::Error::LimitReached`] when they got too many, or their organisation sent too many.
pub async fn send_sms(
    house: &House,
    person: PersonId,
    holder: [u8; 32],
    browser: Option<[u8; 32]>,
) -> Result<bool> {
    let Some((organisation, letter, hash)) = write_sms(house, person, holder).await? else {
        return Ok(false);
    };
    let code = sms::Code { person, organisation, holder, browser, hash };
    let sent = house.db.write((code, letter), |tx, (code, letter)| {
        Box::pin(async move {
            sms::keep(tx, code).await?;
            letters::leave(tx, letter).await
        })
    });
    sent.await.map(|_| true).inspect_err(|error| {
        if matches!(error, Error::LimitReached { limit, .. } if limit.name == sms::OF_ORGANISATION) {
            tracing::warn!(
                organisation = organisation.hex(),
                "an organisation has sent as many codes by SMS as it may in a day"
            );
        }
    })
}

/// Whether codes by SMS can reach somebody.
///
/// # Errors
/// The store's.
pub async fn can_get_sms(tx: &Tx, person: PersonId) -> Result<bool> {
    let mobile = sms::mobile(tx, person).await?;
    Ok(mobile.is_some_and(|mobile| letters::may_send(Way::Sms, mobile.sandbox).is_ok()))
}

/// The SMS, in whose name it goes out, and the hash of the code in it.
type Sms = (OrganisationId, SealedLetter, [u8; 32]);

async fn write_sms(house: &House, person: PersonId, holder: [u8; 32]) -> Result<Option<Sms>> {
    let found = house.db.read(person, |tx, person| {
        Box::pin(async move {
            let Some(mobile) = sms::mobile(tx, *person).await? else { return Ok(None) };
            let language = identity::notices::language(tx, *person).await?.unwrap_or_default();
            Ok(organisations::find(tx, mobile.organisation).await?.map(|one| (mobile, one, language)))
        })
    });
    let Some((mobile, organisation, language)) = found.await? else { return Ok(None) };
    if letters::may_send(Way::Sms, mobile.sandbox).is_err() {
        return Ok(None);
    }
    let (code, hash): (SecretString, _) = sms::new_code(&house.vault, &house.rng, &holder);
    let text = account::sms(language, &organisation.name, code.expose_secret());
    let to = Address::Sms(mobile.number.expose_secret().to_owned());
    let content = Content::new(to, String::new(), text);
    let organisation = organisation.id;
    let letter = Letter { organisation, kind: "sign_in_code", person: Some(person), content };
    Ok(Some((organisation, letter.seal(&house.vault, &house.clock, &house.rng)?, hash)))
}

/// Takes away everything that somebody proves themselves by besides a password, and tells them, when mail reaches them.
///
/// # Errors
/// The store's.
pub async fn take_away(house: &House, by_operator_of: OrganisationId, person: PersonId) -> Result<()> {
    let input = (by_operator_of, person, letter(house, person, About::FactorRemoved).await?);
    let taken = house.db.write(input, |tx, (organisation, person, letter)| {
        Box::pin(async move {
            factors::take_away(tx, By::Operator, *organisation, *person).await?;
            tell(tx, letter.as_ref()).await
        })
    });
    taken.await
}

/// The same, by an administrator of the organisation that the person belongs to, and to no other.
///
/// # Errors
/// As [`oversight::open`] and [`oversight::take_factors`].
pub async fn take_away_by(house: &House, actor: &Actor, person: PersonId) -> Result<()> {
    let input = (actor.clone(), person, letter(house, person, About::FactorRemoved).await?);
    let taken = house.db.write(input, |tx, (actor, person, letter)| {
        Box::pin(async move {
            let of = oversight::open(tx, By::Actor(actor), actor.organisation, *person).await?;
            oversight::take_factors(tx, actor, of).await?;
            tell(tx, letter.as_ref()).await
        })
    });
    taken.await
}

/// A letter that tells somebody what became of their account; `None` for whom mail does not reach.
async fn letter(house: &House, person: PersonId, about: About) -> Result<Option<SealedLetter>> {
    let found = house.db.read(person, |tx, person| Box::pin(sign_in_links::reached(tx, *person)));
    let Some(asker) = found.await? else { return Ok(None) };
    account::write(house, &asker, about, "/account").seal(&house.vault, &house.clock, &house.rng).map(Some)
}

async fn tell(tx: &Tx, letter: Option<&SealedLetter>) -> Result<()> {
    match letter {
        Some(letter) => letters::leave(tx, letter).await.map(drop),
        None => Ok(()),
    }
}
