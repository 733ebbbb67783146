//! What a mail server hears, and before which point it hears nothing. This machine is also `0.0.0.0`, which does not
//! look like it: so these servers are of another machine as far as anybody can tell.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use parking_lot::Mutex;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{Server, Step, Trouble};
use crate::mailer::{Delivery, MailSettings, address_of};

const SENT: Delivery = Delivery::Sent;
const REFUSED: Delivery = Delivery::Refused { is_about_the_address: false };
const HELLO: &str = "plain EHLO zorg.example.nl";

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Line = BufReader<Box<dyn Wire>>;

/// A mail server that takes what it is sent, and remembers what it heard.
struct Post {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    listening: JoinHandle<()>,
}

/// How it behaves.
#[derive(Clone, Default)]
struct Manners {
    offers: Vec<&'static str>,
    tls: Option<TlsAcceptor>,
    /// TLS from the first byte.
    is_wrapped: bool,
    /// Whether it says nothing to a good-bye.
    is_silent_at_the_end: bool,
}

impl Post {
    async fn open(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let ears = heard.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, manners.clone(), ears.clone()));
            }
        });
        Self { port, heard, listening }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().clone()
    }

    /// Sends it a letter.
    async fn send(
        &self,
        url: &str,
        to: &str,
        change: impl Fn(&mut MailSettings),
    ) -> Result<Delivery, Trouble> {
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let mut settings = MailSettings {
            smtp_url: url.replace("PORT", &self.port.to_string()).into(),
            from: "post@zorg.example.nl".to_owned(),
            bounce_address: None,
            ca_file: None,
            allow_plain: false,
        };
        change(&mut settings);
        let server = Server::of(&settings, "zorg.example.nl").expect("a server");
        let from: Address = settings.from.parse().expect("an address");
        server.take(&(from, address_of(to).expect("an address")), b"Subject: x\r\n\r\nGoedemorgen\r\n").await
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn converse(stream: TcpStream, manners: Manners, heard: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let (mut way, mut line): (&str, Line) = ("plain", BufReader::new(Box::new(stream)));
    if manners.is_wrapped {
        (way, line) = ("sealed", sealed(line, &manners).await?);
    }
    say(&mut line, "220 mail.example.test").await?;
    loop {
        let mut said = String::new();
        if line.read_line(&mut said).await.ok()? == 0 {
            return None;
        }
        let said = said.trim_end().to_owned();
        heard.lock().push(format!("{way} {said}"));
        match said.split(' ').next().unwrap_or_default() {
            "EHLO" => {
                say(&mut line, "250-mail.example.test").await?;
                for offer in &manners.offers {
                    say(&mut line, &format!("250-{offer}")).await?;
                }
                say(&mut line, "250 HELP").await?;
            }
            "STARTTLS" => {
                say(&mut line, "220 go on").await?;
                (way, line) = ("sealed", sealed(line, &manners).await?);
            }
            "AUTH" => say(&mut line, "235 2.7.0 welcome").await?,
            "DATA" => {
                say(&mut line, "354 go on").await?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    line.read_line(&mut text).await.ok()?;
                }
                say(&mut line, "250 2.0.0 taken").await?;
            }
            "QUIT" if manners.is_silent_at_the_end => {}
            "QUIT" => return say(&mut line, "221 bye").await,
            _ => say(&mut line, "250 ok").await?,
        }
    }
}

async fn sealed(line: Line, manners: &Manners) -> Option<Line> {
    let wire = manners.tls.as_ref()?.accept(line.into_inner()).await.ok()?;
    Some(BufReader::new(Box::new(wire)))
}

async fn say(line: &mut Line, text: &str) -> Option<()> {
    line.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
    line.get_mut().flush().await.ok()
}

/// A certificate for this name, signed by itself: what the server shows, and the file of who trusts it.
fn certificate(name: &str) -> (TlsAcceptor, PathBuf, TempDir) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, made.cert.pem()).expect("a file");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate and its key");
    (TlsAcceptor::from(Arc::new(config)), file, folder)
}

fn offering(offers: &[&'static str], tls: Option<&TlsAcceptor>) -> Manners {
    Manners { offers: offers.to_vec(), tls: tls.cloned(), ..Manners::default() }
}

#[tokio::test]
async fn another_machine_without_tls_hears_a_greeting_and_nothing_else() {
    let post = Post::open(offering(&["AUTH PLAIN"], None)).await;
    for user in ["", "me:hush@"] {
        let refused = post.send(&format!("smtp://{user}0.0.0.0:PORT"), "a@elders.test", |_| {}).await;
        let trouble = refused.expect_err("nothing is sent");
        assert!(trouble.step == Step::StartTls && trouble.is_of_the_server(), "{trouble:?}");
    }
    assert_eq!(post.heard(), [HELLO, HELLO]);
}

#[tokio::test]
async fn another_machine_hears_names_and_passwords_once_its_certificate_is_vouched_for() {
    let (tls, ca_file, _folder) = certificate("0.0.0.0");
    let post = Post::open(offering(&["STARTTLS", "AUTH PLAIN"], Some(&tls))).await;
    let url = "smtp://me:hush@0.0.0.0:PORT";
    let trusting = |settings: &mut MailSettings| settings.ca_file = Some(ca_file.clone());
    assert_eq!(post.send(url, "a@elders.test", trusting).await.expect("an answer"), SENT);
    let heard = post.heard();
    assert_eq!(heard[..2], [HELLO, "plain STARTTLS"]);
    assert!(heard.len() > 5 && heard[2..].iter().all(|line| line.starts_with("sealed ")), "{heard:?}");

    let wrapped = Manners { is_wrapped: true, ..offering(&["AUTH PLAIN"], Some(&tls)) };
    let post = Post::open(wrapped).await;
    let url = "smtps://me:hush@0.0.0.0:PORT";
    assert_eq!(post.send(url, "a@elders.test", trusting).await.expect("an answer"), SENT);
    assert!(post.heard().iter().all(|line| line.starts_with("sealed ")), "{:?}", post.heard());
}

#[tokio::test]
async fn who_shows_a_certificate_of_somebody_else_hears_no_name() {
    let (tls, ca_file, _folder) = certificate("elders.test");
    let (_, of_somebody_else, _other) = certificate("0.0.0.0");
    for ca_file in [None, Some(ca_file), Some(of_somebody_else)] {
        let post = Post::open(offering(&["STARTTLS", "AUTH PLAIN"], Some(&tls))).await;
        let trusting = |settings: &mut MailSettings| settings.ca_file.clone_from(&ca_file);
        let refused = post.send("smtp://me:hush@0.0.0.0:PORT", "a@elders.test", trusting).await;
        assert!(refused.expect_err("nothing is sent").is_of_the_server());
        assert_eq!(post.heard(), [HELLO, "plain STARTTLS"], "{ca_file:?}");
        let wrapped = Manners { is_wrapped: true, ..offering(&["AUTH PLAIN"], Some(&tls)) };
        let post = Post::open(wrapped).await;
        assert!(post.send("smtps://me:hush@0.0.0.0:PORT", "a@elders.test", trusting).await.is_err());
        assert_eq!(post.heard(), Vec::<String>::new(), "{ca_file:?}");
    }
}

#[tokio::test]
async fn where_plain_text_is_allowed_a_password_still_is_not() {
    let post = Post::open(offering(&["AUTH PLAIN"], None)).await;
    let allowing = |settings: &mut MailSettings| settings.allow_plain = true;
    let refused = post.send("smtp://me:hush@0.0.0.0:PORT", "a@elders.test", allowing).await;
    assert_eq!(refused.expect_err("nothing is sent").step, Step::SignIn);
    assert_eq!(post.heard(), [HELLO]);
    assert_eq!(post.send("smtp://0.0.0.0:PORT", "a@elders.test", allowing).await.expect("an answer"), SENT);
}

#[tokio::test]
async fn a_password_is_said_as_it_was_given() {
    let post = Post::open(offering(&["AUTH PLAIN"], None)).await;
    let url = "smtp://me%40zorg:a&b+c%2Bd%C3%A9@127.0.0.1:PORT";
    assert_eq!(post.send(url, "a@elders.test", |_| {}).await.expect("an answer"), SENT);
    let said = post.heard().iter().find_map(|line| line.strip_prefix("plain AUTH PLAIN ").map(str::to_owned));
    let said = STANDARD.decode(said.expect("somebody signed in")).expect("base64");
    assert_eq!(String::from_utf8_lossy(&said), "\0me@zorg\0a&b+c+d\u{e9}");
}

#[tokio::test]
async fn an_address_beyond_ascii_goes_as_each_server_can_take_it() {
    let plain = Post::open(Manners::default()).await;
    let url = "smtp://127.0.0.1:PORT";
    assert_eq!(plain.send(url, "anna@müller.test", |_| {}).await.expect("an answer"), SENT);
    assert!(
        plain.heard().contains(&"plain RCPT TO:<anna@xn--mller-kva.test>".to_owned()),
        "{:?}",
        plain.heard()
    );
    let before = plain.heard().len();
    assert_eq!(plain.send(url, "jürgen@müller.test", |_| {}).await.expect("an answer"), REFUSED);
    assert_eq!(plain.heard()[before..], [HELLO, "plain QUIT"], "it cannot be said there");

    let post = Post::open(offering(&["SMTPUTF8", "8BITMIME"], None)).await;
    assert_eq!(post.send(url, "jürgen@müller.test", |_| {}).await.expect("an answer"), SENT);
    let heard = post.heard();
    assert!(heard[1].contains(" SMTPUTF8"), "{heard:?}");
    assert_eq!(heard[2], "plain RCPT TO:<jürgen@xn--mller-kva.test>");
}

#[tokio::test]
async fn what_was_taken_is_taken_although_nobody_answers_the_good_bye() {
    let silent = Manners { is_silent_at_the_end: true, ..Manners::default() };
    let post = Post::open(silent).await;
    let taken = post.send("smtp://127.0.0.1:PORT", "a@elders.test", |_| {}).await;
    assert_eq!(taken.expect("an answer"), SENT);
    assert_eq!(post.heard().last().map(String::as_str), Some("plain QUIT"));
}
