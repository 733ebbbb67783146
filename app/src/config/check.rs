//! What no single key can tell: whether the choices fit together.

use super::sources::Refused;
use super::{Config, Keys, Mail, Server, Store, Wires};
use crate::house::{FIRST_SEGMENTS, mailer};

/// Checks that a server with these choices could not give away what it carries.
///
/// # Errors
/// [`Refused`] with what to choose instead.
pub fn check(config: &Config) -> Result<(), Refused> {
    let server = &config.server;
    tls_is_whole(server)?;
    is_not_plain_in_public(server)?;
    public_url_fits(server)?;
    database_is_whole(&config.store)?;
    master_key_is_one(&config.keys)?;
    clamd_is_an_address(config)?;
    kpn_paths_fit(&config.wires)?;
    portal_paths_fit(&config.wires)?;
    mail_is_whole(&config.mail)?;
    filter_is_one(config)
}

fn refuse(sentence: &str) -> Result<(), Refused> {
    Err(Refused(sentence.to_owned()))
}

fn tls_is_whole(server: &Server) -> Result<(), Refused> {
    if server.tls_certificate_file.is_some() == server.tls_key_file.is_some() {
        return Ok(());
    }
    refuse("server.tls_certificate_file and server.tls_key_file go together: give both or neither")
}

/// Plain HTTP only where nobody else can listen in, or where a proxy that is named does TLS.
fn is_not_plain_in_public(server: &Server) -> Result<(), Refused> {
    let is_plain = server.tls_certificate_file.is_none();
    if is_plain && !server.listen.ip().is_loopback() && server.trusted_proxies.is_empty() {
        return refuse(
            "server.listen is not a loopback address: plain HTTP is refused there. Give \
             server.tls_certificate_file and server.tls_key_file, or name the proxy that does TLS in \
             server.trusted_proxies",
        );
    }
    Ok(())
}

fn public_url_fits(server: &Server) -> Result<(), Refused> {
    let Some(url) = &server.public_url else {
        let is_local = server.listen.ip().is_loopback() && server.trusted_proxies.is_empty();
        return if is_local {
            Ok(())
        } else {
            refuse("server.public_url must be given: clients come from other machines")
        };
    };
    let Some((scheme, host)) = origin_of(url) else {
        return refuse(
            "server.public_url must be a URL without path, query and trailing slash, such as \
             https://zorg.example.nl",
        );
    };
    if scheme == "http" && !is_loopback_name(host) {
        return refuse("server.public_url must be https: only localhost may be plain http");
    }
    Ok(())
}

fn database_is_whole(store: &Store) -> Result<(), Refused> {
    if store.database_ca_file.is_some() && store.database_url.is_none() {
        return refuse("store.database_ca_file is for store.database_url: give both or neither");
    }
    Ok(())
}

/// Whoever names a program must not be surprised by the key of a file.
fn master_key_is_one(keys: &Keys) -> Result<(), Refused> {
    let Some(program) = keys.master_key_command.first() else { return Ok(()) };
    if keys.master_key.is_some() || keys.master_key_file.is_some() {
        return refuse(
            "keys.master_key_command is given alone: leave keys.master_key and keys.master_key_file out",
        );
    }
    if program.is_empty() {
        return refuse("keys.master_key_command begins with a program");
    }
    Ok(())
}

fn clamd_is_an_address(config: &Config) -> Result<(), Refused> {
    match config.files.clamd.as_deref().map(str::parse::<outbound::clamd::Address>) {
        Some(Ok(address)) if !address.is_near() && !config.files.clamd_allow_plain => refuse(
            "files.clamd: files go there in plain text, so that it must be this machine or an address of a network that \
             is not public; where a name leads to one, say files.clamd_allow_plain = true",
        ),
        Some(Err(_)) => refuse(
            "files.clamd must be unix: and the path of a socket, or tcp: and a host and a port, such as \
             unix:/run/clamav/clamd.ctl or tcp:localhost:3310",
        ),
        _ => Ok(()),
    }
}

fn mail_is_whole(mail: &Mail) -> Result<(), Refused> {
    if mail.smtp_url.is_some() != mail.from.is_some() {
        return refuse("mail.smtp_url and mail.from go together: give both or neither");
    }
    // The file is read when the house opens: a configuration may be looked at where it does not lie.
    match mailer(&Mail { ca_file: None, ..mail.clone() }) {
        Ok(_) => Ok(()),
        Err(sentence) => refuse(sentence),
    }
}

/// Where the routes of two places met, the server could not start.
fn kpn_paths_fit(wires: &Wires) -> Result<(), Refused> {
    let paths = &wires.kpn_paths;
    are_base_paths("wires.kpn_paths", paths)?;
    if let Some(path) = paths.iter().find(|path| FIRST_SEGMENTS.contains(&first_of(path))) {
        return refuse(&format!("wires.kpn_paths: other pages are served under {path}"));
    }
    apart("wires.kpn_paths", paths, &kpn::FIRST_SEGMENTS)
}

/// The patient portal stands beside other interfaces below `/api`, and may stand beside the messenger.
fn portal_paths_fit(wires: &Wires) -> Result<(), Refused> {
    const NAME: &str = "wires.portal_paths";
    let paths = &wires.portal_paths;
    are_base_paths(NAME, paths)?;
    let is_taken = |path: &&String| {
        let is_within = |base: &&str| {
            path.strip_prefix(*base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (first_of(path) != "api" && FIRST_SEGMENTS.contains(&first_of(path)))
            || OTHER_APIS.iter().any(is_within)
    };
    if let Some(path) = paths.iter().find(is_taken) {
        return refuse(&format!("{NAME}: other pages are served under {path}"));
    }
    apart(NAME, paths, &portal::FIRST_SEGMENTS)?;
    for one in paths {
        let others = OTHER_APIS.iter().copied().chain(wires.kpn_paths.iter().map(String::as_str));
        for other in others {
            if meet(one, other, &portal::FIRST_SEGMENTS) || meet(other, one, &kpn::FIRST_SEGMENTS) {
                return refuse(&format!("{NAME}: the routes under {one} and {other} meet"));
            }
        }
    }
    Ok(())
}

/// What else is served below `/api`.
const OTHER_APIS: [&str; 2] = [administration::BASE_PATH, "/api/desk/v1"];

fn are_base_paths(name: &str, paths: &[String]) -> Result<(), Refused> {
    match paths.iter().find(|path| !is_base_path(path)) {
        Some(path) => refuse(&format!(
            "{name}: {path} is no base path; one is written as /v1, of letters, digits, dots, dashes and underscores, \
             without a slash at its end"
        )),
        None => Ok(()),
    }
}

fn first_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// Whether a route below `one`, which begins as one of these segments, is served below `other`, too.
fn meet(one: &str, other: &str, first_segments: &[&str]) -> bool {
    let below = other.strip_prefix(one).unwrap_or("-");
    below.is_empty() || (below.starts_with('/') && first_segments.contains(&first_of(below)))
}

fn apart(name: &str, paths: &[String], first_segments: &[&str]) -> Result<(), Refused> {
    for (place, one) in paths.iter().enumerate() {
        let meets = |(at, other): &(usize, &String)| *at != place && meet(one, other, first_segments);
        if let Some((_, other)) = paths.iter().enumerate().find(meets) {
            return refuse(&format!("{name}: the routes under {one} and {other} meet"));
        }
    }
    Ok(())
}

fn is_base_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        segment.bytes().any(|byte| byte.is_ascii_alphanumeric())
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

fn filter_is_one(config: &Config) -> Result<(), Refused> {
    match tracing_subscriber::EnvFilter::try_new(&config.log.filter) {
        Ok(_) => Ok(()),
        Err(_) => refuse("log.filter must be a filter such as info or info,bedside_store=debug"),
    }
}

/// The scheme and the host of an address that is nothing but an origin.
fn origin_of(url: &str) -> Option<(&str, &str)> {
    let uri: axum::http::Uri = url.parse().ok()?;
    let scheme = url.split_once("://")?.0;
    let is_bare =
        url == format!("{scheme}://{}", uri.authority()?) && !uri.authority()?.as_str().contains('@');
    let host_at = scheme.len() + 3;
    let host = url.get(host_at..host_at + uri.host()?.len())?;
    (is_bare && matches!(scheme, "http" | "https")).then_some((scheme, host))
}

fn is_loopback_name(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
