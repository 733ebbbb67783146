//! An application with its client, and a person's way through the pages towards it.

use std::collections::BTreeMap;

use identity::clients::NewClient;
use identity::{By, Dialect};
use kernel::{Scope, Scopes};
use reqwest::Url;
use secrecy::ExposeSecret as _;

use crate::cast::{Answer, Browser, Organisation, Page, Somebody, Ward};

/// What everybody's password is.
pub const PASSWORD: &str = "linden blossom tea";
/// Where the applications have their answers sent.
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// An application.
#[derive(Clone)]
pub struct App {
    ward: Ward,
    /// Its id.
    pub client_id: String,
    /// Its secret; empty for a public one.
    pub secret: String,
}

/// Name and value of each parameter.
pub type Fields = Vec<(String, String)>;

/// The fields.
pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl App {
    /// An application of the messenger's, with one address and the scopes `read write`, but for these changes.
    pub async fn of(organisation: &Organisation, change: impl FnOnce(&mut NewClient)) -> Self {
        let mut new = NewClient {
            redirect_uris: vec![CALLBACK.to_owned()],
            scopes: [Scope::Read, Scope::Write].into_iter().collect::<Scopes>(),
            ..NewClient::of(organisation.id, "Messenger", Dialect::Kpn)
        };
        change(&mut new);
        let ward = organisation.ward.clone();
        let added =
            ward.house.db.write(new, |tx, new| Box::pin(identity::clients::add(tx, By::Operator, new)));
        let (id, secret) = added.await.expect("a client");
        let secret = secret.map(|secret| secret.expose_secret().to_owned()).unwrap_or_default();
        Self { ward, client_id: id.hex(), secret }
    }

    /// The same application, by whoever brings this secret.
    pub fn with_secret(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }

    /// Another application of the same ward.
    pub fn another(&self, client_id: &str, secret: &str) -> Self {
        Self { client_id: client_id.to_owned(), ..self.with_secret(secret) }
    }

    /// The authorization request that asks for `read` and names the address, but for these parameters. One
    /// without a value is left out.
    pub fn request(&self, changed: &[(&str, &str)]) -> String {
        let own = [
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("scope", "read"),
            ("redirect_uri", CALLBACK),
            ("state", "12345"),
        ];
        let kept = own.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        let all = kept.chain(changed.iter().filter(|(_, value)| !value.is_empty()));
        let mut url = Url::parse("http://localhost/oauth/authorize").unwrap();
        url.query_pairs_mut().extend_pairs(all);
        format!("{}?{}", url.path(), url.query().unwrap())
    }

    /// A code for somebody who signs in and allows what is asked.
    pub async fn code(&self, person: &Somebody, changed: &[(&str, &str)]) -> String {
        let outward = self.allowed(person, &mut browser(&self.ward), changed).await;
        answer_of(&outward)["code"].clone()
    }

    /// The redirect outward for somebody who signs in, when they have not yet, and allows what is asked.
    pub async fn allowed(&self, person: &Somebody, browser: &mut Browser, changed: &[(&str, &str)]) -> Page {
        let mut page = browser.open(&self.request(changed)).await;
        if page.path.starts_with("/login") {
            page = sign_in(browser, &page, person).await;
        }
        if page.path.starts_with("/consent") {
            page = browser.submit(&page, &[("answer", "allow")]).await;
        }
        page
    }

    /// The token request for a code, but for these parameters. One without a value is left out.
    pub fn token_form(&self, code: &str, changed: &[(&str, &str)]) -> Fields {
        let own = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.secret.as_str()),
        ];
        let kept = own.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        let all = kept.chain(changed).filter(|(_, value)| !value.is_empty());
        fields(&all.copied().collect::<Vec<_>>())
    }

    /// Sends a token request.
    pub async fn redeem(&self, form: &Fields) -> Answer {
        self.post("/oauth/token", form, None).await
    }

    /// Posts a form as a program does.
    pub async fn post(&self, path: &str, form: &Fields, basic: Option<(&str, &str)>) -> Answer {
        let mut request = self.ward.http.post(format!("{}{path}", self.ward.url)).form(form);
        if let Some((name, password)) = basic {
            request = request.basic_auth(name, Some(password));
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// The token for a code.
    pub async fn token(&self, code: &str) -> String {
        let answer = self.redeem(&self.token_form(code, &[])).await.ok();
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Asks who the token is, and gives the status.
    pub async fn try_token(&self, token: &str) -> u16 {
        try_token(&self.ward, &self.ward.url, token).await
    }
}

/// Asks the server at this address who the token is, and gives the status.
pub async fn try_token(ward: &Ward, url: &str, token: &str) -> u16 {
    let request = ward.http.get(format!("{url}/v1/me")).bearer_auth(token);
    request.send().await.expect("an answer").status().as_u16()
}

/// A browser that visits the ward.
pub fn browser(ward: &Ward) -> Browser {
    Browser::at(&ward.http, &ward.url)
}

/// Signs in on the page.
pub async fn sign_in(browser: &mut Browser, page: &Page, person: &Somebody) -> Page {
    browser.submit(page, &[("email", &person.email), ("password", PASSWORD)]).await
}

/// The parameters of a redirect to the application's address, read by another reader than the server's own.
#[track_caller]
pub fn answer_of(outward: &Page) -> BTreeMap<String, String> {
    assert_eq!(outward.status, 302, "{outward:?}");
    assert!(outward.path.split('?').next().unwrap().ends_with("/authorize"), "only authorize leads outward");
    let location = outward.location().expect("an address");
    assert!(location.starts_with(CALLBACK), "{location}");
    let pairs = Url::parse(location).expect("a URL");
    let pairs: Vec<(String, String)> = pairs.query_pairs().into_owned().collect();
    let all: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(all.len(), pairs.len(), "each stands once: {location}");
    all
}

/// The error of a redirect to the application's address.
#[track_caller]
pub fn error_of(outward: &Page) -> String {
    let answer = answer_of(outward);
    assert!(!answer.contains_key("code"), "{answer:?}");
    answer["error"].clone()
}
