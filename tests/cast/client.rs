//! The messenger's REST API as its clients call it.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Ward;
use super::documented::must_list;

/// An id in a path, percent-encoded whole as `encodeURIComponent` does it.
pub fn encoded(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    id.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A client with a token, under one base path.
#[derive(Clone)]
pub struct Kpn {
    ward: Ward,
    base: &'static str,
    /// Its token; an empty one is sent as none.
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Kpn {
    /// A client under `/v1`.
    pub fn new(ward: &Ward, token: String) -> Self {
        Self { ward: ward.clone(), base: "/v1", token }
    }

    /// The same client at another server on the same data.
    pub fn on(&self, url: &str) -> Self {
        let mut there = self.clone();
        url.clone_into(&mut there.ward.url);
        there
    }

    /// The same client under another base path.
    pub fn under(&self, base: &'static str) -> Self {
        Self { base, ..self.clone() }
    }

    /// Sends a request with the header that the vendor's clients send on every verb.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let text = body.map(|body| body.to_string());
        self.send_text(method, path, text.as_deref()).await
    }

    /// As [`Kpn::send`], with further headers.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let url = format!("{}{}/{path}", self.ward.url, self.base);
        let request = self.ward.http.request(method.clone(), url).bearer_auth(&self.token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        must_list(method.as_str(), path, answer.status);
        answer
    }

    /// As [`Kpn::send`], with a body that need not be JSON.
    pub async fn send_text(&self, method: Method, path: &str, body: Option<&str>) -> Answer {
        let url = format!("{}{}/{path}", self.ward.url, self.base);
        let mut request = self
            .ward
            .http
            .request(method.clone(), url)
            .header("Content-Type", "application/json; charset=UTF-8");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        must_list(method.as_str(), path, answer.status);
        answer
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// GET of bytes that are no text: status, headers and body.
    pub async fn fetch(&self, path: &str) -> (u16, HeaderMap, Vec<u8>) {
        let request = self.ward.http.get(format!("{}{}/{path}", self.ward.url, self.base));
        let response = request.bearer_auth(&self.token).send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        must_list("GET", path, status);
        (status, headers, response.bytes().await.expect("a whole body").to_vec())
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// DELETE with a JSON body, as the vendor's clients send it.
    pub async fn delete(&self, path: &str, body: Value) -> Answer {
        self.send(Method::DELETE, path, Some(body)).await
    }

    /// Sends files: name, declared type and bytes of each, with a text when there is one.
    pub async fn upload(&self, path: &str, text: Option<&str>, files: &[(&str, &str, &[u8])]) -> Answer {
        self.upload_as("files", path, text, files).await
    }

    /// As [`Kpn::upload`], in parts of this name.
    pub async fn upload_as(
        &self,
        name: &'static str,
        path: &str,
        text: Option<&str>,
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut form = reqwest::multipart::Form::new();
        if let Some(text) = text {
            form = form.text("message", text.to_owned());
        }
        for (file, mime, bytes) in files {
            let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name((*file).to_owned());
            form = form.part(name, part.mime_str(mime).expect("a media type"));
        }
        let url = format!("{}{}/{path}", self.ward.url, self.base);
        let request = self.ward.http.post(url).bearer_auth(&self.token).multipart(form);
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        must_list("POST", path, answer.status);
        answer
    }

    /// Sends a message and gives its id.
    pub async fn say(&self, chat: &str, text: &str) -> String {
        self.post(&format!("{chat}/messages"), serde_json::json!({ "body": text })).await.created()
    }

    /// The texts of a chat, the newest first.
    pub async fn texts(&self, chat: &str) -> Vec<String> {
        let answer = self.get(&format!("{chat}/messages")).await.ok();
        let messages = answer.as_array().expect("an array").clone();
        messages.iter().map(|message| message["body"].as_str().expect("a text").to_owned()).collect()
    }
}

impl Answer {
    /// Reads the whole answer.
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a whole body");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, json }
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json
    }

    /// The id in the body of a 201.
    #[track_caller]
    pub fn created(self) -> String {
        assert_eq!(self.status, 201, "{}", self.text);
        self.json["id"].as_str().expect("an id").to_owned()
    }

    /// Status and error of a refusal, whose body has every field of both front doors.
    #[track_caller]
    pub fn refused(&self) -> (u16, &str) {
        assert!(self.status >= 400, "{} {}", self.status, self.text);
        assert_eq!(self.json["code"], self.status, "{}", self.text);
        for field in ["error", "transactionId", "status", "name", "message", "info"] {
            assert!(self.json[field].is_string(), "{field} in {}", self.text);
        }
        (self.status, self.json["error"].as_str().unwrap_or_default())
    }

    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
