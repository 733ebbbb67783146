//! The API of the desk as a program calls it for somebody who works there.

use identity::clients::{self, NewClient};
use identity::{By, Dialect};
use kernel::{Scope, Scopes};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::cast::{Answer, Somebody, Ward};

/// Where the API is.
pub const BASE: &str = "/api/desk/v1";

/// A program that acts for somebody.
#[derive(Clone)]
pub struct Program {
    ward: Ward,
    token: String,
}

impl Program {
    /// With this token.
    pub fn with(ward: &Ward, token: &str) -> Self {
        Self { ward: ward.clone(), token: token.to_owned() }
    }

    /// That of somebody, with the scope `desk`.
    pub async fn of(somebody: &Somebody) -> Self {
        let organisation = &somebody.organisation;
        let scopes: Scopes = [Scope::Desk].into_iter().collect();
        let new = NewClient {
            public: true,
            redirect_uris: vec!["http://127.0.0.1:9/callback".to_owned()],
            scopes,
            ..NewClient::of(organisation.id, "Desk", Dialect::Own)
        };
        let token =
            organisation.ward.house.db.write((somebody.id, new, scopes), |tx, (person, new, scopes)| {
                Box::pin(async move {
                    let (id, _) = clients::add(tx, By::Operator, new).await?;
                    let client = clients::find(tx, id).await?.expect("the client");
                    identity::tokens::for_sandbox(tx, By::Operator, *person, &client, *scopes).await
                })
            });
        let token = token.await.expect("a token").expose_secret().to_owned();
        Self::with(&organisation.ward, &token)
    }

    /// Sends a request, a second after the last.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ward.pass_a_second();
        let mut request = self.ward.http.request(method, format!("{}{BASE}{path}", self.ward.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// POST of what is added, and the id of it.
    pub async fn adds(&self, path: &str, body: Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{path} {}", answer.text);
        answer.json["id"].as_str().expect("an id").to_owned()
    }
}
