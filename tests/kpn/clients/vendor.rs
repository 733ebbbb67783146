//! The two REST clients of the vendor, as bytes.

use std::fmt::Write as _;

use serde_json::Value;

use crate::cast::{Reply, Ward, Wire};

/// The boundary that the form-data package makes: 26 dashes and 24 digits.
const BOUNDARY: &str = "--------------------------515890814546601021194782";

/// Which client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The Node Messenger SDK.
    Sdk,
    /// The Messenger client of the Hubot questionnaire framework.
    Framework,
}

/// A client of the vendor, with a token and pointed at a base path.
#[derive(Clone)]
pub struct Vendor {
    /// Which.
    pub kind: Kind,
    /// The base path, such as `/v1`.
    pub base: &'static str,
    /// Its token.
    pub token: String,
    ward: Ward,
}

impl Vendor {
    /// A client that calls the ward.
    pub fn new(kind: Kind, base: &'static str, ward: &Ward, token: String) -> Self {
        Self { kind, base, token, ward: ward.clone() }
    }

    fn host(&self) -> &str {
        self.ward.url.strip_prefix("http://").unwrap()
    }

    /// GET. The SDK says the length of a body that there is not.
    pub async fn get(&self, path: &str) -> Value {
        let reply = self.call("GET", path, None).await;
        accepted(&reply, &[200, 201, 204, 302, 304], "GET", path)
    }

    /// POST, PUT and DELETE with a JSON body.
    pub async fn send(&self, method: &str, path: &str, body: &str) -> Value {
        let reply = self.call(method, path, Some(body)).await;
        accepted(&reply, &[200, 201, 204, 304], method, path)
    }

    /// The exchange itself; a second goes by before it, since this is not about the quota.
    pub async fn call(&self, method: &str, path: &str, body: Option<&str>) -> Reply {
        self.ward.pass_a_second();
        let length = match (body, self.kind) {
            (Some(body), _) => format!("Content-Length: {}\r\n", body.len()),
            (None, Kind::Sdk) => "Content-Length: 0\r\n".to_owned(),
            (None, Kind::Framework) => String::new(),
        };
        let (target, host) = match self.kind {
            Kind::Sdk => (format!("{}/{path}", self.base), self.host()),
            Kind::Framework => (format!("http://localhost{}/{path}", self.base), "localhost"),
        };
        let request = format!(
            "{method} {target} HTTP/1.1\r\nContent-Type: application/json; charset=UTF-8\r\n{length}\
             Authorization: Bearer {}\r\nHost: {host}\r\nConnection: close\r\n\r\n{}",
            self.token,
            body.unwrap_or_default()
        );
        Wire::ask(&self.ward, request.as_bytes()).await
    }

    /// Sends files as form-data writes them, and gives the JSON that must not be empty.
    pub async fn upload(&self, path: &str, message: &str, files: &[(&str, &str, &[u8])]) -> Value {
        self.post_form(path, form(message, files)).await
    }

    /// Sends a picture: a form of one part.
    pub async fn upload_avatar(&self, path: &str, name: &str, mime: &str, bytes: &[u8]) -> Value {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"{name}\"\r\n\
             Content-Type: {mime}\r\n\r\n"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        self.post_form(path, [head.as_bytes(), bytes, end.as_bytes()].concat()).await
    }

    async fn post_form(&self, path: &str, form: Vec<u8>) -> Value {
        self.ward.pass_a_second();
        let reply = Wire::ask(&self.ward, &self.form_request(path, form)).await;
        assert!(!reply.body.is_empty(), "a client takes an empty answer to an upload for a failure");
        accepted(&reply, &[200, 201, 304], "POST", path)
    }

    /// Sends files, and gives what comes first of the answer: the SDK takes a body that comes in two pieces for broken.
    pub async fn first_piece_of_upload(
        &self,
        path: &str,
        message: &str,
        files: &[(&str, &str, &[u8])],
    ) -> Vec<u8> {
        self.ward.pass_a_second();
        let mut wire = Wire::to(&self.ward).await;
        wire.write(&self.form_request(path, form(message, files))).await;
        wire.piece().await
    }

    fn form_request(&self, path: &str, form: Vec<u8>) -> Vec<u8> {
        // The framework joins its base path with an empty part of its own, which doubles the slash.
        let slash = if self.kind == Kind::Framework { "//" } else { "/" };
        let mut request = format!(
            "POST {}{slash}{path} HTTP/1.1\r\ncontent-type: multipart/form-data; boundary={BOUNDARY}\r\n\
             Authorization: Bearer {}\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.base,
            self.token,
            self.host(),
            form.len()
        )
        .into_bytes();
        request.extend(form);
        request
    }

    /// Where a file or a document is, with the raw cookie lines that came with it, joined as the clients join them. The
    /// SDK's documentation downloads only when both are there.
    pub async fn link(&self, path: &str) -> (String, String) {
        let reply = self.call("GET", path, None).await;
        let link = accepted(&reply, &[200, 302], "GET", path)["link"].as_str().expect("a link").to_owned();
        let cookies: Vec<&str> = reply.all("set-cookie").collect();
        assert!(!cookies.is_empty(), "{path}: no cookie, no download");
        (link, cookies.join("; "))
    }

    /// Fetches a link as the request package does: token, the file's type, and the raw cookie lines.
    pub async fn download(&self, link: &str, mime: &str, cookies: Option<&str>) -> Reply {
        self.ward.pass_a_second();
        let path = link.strip_prefix(&self.ward.url).expect("a link to this server, with its port");
        let cookies = cookies.map(|cookies| format!("Cookie: {cookies}\r\n")).unwrap_or_default();
        let request = format!(
            "GET {path} HTTP/1.1\r\nAuthorization: Bearer {}\r\nAccept: {mime}\r\n{cookies}host: {}\r\n\
             Connection: close\r\n\r\n",
            self.token,
            self.host()
        );
        Wire::ask(&self.ward, request.as_bytes()).await
    }
}

/// The bytes of a form, the text first, in the order and spelling of the form-data package.
pub fn form(message: &str, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut form = Vec::new();
    let mut part = |head: &str, bytes: &[u8]| {
        form.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
        form.extend(bytes);
        form.extend(b"\r\n");
    };
    part("Content-Disposition: form-data; name=\"message\"", message.as_bytes());
    for (name, mime, bytes) in files {
        let mut head = format!("Content-Disposition: form-data; name=\"files\"; filename=\"{name}\"");
        write!(head, "\r\nContent-Type: {mime}").unwrap();
        part(&head, bytes);
    }
    form.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    form
}

/// What a client takes for success: these statuses, and JSON that it can parse.
#[track_caller]
fn accepted(reply: &Reply, statuses: &[u16], method: &str, path: &str) -> Value {
    let text = String::from_utf8_lossy(&reply.body);
    assert!(statuses.contains(&reply.status), "{method} {path}: {} {text}", reply.status);
    assert!(reply.header("content-type").starts_with("application/json"), "{method} {path}");
    reply.json()
}
