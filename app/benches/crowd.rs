//! Brings a crowd into a clinic's folder: as many nurses as the second argument says, who are all in one group, and as
//! many again who share no chat with anybody. Prints the group, and a token of each.

use std::path::PathBuf;

use bedside::config::Config;
use bedside::house;
use flows::House;
use identity::clients::NewClient;
use identity::persons::NewPerson;
use identity::{By, Dialect, Language, clients, memberships, organisations, persons, tokens};
use kernel::{
    Actor, ClientId, Clock, Error, OrganisationId, Origin, PersonId, RequestId, Result, Rng, Role, Scope,
    Scopes,
};
use messaging::{GroupDraft, PARTIES_PER_CALL_MAX};
use secrecy::ExposeSecret as _;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(data), Some(count)) = (args.next(), args.next()) else {
        return Err(Error::bug("crowd DATA COUNT"));
    };
    let mut config = Config::default();
    config.store.data = PathBuf::from(data);
    let settings = house::settings(&config, "http://localhost".to_owned(), true);
    let (house, background) = house::open(&config, settings, Clock::system(), Rng::system()).await?;
    let count = count.parse().map_err(Error::bug)?;
    let crowd = gather(&house, count).await?;
    while audit::seal_once(&house.db).await? > 0 {}
    drop(house);
    background.stop().await?;
    println!("{crowd}");
    Ok(())
}

async fn gather(house: &House, count: usize) -> Result<serde_json::Value> {
    let read = house.db.read((), |tx, ()| Box::pin(organisations::find_by_slug(tx, "linde")));
    let linde = read.await?.ok_or_else(|| Error::bug("no demo clinic in this folder"))?.id;
    let client = client(house, linde).await?;
    let (mut people, mut own_tokens) = (Vec::new(), Vec::new());
    for number in 0..2 * count {
        let (person, token) = nurse(house, linde, client, number).await?;
        people.push(person);
        own_tokens.push(token);
    }
    let actor = Actor {
        person: people[0],
        acting_for: None,
        role: Role::Nurse,
        organisation: linde,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    };
    let group = group_of(house, &actor, &people[1..count]).await?;
    let loners = own_tokens.split_off(count);
    Ok(serde_json::json!({ "group": group, "members": own_tokens, "loners": loners }))
}

async fn client(house: &House, organisation: OrganisationId) -> Result<ClientId> {
    let new = NewClient {
        redirect_uris: vec!["http://127.0.0.1:9/callback".to_owned()],
        scopes: Scopes::messenger(),
        ..NewClient::of(organisation, "Crowd", Dialect::Kpn)
    };
    let added = house.db.write(new, |tx, new| Box::pin(clients::add(tx, By::Operator, new)));
    Ok(added.await?.0)
}

async fn nurse(
    house: &House,
    organisation: OrganisationId,
    client: ClientId,
    number: usize,
) -> Result<(PersonId, String)> {
    let new = NewPerson {
        first_name: format!("Nurse {number}"),
        last_name: "of the crowd".to_owned(),
        language: Language::Nl,
        identifiers: Vec::new(),
    };
    let sealed = new.seal(&house.vault, &house.clock, &house.rng)?;
    let added = house.db.write((organisation, client, sealed), |tx, (organisation, client, sealed)| {
        Box::pin(async move {
            let person = persons::add(tx, By::Operator, *organisation, sealed).await?;
            memberships::add(tx, By::Operator, *organisation, person, Role::Nurse, "").await?;
            let client = clients::find(tx, *client).await?.ok_or_else(|| Error::bug("the client"))?;
            let scopes = [Scope::Read, Scope::Write].into_iter().collect();
            let token = tokens::for_sandbox(tx, By::Operator, person, &client, scopes).await?;
            Ok((person, token.expose_secret().to_owned()))
        })
    });
    added.await
}

async fn group_of(house: &House, actor: &Actor, others: &[PersonId]) -> Result<String> {
    let draft = GroupDraft { subject: "Everybody".to_owned(), ..GroupDraft::default() };
    let (first, rest) = others.split_at(others.len().min(PARTIES_PER_CALL_MAX));
    let group = flows::chats::begin_group(house, actor, draft, first.to_vec()).await?;
    for some in rest.chunks(PARTIES_PER_CALL_MAX) {
        let input = (actor.clone(), flows::ChatRef::Group(group), some.to_vec());
        let added = house.db.write(input, |tx, (actor, group, some)| {
            Box::pin(flows::chats::add_members(tx, actor, *group, some))
        });
        added.await?;
    }
    Ok(group.uuid())
}
