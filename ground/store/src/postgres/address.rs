//! Where the database is, and whether the way there must be encrypted.

use std::str::FromStr;

use kernel::{Error, Result};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Reads the URL and settles whether TLS is used: always towards another machine, and on this one when the URL asks
/// for it or the operator named who vouches for the certificate.
pub(super) fn read(url: &str, has_ca_file: bool) -> Result<Config> {
    // The words of PostgreSQL's own programs for more or less verifying; here everything is verified.
    let url =
        url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    // What is wrong with it is not repeated: a piece of it may be the password.
    let mut config = Config::from_str(&url).map_err(|_| {
        Error::precondition(
            "database_url",
            "The address of the PostgreSQL database is no postgres:// URL that is understood.",
        )
    })?;
    let mode = match (config.get_ssl_mode(), is_on_this_machine(&config)) {
        (SslMode::Disable, false) => {
            return Err(Error::precondition(
                "database_without_tls",
                "The PostgreSQL database is on another machine, and its URL says sslmode=disable: Bedside goes there by TLS only.",
            ));
        }
        (SslMode::Disable, true) => SslMode::Disable,
        (SslMode::Prefer, true) if !has_ca_file => SslMode::Disable,
        _ => SslMode::Require,
    };
    config.ssl_mode(mode);
    Ok(config)
}

/// An address goes before the name that stands beside it.
fn is_on_this_machine(config: &Config) -> bool {
    config.get_hosts().iter().all(is_local)
        && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str, has_ca_file: bool) -> Option<SslMode> {
        read(url, has_ca_file).ok().map(|config| config.get_ssl_mode())
    }

    #[test]
    fn on_this_machine_tls_is_used_when_it_is_asked_for() {
        for host in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            let url = format!("postgres://bedside@{host}/bedside");
            assert_eq!(mode(&url, false), Some(SslMode::Disable), "{host}");
            assert_eq!(mode(&url, true), Some(SslMode::Require), "{host}");
            assert_eq!(mode(&format!("{url}?sslmode=verify-full"), false), Some(SslMode::Require), "{host}");
            assert_eq!(mode(&format!("{url}?sslmode=disable"), true), Some(SslMode::Disable), "{host}");
        }
    }

    #[test]
    fn to_another_machine_it_is_tls_or_nothing() {
        for (host, more) in [
            ("db.example.nl", ""),
            ("10.0.0.5", ""),
            ("localhost,db.example.nl", ""),
            ("localhost", "hostaddr=10.0.0.5&"),
        ] {
            let url = |mode: &str| format!("postgres://bedside@{host}/bedside?{more}sslmode={mode}");
            for asked in ["prefer", "require", "verify-ca", "verify-full"] {
                assert_eq!(mode(&url(asked), false), Some(SslMode::Require), "{host} {asked}");
            }
            let refusal = read(&url("disable"), true).expect_err("a refusal");
            assert!(matches!(refusal, Error::Precondition { why } if why.code == "database_without_tls"));
        }
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_repeating_it() {
        let refusal = read("postgres://bedside:hush@db:hush/x?hush=1", false).expect_err("a refusal");
        assert!(!format!("{refusal:?}").contains("hush"));
    }
}
