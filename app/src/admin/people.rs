//! Commands on people and what they are in organisations.

mod care;
mod details;
mod one;
mod standing;

use audit::Deed;
use clap::{Args, Subcommand};
use flows::House;
use flows::mail::account;
use identity::memberships::{self, Membership};
use identity::persons::{self, Identifier, NewPerson, systems};
use identity::{By, Person};
use kernel::{
    Actor, Error, Id, Kind, OrganisationId, Origin, Page, PersonId, RequestId, Result, Role, Scopes,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{Of, note, organisation, organisation_id, person_id, person_known_in};
use super::new_password;
use super::organisations::{identifier, language};

/// The access log names the operator at the command line by an id of zeros.
const OPERATOR: PersonId = Id::from_bytes([0; 12]);
const PEOPLE_PER_PAGE: u32 = 1_000;

/// Commands on people.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum PersonCommand {
    /// Add somebody, and print their password this once
    Add(Add),
    /// List the people of an organisation, those who are disabled too
    List(Of),
    /// Ask somebody in by mail, in the name of somebody who works there
    Invite(care::Invite),
    /// List the sessions of somebody in an organisation
    Sessions(One),
    /// Sign somebody out of one browser
    EndSession(standing::Which),
    /// Sign somebody out everywhere in an organisation; applications that act for them go on
    EndSessions(One),
    /// List what somebody allows applications in an organisation
    Grants(One),
    /// Take back what somebody allowed an application; every token that came of it stops
    EndGrant(standing::Which),
    /// List what applications hold of somebody in an organisation
    Tokens(One),
    /// End a token, with the refresh tokens that it came of; what the person allowed the application stands
    EndToken(standing::Which),
    /// Show by what somebody proves themselves besides a password
    Factors(One),
    /// Stop everything that somebody can do: sessions and the access of applications end for good
    Disable(One),
    /// Let somebody in again who was disabled; they sign in anew
    Enable(One),
    /// Give somebody a new password and print it this once, or send them a letter to choose one; with the new password,
    /// sessions and the access of applications end for good
    Reset(Reset),
    /// Make two people one, who turned out to be one: what GONE is and their chats go to KEEP, and GONE signs in no more.
    /// For 30 days it can be undone
    Merge(one::Two),
    /// Undo a merge: what went over goes back, and what was changed since stays with KEEP
    Unmerge(one::Two),
    /// Show what practices ask somebody for before they book: gender, day of birth, telephone and address; what is given
    /// here is noted first, and what is given empty is forgotten
    Details(details::Describe),
    /// Take away the second factors and passkeys of somebody who lost them; they sign in anew, by their password
    RemoveFactors(One),
}

impl PersonCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::List(what) => list(house, what).await,
            Self::Invite(what) => care::invite(house, what).await,
            Self::Sessions(what) => standing::sessions(house, what).await,
            Self::EndSession(what) => standing::end_session(house, what).await,
            Self::EndSessions(what) => standing::end_sessions(house, what).await,
            Self::Grants(what) => standing::grants(house, what).await,
            Self::EndGrant(what) => standing::end_grant(house, what).await,
            Self::Tokens(what) => standing::tokens(house, what).await,
            Self::EndToken(what) => standing::end_token(house, what).await,
            Self::Factors(what) => standing::factors(house, what).await,
            Self::Disable(what) => disable(house, what).await,
            Self::Enable(what) => enable(house, what).await,
            Self::Reset(what) => reset(house, what).await,
            Self::Merge(what) => one::merge(house, what).await,
            Self::Unmerge(what) => one::unmerge(house, what).await,
            Self::Details(what) => details::describe(house, what).await,
            Self::RemoveFactors(what) => remove_factors(house, what).await,
        }
    }
}

/// A person to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Add {
    /// Their first organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    /// As what: patient, doctor, nurse, therapist, assistant, interpreter, administrator, auditor, scheduler, partner, guest
    #[arg(long)]
    pub role: String,
    /// Given name
    #[arg(long, default_value = "")]
    pub first_name: String,
    /// Family name
    #[arg(long)]
    pub last_name: String,
    /// E-mail address, by which they sign in
    #[arg(long)]
    pub email: String,
    /// What they are spoken to in: nl, en, de, fr
    #[arg(long, default_value = "nl")]
    pub language: String,
    /// Their function in their own words, such as cardiologist
    #[arg(long, default_value = "")]
    pub position: String,
    /// What else they are known by, as SYSTEM=VALUE
    #[arg(long = "identifier", value_name = "SYSTEM=VALUE")]
    pub identifiers: Vec<String>,
}

/// One person of an organisation.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct One {
    /// E-mail address or id
    pub person: String,
    /// An organisation of theirs, by its short word; the access log of it tells of this
    #[arg(long)]
    pub organisation: String,
}

/// Whose password to renew, and how.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Reset {
    /// Whose
    #[command(flatten)]
    #[serde(flatten)]
    pub one: One,
    /// Send them a letter with a link to choose one themselves, instead of printing one
    #[arg(long)]
    #[serde(default)]
    pub letter: bool,
}

/// Commands on memberships.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum MembershipCommand {
    /// Make somebody a member of an organisation
    Add(Join),
    /// End a membership now; sessions and the access of applications in that organisation end for good
    End(Leave),
}

impl MembershipCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => join(house, what).await,
            Self::End(what) => leave(house, what).await,
        }
    }
}

/// A membership to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Join {
    /// E-mail address or id
    pub person: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    /// As what
    #[arg(long)]
    pub role: String,
    /// Their function in their own words
    #[arg(long, default_value = "")]
    pub position: String,
}

/// A membership to end.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Leave {
    /// E-mail address or id
    pub person: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
    /// Which role ends
    #[arg(long)]
    pub role: String,
}

async fn add(house: &House, add: Add) -> Result<Value> {
    let role = role(&add.role)?;
    let email = Identifier { system: systems::EMAIL.to_owned(), value: add.email, verified: true };
    let mut identifiers = vec![email];
    for pair in &add.identifiers {
        let (system, value) = identifier(pair)?;
        identifiers.push(Identifier { system, value, verified: true });
    }
    let new = NewPerson {
        first_name: add.first_name,
        last_name: add.last_name,
        language: language(&add.language)?,
        identifiers,
    };
    let person = new.seal(&house.vault, &house.clock, &house.rng)?;
    let (password, hash) = password(house).await?;
    let input = (person, hash, add.organisation, role, add.position);
    let id = house
        .db
        .write(input, |tx, (person, hash, slug, role, position)| {
            Box::pin(async move {
                let organisation = organisation(tx, slug).await?.id;
                let id = persons::add(tx, By::Operator, organisation, person).await?;
                memberships::add(tx, By::Operator, organisation, id, *role, position).await?;
                persons::set_password(tx, By::Operator, organisation, id, hash).await?;
                Ok(id)
            })
        })
        .await?;
    Ok(json!({ "id": id.uuid(), "password": password.expose_secret() }))
}

async fn list(house: &House, of: Of) -> Result<Value> {
    let actor = operator(house, &of.organisation).await?;
    let mut all = Vec::new();
    for number in 0.. {
        let page = Page::numbered(number, PEOPLE_PER_PAGE);
        let people = house
            .read((actor.clone(), page), |tx, (actor, page)| Box::pin(identity::roster(tx, actor, *page)));
        let people = people.await?;
        if people.is_empty() {
            break;
        }
        all.extend(people);
    }
    note(house, actor.organisation, Deed::PeopleListed, "people listed").await?;
    all.sort_by_cached_key(|person| (person.last_name.to_lowercase(), person.first_name.to_lowercase()));
    Ok(all.iter().map(line).collect())
}

/// The operator as somebody who may list people, so that the log tells whose names were shown.
async fn operator(house: &House, slug: &str) -> Result<Actor> {
    Ok(Actor {
        person: OPERATOR,
        acting_for: None,
        role: Role::Administrator,
        organisation: organisation_id(house, slug).await?,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    })
}

fn line(person: &Person) -> Value {
    json!({
        "id": person.id.uuid(),
        "name": person.full_name(),
        "role": person.role.name(),
        "email": person.email,
        "active": person.active,
    })
}

/// Shuts somebody out, or lets them in again.
async fn let_in(house: &House, one: One, is_welcome: bool) -> Result<()> {
    let input = (person_id(house, &one.person).await?, one.organisation, is_welcome);
    let done = house.db.write(input, |tx, (person, slug, is_welcome)| {
        Box::pin(async move {
            let organisation = organisation(tx, slug).await?.id;
            if *is_welcome {
                persons::enable(tx, By::Operator, organisation, *person).await
            } else {
                persons::disable(tx, By::Operator, organisation, *person).await
            }
        })
    });
    done.await
}

async fn disable(house: &House, one: One) -> Result<Value> {
    let_in(house, one, false).await?;
    Ok(json!({ "disabled": true }))
}

async fn enable(house: &House, one: One) -> Result<Value> {
    let_in(house, one, true).await?;
    Ok(json!({ "enabled": true }))
}

/// Sends the letter; whom none reaches is an error, so that the operator finds another way.
async fn send_reset(house: &House, one: One) -> Result<Value> {
    let person = person_id(house, &one.person).await?;
    let input = (person, one.organisation, house.settings.public_url.clone());
    let sent = house.db.write(input, |tx, (person, slug, url)| {
        Box::pin(async move {
            let organisation = organisation(tx, slug).await?.id;
            account::send_reset(tx, By::Operator, organisation, *person, url).await
        })
    });
    if !sent.await? {
        return Err(Error::precondition(
            "no_address",
            "No letter reaches this person: they have no proven e-mail address.",
        ));
    }
    Ok(json!({ "letter": true }))
}

async fn reset(house: &House, Reset { one, letter }: Reset) -> Result<Value> {
    if letter {
        return send_reset(house, one).await;
    }
    let person = person_id(house, &one.person).await?;
    let (password, hash) = password(house).await?;
    house
        .db
        .write((person, hash, one.organisation), |tx, (person, hash, slug)| {
            Box::pin(async move {
                let organisation = organisation(tx, slug).await?.id;
                persons::set_password(tx, By::Operator, organisation, *person, hash).await
            })
        })
        .await?;
    Ok(json!({ "password": password.expose_secret() }))
}

async fn remove_factors(house: &House, one: One) -> Result<Value> {
    let person = person_id(house, &one.person).await?;
    let organisation = organisation_id(house, &one.organisation).await?;
    flows::factors::take_away(house, organisation, person).await?;
    Ok(json!({ "removed": true }))
}

async fn join(house: &House, join: Join) -> Result<Value> {
    let person = person_known_in(house, &join.organisation, &join.person).await?;
    let input = (person, role(&join.role)?, join.organisation, join.position);
    let id = house
        .db
        .write(input, |tx, (person, role, slug, position)| {
            Box::pin(async move {
                let organisation = organisation(tx, slug).await?.id;
                memberships::add(tx, By::Operator, organisation, *person, *role, position).await
            })
        })
        .await?;
    Ok(json!({ "id": id.uuid() }))
}

async fn leave(house: &House, leave: Leave) -> Result<Value> {
    let input = (person_id(house, &leave.person).await?, role(&leave.role)?, leave.organisation);
    house
        .db
        .write(input, |tx, (person, role, slug)| {
            Box::pin(async move {
                let organisation = organisation(tx, slug).await?.id;
                let all = memberships::of_person(tx, *person).await?;
                let one = all.iter().find(|one| one.organisation == organisation && one.role == *role);
                let one = one.ok_or_else(|| no_such_membership(&all, organisation, *role))?;
                memberships::end(tx, By::Operator, organisation, one.id).await
            })
        })
        .await?;
    Ok(json!({ "ended": true }))
}

/// Who is not there at all is not known here; who is there as something else is not what was typed.
fn no_such_membership(all: &[Membership], organisation: OrganisationId, role: Role) -> Error {
    if all.iter().all(|one| one.organisation != organisation) {
        return Error::not_found(Kind::Person);
    }
    let sentence = format!("This person is there, but not as {}.", role.name());
    Error::precondition("no_such_membership", sentence)
}

/// A new password and its hash; hashing is work that belongs before the transaction.
async fn password(house: &House) -> Result<(SecretString, String)> {
    let password = new_password(&house.rng);
    let hash = house.desk.hash(&password).await?;
    Ok((password, hash))
}

fn role(name: &str) -> Result<Role> {
    let names = || Role::ALL.map(Role::name).join(", ");
    Role::named(name)
        .ok_or_else(|| Error::invalid("role", "role_unknown", format!("A role is one of {}.", names())))
}
