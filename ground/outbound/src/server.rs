//! The mail server of the operator: how it is reached, and what it makes of a letter.

use std::net::IpAddr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret as _;
use tokio::time::timeout;
use url::{Host, Url};

use crate::bounces;
use crate::mailer::{Delivery, MailSettings, Unfit};

/// How long a connection to the mail server may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How long a letter may take in all.
const SEND_WITHIN: Duration = Duration::from_secs(60);
/// How long the good-bye may take.
const PART_WITHIN: Duration = Duration::from_secs(2);
/// How long a letter is on its way to the mail server at the most. Cut off before that, it may have been taken without our
/// knowing, and would go again.
pub const ON_ITS_WAY: Duration = SEND_WITHIN.saturating_add(PART_WITHIN);

const UNFIT: Unfit = "mail.smtp_url must be the address of a mail server, such as \
                      smtps://user:password@mail.example.nl or smtp://localhost:25";

/// A mail server.
pub(crate) struct Server {
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

/// What kept a letter from being sent now: the step and the server's number, and nothing that it said, since it repeats
/// addresses.
#[derive(Debug)]
pub(crate) struct Trouble {
    step: Step,
    code: Option<u16>,
    #[expect(dead_code, reason = "it is for the log, by Debug")]
    is_tls: bool,
}

/// What a conversation with a mail server consists of, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Connect,
    StartTls,
    SignIn,
    Sender,
    Recipient,
    Message,
    /// It took too long in all.
    Any,
}

impl Trouble {
    const fn at(step: Step) -> Self {
        Self { step, code: None, is_tls: false }
    }

    fn of(step: Step) -> impl FnOnce(SmtpError) -> Self {
        move |error| Self { step, code: error.status().map(u16::from), is_tls: error.is_tls() }
    }

    /// The server did not answer, or not by its numbers, or refused before it heard whom the letter is for: the next
    /// letter would fare no better.
    pub fn is_of_the_server(&self) -> bool {
        self.code.is_none() || self.step < Step::Recipient
    }
}

impl Server {
    /// The server of these settings; nothing is said to it yet.
    pub fn of(settings: &MailSettings, from: &str) -> Result<Self, Unfit> {
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
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls, credentials) = (tls(settings, &host)?, credentials(&url)?);
        let hello = ClientId::Domain(from.to_owned());
        Ok(Self { host, port, security, tls, credentials, hello })
    }

    /// Hands a letter over.
    pub async fn take(&self, (from, to): &(Address, Address), message: &[u8]) -> Result<Delivery, Trouble> {
        let handing_over = async {
            let mut connection = self.connect().await?;
            let delivery = hand_over(&mut connection, from, to, message).await;
            Ok::<_, Trouble>((connection, delivery))
        };
        let (mut connection, delivery) =
            timeout(SEND_WITHIN, handing_over).await.map_err(|_| Trouble::at(Step::Any))??;
        // What was taken is taken, whatever becomes of the good-bye.
        drop(timeout(PART_WITHIN, connection.abort()).await);
        delivery
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let first = (self.security == Security::Tls).then(|| self.tls.clone());
        let at = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(at, Some(CONNECT_WITHIN), &self.hello, first, None);
        let mut connection = connecting.await.map_err(Trouble::of(Step::Connect))?;
        let wants_tls = match self.security {
            Security::Tls => false,
            Security::StartTls => true,
            Security::WhereOffered => connection.can_starttls() && !is_here(&self.host),
        };
        if wants_tls {
            let upgrade = connection.starttls(self.tls.clone(), &self.hello);
            upgrade.await.map_err(Trouble::of(Step::StartTls))?;
        }
        self.sign_in(&mut connection).await?;
        Ok(connection)
    }

    /// A password goes to another machine by TLS or not at all: who is on the way could take away the offer of TLS.
    async fn sign_in(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Trouble> {
        let Some(credentials) = &self.credentials else { return Ok(()) };
        if !connection.is_encrypted() && !is_here(&self.host) {
            return Err(Trouble::at(Step::SignIn));
        }
        let signing_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
        signing_in.await.map(drop).map_err(Trouble::of(Step::SignIn))
    }
}

/// What is refused before the recipient is named is a matter between the servers, and may be mended; what is refused
/// of the recipient or the message for ever is refused.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: &Address,
    message: &[u8],
) -> Result<Delivery, Trouble> {
    let Some(extensions) = extensions_for(connection, &[from, to], message) else {
        return Ok(Delivery::Refused { is_about_the_address: false });
    };
    let sender = Mail::new(Some(from.clone()), extensions);
    connection.command(sender).await.map_err(Trouble::of(Step::Sender))?;
    match connection.command(Rcpt::new(to.clone(), Vec::new())).await {
        Err(error) if error.is_permanent() => {
            return Ok(Delivery::Refused { is_about_the_address: is_of_address(&error) });
        }
        taken => taken.map_err(Trouble::of(Step::Recipient))?,
    };
    connection.command(Data).await.map_err(Trouble::of(Step::Message))?;
    match connection.message(message).await {
        Err(error) if error.is_permanent() => Ok(Delivery::Refused { is_about_the_address: false }),
        taken => taken.map(|_| Delivery::Sent).map_err(Trouble::of(Step::Message)),
    }
}

/// What the server must be told of names that are not in ASCII, which few have; `None` when it takes none.
fn extensions_for(
    connection: &AsyncSmtpConnection,
    addresses: &[&Address],
    message: &[u8],
) -> Option<Vec<MailParameter>> {
    let mut texts = addresses.iter().map(|address| AsRef::<str>::as_ref(*address));
    if texts.all(str::is_ascii) && message.is_ascii() {
        return Some(Vec::new());
    }
    let can = |extension| connection.server_info().supports_feature(extension);
    let both = can(Extension::SmtpUtfEight) && can(Extension::EightBitMime);
    both.then(|| vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)])
}

/// Whether a refusal of the recipient is about the address, which its enhanced code alone can say: its number is the
/// same when the relay is not for us, or a list of senders has us on it.
fn is_of_address(error: &SmtpError) -> bool {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    said.split_whitespace().next().is_some_and(bounces::is_about_the_address)
}

/// Who signs in, when anybody does.
fn credentials(url: &Url) -> Result<Option<Credentials>, Unfit> {
    let decoded = |text: &str| Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
    let user = decoded(url.username()).ok_or(UNFIT)?;
    let password = decoded(url.password().unwrap_or_default()).ok_or(UNFIT)?;
    match (user.is_empty(), password.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(Credentials::new(user, password))),
        _ => Err("mail.smtp_url must name a user and a password, or neither"),
    }
}

fn tls(settings: &MailSettings, host: &str) -> Result<TlsParameters, Unfit> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = &settings.ca_file {
        let pem = std::fs::read(file).map_err(|_| "mail.ca_file cannot be read")?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| "mail.ca_file holds no certificate")?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
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

#[cfg(test)]
mod tests;
