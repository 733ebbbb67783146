//! The books: what was sent, held against what is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use reqwest::Client;
use serde_json::Value;
use store::{Db, Options, args};

use super::load::{Fate, Sent};
use super::practice::{Person, Practice};
use crate::cast::Installation;

/// Every message that was ever sent.
#[derive(Default)]
pub struct Books(Vec<Sent>);

/// How many there were of each fate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub acknowledged: usize,
    pub refused: usize,
    pub unknown: usize,
    /// Of unknown fate, and there.
    pub found: usize,
}

impl Books {
    /// Enters what was sent.
    pub fn enter(&mut self, sent: Vec<Sent>) {
        self.0.extend(sent);
    }

    /// Reads every conversation through the API and compares.
    pub async fn compare(&self, url: &str, practice: &Practice) -> Counts {
        let reader = Reader { http: Client::builder().build().expect("a client"), url, me: &practice.doctor };
        let mut counts = Counts::default();
        let mut ids = BTreeSet::new();
        for (patient, person) in practice.patients.iter().enumerate() {
            let there = reader.messages(person).await;
            for message in &there {
                assert!(ids.insert(text(&message["id"]).to_owned()), "an id stands twice: {}", message["id"]);
            }
            let sent: Vec<&Sent> = self.0.iter().filter(|sent| sent.patient == patient).collect();
            self::compare(&sent, &there, &mut counts);
            reader.compare_files(person, &sent, &there).await;
        }
        counts
    }
}

fn compare(sent: &[&Sent], there: &[Value], counts: &mut Counts) {
    let mut places = HashMap::new();
    for (place, message) in there.iter().enumerate() {
        let before = places.insert(text(&message["body"]), place);
        assert!(before.is_none(), "a message stands twice: {message}");
    }
    let known: BTreeSet<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
    assert!(places.keys().all(|text| known.contains(text)), "a message that nobody sent");
    let mut last_of: BTreeMap<&str, usize> = BTreeMap::new();
    for one in sent {
        let place = places.get(one.text.as_str()).copied();
        match &one.fate {
            Fate::Refused => {
                counts.refused += 1;
                assert_eq!(place, None, "refused, and there: {one:?}");
            }
            Fate::Unknown | Fate::Unanswered => {
                counts.unknown += 1;
                counts.found += usize::from(place.is_some());
            }
            Fate::Acknowledged(id) => {
                counts.acknowledged += 1;
                let place = place.unwrap_or_else(|| panic!("acknowledged, and lost: {one:?}"));
                assert_eq!(there[place]["id"], id.as_str(), "{one:?}");
            }
        }
        // What one connection sent after an answer stands after what was answered.
        if let Some(place) = place {
            let before = last_of.insert(&one.connection, place);
            assert!(before.is_none_or(|before| before < place), "out of order: {one:?}");
        }
    }
}

struct Reader<'a> {
    http: Client,
    url: &'a str,
    me: &'a Person,
}

impl Reader<'_> {
    /// The messages with somebody, the oldest first.
    async fn messages(&self, with: &Person) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let before = all.last().map(|last| format!("&before={}", text(&last["id"]))).unwrap_or_default();
            let path = format!("/v1/conversations/{}/messages?amount=100{before}", with.id);
            let page: Vec<Value> = self.get(&path).await.json().await.expect("a list");
            if page.is_empty() {
                all.reverse();
                return all;
            }
            all.extend(page);
        }
    }

    async fn compare_files(&self, with: &Person, sent: &[&Sent], there: &[Value]) {
        let sent: HashMap<&str, &Sent> = sent.iter().map(|sent| (sent.text.as_str(), *sent)).collect();
        for message in there {
            let files = message["attachments"].as_array().expect("a list");
            let expected = &sent[text(&message["body"])].file;
            assert_eq!(files.len(), usize::from(expected.is_some()), "{message}");
            let Some((file, expected)) = files.first().zip(expected.as_ref()) else { continue };
            let id = text(&file["id"]);
            let path = format!("/v1/conversations/{}/attachments/{id}/content", with.id);
            let bytes = self.get(&path).await.bytes().await.expect("the whole file");
            assert!(bytes == expected.as_bytes(), "another file than was sent: {message}");
        }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.me.token);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        response
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// Looks below the wires, at a house that nobody has open: every chat counts its messages from 1 without a gap, and
/// knows its last. Gives how many lines of the access log own up to a gap.
pub async fn inspect(installation: &Installation) -> usize {
    let (clock, rng) = (kernel::Clock::system(), kernel::Rng::system());
    let db = Db::open(Options { place: installation.place(), database_ca_file: None, clock, rng })
        .await
        .expect("the store");
    let found = db.read((), |tx, ()| {
        Box::pin(async move {
            let one = |row: &store::Row<'_>| Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?));
            let places = tx.all("SELECT chat, seq FROM messages ORDER BY chat, seq", &args![], one).await?;
            let chats = tx.all("SELECT id, last_seq FROM chats", &args![], one).await?;
            let gaps =
                tx.all("SELECT id FROM audit_lines WHERE kind = 'log_gap'", &args![], |_| Ok(())).await?;
            Ok((places, chats, gaps.len()))
        })
    });
    let (places, chats, gaps) = found.await.expect("rows");
    for (chat, last) in chats {
        let seqs: Vec<i64> = places.iter().filter(|(of, _)| *of == chat).map(|(_, seq)| *seq).collect();
        assert_eq!(seqs, (1..=last).collect::<Vec<_>>(), "places without a gap");
    }
    gaps
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(text: &str, fate: Fate) -> Sent {
        let (connection, text) = ("one".to_owned(), text.to_owned());
        Sent { patient: 0, connection, text, file: None, fate }
    }

    fn acknowledged(text: &str) -> Sent {
        sent(text, Fate::Acknowledged(format!("id of {text}")))
    }

    fn there(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| json!({ "id": format!("id of {text}"), "body": text })).collect()
    }

    fn compared(sent: &[Sent], there: &[Value]) -> Option<Counts> {
        let mut counts = Counts::default();
        let sent: Vec<&Sent> = sent.iter().collect();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            super::compare(&sent, there, &mut counts);
        }));
        outcome.is_ok().then_some(counts)
    }

    #[test]
    fn the_books_catch_what_is_lost_doubled_changed_disordered_or_there_though_refused() {
        let two = [acknowledged("a"), acknowledged("b")];
        assert!(compared(&two, &there(&["a", "b"])).is_some());
        assert!(compared(&two, &there(&["a"])).is_none(), "lost");
        assert!(compared(&two, &there(&["a", "b", "b"])).is_none(), "doubled");
        assert!(compared(&two, &there(&["a", "c"])).is_none(), "changed");
        assert!(compared(&two, &there(&["b", "a"])).is_none(), "in another order");
        let other_id = [json!({ "id": "another", "body": "a" })];
        assert!(compared(&two[..1], &other_id).is_none(), "under another id than was told");
        assert!(compared(&[sent("a", Fate::Refused)], &there(&["a"])).is_none(), "refused, and there");
        let maybe = [sent("a", Fate::Unknown), sent("b", Fate::Unknown)];
        assert_eq!(
            compared(&maybe, &there(&["b"])).map(|counts| (counts.unknown, counts.found)),
            Some((2, 1))
        );
    }
}
