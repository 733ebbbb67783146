//! Where somebody is on their way to while they sign in or are asked: a path of ours, and perhaps through it to an
//! application.

use axum::response::Response;
use door::pages::local::safe_path;
use door::pages::paths;
use identity::authorization::{Brought, Considered, consider};
use identity::protocol::authorize::{Decision, SIGNED_IN, client_named};
use identity::protocol::form::{Form, encode};
use identity::protocol::redirect;
use identity::{Client, Dialect};
use kernel::Result;

use crate::AUTHORIZE_PATHS;
use crate::id_token;
use crate::visit::{Visit, see};

/// Tells the authorize page that the person said no. It counts only while they are asked.
pub(crate) const DENIED: &str = "bedside_denied";
/// What an application thinks somebody signs in with: an e-mail address, which addresses of ours do not carry on.
pub(crate) const LOGIN_HINT: &str = "login_hint";

/// A path of ours to go on to.
#[derive(Clone, Debug)]
pub(crate) struct Onward {
    path: String,
    /// The authorization request, when that is where it goes.
    request: Option<Form>,
}

impl Onward {
    /// Reads the `return` field; anything that is no path of ours leads home.
    pub fn read(form: &Form) -> Self {
        Self::along(form.first("return"))
    }

    /// Along this path; anything that is no path of ours leads home.
    pub fn along(path: Option<&str>) -> Self {
        let path = path.and_then(safe_path).unwrap_or(paths::CHATS).to_owned();
        let request = path.split_once('?').filter(|(path, _)| AUTHORIZE_PATHS.contains(path));
        let request = request.and_then(|(_, query)| Form::parse(query));
        Self { request, path }.changed(|request| request.without(LOGIN_HINT))
    }

    /// A page of ours.
    pub fn at(page: &str) -> Self {
        Self { path: page.to_owned(), request: None }
    }

    /// The authorization request that this visit itself is.
    pub fn of(visit: &Visit) -> Self {
        Self::to(visit, &visit.query.without("lang"))
    }

    /// The authorization request that a form at this address is.
    pub fn to(visit: &Visit, form: &Form) -> Self {
        // One that stands twice is refused with the request. Nobody has said no on the way here.
        let hinted = form.one(LOGIN_HINT).is_ok();
        let request = if hinted { form.without(LOGIN_HINT) } else { form.clone() }.without(DENIED);
        Self { path: format!("{}?{}", visit.path, request.encode()), request: Some(request) }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn request(&self) -> Option<&Form> {
        self.request.as_ref()
    }

    /// A page of ours that goes on to here afterwards.
    pub fn by_way_of(&self, page: &str) -> String {
        format!("{page}?return={}", encode(&self.path))
    }

    /// The same way, but with a new sign-in first.
    pub fn signing_in_again(&self) -> Self {
        self.changed(|request| request.without("prompt").with("prompt", "login"))
    }

    /// The same way, once the wish for a sign-in has been met.
    pub fn signed_in(&self) -> Self {
        // A number that is none is no wish but a mistake, and is told as one.
        let has_age = |r: &Form| r.first("max_age").is_some_and(|age| age.parse::<u32>().is_ok());
        let met = self.without_prompts(&["login", "select_account"]);
        let met = met.changed(|r| if has_age(&r) { r.without("max_age") } else { r });
        // Whoever is not the one that the request means is not asked for it twice.
        let means_somebody = |request: &Form| request.first("id_token_hint").is_some();
        if met.request.as_ref().is_some_and(means_somebody) {
            met.changed(|r| r.without(SIGNED_IN).with(SIGNED_IN, "1"))
        } else {
            met
        }
    }

    /// The same way, once the wish for consent has been met.
    pub fn consented(&self) -> Self {
        self.without_prompts(&["consent"])
    }

    /// The same way, once somebody said no. They are still asked there, whatever was allowed before or meanwhile, so that
    /// the no counts.
    pub fn refused(&self) -> Self {
        let asked = |request: Form| request.without("prompt").with("prompt", "consent");
        self.changed(|request| asked(request).without(DENIED).with(DENIED, "1"))
    }

    fn without_prompts(&self, met: &[&str]) -> Self {
        self.changed(|request| {
            let prompts = request.first("prompt").unwrap_or_default().to_owned();
            let left: Vec<&str> =
                prompts.split_ascii_whitespace().filter(|word| !met.contains(word)).collect();
            let others = request.without("prompt");
            if left.is_empty() { others } else { others.with("prompt", &left.join(" ")) }
        })
    }

    fn changed(&self, change: impl FnOnce(Form) -> Form) -> Self {
        let (Some(request), Some((path, _))) = (&self.request, self.path.split_once('?')) else {
            return self.clone();
        };
        let request = change(request.clone());
        Self { path: format!("{path}?{}", request.encode()), request: Some(request) }
    }

    /// Goes there.
    pub fn go(&self) -> Response {
        see(&self.path)
    }

    /// What would become of the authorization request on the way; `None` when there is none.
    pub async fn considered(&self, visit: &Visit) -> Result<Option<Considered>> {
        let Some(request) = self.request.clone() else { return Ok(None) };
        let input = (self.brought(visit).await?, request);
        let considered = visit.house.read(input, |tx, (brought, form)| Box::pin(consider(tx, form, brought)));
        considered.await.map(Some)
    }

    /// What comes along with the authorization request.
    pub async fn brought(&self, visit: &Visit) -> Result<Brought> {
        let hint = match &self.request {
            Some(request) => id_token::hint(visit, request).await?,
            None => None,
        };
        Ok(Brought { session: visit.session_hash(), hint })
    }
}

/// What of an application shows on our pages: whose house it is, and where its answers go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guest {
    /// The name in the header, when the application brings one.
    pub brand: Option<String>,
    /// The origin of the address that it is answered at.
    pub form_targets: Vec<String>,
}

impl Guest {
    /// The application of a request, when it and its address are verified.
    pub fn of(considered: Option<&Considered>, onward: &Onward) -> Self {
        let client = considered.filter(|one| !matches!(one.decision, Decision::ShowError(_)));
        let Some((client, request)) = client.and_then(|one| one.client.as_ref()).zip(onward.request()) else {
            return Self::default();
        };
        let named = request.one("redirect_uri").ok().flatten();
        let address = redirect::choose(client, named).filter(|_| client_named(request).is_some());
        let form_targets = address.and_then(redirect::origin).into_iter().collect();
        Self { brand: Some(brand(client)), form_targets }
    }
}

/// KPN's sandbox carries the name of the vendor behind it; elsewhere an organisation's own name stands.
fn brand(client: &Client) -> String {
    match (client.dialect, client.sandbox) {
        (Dialect::Kpn, true) => "Alterdesk".to_owned(),
        (Dialect::Kpn, false) => "KPN Zorg Messenger".to_owned(),
        (Dialect::Portal | Dialect::Fhir | Dialect::Own, _) => client.organisation_name.clone(),
    }
}
