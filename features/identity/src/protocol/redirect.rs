//! Where an answer may be sent: to a registered address, and nowhere else.

use kernel::limits::FIELD_CHARS_MAX;

use super::form::encode;
use crate::Client;

/// The registered address that a request may be answered at: the one it names, letter for letter
/// (RFC 9700 section 4.1.3), or the only one there is when it names none.
#[must_use]
pub fn choose<'c>(client: &'c Client, named: Option<&str>) -> Option<&'c str> {
    match (named, client.redirect_uris.as_slice()) {
        (Some(named), all) => all.iter().find(|uri| *uri == named).map(String::as_str),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Whether an address may be registered: https anywhere, http on this very machine, or a private scheme of an
/// application (RFC 8252 section 7.1); without a fragment, user or odd characters.
#[must_use]
pub fn may_register(uri: &str) -> bool {
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}#".contains(&byte));
    plain && uri.len() <= FIELD_CHARS_MAX && origin(uri).is_some()
}

/// The origin of a registered address, as a content security policy names it; `None` when it has none fit for that.
#[must_use]
pub fn origin(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let word = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
    if !word || !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    match (scheme, authority) {
        ("https", Some(host)) if is_host(host) => Some(format!("https://{host}")),
        ("http", Some(host)) if is_host(host) && is_loopback(host) => Some(format!("http://{host}")),
        // A private scheme is a domain name backwards; `javascript:` and `data:` have no dot.
        (scheme, _) if scheme.contains('.') => Some(format!("{scheme}:")),
        _ => None,
    }
}

/// What addresses of one application have in common that is told a subject of its own (OpenID Connect core, section
/// 8.1): the host, whatever its port, or the private scheme.
#[must_use]
pub fn sector(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let authority = rest.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    match (scheme, authority) {
        ("https" | "http", Some(host)) if !host_name(host).is_empty() => Some(host_name(host)),
        ("https" | "http", _) => None,
        (scheme, _) => Some(scheme),
    }
}

fn is_host(host: &str) -> bool {
    let name = host_name(host);
    let port = host.get(name.len()..).unwrap_or_default();
    let name_fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    !name.is_empty() && name.bytes().all(name_fits) && port_fits
}

fn host_name(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => &host[..inside.len() + 2],
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host, with or without a port, is this very machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let name = host_name(host);
    name == "localhost"
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// What goes back to the client through the browser (RFC 6749 sections 4.1.2 and 4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The registered address.
    pub redirect_uri: String,
    /// What the request brought, untouched.
    pub state: Option<String>,
    /// Which way it goes there.
    pub mode: Mode,
}

/// Which way an answer goes to the client (`response_mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In the query of the address.
    #[default]
    Query,
    /// As a form that the browser posts to the address (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl Mode {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// The way of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Name and value of what an answer says.
pub type Parameters = Vec<(&'static str, String)>;

impl Answer {
    /// What a code is answered with.
    #[must_use]
    pub fn of_code(&self, code: &str, issuer: &str) -> Parameters {
        self.of(&[("code", code)], issuer)
    }

    /// What an error is answered with.
    #[must_use]
    pub fn of_error(&self, error: &str, description: &str, issuer: &str) -> Parameters {
        self.of(&[("error", error), ("error_description", description)], issuer)
    }

    /// The address with a code.
    #[must_use]
    pub fn with_code(&self, code: &str, issuer: &str) -> String {
        self.with(&self.of_code(code, issuer))
    }

    /// The address with an error.
    #[must_use]
    pub fn with_error(&self, error: &str, description: &str, issuer: &str) -> String {
        self.with(&self.of_error(error, description, issuer))
    }

    fn of(&self, parameters: &[(&'static str, &str)], issuer: &str) -> Parameters {
        let state = self.state.as_deref().map(|state| ("state", state));
        // The issuer goes along so that an answer cannot be mixed up with another server's (RFC 9207).
        let all = parameters.iter().copied().chain(state).chain([("iss", issuer)]);
        all.map(|(name, value)| (name, value.to_owned())).collect()
    }

    /// The address with these parameters in its query.
    #[must_use]
    pub fn with(&self, parameters: &Parameters) -> String {
        with_query(&self.redirect_uri, parameters)
    }
}

/// Bytes of a state that comes back after a sign-out.
const STATE_BYTES_MAX: usize = 8 << 10;

/// Where a browser goes after a sign-out (OpenID Connect RP-Initiated Logout, section 3): nowhere in particular when no
/// address is named (`Some(None)`), and `None` for one that is not the client's.
#[must_use]
pub fn after_sign_out(
    client: Option<&Client>,
    named: Option<&str>,
    state: Option<&str>,
) -> Option<Option<String>> {
    let Some(named) = named else { return Some(None) };
    if state.is_some_and(|state| state.len() > STATE_BYTES_MAX) {
        return None;
    }
    let uri = client?.post_logout_uris.iter().find(|one| *one == named)?;
    let state = state.map(|state| with_query(uri, &[("state", state.to_owned())]));
    Some(Some(state.unwrap_or_else(|| uri.clone())))
}

/// An address with these parameters behind those that it has.
#[must_use]
pub fn with_query(uri: &str, parameters: &[(&'static str, String)]) -> String {
    // A sentence of ours is encoded as forms are, and as the portal's applications know it (RFC 6749 appendix B); what was
    // brought comes back in the one way that every decoder reads alike.
    let encoded = |name: &str, value: &str| match name {
        "error_description" => encode(value).replace("%20", "+"),
        _ => encode(value),
    };
    let pairs = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(name, value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{query}")
}
