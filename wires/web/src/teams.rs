//! The teams of an organisation: which a group is for, and what clinicians find and join through theirs.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use kernel::{Actor, Error, Kind, Page, Result, TeamId};
use messaging::Chat;
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::chats::{self, Pages, and_one_more};
use crate::forms::OurForm;
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::{About, Chats, fill};

/// Conversations of one team on the list of one's own.
const ROWS_AT_ONCE: i64 = 10;
/// Conversations on one page of a team's own list.
const ROWS: u32 = 30;

/// A team to choose.
pub struct Choice {
    pub id: String,
    pub name: String,
    pub is_chosen: bool,
}

/// The teams of the visitor's organisation to choose from, by name.
pub async fn choices(visitor: &Visitor, chosen: &str) -> Result<Vec<Choice>> {
    let teams = of_organisation(visitor).await?;
    let choice = |(id, name): (TeamId, String)| {
        let id = id.uuid();
        Choice { is_chosen: id == chosen, id, name }
    };
    Ok(teams.into_iter().map(choice).collect())
}

/// What a team has for a clinician of it who is not in it yet.
pub struct Desk {
    pub heading: String,
    pub all: String,
    pub path: String,
    pub rows: Vec<chats::Row>,
}

/// What each of the visitor's teams has for them, the last active first; nothing for who is no clinician.
pub async fn desks(visitor: &Visitor) -> Result<Vec<Desk>> {
    let actor = &visitor.caller.actor;
    if !actor.is_clinician() || actor.teams.is_empty() {
        return Ok(Vec::new());
    }
    let mut desks = Vec::new();
    // A transaction each: somebody may be on more teams than one has room for.
    for (id, name) in of_organisation(visitor).await? {
        if actor.teams.contains(&id) {
            desks.push(desk(visitor, id, &name).await?);
        }
    }
    Ok(desks)
}

async fn desk(visitor: &Visitor, team: TeamId, name: &str) -> Result<Desk> {
    let page = Page { skip: 0, size: ROWS_AT_ONCE };
    let chats = visitor.caller.read((team, page), |tx, actor, (team, page)| {
        Box::pin(messaging::list_to_join(tx, actor, *team, *page))
    });
    let row = |chat: &Chat| chats::row(visitor, chat, &HashMap::new());
    Ok(Desk {
        heading: fill(visitor.about().of_team, &[name]),
        all: fill(visitor.about().of_team_all, &[name]),
        path: format!("/chats/of-team/{}", team.uuid()),
        rows: chats.await?.iter().map(row).collect(),
    })
}

/// The teams of the visitor's organisation, by name.
async fn of_organisation(visitor: &Visitor) -> Result<Vec<(TeamId, String)>> {
    let teams =
        visitor.caller.read((), |tx, actor, ()| Box::pin(identity::teams::list(tx, actor.organisation)));
    teams.await
}

#[derive(Template)]
#[template(path = "team.html")]
struct List<'a> {
    words: &'static Chats,
    about: &'static About,
    field: &'static str,
    token: &'a str,
    title: &'a str,
    rows: Vec<chats::Row>,
    pages: Pages,
}

/// Every conversation of a team of the visitor's, whether they are in it or not.
pub async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    params: RawPathParams,
    query: Query,
) -> Result<Response, Refusal> {
    let number = query.number("page").unwrap_or_default();
    let input = (team_of(&params)?, and_one_more(number, ROWS));
    let read =
        visitor.caller.read(input, |tx, actor, (team, page)| Box::pin(of_team(tx, actor, *team, *page)));
    let (name, mut chats) = read.await?;
    let (pages, title) = (Pages::of(&mut chats, number, ROWS), fill(visitor.about().of_team, &[&name]));
    let body = List {
        words: visitor.words(),
        about: visitor.about(),
        field: FIELD,
        token: visitor.view.token.value(),
        title: &title,
        rows: chats.iter().map(|chat| chats::row(&visitor, chat, &HashMap::new())).collect(),
        pages,
    };
    Ok(visitor.show(&web, &title, Corner::Chats, &body))
}

fn team_of(params: &RawPathParams) -> Result<TeamId> {
    let team = params.iter().find(|(name, _)| *name == "team").and_then(|(_, id)| TeamId::from_uuid(id));
    team.ok_or(Error::not_found(Kind::Team))
}

async fn of_team(tx: &Tx, actor: &Actor, team: TeamId, page: Page) -> Result<(String, Vec<Chat>)> {
    let chats = messaging::list_of_team(tx, actor, team, page).await?;
    let teams = identity::teams::list(tx, actor.organisation).await?;
    let name = teams.into_iter().find(|(id, _)| *id == team).map(|(_, name)| name);
    Ok((name.ok_or(Error::not_found(Kind::Team))?, chats))
}

/// Joins a conversation through the team that it is assigned to.
pub async fn join(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    let joined =
        visitor.caller.write(place.chat, |tx, actor, chat| Box::pin(flows::chats::join(tx, actor, *chat)));
    joined.await?;
    Ok(see_other(&format!("{}#write", path_of(place.chat))))
}
