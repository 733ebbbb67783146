//! However often a client's line drops: with what it asks of the REST API when it is back, it has every message once and
//! in order. Of each run most stories are new; `BEDSIDE_TEST_STORIES` says how many, and `BEDSIDE_TEST_SEED` has the first
//! of them be the one that failed.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;

use serde_json::{Value, json};
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Adapter, Kpn, Restarted, Somebody, Ward};

/// Messages that each writer writes, at least, and how many more there may be.
const EACH_WRITES: u64 = 5;
const MORE_WRITES: u64 = 26;
/// Stories that are told in each run.
const OLD_STORIES: [u64; 2] = [7, 20_260_302];
/// Further ones, unless it is said how many.
const NEW_STORIES: u64 = 4;
/// The last message of every chat.
const THE_END: &str = "the end";

/// Chance that repeats; only the order in which tasks run does not.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        // The constants of Knuth's MMIX; the upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A chat as one person knows it.
#[derive(Clone)]
struct Way {
    /// Its path in the REST API.
    path: String,
    /// The event of its messages, and the field that names it there.
    event: &'static str,
    field: &'static str,
    id: String,
}

impl Way {
    fn direct(to: &Somebody) -> Self {
        let (event, field) = ("conversation_new_message", "conversation_id");
        Self { path: format!("conversations/{}", to.uuid()), event, field, id: to.uuid() }
    }

    fn group(id: &str) -> Self {
        let (event, field) = ("groupchat_new_message", "groupchat_id");
        Self { path: format!("groupchats/{id}"), event, field, id: id.to_owned() }
    }

    fn is_told_by(&self, frame: &Value) -> bool {
        frame["event"] == self.event && frame["data"][self.field] == self.id
    }
}

/// Somebody with their client and the chats that they are in.
#[derive(Clone)]
struct Player {
    client: Kpn,
    url: Arc<str>,
    uuid: String,
    ways: Vec<Way>,
}

/// What a device has of each chat, by its path, and what each of its sessions was told.
#[derive(Default)]
struct Device {
    known: BTreeMap<String, Vec<String>>,
    ended: BTreeSet<String>,
    told: Vec<(String, Vec<String>)>,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Player {
    /// Messages of a chat that are newer than the last known, the oldest first: page by page back to it.
    async fn newer_than(&self, way: &Way, last: Option<&String>) -> Vec<(String, String)> {
        let mut newer: Vec<(String, String)> = Vec::new();
        loop {
            let before = newer.last().map(|(id, _)| format!("&before={id}")).unwrap_or_default();
            let page = self.client.get(&format!("{}/messages?amount=20{before}", way.path)).await.ok();
            let page = page.as_array().expect("an array");
            let ids = page.iter().map(|message| (text(&message["id"]), text(&message["body"])));
            let fresh: Vec<_> = ids.take_while(|(id, _)| Some(id) != last).collect();
            let is_done = fresh.len() < page.len() || page.is_empty();
            newer.extend(fresh);
            if is_done {
                newer.reverse();
                return newer;
            }
        }
    }

    async fn session(&self) -> Adapter {
        Adapter::of_client(&self.client, &self.url).await
    }

    /// Writes over the REST API.
    async fn writes(self, mut chance: Chance, messages: u64) {
        for number in 0..messages {
            let way = &self.ways[chance.below(self.ways.len() as u64) as usize];
            self.client.say(&way.path, &format!("{number} by REST")).await;
        }
    }

    /// Writes through the gateway, waiting for each echo.
    async fn speaks(self, mut chance: Chance, messages: u64) {
        let mut adapter = self.session().await;
        for number in 0..messages {
            let way = &self.ways[chance.below(self.ways.len() as u64) as usize];
            adapter
                .say(way.event, json!({ way.field: way.id, "body": format!("{number} by gateway") }))
                .await;
            while adapter.next().await["data"]["user_id"] != self.uuid {}
        }
        adapter.leave().await;
    }

    /// Listens until it has the end of every chat, while its line drops now and then.
    async fn listens(self, mut chance: Chance, is_subscribed: bool) -> (Self, Device) {
        let mut device = Device::default();
        while device.ended.len() < self.ways.len() {
            let mut adapter = self.session().await;
            if is_subscribed {
                for way in self.ways.iter().filter(|way| way.field == "groupchat_id") {
                    adapter.say("groupchat_subscribe", json!({ "groupchat_id": way.id })).await;
                }
            }
            for way in &self.ways {
                let known = device.known.entry(way.path.clone()).or_default();
                for (id, body) in self.newer_than(way, known.last()).await {
                    known.push(id);
                    if body == THE_END {
                        device.ended.insert(way.path.clone());
                    }
                }
            }
            device.hears(&self, &mut adapter, chance.below(12)).await;
            if chance.below(2) == 0 { adapter.leave().await } else { adapter.drop_line() }
        }
        (self, device)
    }
}

impl Device {
    /// Hears so many messages, or to the end of every chat.
    async fn hears(&mut self, player: &Player, adapter: &mut Adapter, messages: u64) {
        let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for _ in 0..messages {
            if self.ended.len() == player.ways.len() {
                break;
            }
            let (way, frame) = loop {
                let frame = adapter.next().await;
                if let Some(way) = player.ways.iter().find(|way| way.is_told_by(&frame)) {
                    break (way, frame);
                }
            };
            let id = text(&frame["data"]["message_id"]);
            told.entry(&way.path).or_default().push(id.clone());
            let known = self.known.entry(way.path.clone()).or_default();
            if known.contains(&id) {
                continue;
            }
            known.push(id.clone());
            let body = match frame["data"]["body"].as_str() {
                Some(body) => body.to_owned(),
                // What a client does that did not subscribe.
                None => text(&player.client.get(&format!("{}/messages/{id}", way.path)).await.ok()["body"]),
            };
            if body == THE_END {
                self.ended.insert(way.path.clone());
            }
        }
        self.told.extend(told.into_iter().map(|(path, ids)| (path.to_owned(), ids)));
    }

    /// Passes when it has exactly the messages that there are, and each session was told a stretch of them.
    async fn is_right(&self, player: &Player) {
        for way in &player.ways {
            let all: Vec<String> = player.newer_than(way, None).await.into_iter().map(|(id, _)| id).collect();
            assert_eq!(self.known[&way.path], all, "{}: none missing, none twice, in order", way.path);
            for (_, told) in self.told.iter().filter(|(path, _)| *path == way.path) {
                let from = all.iter().position(|id| *id == told[0]).expect("a message that there is");
                assert_eq!(told.as_slice(), &all[from..from + told.len()], "{}: as they were told", way.path);
            }
        }
    }
}

/// Two people who also write to each other, and a third one.
async fn players(ward: &Ward, server: &Restarted, slug: &str) -> Vec<Player> {
    let scene = Scene::at(ward, slug).await;
    let group = Way::group(&scene.group);
    let mut players = Vec::new();
    for (person, ways) in [
        (&scene.anna, vec![Way::direct(&scene.bram), group.clone()]),
        (&scene.bram, vec![Way::direct(&scene.anna), group.clone()]),
        (&scene.chris, vec![group.clone()]),
    ] {
        // Each device has a token of its own, since a token may write a hundred messages a minute.
        for _ in 0..3 {
            let client = person.kpn().await.on(&server.url);
            let (url, uuid) = (server.url.as_str().into(), person.uuid());
            players.push(Player { client, url, uuid, ways: ways.clone() });
        }
    }
    players
}

/// Tells the story of a seed in a practice of its own, and how many stretches of messages its sessions were told.
async fn story(ward: Ward, seed: u64, slug: String) -> usize {
    let server = ward.restarted_with(|settings| settings.messenger_calls_per_second = 0).await;
    let players = players(&ward, &server, &slug).await;
    let mut seeds = Chance(seed);
    let messages = EACH_WRITES + seeds.below(MORE_WRITES);
    let mut chance = || Chance(seeds.below(1 << 30));
    let (mut writing, mut listening) = (Vec::new(), Vec::new());
    for (number, player) in players.iter().enumerate() {
        match number % 3 {
            0 => {
                writing.push(tokio::spawn(player.clone().writes(chance(), messages)));
                writing.push(tokio::spawn(player.clone().speaks(chance(), messages)));
            }
            device => listening.push(tokio::spawn(player.clone().listens(chance(), device == 1))),
        }
    }
    for writer in writing {
        writer.await.expect("everything was written");
    }
    for way in &players[0].ways {
        players[0].client.say(&way.path, THE_END).await;
    }
    let mut told = 0;
    for listener in listening {
        let (player, device) = listener.await.expect("everything was heard");
        device.is_right(&player).await;
        told += device.told.len();
    }
    server.close().await;
    told
}

/// A number that somebody set in the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect(name))
}

/// The seeds of this run.
fn seeds() -> impl Iterator<Item = u64> {
    let first = number("BEDSIDE_TEST_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let new = number("BEDSIDE_TEST_STORIES").unwrap_or(NEW_STORIES);
    OLD_STORIES.into_iter().chain((0..new).map(move |number| first.wrapping_add(number)))
}

#[bedside_test]
async fn every_message_is_had_once_and_in_order_however_often_the_line_drops(ward: Ward) {
    let mut told = Vec::new();
    for (number, seed) in seeds().enumerate() {
        let telling = tokio::spawn(story(ward.with_new_connections(), seed, format!("linde-{number}")));
        told.push(telling.await.unwrap_or_else(|error| panic!("BEDSIDE_TEST_SEED={seed}: {error}")));
    }
    // Three people have two devices each that listen.
    let enough = 6 * told.len();
    assert!(told.iter().sum::<usize>() > enough, "lines dropped, and something was heard between: {told:?}");
}
