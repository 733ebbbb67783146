//! Who sends mail: from whom it comes, where it comes back to, and when the mail server is left alone.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Clock, Error, LetterId, Result};
use lettre::Address;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Host;
use vault::Vault;

use crate::bounces;
use crate::letters::Content;
use crate::message::{self, Written};
use crate::server::Server;

/// Bytes before the `@` of an address (RFC 5321).
const USER_BYTES_MAX: usize = 64;
/// After the server could not be reached it is left alone for so long, so that what waits does not queue for it.
const REST_MS: i64 = 30_000;

/// How mail leaves the house.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The mail server: `smtps://user:password@host:465`, `smtp://host:587`.
    pub smtp_url: SecretString,
    /// Who writes.
    pub from: String,
    /// Where letters come back to, each with a token of its own behind a `+`; at most 23 bytes before its `@`.
    pub bounce_address: Option<String>,
    /// Who vouches for the server's certificate, in PEM; whom the system trusts when it is not given.
    pub ca_file: Option<PathBuf>,
    /// Whether a server on another machine may be spoken to without TLS.
    pub allow_plain: bool,
}

/// What became of a letter that the mail server was asked to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is the mail server's now.
    Sent,
    /// It is not taken, whenever it is asked.
    Refused {
        /// Because of the address, to which no other letter will go either.
        is_about_the_address: bool,
    },
}

/// Sends mail. Clones are the same.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    server: Server,
    from: Mailbox,
    bounce_address: Option<Address>,
    /// Until when the server is left alone, in milliseconds since 1970.
    rests_until_ms: std::sync::atomic::AtomicI64,
}

/// Why a choice does not fit, in words for the operator.
pub type Unfit = &'static str;

impl Mailer {
    /// A mailer for this server; nothing is sent yet.
    ///
    /// # Errors
    /// What does not fit, in words that hold nothing of what was given.
    pub fn open(settings: &MailSettings) -> Result<Self, Unfit> {
        const FROM: Unfit =
            "mail.from must be an e-mail address, such as Praktijk De Linde <geen-antwoord@zorg.example.nl>";
        let mut from: Mailbox = settings.from.parse().map_err(|_| FROM)?;
        from.email = address_of(from.email.as_ref()).ok_or(FROM)?;
        let bounce_address = settings.bounce_address.as_deref().map(bounce_address_of).transpose()?;
        let server = Server::of(settings, from.email.domain())?;
        let rests_until_ms = i64::MIN.into();
        Ok(Self(Arc::new(Inner { server, from, bounce_address, rests_until_ms })))
    }

    /// The address that letters come from.
    #[must_use]
    pub fn from(&self) -> &str {
        self.0.from.email.as_ref()
    }

    /// Hands a letter to the mail server.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it is worth another try: the server is not there, or says so.
    pub async fn send(
        &self,
        vault: &Vault,
        clock: &Clock,
        (id, made_ms): (LetterId, i64),
        content: &Content,
    ) -> Result<Delivery> {
        let of_address = Delivery::Refused { is_about_the_address: true };
        let Some(to) = address_of(content.to.text()) else { return Ok(of_address) };
        let message =
            message::write(&Written { id, made_ms, content }, &self.0.from, &Mailbox::new(None, to.clone()))?;
        let envelope = (self.return_path(vault, id)?, to);
        self.must_not_rest(clock)?;
        self.0.server.take(&envelope, &message).await.map_err(|trouble| {
            if trouble.is_of_the_server() {
                self.rest(clock);
            }
            Error::unavailable(trouble)
        })
    }

    fn return_path(&self, vault: &Vault, letter: LetterId) -> Result<Address> {
        let Some(address) = &self.0.bounce_address else { return Ok(self.0.from.email.clone()) };
        let path = return_path(address, &bounces::token_of(vault, letter));
        path.ok_or_else(|| Error::bug("a return path that is no address"))
    }

    fn must_not_rest(&self, clock: &Clock) -> Result<()> {
        let until_ms = self.0.rests_until_ms.load(std::sync::atomic::Ordering::Relaxed);
        if clock.now_ms() < until_ms {
            return Err(Error::unavailable("the mail server could not be reached a moment ago"));
        }
        Ok(())
    }

    fn rest(&self, clock: &Clock) {
        self.0.rests_until_ms.store(clock.now_ms() + REST_MS, std::sync::atomic::Ordering::Relaxed);
    }
}

/// An address as mail servers take it: its domain in the letters that every one of them knows.
pub(crate) fn address_of(text: &str) -> Option<Address> {
    let (user, domain) = text.rsplit_once('@')?;
    if domain.is_ascii() {
        return Address::new(user, domain).ok();
    }
    match Host::parse(domain).ok()? {
        Host::Domain(domain) => Address::new(user, domain).ok(),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Where letters come back to, when there is room in it for the token of a letter.
fn bounce_address_of(text: &str) -> Result<Address, Unfit> {
    let address = address_of(text).ok_or("mail.bounce_address must be an e-mail address")?;
    let longest = "0".repeat(bounces::TOKEN_BYTES);
    return_path(&address, &longest).filter(|path| path.user().len() <= USER_BYTES_MAX).ok_or(
        "mail.bounce_address may have at most 23 characters before its @: every letter adds 41 of its own",
    )?;
    Ok(address)
}

fn return_path(address: &Address, token: &str) -> Option<Address> {
    Address::new(format!("{}+{token}", address.user()), address.domain()).ok()
}
