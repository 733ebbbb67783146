//! A mail server that speaks as much SMTP as ours needs, takes what it is sent, and refuses whom it is told to.

use std::collections::BTreeMap;
use std::sync::Arc;

use outbound::{MailSettings, Mailer};
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// The server.
pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// What is said to who writes to an address.
    answers: BTreeMap<String, String>,
    /// What is said to whoever writes, before they say to whom.
    answer_to_all: Option<String>,
    /// Whether it hangs up after it took a mail, before it says so.
    is_forgetful: bool,
    /// What keeps the next mail that has come whole from being taken.
    hold: Option<Hold>,
    /// How often somebody came.
    visits: usize,
}

/// A mail on hold.
#[derive(Clone, Default)]
pub struct Hold(Arc<(Notify, Notify)>);

impl Hold {
    /// Waits until the mail has come.
    pub async fn reached(&self) {
        self.0.0.notified().await;
    }

    /// Has it taken.
    pub fn let_go(&self) {
        self.0.1.notify_one();
    }
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Where it would come back to.
    pub from: String,
    /// Whom it is for.
    pub to: String,
    /// Head and body.
    pub raw: String,
}

impl MailServer {
    /// Opens one on a port of its own.
    pub async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, shared.clone()));
            }
        });
        Self { port, state, listening }
    }

    /// A mailer that hands its letters to this server.
    pub fn mailer(&self) -> Mailer {
        let settings = MailSettings {
            smtp_url: format!("smtp://127.0.0.1:{}", self.port).into(),
            from: "Zorg <post@zorg.example.test>".to_owned(),
            bounce_address: Some("bounce@zorg.example.test".to_owned()),
            ca_file: None,
            allow_plain: false,
        };
        Mailer::open(&settings).expect("a mailer")
    }

    /// What it came to have since it was asked last.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.state.lock().mails)
    }

    /// Answers so to who writes to this address, from now on; `None` takes it.
    pub fn answer(&self, to: &str, answer: Option<&str>) {
        let answers = &mut self.state.lock().answers;
        match answer {
            Some(answer) => drop(answers.insert(to.to_owned(), answer.to_owned())),
            None => drop(answers.remove(to)),
        }
    }

    /// Answers so to who names themselves as the sender, from now on; `None` takes them.
    pub fn answer_all(&self, answer: Option<&str>) {
        self.state.lock().answer_to_all = answer.map(str::to_owned);
    }

    /// How often somebody came since it was asked last.
    pub fn visits(&self) -> usize {
        std::mem::take(&mut self.state.lock().visits)
    }

    /// Has it keep the next mail on hold.
    pub fn hold(&self) -> Hold {
        let hold = Hold::default();
        self.state.lock().hold = Some(hold.clone());
        hold
    }

    /// Has it hang up after it took a mail, or no longer.
    pub fn forget_to_say(&self, is_forgetful: bool) {
        self.state.lock().is_forgetful = is_forgetful;
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// One connection; a client that breaks off is no failure.
async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) {
    state.lock().visits += 1;
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading);
    let (mut from, mut to) = (String::new(), String::new());
    let mut say = "220 mail.example.test".to_owned();
    loop {
        if writing.write_all(format!("{say}\r\n").as_bytes()).await.is_err() {
            return;
        }
        let mut line = String::new();
        if !matches!(lines.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        let verb = line.split([' ', '\r']).next().unwrap_or_default().to_uppercase();
        let named = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        say = match verb.as_str() {
            "EHLO" => "250-mail.example.test\r\n250 8BITMIME".to_owned(),
            "MAIL" => {
                from = named;
                let answer = state.lock().answer_to_all.clone();
                answer.unwrap_or_else(|| "250 2.1.0 ok".to_owned())
            }
            "RCPT" => {
                let answer = state.lock().answers.get(&named).cloned();
                to = named;
                answer.unwrap_or_else(|| "250 2.1.5 ok".to_owned())
            }
            "DATA" => {
                drop(writing.write_all(b"354 go on\r\n").await);
                let Some(raw) = message(&mut lines).await else { return };
                let hold = state.lock().hold.take();
                if let Some(hold) = hold {
                    hold.0.0.notify_one();
                    hold.0.1.notified().await;
                }
                let mut state = state.lock();
                state.mails.push(Mail { from: from.clone(), to: to.clone(), raw });
                if state.is_forgetful {
                    return;
                }
                "250 2.0.0 taken".to_owned()
            }
            "QUIT" => {
                drop(writing.write_all(b"221 bye\r\n").await);
                return;
            }
            _ => "502 5.5.1 what".to_owned(),
        };
    }
}

async fn message(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n.\r\n") {
        bytes.push(lines.read_u8().await.ok()?);
    }
    let text = String::from_utf8(bytes).expect("mail is ASCII");
    Some(text.trim_end_matches(".\r\n").replace("\r\n..", "\r\n."))
}

impl Mail {
    /// A field of the head, in one line.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().expect("a head").replace("\r\n ", " ");
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
    }

    /// The text.
    pub fn text(&self) -> String {
        let body = self.raw.split_once("\r\n\r\n").expect("a body").1.replace("\r\n", "\n");
        match self.header("Content-Transfer-Encoding").as_str() {
            "quoted-printable" => unquoted(&body.replace("=\n", "")),
            "7bit" => body,
            other => panic!("{other} cannot be read here"),
        }
    }

    /// The path and query of the link in its text that leads to this path.
    #[track_caller]
    pub fn link(&self, path: &str) -> String {
        let text = self.text();
        let link = text.split_whitespace().find(|word| word.starts_with("http") && word.contains(path));
        let link = link.unwrap_or_else(|| panic!("no link to {path} in {text}"));
        link[link.find(path).expect("the path")..].to_owned()
    }
}

fn unquoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = (*first == b'=').then(|| more.get(..2)).flatten();
        let byte = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &more[2..] } else { more };
    }
    String::from_utf8(bytes).expect("UTF-8")
}
