//! The link by which guests come to a group: giving it, showing it, and ending it.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use door::pages::Spoken;
use flows::FullChat;
use identity::Person;
use kernel::limits::GUEST_LINK_DAYS_MAX;
use kernel::{Error, PersonId, Result};
use messaging::May;
use messaging::guests::GuestAccess;

use crate::about::{back_to, group, look};
use crate::did::Did;
use crate::forms::OurForm;
use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Guests, fill};

const DAY_MS: i64 = 86_400_000;
/// Days that a link can be given for.
const DAYS: [i64; 3] = [1, 7, GUEST_LINK_DAYS_MAX];

/// What the page of a group shows of its guests.
pub struct Access {
    pub words: &'static Guests,
    /// The link, and until when it opens.
    pub link: Option<(String, String)>,
    /// Who came by it and is still there.
    pub people: Vec<String>,
    /// Whether the reader may give another, or end it.
    pub may_change: bool,
    /// Whether the group lets anybody from outside in.
    pub takes_contacts: bool,
    /// How long a link can work: in days, and in words.
    pub spans: Vec<(i64, String)>,
}

impl Access {
    /// Whether there is a link or somebody who came by one, which a new link would end.
    pub const fn has_something(&self) -> bool {
        self.link.is_some() || !self.people.is_empty()
    }

    /// For who may see the link; `None` for everybody else.
    pub fn of(visitor: &Visitor, full: &FullChat, may: May, there: &[PersonId]) -> Option<Self> {
        let may_change = may.admit_guests();
        if !may_change && full.guest_access.is_none() {
            return None;
        }
        let words = words::guests(visitor.view.language);
        let names: HashMap<PersonId, &Person> =
            full.people.iter().map(|person| (person.id, person)).collect();
        let span = |days: i64| match days {
            1 => (days, words.one_day.to_owned()),
            _ => (days, fill(words.days, &[&days.to_string()])),
        };
        Some(Self {
            words,
            link: full.guest_access.as_ref().map(|access| shown(visitor, words, access)),
            people: there.iter().filter_map(|id| names.get(id)).map(|person| person.full_name()).collect(),
            may_change,
            takes_contacts: full.chat.settings.allow_contacts,
            spans: DAYS.into_iter().map(span).collect(),
        })
    }
}

fn shown(visitor: &Visitor, words: &Guests, access: &GuestAccess) -> (String, String) {
    let house = &visitor.caller.house;
    let spoken = Spoken::new(visitor.view.language, &visitor.zone, &house.clock);
    let day = spoken.day(spoken.date(access.ends_ms));
    let ends = fill(words.ends, &[&day, &spoken.time(access.ends_ms)]);
    (flows::guests::link(&house.settings.public_url, access), ends)
}

/// Gives the group a link. In place of another, whose guests it sees out, only for who was told of them.
pub async fn give(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    group(place)?;
    let unfit = || Error::invalid("days", "out_of_range", "from 1 to 30 days");
    let days = form.first("days").and_then(|days| days.parse::<i64>().ok());
    let days = days.filter(|days| (1..=GUEST_LINK_DAYS_MAX).contains(days)).ok_or_else(unfit)?;
    let caller = &visitor.caller;
    let (full, _, there) =
        caller.read(place.chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat))).await?;
    let has_something = full.guest_access.is_some() || !there.is_empty();
    if has_something && form.first("instead").is_none() {
        return Ok(back_to(place));
    }
    let ends_ms = caller.house.clock.now_ms() + days * DAY_MS;
    flows::guests::give(&caller.house, &caller.actor, place.chat, ends_ms).await?;
    Did::GiveLink.back_to(&visitor, place)
}

/// Ends the link, and with it the visit of those who came by it.
pub async fn end(_: State<Web>, visitor: Visitor, place: Place, _: OurForm) -> Result<Response, Refusal> {
    group(place)?;
    let ended = visitor
        .caller
        .write(place.chat, |tx, actor, chat| Box::pin(flows::guests::take_away(tx, actor, *chat)));
    ended.await?;
    Did::EndLink.back_to(&visitor, place)
}
