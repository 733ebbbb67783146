//! A browser without a window: it keeps its cookies, and fills in our forms.

use std::collections::BTreeMap;
use std::io;

use identity::protocol::form::encode;

use super::wire::{Answer, Line, values};

/// Somebody's browser, with one connection.
pub struct Browser {
    line: Line,
    cookies: BTreeMap<String, String>,
    /// What every request says besides.
    also: String,
}

impl Browser {
    /// Opens one whose requests all have these headers besides, each ended by CR and LF.
    pub async fn open(port: u16, also: String) -> io::Result<Self> {
        let line = Line::open(port).await?;
        Ok(Self { line, cookies: BTreeMap::new(), also: format!("Host: localhost:{port}\r\n{also}") })
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> io::Result<Answer> {
        let head = format!("GET {path} HTTP/1.1\r\n{}{}\r\n", self.also, self.cookie());
        self.ask(&head).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> io::Result<Answer> {
        let body = form_of(form);
        let request = format!(
            "POST {path} HTTP/1.1\r\n{}{}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.also,
            self.cookie(),
            body.len()
        );
        self.ask(&request).await
    }

    /// Fills in the sign-in form that this page is, and sends it.
    pub async fn sign_in(&mut self, page: &Answer, email: &str, password: &str) -> io::Result<Answer> {
        let hidden = hidden_fields(&page.body);
        let mut form: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.extend([("email", email), ("password", password)]);
        self.post("/login", &form).await
    }

    /// The secret of its session.
    pub fn session(&self) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name.ends_with("bedside")).map(|(_, value)| value.as_str())
    }

    async fn ask(&mut self, request: &str) -> io::Result<Answer> {
        let answer = self.line.ask(request).await?;
        for cookie in values(&answer.head, "set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    fn cookie(&self) -> String {
        if self.cookies.is_empty() {
            return String::new();
        }
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Cookie: {}\r\n", pairs.join("; "))
    }
}

/// What the form with the password brings without anybody filling it in.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let forms = page.split("</form>").filter_map(|part| part.rsplit_once("<form"));
    let form =
        forms.map(|(_, form)| form).find(|form| form.contains("type=\"password\"")).unwrap_or_default();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split_once('"')?.0.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let tags =
        form.split("<input ").skip(1).map(|rest| format!(" {}", rest.split('>').next().unwrap_or_default()));
    tags.filter(|tag| tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((attribute(&tag, "name")?, attribute(&tag, "value").unwrap_or_default())))
        .collect()
}

/// Fields as forms have them.
pub fn form_of(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
