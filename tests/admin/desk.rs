//! The API of administrators as a program calls it.

use kernel::Role;
use reqwest::Method;
use serde_json::Value;

use crate::cast::{Answer, Organisation, Somebody, Ward};

/// Where the API is.
pub const BASE: &str = "/api/admin/v1";

/// A program that acts for somebody.
#[derive(Clone)]
pub struct Desk {
    ward: Ward,
    token: String,
}

impl Desk {
    /// With this token.
    pub fn with(ward: &Ward, token: &str) -> Self {
        Self { ward: ward.clone(), token: token.to_owned() }
    }

    /// That of somebody, with the scope `admin`.
    pub async fn of(somebody: &Somebody) -> Self {
        Self::with(&somebody.organisation.ward, &somebody.token("admin").await)
    }

    /// Sends a request.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
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
}

/// Femke, who administers a practice.
pub async fn femke(practice: &Organisation) -> Somebody {
    practice.somebody("Femke", "Beheer", Role::Administrator).await
}

/// Status and code of a problem, whose body says what all of them say.
#[track_caller]
pub fn problem(answer: &Answer) -> (u16, &str) {
    assert!(answer.status >= 400, "{} {}", answer.status, answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json["status"], answer.status, "{}", answer.text);
    assert!(answer.json["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{}", answer.text);
    (answer.status, answer.json["code"].as_str().unwrap())
}
