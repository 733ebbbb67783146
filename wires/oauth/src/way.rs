//! The way somebody is on when they ask for a link to sign in. The browser that asked keeps it, and goes on there once the
//! link is opened in it. Another browser was never on that way, and the application would not know it: it is told where to
//! go on.

use axum::response::Response;
use door::pages::{Page, paths};
use identity::authorization::Considered;
use identity::protocol::form::encode;
use identity::sign_in_links::Way;
use identity::{Client, clients};
use kernel::id::hex;
use kernel::{ClientId, Error, Result};
use serde::{Deserialize, Serialize};

use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::views::Message;
use crate::visit::{Visit, see};
use crate::words::link;

/// The page that says where to go on.
pub(crate) const ELSEWHERE: &str = "/login/by-link/onward";
/// The parameter that names the application there.
const CLIENT: &str = "client";

/// What the browser keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// By which the link knows the browser again.
    secret: String,
    path: String,
}

impl Kept {
    /// The way that this browser keeps.
    fn of(visit: &Visit) -> Option<Self> {
        visit.cookies.way(&visit.headers, &visit.house.vault)
    }

    /// For the way that somebody is on; who asks again on the same way opens whichever letter comes first.
    pub fn to(visit: &Visit, onward: &Onward) -> Self {
        let path = onward.path().to_owned();
        let secret = Self::of(visit).filter(|kept| kept.path == path).map(|kept| kept.secret);
        Self { secret: secret.unwrap_or_else(|| hex(&visit.house.rng.bytes::<32>())), path }
    }

    /// Whether this browser keeps this way.
    pub fn is_on(visit: &Visit, onward: &Onward) -> bool {
        Self::of(visit).is_some_and(|kept| kept.path == onward.path())
    }

    /// Hands it to the browser.
    pub fn hand(&self, visit: &Visit, response: &mut Response) -> Result<bool> {
        visit.cookies.keep_way(response, &visit.house.vault, self)
    }

    /// What the link keeps of it.
    pub fn way(&self, client: Option<&Client>) -> Way {
        Way { browser_hash: vault::token_hash(&self.secret), client: client.map(|client| client.id) }
    }
}

/// The application on the way, when it and its address are verified.
pub(crate) fn towards<'a>(considered: Option<&'a Considered>, onward: &Onward) -> Option<&'a Client> {
    let is_verified = Guest::of(considered, onward).brand.is_some();
    considered.filter(|_| is_verified).and_then(|one| one.client.as_ref())
}

/// Where a link leads in this browser.
#[derive(Debug)]
pub(crate) enum Leads {
    /// On the way that it was asked for on.
    On(Onward),
    /// Home, or to be told where to go on.
    Elsewhere(Option<ClientId>),
}

impl Leads {
    /// In the browser of this visit.
    pub fn of(visit: &Visit, way: Option<&Way>) -> Self {
        let Some(way) = way else { return Self::Elsewhere(None) };
        let same = |kept: &Kept| vault::same(&vault::token_hash(&kept.secret), &way.browser_hash);
        match Kept::of(visit).filter(same) {
            Some(kept) => Self::On(Onward::along(Some(&kept.path))),
            None => Self::Elsewhere(way.client),
        }
    }

    pub fn onward(&self) -> Onward {
        match self {
            Self::On(onward) => onward.clone(),
            Self::Elsewhere(Some(client)) => Onward::at(&format!("{ELSEWHERE}?{CLIENT}={}", client.hex())),
            Self::Elsewhere(None) => Onward::at(paths::CHATS),
        }
    }

    /// What the application is called that another browser is on its way to.
    pub async fn elsewhere(&self, visit: &Visit) -> Result<Option<String>> {
        match self {
            Self::Elsewhere(Some(client)) => name_of(visit, *client).await,
            Self::On(_) | Self::Elsewhere(None) => Ok(None),
        }
    }
}

/// What it is called. Anybody can write an id into an address: what nobody but its developer looked at is not named.
async fn name_of(visit: &Visit, client: ClientId) -> Result<Option<String>> {
    let found = visit.house.read(client, |tx, client| Box::pin(clients::find(tx, *client)));
    Ok(found.await?.filter(|client| !client.pending && client.vetted).map(|client| client.name))
}

/// `GET`: for who has signed in by a link in another browser, where to go on.
pub(crate) async fn show(visit: Visit) -> Response {
    let named = visit.query.first(CLIENT).unwrap_or_default();
    let here = format!("{ELSEWHERE}?{CLIENT}={}", encode(named));
    let shown = async {
        if visit.who().await?.is_none() {
            return Ok(see(&Onward::at(&here).by_way_of("/login")));
        }
        let name = match ClientId::from_hex(named) {
            Some(client) => name_of(&visit, client).await?,
            None => None,
        };
        let Some(name) = name else { return Ok(see(paths::CHATS)) };
        let language = visit.language(None);
        let text = link::of(language);
        let (title, said) = text.elsewhere;
        let onward = Some((paths::CHATS, text.to_chats));
        let body = Message { title, text: &said.replace("{}", &name), onward };
        let mut response = Page::new(language, title, &here).show(&body);
        visit.keep_language(&mut response);
        Ok(response)
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}
