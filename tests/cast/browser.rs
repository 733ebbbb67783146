//! As much of a browser as the pages need: cookies, redirects within the server, and forms. It holds every page to
//! what all pages must be.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::multipart::Form;
use reqwest::{Client, Method};

use super::page::Page;

/// A browser with nothing in it yet.
#[derive(Clone)]
pub struct Browser {
    http: Client,
    url: String,
    /// Its cookies, by name.
    pub cookies: BTreeMap<String, String>,
    /// Every `Set-Cookie` that it met.
    pub met: Vec<String>,
    /// What it says of the languages that its user reads.
    pub language: &'static str,
}

impl Browser {
    /// One that visits this server.
    pub fn at(http: &Client, url: &str) -> Self {
        let (http, url) = (http.clone(), url.to_owned());
        Self { http, url, cookies: BTreeMap::new(), met: Vec::new(), language: "en" }
    }

    /// Opens a path and follows redirects as long as they stay on the server.
    pub async fn open(&mut self, path: &str) -> Page {
        self.follow(path.to_owned(), Vec::new()).await
    }

    /// Sends the page's form with these fields filled in, and follows.
    pub async fn submit(&mut self, page: &Page, filled: &[(&str, &str)]) -> Page {
        let form = page.form();
        assert_eq!(form.method, "post", "forms change things");
        let mut fields: Vec<(String, String)> = form.fields.clone();
        fields.retain(|(name, _)| !filled.iter().any(|(other, _)| other == name));
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let answer = self.post(&form.action, &fields, &[]).await;
        match answer.location() {
            Some(to) if answer.status == 303 => {
                let trail = vec![(form.action.clone(), 303)];
                self.follow(to.to_owned(), trail).await
            }
            _ => answer,
        }
    }

    /// Posts fields as a browser does, and follows nothing. Headers given here replace the browser's own.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)], headers: &[(&str, &str)]) -> Page {
        let own = [("sec-fetch-site", "same-origin"), ("origin", "null")];
        let own = own.iter().filter(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        let headers: Vec<(&str, &str)> = own.chain(headers).copied().collect();
        self.send(Method::POST, path, Some(fields), &headers).await
    }

    async fn follow(&mut self, mut path: String, mut trail: Vec<(String, u16)>) -> Page {
        for _ in 0..10 {
            let page = self.send(Method::GET, &path, None, &[]).await;
            let Some(location) = page.location().map(str::to_owned) else { return Page { trail, ..page } };
            trail.push((path.clone(), page.status));
            if !location.starts_with('/') {
                return Page { trail, ..page };
            }
            path = location;
        }
        panic!("redirects without end: {trail:?}");
    }

    /// One request with the cookies, and the cookies of its answer.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        fields: Option<&[(String, String)]>,
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        request = request.header("accept-language", self.language);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", all.join("; "));
        }
        if let Some(fields) = fields {
            request = request.form(fields);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.keep_cookies(&headers);
        let text = response.text().await.expect("a whole body");
        let page = Page { path: path.to_owned(), status, headers, text, trail: Vec::new() };
        page.must_be_protected();
        page
    }

    /// Posts a form with files, and follows nothing.
    pub async fn post_parts(&mut self, path: &str, parts: Form) -> u16 {
        let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.post(format!("{}{path}", self.url)).header("cookie", all.join("; "));
        let request = request.header("sec-fetch-site", "same-origin").multipart(parts);
        request.send().await.expect("an answer").status().as_u16()
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let cookie = header.to_str().expect("ASCII");
            self.met.push(cookie.to_owned());
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

impl Page {
    /// Where the answer leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).map(|to| to.to_str().expect("ASCII"))
    }
}
