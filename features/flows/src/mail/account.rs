//! Letters about somebody's own account: what was changed there, which they would want to know if it was not them, and
//! the links by which they sign in or get another password. They are promised in the transaction of their cause, or
//! written and sealed before it.

mod de;
mod en;
mod fr;
mod nl;
mod words;

use identity::password_links::{self, NewLink};
use identity::sign_in_links::Asker;
use identity::{By, Organisation, sign_in};
use kernel::id::hex;
use kernel::{Error, OrganisationId, PersonId, Result};
use outbound::letters::{self, Address, Content, Letter};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use store::jobs::{self, NewJob};
use vault::Vault;

use crate::House;
pub(crate) use words::sms;

/// The job that sends somebody a link for another password, if there is such an account.
pub(crate) const RESET: &str = "letters.password_reset";
/// Where the link leads.
pub const RESET_PATH: &str = "/login/reset/new";
/// The name of what the link ends in.
pub const CODE: &str = "code";

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It has another password, or its first.
    PasswordChanged,
    /// It has none any more.
    PasswordRemoved,
    /// It has one passkey more.
    PasskeyAdded,
    /// It has one less.
    PasskeyRemoved,
    /// One of its passkeys answered as one that was copied, and was refused.
    PasskeyCopied,
}

/// Tells somebody, in the transaction in which it happens, what happened to their account, when letters reach them.
///
/// # Errors
/// The store's.
pub async fn tell(tx: &Tx, person: PersonId, news: News, public_url: &str) -> Result<()> {
    let Some((organisation, recipient)) = password_links::who_writes(tx, person).await? else {
        return Ok(());
    };
    let words = words::of(recipient.language);
    let onward = format!("{public_url}/account");
    let (subject, text) = laid_out(words.told(news), &onward, words.no_answer);
    leave(tx, &organisation, person, recipient.email, ("account", subject, text)).await
}

/// What a letter is about that is written and sealed before the transaction of its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// The link that they asked for to sign in.
    Link,
    /// They asked for one, and sign in by a password.
    UsePassword,
    /// They have a second factor from now on.
    FactorAdded,
    /// They have it no longer.
    FactorRemoved,
    /// One of their recovery codes was used.
    RecoveryUsed,
}

/// Such a letter to somebody in the name of an organisation, which leads on to this path of ours.
pub(crate) fn write(house: &House, asker: &Asker, about: About, onward: &str) -> Letter {
    let words = words::of(asker.recipient.language);
    let kind = match about {
        About::Link | About::UsePassword => "sign_in_link",
        About::FactorAdded | About::FactorRemoved | About::RecoveryUsed => "second_factor",
    };
    let onward = format!("{}{onward}", house.settings.public_url);
    let (subject, text) = laid_out(words.about(about), &onward, words.unanswered);
    let to = Address::Mail(asker.recipient.email.clone());
    letter(&asker.organisation, asker.person, to, (kind, subject, text))
}

fn laid_out(
    [subject, sentence, lead]: [&'static str; 3],
    onward: &str,
    no_answer: &str,
) -> (&'static str, String) {
    (subject, format!("{sentence}\n\n{lead}\n{onward}\n\n{no_answer}\n"))
}

/// Whom somebody says that they are who wants another password: a keyed hash.
#[derive(Debug, Serialize, Deserialize)]
struct Reset {
    account: [u8; 32],
    /// Whether the account, if there is one, knows the browser in which it was asked for.
    #[serde(default)]
    by_known: bool,
}

/// Promises that whoever has this account is sent a link for another password, as asked for in the browser of this hash.
/// It does the same whether or not there is such an account, and takes as long.
///
/// # Errors
/// As [`jobs::enqueue`].
pub async fn ask_for_reset(tx: &Tx, account: &[u8; 32], browser: Option<&[u8; 32]>) -> Result<()> {
    let by_known = sign_in::is_known_at(tx, account, browser).await?;
    let payload = serde_json::to_value(Reset { account: *account, by_known }).map_err(Error::bug)?;
    // What a stranger asked for does not stand in the way of what its owner asks for.
    let dedupe = Some(format!("{} {by_known}", hex(account)));
    jobs::enqueue(tx, &NewJob { name: RESET, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// Does the job. Done twice, it finds that a letter was sent a moment ago.
pub(crate) async fn reset(house: &House, payload: Value) -> Result<()> {
    let reset: Reset = serde_json::from_value(payload).map_err(Error::bug)?;
    let input = (reset, house.settings.public_url.clone());
    let done = house.db.write(input, |tx, (reset, url)| {
        Box::pin(async move {
            match password_links::make(tx, &reset.account, reset.by_known).await? {
                Some(link) => send_link(tx, link, url).await,
                None => Ok(()),
            }
        })
    });
    done.await
}

/// Sends somebody whom an operator or an administrator helps a link for another password; says whether letters reach
/// them.
///
/// # Errors
/// As [`password_links::make_by_hand`].
pub async fn send_reset(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    public_url: &str,
) -> Result<bool> {
    match password_links::make_by_hand(tx, by, organisation, person).await? {
        Some(link) => send_link(tx, link, public_url).await.map(|()| true),
        None => Ok(false),
    }
}

async fn send_link(tx: &Tx, link: NewLink, public_url: &str) -> Result<()> {
    let NewLink { person, secret, organisation, recipient } = link;
    let words = words::of(recipient.language);
    let onward = format!("{public_url}{RESET_PATH}?{CODE}={}", secret.expose_secret());
    let [subject, sentence] = words.reset;
    let text = format!("{sentence}\n{onward}\n\n{}\n\n{}\n", words.not_asked, words.no_answer);
    leave(tx, &organisation, person, recipient.email, ("password_reset", subject, text)).await
}

async fn leave(
    tx: &Tx,
    organisation: &Organisation,
    person: PersonId,
    email: String,
    said: (&'static str, &str, String),
) -> Result<()> {
    let letter = letter(organisation, person, Address::Mail(email), said);
    let letter = letter.seal_as(tx.new_id(), tx.tool::<Vault>()?)?;
    letters::leave(tx, &letter).await.map(drop)
}

fn letter(
    organisation: &Organisation,
    person: PersonId,
    to: Address,
    (kind, subject, text): (&'static str, &str, String),
) -> Letter {
    let named = |text: &str| text.replace("{}", &organisation.name);
    let content = Content::new(to, named(subject), named(&text));
    Letter { organisation: organisation.id, kind, person: Some(person), content }
}

#[cfg(test)]
mod tests {
    use identity::Language;

    use super::*;

    #[test]
    fn every_letter_says_in_every_language_who_writes_and_nobodys_name() {
        let all = [
            News::PasswordChanged,
            News::PasswordRemoved,
            News::PasskeyAdded,
            News::PasskeyRemoved,
            News::PasskeyCopied,
        ];
        for language in Language::ALL {
            let words = words::of(language);
            let mut subjects: Vec<&str> = all.iter().map(|news| words.told(*news)[0]).collect();
            assert!(all.iter().all(|news| words.told(*news)[1].contains("{}")), "{language:?}");
            subjects.push(words.reset[0]);
            subjects.sort_unstable();
            subjects.dedup();
            assert_eq!(subjects.len(), all.len() + 1, "each letter has a subject of its own");
        }
    }
}
