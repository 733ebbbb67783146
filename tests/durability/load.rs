//! Clients that post messages and files as fast as they are answered, and write down what became of each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::Rng;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::practice::{Person, Practice};

const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Connections on each conversation: both ends write, and the patient on two devices.
const HANDS: [Hand; 3] = [Hand::Patient, Hand::Patient, Hand::Doctor];
/// Every so many requests one carries a file, and one is to nobody.
const FILE_EVERY: u32 = 4;
const STRAY_EVERY: u32 = 7;
const FILE_BYTES_MAX: usize = 200_000;

#[derive(Clone, Copy)]
enum Hand {
    Patient,
    Doctor,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// 201, with this id.
    Acknowledged(String),
    /// 4xx.
    Refused,
    /// 503: it may be there or not.
    Unknown,
    /// No answer at all: just so.
    Unanswered,
}

/// A message that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// In the conversation of which patient.
    pub patient: usize,
    /// By which connection; each sends one after the other.
    pub connection: String,
    /// Its text, which no other has.
    pub text: String,
    /// The bytes that went with it.
    pub file: Option<String>,
    /// What became of it.
    pub fate: Fate,
}

/// Clients at work.
pub struct Load {
    enough: Arc<AtomicBool>,
    connections: Vec<JoinHandle<Vec<Sent>>>,
}

impl Load {
    /// Sets them to work. They give up when nobody answers, unless they are `stubborn`.
    pub fn begin(url: &str, practice: &Practice, round: &str, rng: &Rng, stubborn: bool) -> Self {
        let enough = Arc::<AtomicBool>::default();
        let mut connections = Vec::new();
        for (patient, person) in practice.patients.iter().enumerate() {
            for (number, hand) in HANDS.into_iter().enumerate() {
                let (me, peer) = match hand {
                    Hand::Patient => (person, &practice.doctor),
                    Hand::Doctor => (&practice.doctor, person),
                };
                let connection = Connection {
                    http: Client::builder().timeout(ANSWER_WITHIN).build().expect("a client"),
                    url: format!("{url}/v1/conversations"),
                    me: me.clone(),
                    peer: peer.id.clone(),
                    patient,
                    name: format!("{round} patient {patient} connection {number}"),
                    rng: Rng::seeded(u64::from_le_bytes(rng.bytes())),
                };
                connections.push(tokio::spawn(connection.work(enough.clone(), stubborn)));
            }
        }
        Self { enough, connections }
    }

    /// Waits until they are done, and gives what they sent.
    pub async fn end(self) -> Vec<Sent> {
        self.enough.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for connection in self.connections {
            all.extend(connection.await.expect("a client that works"));
        }
        all
    }
}

struct Connection {
    http: Client,
    url: String,
    me: Person,
    peer: String,
    patient: usize,
    name: String,
    rng: Rng,
}

impl Connection {
    async fn work(self, enough: Arc<AtomicBool>, stubborn: bool) -> Vec<Sent> {
        let mut all = Vec::new();
        for number in 0_u32.. {
            if enough.load(Ordering::Relaxed) {
                break;
            }
            let (sent, answered) = self.send(number).await;
            all.push(sent);
            if !answered && !stubborn {
                break;
            }
        }
        all
    }

    /// Sends the message of this number; also says whether anybody answered.
    async fn send(&self, number: u32) -> (Sent, bool) {
        let text = format!("{} message {number} {}", self.name, "·".repeat(self.below(2_000)));
        let file = (number % FILE_EVERY == 2).then(|| self.file(number));
        let stray = number % STRAY_EVERY == 5;
        let to =
            if stray { kernel::Id::<()>::from_bytes(self.rng.bytes()).uuid() } else { self.peer.clone() };
        let request = self.request(&to, &text, file.as_ref()).bearer_auth(&self.me.token);
        let answer = match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                response.json::<Value>().await.ok().map(|json| (status, json))
            }
            Err(_) => None,
        };
        let answered = answer.is_some();
        let fate = match answer {
            Some((201, json)) => Fate::Acknowledged(json["id"].as_str().expect("an id").to_owned()),
            Some((404, _)) if stray => Fate::Refused,
            Some((503, _)) => Fate::Unknown,
            None => Fate::Unanswered,
            Some((status, json)) => panic!("{status} {json}"),
        };
        (Sent { patient: self.patient, connection: self.name.clone(), text, file, fate }, answered)
    }

    fn request(&self, to: &str, text: &str, file: Option<&String>) -> RequestBuilder {
        let Some(file) = file else {
            return self.http.post(format!("{}/{to}/messages", self.url)).json(&json!({ "body": text }));
        };
        let part = Part::bytes(file.clone().into_bytes()).file_name("notes.txt");
        let part = part.mime_str("text/plain").expect("a media type");
        let form = Form::new().text("message", text.to_owned()).part("files", part);
        self.http.post(format!("{}/{to}/attachments", self.url)).multipart(form)
    }

    fn file(&self, number: u32) -> String {
        let line = format!("{} file {number}\n", self.name);
        line.repeat(1 + self.below(FILE_BYTES_MAX / line.len()))
    }

    fn below(&self, most: usize) -> usize {
        usize::try_from(u32::from_le_bytes(self.rng.bytes())).unwrap() % most
    }
}
