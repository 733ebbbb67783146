//! The mail server of the operator: how it is reached, and what it makes of a letter.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Error, LetterId, Result};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};
use vault::Vault;

use crate::bounces;
use crate::letters::Content;
use crate::message::{self, Written};

/// How long a connection to the mail server may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How long a letter may take in all.
const SEND_WITHIN: Duration = Duration::from_secs(60);
/// After the server could not be reached it is left alone for so long, so that what waits does not queue for it.
const REST_MS: i64 = 30_000;

/// How mail leaves the house.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The mail server: `smtps://user:password@host:465`, `smtp://host:587`.
    pub smtp_url: SecretString,
    /// Who writes.
    pub from: String,
    /// Where letters come back to, each with a token of its own behind a `+`.
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

struct Server {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// How a connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said, or nothing is said.
    StartTls,
    /// TLS where the server has it.
    WhereOffered,
}

/// Why a choice does not fit, in words for the operator.
pub type Unfit = &'static str;

impl Mailer {
    /// A mailer for this server; nothing is sent yet.
    ///
    /// # Errors
    /// What does not fit, in words that hold nothing of what was given.
    pub fn open(settings: &MailSettings) -> Result<Self, Unfit> {
        let from: Mailbox = settings.from.parse().map_err(|_| {
            "mail.from must be an e-mail address, such as Praktijk De Linde <geen-antwoord@zorg.example.nl>"
        })?;
        let bounce_address = settings.bounce_address.as_deref().map(str::parse::<Address>).transpose();
        let bounce_address = bounce_address.map_err(|_| "mail.bounce_address must be an e-mail address")?;
        let server = Server::of(settings, from.email.domain())?;
        let rests_until_ms = i64::MIN.into();
        Ok(Self(Arc::new(Inner { server, from, bounce_address, rests_until_ms })))
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
        let Ok(to) = content.to.text().parse::<Address>() else { return Ok(of_address) };
        let message =
            message::write(&Written { id, made_ms, content }, &self.0.from, &Mailbox::new(None, to.clone()))?;
        let envelope = (self.return_path(vault, id)?, to);
        self.must_not_rest(clock)?;
        match tokio::time::timeout(SEND_WITHIN, self.0.server.take(&envelope, &message)).await {
            Ok(Ok(delivery)) => Ok(delivery),
            Ok(Err(trouble)) => {
                if trouble.is_of_the_server() {
                    self.rest(clock);
                }
                Err(Error::unavailable(trouble))
            }
            Err(_) => {
                self.rest(clock);
                Err(Error::unavailable("the mail server takes too long"))
            }
        }
    }

    fn return_path(&self, vault: &Vault, letter: LetterId) -> Result<Address> {
        let Some(address) = &self.0.bounce_address else { return Ok(self.0.from.email.clone()) };
        let user = format!("{}+{}", address.user(), bounces::token_of(vault, letter));
        Address::new(user, address.domain()).map_err(|_| Error::bug("a return path that is no address"))
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

/// What kept a letter from being sent now: the step and the server's number, and nothing that it said, since it repeats
/// addresses.
#[derive(Debug)]
struct Trouble {
    #[expect(dead_code, reason = "it is for the log, by Debug")]
    step: &'static str,
    code: Option<u16>,
    #[expect(dead_code, reason = "it is for the log, by Debug")]
    is_tls: bool,
}

impl Trouble {
    fn at(step: &'static str) -> impl FnOnce(SmtpError) -> Self {
        move |error| Self { step, code: error.status().map(u16::from), is_tls: error.is_tls() }
    }

    /// The server did not answer, or not by its numbers: the next letter would fare no better.
    const fn is_of_the_server(&self) -> bool {
        self.code.is_none()
    }
}

impl Server {
    fn of(settings: &MailSettings, from: &str) -> Result<Self, Unfit> {
        const UNFIT: Unfit = "mail.smtp_url must be the address of a mail server, such as \
                              smtps://user:password@mail.example.nl or smtp://localhost:25";
        let url = Url::parse(settings.smtp_url.expose_secret()).map_err(|_| UNFIT)?;
        // For schemes that it does not know the parser takes every host for a name.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(UNFIT)?.to_owned();
        let security = match url.scheme() {
            "smtps" => Security::Tls,
            "smtp" if settings.allow_plain || is_here(&host) => Security::WhereOffered,
            "smtp" => Security::StartTls,
            _ => return Err(UNFIT),
        };
        let port = url.port().unwrap_or(if security == Security::Tls { 465 } else { 587 });
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let decoded = |text: &str| {
            let pair = format!("x={}", text.replace('+', "%2B"));
            url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
        };
        let credentials = match (decoded(url.username()), url.password().and_then(decoded)) {
            (Some(user), Some(password)) if !user.is_empty() => Some(Credentials::new(user, password)),
            _ => None,
        };
        let tls = tls(settings, &bare)?;
        let hello = ClientId::Domain(from.to_owned());
        Ok(Self { host: bare, port, security, tls, credentials, hello })
    }

    async fn take(&self, (from, to): &(Address, Address), message: &[u8]) -> Result<Delivery, Trouble> {
        let mut connection = self.connect().await?;
        let delivery = self.hand_over(&mut connection, from, to, message).await;
        // What was taken is taken, whatever becomes of the good-bye.
        connection.abort().await;
        delivery
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let first = (self.security == Security::Tls).then(|| self.tls.clone());
        let at = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(at, Some(CONNECT_WITHIN), &self.hello, first, None);
        let mut connection = connecting.await.map_err(Trouble::at("connect"))?;
        let wants_tls = match self.security {
            Security::Tls => false,
            Security::StartTls => true,
            Security::WhereOffered => connection.can_starttls() && !is_here(&self.host),
        };
        if wants_tls {
            connection.starttls(self.tls.clone(), &self.hello).await.map_err(Trouble::at("starttls"))?;
        }
        if let Some(credentials) = &self.credentials {
            let ways = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&ways, credentials).await.map_err(Trouble::at("auth"))?;
        }
        Ok(connection)
    }

    /// What is refused before the recipient is named is a matter between the servers, and may be mended; what is refused
    /// of the recipient or the message for ever is refused.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: &Address,
        to: &Address,
        message: &[u8],
    ) -> Result<Delivery, Trouble> {
        let mail = Mail::new(Some(from.clone()), Vec::new());
        connection.command(mail).await.map_err(Trouble::at("mail"))?;
        match connection.command(Rcpt::new(to.clone(), Vec::new())).await {
            Err(error) if error.is_permanent() => {
                return Ok(Delivery::Refused { is_about_the_address: is_of_address(&error) });
            }
            taken => taken.map_err(Trouble::at("rcpt"))?,
        };
        connection.command(Data).await.map_err(Trouble::at("data"))?;
        match connection.message(message).await {
            Err(error) if error.is_permanent() => Ok(Delivery::Refused { is_about_the_address: false }),
            taken => taken.map(|_| Delivery::Sent).map_err(Trouble::at("message")),
        }
    }
}

/// Whether a refusal of the recipient is about the address: by its enhanced code where there is one, else by its number.
fn is_of_address(error: &SmtpError) -> bool {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let enhanced = said.split_whitespace().next().filter(|word| word.starts_with("5."));
    match enhanced {
        Some(status) => bounces::is_about_the_address(status),
        None => matches!(error.status().map(u16::from), Some(550 | 551 | 553)),
    }
}

fn tls(settings: &MailSettings, host: &str) -> Result<TlsParameters, Unfit> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = &settings.ca_file {
        let pem = std::fs::read(file).map_err(|_| "mail.ca_file cannot be read")?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| "mail.ca_file holds no certificate")?;
        builder = builder
            .certificate_store(lettre::transport::smtp::client::CertificateStore::None)
            .add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| "mail.smtp_url: no TLS can be spoken with this host")
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let named = || matches!(Host::parse(host), Ok(Host::Domain(name)) if name == "localhost");
    address.map_or_else(|_| named(), |address| address.is_loopback())
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("security", &self.security).finish_non_exhaustive()
    }
}
