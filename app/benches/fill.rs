//! Fills a clinic's folder with as many messages as the second argument says, through the features that the server
//! uses, many in one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use bedside::config::Config;
use bedside::house;
use flows::House;
use futures_util::future::join_all;
use identity::organisations;
use kernel::{Actor, Clock, Error, Origin, PersonId, RequestId, Result, Rng, Role, Scopes};
use messaging::{Draft, Party, Right, SealedDraft};
use store::Tx;

/// Messages in one transaction: three statements each.
const PER_BODY: usize = 50;
const BODIES_AT_ONCE: usize = 64;
const CHATS: usize = 1_000;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(data), Some(count)) = (args.next(), args.next()) else {
        return Err(Error::bug("fill DATA COUNT"));
    };
    let mut config = Config::default();
    config.store.data = PathBuf::from(data);
    let settings = house::settings(&config, "http://localhost".to_owned(), true);
    let (house, background) = house::open(&config, settings, Clock::system(), Rng::system()).await?;
    fill(&house, count.parse().map_err(Error::bug)?).await?;
    // As a clinic has done that was at work: else the server that starts on it has a million messages to go through.
    flows::indexing::catch_up(&house).await?;
    while audit::seal_once(&house.db).await? > 0 {}
    background.stop().await
}

async fn fill(house: &House, count: usize) -> Result<()> {
    let organisation = house
        .db
        .read((), |tx, ()| Box::pin(organisations::find_by_slug(tx, "linde")))
        .await?
        .ok_or_else(|| Error::bug("no demo clinic in this folder"))?;
    let ring = house.vault.ring_of(&house.db, organisation.id).await?;
    let actors: Vec<Actor> = (0..CHATS).map(|_| stranger(house, organisation.id)).collect();
    let peer = PersonId::new(&house.clock, &house.rng);
    let mut done = 0;
    while done < count {
        let bodies = (0..BODIES_AT_ONCE).map(|n| {
            let actor = actors[(done / PER_BODY + n) % CHATS].clone();
            let seal = |n: usize| {
                let text = format!("Message {} of many. {}", done + n, "How did you sleep? ".repeat(8));
                Draft::text(text).seal(&ring, &house.clock, &house.rng)
            };
            let drafts: Result<Vec<SealedDraft>> = (0..PER_BODY).map(seal).collect();
            async move {
                let input = (actor, peer, drafts?);
                house
                    .db
                    .write(input, |tx, (actor, peer, drafts)| Box::pin(post_all(tx, actor, *peer, drafts)))
                    .await
            }
        });
        join_all(bodies).await.into_iter().collect::<Result<Vec<()>>>()?;
        done += PER_BODY * BODIES_AT_ONCE;
    }
    Ok(())
}

fn stranger(house: &House, organisation: kernel::OrganisationId) -> Actor {
    Actor {
        person: PersonId::new(&house.clock, &house.rng),
        acting_for: None,
        role: Role::Patient,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: Arc::new([]),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    }
}

async fn post_all(tx: &Tx, actor: &Actor, peer: PersonId, drafts: &[SealedDraft]) -> Result<()> {
    let me = Party { person: actor.person, role: Role::Patient };
    let peer = Party { person: peer, role: Role::Doctor };
    let chat = messaging::start_direct(tx, actor, &me, &peer).await?;
    let open = messaging::open(tx, actor, chat, Right::Post).await?;
    for draft in drafts {
        messaging::post(tx, &open, draft).await?;
    }
    Ok(())
}
