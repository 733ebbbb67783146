//! As much of a browser as these pages need: cookies, redirects within the server, and forms.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt as _;

use super::{Clinic, encoded};

pub struct Browser {
    routes: Router,
    cookies: BTreeMap<String, String>,
    /// What it says that it is.
    pub agent: &'static str,
}

/// A page, or the first redirect that leads outward (or, of a plain post, anywhere).
pub struct Answer {
    pub status: StatusCode,
    /// Where it was, or where it leads.
    pub path: String,
    pub body: String,
    headers: HeaderMap,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) =
            self.body.split_once(&mark).unwrap_or_else(|| panic!("no field {name}: {}", self.body));
        let value = rest.split('"').next().expect("a value");
        value.replace("&#38;", "&").replace("&#39;", "'").replace("&amp;", "&")
    }
}

impl Browser {
    pub fn new(clinic: &Clinic) -> Self {
        Self { routes: clinic.routes.clone(), cookies: BTreeMap::new(), agent: "" }
    }

    /// Opens an address and follows redirects as long as they stay here.
    pub async fn follow(&mut self, path: &str) -> Answer {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let answer = self.send("GET", &path, "", &[]).await;
            self.keep_cookies(&answer);
            let location = answer.header("location").to_owned();
            if !location.starts_with('/') {
                let path = if location.is_empty() { path } else { location };
                return Answer { path, ..answer };
            }
            path = location;
        }
        panic!("redirects without end at {path}");
    }

    /// Sends the one form of a page to where it posts, and follows.
    pub async fn submit(&mut self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let main = page.body.split("<main").nth(1).expect("a page");
        let action = main.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
        let main = Answer {
            body: main.to_owned(),
            path: String::new(),
            headers: HeaderMap::new(),
            status: page.status,
        };
        let mut body =
            format!("form_token={}&return={}", main.field("form_token"), encoded(&main.field("return")));
        if main.body.contains("name=\"scopes\"") {
            body.push_str(&format!("&scopes={}", encoded(&main.field("scopes"))));
        }
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", encoded(value)));
        }
        let answer = self.post(action, &body, &[("sec-fetch-site", "same-origin"), ("origin", "null")]).await;
        if answer.status == StatusCode::SEE_OTHER {
            let path = answer.path.clone();
            return self.follow(&path).await;
        }
        answer
    }

    pub async fn post(&mut self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = self.send("POST", path, body, &[&form, headers].concat()).await;
        self.keep_cookies(&answer);
        answer
    }

    /// A post as a program sends it: no cookie comes along.
    pub async fn post_as_program(&self, path: &str, body: &str, authorization: Option<&str>) -> Answer {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded; charset=UTF-8")];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let program = Self { routes: self.routes.clone(), cookies: BTreeMap::new(), agent: "" };
        program.send("POST", path, body, &headers).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(USER_AGENT, self.agent);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, all.join("; "));
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.routes.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        let location = parts.headers.get(LOCATION).map(|to| to.to_str().expect("ASCII").to_owned());
        let kind =
            parts.headers.get(CONTENT_TYPE).map(|kind| kind.to_str().expect("ASCII")).unwrap_or_default();
        if kind.starts_with("text/html") {
            assert_eq!(parts.headers["referrer-policy"], "no-referrer");
            let page = String::from_utf8_lossy(&bytes);
            let ours = page.matches("<script type=\"module\" src=\"/assets/passkeys-").count();
            assert_eq!(page.matches("<script").count(), ours, "nothing but passkeys needs JavaScript");
        }
        Answer {
            status: parts.status,
            path: location.unwrap_or_default(),
            body: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
            headers: parts.headers,
        }
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for header in answer.headers.get_all(SET_COOKIE) {
            let cookie = header.to_str().expect("ASCII");
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().expect("a value");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
