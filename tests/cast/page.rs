//! A page as a browser sees it, and the form on it.

use reqwest::header::HeaderMap;

/// An answer to a browser.
#[derive(Clone, Debug)]
pub struct Page {
    /// The path that was asked for.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
    /// The redirects on the way here: path and status of each.
    pub trail: Vec<(String, u16)>,
}

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    /// Where it posts to.
    pub action: String,
    /// How, in lower case.
    pub method: String,
    /// Its inputs with their values.
    pub fields: Vec<(String, String)>,
    /// Type and name of the inputs that are to be filled in.
    pub inputs: Vec<(String, String)>,
    /// Name and value of its buttons.
    pub buttons: Vec<(String, String)>,
}

impl Page {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// Whether it is a page for people.
    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// Every `Set-Cookie` of a cookie whose name ends so.
    pub fn set_cookies(&self, name: &str) -> Vec<&str> {
        let all = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("ASCII"));
        all.filter(|cookie| cookie.split('=').next().is_some_and(|one| one.ends_with(name))).collect()
    }

    /// The forms of its main part.
    pub fn forms(&self) -> Vec<Form> {
        let main = self.text.split("<main").nth(1).unwrap_or_else(|| panic!("no page: {self:?}"));
        let main = main.split("</main").next().unwrap();
        main.split("<form").skip(1).map(|rest| Form::read(rest.split("</form").next().unwrap())).collect()
    }

    /// The one form of its main part.
    #[track_caller]
    pub fn form(&self) -> Form {
        let mut forms = self.forms();
        assert_eq!(forms.len(), 1, "one form on {}: {}", self.path, self.text);
        forms.pop().unwrap()
    }

    /// What every page, redirect included, must carry.
    #[track_caller]
    pub fn must_be_protected(&self) {
        if !self.is_html() && self.headers.get("location").is_none() {
            return;
        }
        let policy = self.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{}: {policy}", self.path);
        assert!(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{}: {policy}", self.path);
        assert_eq!(self.header("x-content-type-options"), "nosniff", "{}", self.path);
        assert_eq!(self.header("referrer-policy"), "no-referrer", "{}", self.path);
        assert_eq!(self.header("cache-control"), "no-store", "{}", self.path);
        for banned in ["<script>", " style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!self.text.contains(banned), "{banned} on {}", self.path);
        }
    }
}

impl Form {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once('>').expect("a tag");
        let method = attribute(head, "method").unwrap_or_else(|| "get".to_owned()).to_lowercase();
        let mut form =
            Self { action: attribute(head, "action").unwrap_or_default(), method, ..Self::default() };
        for tag in body.split('<').filter_map(|rest| rest.split('>').next()) {
            let (name, value) = (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default());
            let Some(name) = name else { continue };
            if tag.starts_with("button") {
                form.buttons.push((name, value));
            } else if tag.starts_with("input") {
                let kind = attribute(tag, "type").unwrap_or_else(|| "text".to_owned());
                if kind != "hidden" {
                    form.inputs.push((kind, name.clone()));
                }
                form.fields.push((name, value));
            }
        }
        form
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(one, _)| one == name);
        field.map_or_else(|| panic!("no field {name}"), |(_, value)| value)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    let plain =
        [("&#38;", "&"), ("&#39;", "'"), ("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
}
