//! Whose a group is, who manages it with them, and who may come in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use kernel::{Error, Kind, PersonId, Result};
use messaging::{May, Member, Right, Settings, SettingsChange, Standing};

use crate::about::{group, look};
use crate::assets::STYLE_PATH;
use crate::did::Did;
use crate::forms::OurForm;
use crate::place::{Place, Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Managing, fill};

/// What can be changed about what a member may do, for who manages the group.
pub struct Duties {
    /// Whether they become an admin or no longer are one, with what the button says and what follows.
    pub admin: Option<(bool, String, String)>,
    /// What the link says that leads to handing the group over.
    pub owner: Option<String>,
}

impl Duties {
    /// Of this member; `None` when there is nothing to change.
    pub fn of(words: &Managing, may: May, member: &Member, name: &str) -> Option<Self> {
        let is_admin = member.standing == Standing::Admin;
        let named = |sentence| fill(sentence, &[name]);
        let end = || (false, named(words.end_admin), String::new());
        let name = || (true, named(words.name_admin), named(words.name_admin_hint));
        let admin = may.name_admin(member).then(|| if is_admin { end() } else { name() });
        let owner = may.hand_over(member).then(|| named(words.hand_over));
        (admin.is_some() || owner.is_some()).then_some(Self { admin, owner })
    }
}

/// Who may come in, as the form shows it.
#[derive(Clone, Copy)]
pub struct Openness {
    pub members_can_invite: bool,
    pub allow_contacts: bool,
}

impl Openness {
    pub const fn of(settings: &Settings) -> Self {
        Self { members_can_invite: settings.members_can_invite, allow_contacts: settings.allow_contacts }
    }
}

fn person(form: &OurForm) -> Result<PersonId> {
    form.0.first("person").and_then(PersonId::from_uuid).ok_or(Error::not_found(Kind::Person))
}

/// Makes a member an admin, or an admin a member again.
pub async fn name_admin(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    form: OurForm,
) -> Result<Response, Refusal> {
    group(place)?;
    let is_admin = form.0.first("on") == Some("1");
    let input = (place.chat, person(&form)?, is_admin);
    let named = visitor.caller.write(input, |tx, actor, (chat, person, is_admin)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
            messaging::set_admins(tx, &open, &[*person], *is_admin).await
        })
    });
    named.await?;
    let did = if is_admin { Did::NameAdmin } else { Did::EndAdmin };
    did.back_to(&visitor, place)
}

#[derive(Template)]
#[template(path = "hand-over.html")]
struct Ask<'a> {
    managing: &'static Managing,
    path: String,
    field: &'static str,
    token: &'a str,
    person: String,
    name: String,
    hint: String,
}

/// Asks once more before a group is handed over, since only its next owner can undo it.
pub async fn ask(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
) -> Result<Response, Refusal> {
    group(place)?;
    let read = visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat)));
    let (full, _, guests) = read.await?;
    let may = full.chat.may(&visitor.caller.actor);
    if full.chat.standing != Some(Standing::Owner) {
        let why = "Only its owner may hand this chat over.";
        return Err(Error::not_allowed("not_the_owner", why).into());
    }
    let person = query.0.first("person").and_then(PersonId::from_uuid);
    let can_own = |member: &&Member| Some(member.person) == person && may.hand_over(member);
    let next = full.members.iter().find(can_own).filter(|member| !guests.contains(&member.person));
    let next = next.and_then(|member| full.people.iter().find(|person| person.id == member.person));
    let next = next.ok_or(Error::not_found(Kind::Person))?;
    let (managing, name) = (words::managing(visitor.view.language), next.full_name());
    let page = Ask {
        managing,
        path: path_of(place.chat),
        field: FIELD,
        token: visitor.view.token.value(),
        person: next.id.uuid(),
        hint: fill(managing.hand_over_hint, &[&name]),
        name: fill(managing.hand_over_ask, &[&name]),
    };
    Ok(visitor.show(&web, &page.name, Corner::Chats, &page))
}

/// Hands the group over to another member.
pub async fn hand_over(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    form: OurForm,
) -> Result<Response, Refusal> {
    group(place)?;
    let handed = visitor.caller.write((place.chat, person(&form)?), |tx, actor, (chat, person)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
            messaging::set_owner(tx, &open, *person).await
        })
    });
    handed.await?;
    Did::HandOver.back_to(&visitor, place)
}

/// Changes who may come in. A box that is not ticked is not sent.
pub async fn change_openness(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    group(place)?;
    let change = SettingsChange {
        members_can_invite: Some(form.first("members_can_invite").is_some()),
        allow_contacts: Some(form.first("allow_contacts").is_some()),
        ..SettingsChange::default()
    };
    change_settings(&visitor, place, change, Did::ChangeOpenness).await
}

/// Changes how a group behaves, and leads back to its page.
pub async fn change_settings(
    visitor: &Visitor,
    place: Place,
    change: SettingsChange,
    did: Did,
) -> Result<Response, Refusal> {
    let changed = visitor.caller.write((place.chat, change), |tx, actor, (chat, change)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Manage).await?;
            messaging::change_settings(tx, &open, *change).await
        })
    });
    changed.await?;
    did.back_to(visitor, place)
}
