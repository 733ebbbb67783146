//! Choosing people in a form that needs no script, from a list of any length: a page of it at a time. Whom somebody
//! chose on one page goes with the form to the next.

use std::collections::HashSet;

use identity::protocol::form::Form;
use identity::{PeopleFilter, Person};
use kernel::{Actor, PersonId, Result};
use messaging::PARTIES_PER_CALL_MAX;
use store::Tx;

use crate::chats::{Pages, and_one_more};
use crate::people::{self, Circle, Row};
use crate::visitor::Visitor;
use crate::words::{self, Search};

/// People on one page.
const ROWS: u32 = 60;

/// Which list somebody chooses from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    #[default]
    Everybody,
    Staff,
    Patients,
    /// Patients, of whom one is chosen: whom a group is about.
    About,
}

/// A page of such a list, as the buttons of the form name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub from: From,
    pub number: u32,
    /// How the names begin that are looked for; nothing for the whole list.
    pub find: String,
}

impl Turn {
    /// The page that a form asks for by one of these fields.
    pub fn asked(form: &Form, field: &str) -> Option<Self> {
        let (from, number) = form.first(field)?.split_once('.')?;
        let from = [From::Everybody, From::Staff, From::Patients, From::About]
            .into_iter()
            .find(|one| one.name() == from)?;
        let find = form.first("find").unwrap_or_default().trim().to_owned();
        Some(Self { from, number: number.parse().ok()?, find })
    }

    /// The page that somebody wants to see before they send the form: by a button of the list, or because they typed
    /// another name than the one whose people are shown.
    pub fn wanted(form: &Form) -> Option<Self> {
        let here = Self::asked(form, "at");
        if let Some(turn) = Self::asked(form, "turn") {
            // A name that was typed among patients is not looked for among those who take part, nor the other way round.
            let is_elsewhere = here.is_some_and(|here| here.is_about() != turn.is_about());
            let find = if is_elsewhere { String::new() } else { turn.find };
            return Some(Self { find, ..turn });
        }
        let here = here?;
        if here.find != form.first("found").unwrap_or_default() {
            return Some(Self { number: 0, ..here });
        }
        // Whom it is about is one step of the form, and the people are the next: it is sent from there.
        here.is_about().then(Self::default)
    }

    fn is_about(&self) -> bool {
        self.from == From::About
    }
}

impl Turn {
    /// The same page, if people are chosen on it, else the first one on which they are.
    pub fn of_people(self) -> Self {
        if self.is_about() { Self::default() } else { self }
    }
}

impl From {
    /// Its name in a form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everybody => "all",
            Self::Staff => "staff",
            Self::Patients => "patients",
            Self::About => "about",
        }
    }

    const fn filter(self) -> PeopleFilter {
        match self {
            Self::Everybody => PeopleFilter::All,
            Self::Staff => PeopleFilter::Staff,
            Self::Patients | Self::About => PeopleFilter::Patients,
        }
    }
}

/// What the form shows of the list, and who was chosen so far.
pub struct Picker {
    pub from: From,
    pub number: u32,
    pub pages: Pages,
    pub circles: Vec<Circle>,
    /// Whether all who were found are chosen, or there, already.
    pub are_all_chosen: bool,
    pub chosen: Vec<Row>,
    pub about: Option<Row>,
    pub find: String,
    pub search: &'static Search,
}

impl Picker {
    /// A page of the list without whom is chosen already and without `there`.
    pub async fn turned(
        visitor: &Visitor,
        turn: Turn,
        chosen: &[String],
        about: &str,
        there: &[PersonId],
    ) -> Result<Self> {
        let (filter, page) = (turn.from.filter(), and_one_more(turn.number, ROWS));
        let mut people = if turn.find.is_empty() {
            people::read(visitor, filter, page).await?
        } else {
            people::called(visitor, &turn.find, filter, page).await?
        };
        let pages = Pages::of(&mut people, turn.number, ROWS);
        let chosen = known(visitor, chosen.iter().map(String::as_str)).await?;
        let about = known(visitor, [about]).await?.pop();
        let mut apart: HashSet<PersonId> = there.iter().copied().collect();
        match turn.from {
            From::About => apart.extend(about.iter().map(|person| person.id)),
            _ => apart.extend(chosen.iter().map(|person| person.id)),
        }
        let was_found = !people.is_empty();
        people.retain(|person| !apart.contains(&person.id));
        Ok(Self {
            from: turn.from,
            number: turn.number,
            pages,
            are_all_chosen: was_found && people.is_empty(),
            circles: people::by_role(visitor, people),
            chosen: chosen.iter().map(people::row).collect(),
            about: about.as_ref().map(people::row),
            find: turn.find,
            search: words::search(visitor.view.language),
        })
    }

    /// Whether the one whom a group is about is chosen now.
    pub fn is_about(&self) -> bool {
        self.from == From::About
    }

    /// Whether the one whom a group is about is chosen to be in it too.
    pub fn takes_part(&self) -> bool {
        self.about.as_ref().is_some_and(|about| self.chosen.iter().any(|one| one.id == about.id))
    }
}

/// Those of these ids whom the visitor may write to, in that order.
async fn known(visitor: &Visitor, ids: impl IntoIterator<Item = &str>) -> Result<Vec<Person>> {
    let ids: Vec<PersonId> =
        ids.into_iter().filter_map(PersonId::from_uuid).take(PARTIES_PER_CALL_MAX).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    visitor.caller.read(ids, |tx, actor, ids| Box::pin(find(tx, actor, ids))).await
}

async fn find(tx: &Tx, actor: &Actor, ids: &[PersonId]) -> Result<Vec<Person>> {
    let parties = identity::may_write_to_these(tx, actor, ids).await?;
    let known: Vec<PersonId> = parties.into_iter().map(|party| party.person).collect();
    identity::find_people(tx, actor, &known).await
}
