//! What the operator chooses: one tree of structs, whose doc comments are also the example file and the guide.

mod check;
mod fields;
mod printed;
mod secret;
mod sources;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use check::check;
pub use printed::{effective, example, guide};
pub use secret::Secret;
pub use sources::{Refused, Sources, load, read};

/// Everything that can be chosen.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens, and what its clients know it by.
    pub server: Server,
    /// Where conversations, people and files are kept.
    pub store: Store,
    /// The master key: it opens the keys in the database, and is never written there.
    pub keys: Keys,
    /// What becomes of the files that people send.
    pub files: Files,
    /// Under which paths the interfaces are served.
    pub wires: Wires,
    /// How mail leaves the house: notices of unread messages, invitations. What sandbox organisations write is never
    /// sent.
    pub mail: Mail,
    /// How much one client, address or account may ask for.
    pub limits: Limits,
    /// What the server says about itself on standard error.
    pub log: Log,
}

/// Where the server listens, and what its clients know it by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Port 0 takes a free one. Without TLS this must be a loopback address, or
    /// `trusted_proxies` must name the proxy that does TLS.
    #[schemars(with = "String", extend("x-expects" = "an address and a port, such as 127.0.0.1:8080"))]
    pub listen: SocketAddr,
    /// The address by which clients know this server, without a trailing slash. It is also the OAuth issuer, and
    /// links are made from it. When it is not given, `http://localhost:PORT` on loopback; it must be given, and
    /// be https, everywhere else.
    #[schemars(extend("x-expects" = "a URL, such as https://zorg.example.nl"))]
    #[schemars(extend("x-example" = "https://zorg.example.nl"))]
    pub public_url: Option<String>,
    /// Address and port of `/metrics`, for Prometheus. It asks for no password: keep it on loopback or on a
    /// network of your own. Port 0 takes a free one.
    #[schemars(with = "String", extend("x-expects" = "an address and a port, such as 127.0.0.1:9464"))]
    pub metrics_listen: SocketAddr,
    /// Proxies that stand in front of this server. Only theirs is the `X-Forwarded-For` that is believed, and where
    /// the server does no TLS, only they are answered besides this machine itself: a connection from any other
    /// address is closed unheard. In a container the address is the one that the container sees, such as the
    /// gateway of its network.
    #[schemars(with = "Vec<String>", extend("x-expects" = "a list of IP addresses, such as [\"10.0.0.2\"]"))]
    #[serde(deserialize_with = "canonical")]
    pub trusted_proxies: Vec<IpAddr>,
    /// The certificate chain in PEM, when the server does TLS itself. It is read again when the file changes.
    #[schemars(extend("x-expects" = "a path", "x-example" = "/etc/bedside/tls/chain.pem"))]
    pub tls_certificate_file: Option<PathBuf>,
    /// The private key of the certificate, in PEM.
    #[schemars(extend("x-expects" = "a path", "x-example" = "/etc/bedside/tls/key.pem"))]
    pub tls_key_file: Option<PathBuf>,
    /// Connections that are open at once; more wait in the system's queue.
    #[schemars(range(min = 1), extend("x-expects" = "a whole number above 0"))]
    pub connections_max: u32,
    /// How long requests that are under way may take to finish when the server is asked to stop. A letter that is on its
    /// way to the mail server has a minute more: cut off, it might go twice.
    #[schemars(extend("x-expects" = "a whole number of seconds"))]
    pub shutdown_seconds: u32,
}

/// Where conversations, people and files are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// The folder of everything that this server keeps: the embedded database, files, keys and the socket of its
    /// commands. One process owns it at a time.
    #[schemars(with = "String", extend("x-expects" = "a path"))]
    pub data: PathBuf,
    /// A PostgreSQL database, when the embedded one is not to be used. Its encoding is UTF-8 and its collation C. What
    /// the URL says in `options`, as `-c lock_timeout=2s`, goes before what Bedside asks of the server.
    #[schemars(with = "Option<String>", extend("writeOnly" = true, "x-expects" = "a postgres:// URL"))]
    #[schemars(extend("x-example" = "postgres://bedside@localhost/bedside"))]
    pub database_url: Option<Secret>,
    /// Who vouches for the certificate of the PostgreSQL server, in PEM. When it is not given, whom the system
    /// trusts. Towards another machine TLS is always used and the certificate verified, its name included; on this
    /// one when this file is given or the URL says `sslmode=require`.
    #[schemars(extend("x-expects" = "a path", "x-example" = "/etc/bedside/postgres-ca.pem"))]
    pub database_ca_file: Option<PathBuf>,
    /// Free space below which `/readyz` says no, in megabytes.
    #[schemars(extend("x-expects" = "a whole number of megabytes"))]
    pub free_megabytes_min: u64,
}

/// The master key: it opens the keys in the database, and is never written there.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// The file of the master key, made on the first start. When it is not given, `master.key` in the folder of
    /// `store.data`, where it is not made unless `allow_beside_data` says so. Keep a copy elsewhere: without it
    /// nothing that was stored can be read. It is taken only when nobody but its owner may read it (`chmod 600`);
    /// where a platform lays secrets down in another mode, `master_key_command` reads them.
    #[schemars(extend("x-expects" = "a path", "x-example" = "/etc/bedside/master.key"))]
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, for those who keep secrets in the environment: 32 bytes in base64. Older ones may
    /// follow it, separated by blanks. It goes before the file.
    #[schemars(with = "Option<String>", extend("writeOnly" = true, "x-expects" = "32 bytes in base64"))]
    #[schemars(extend("x-example" = "fill in the output of: openssl rand -base64 32"))]
    pub master_key: Option<Secret>,
    /// A program that prints the master key, and older ones after it, as `master_key` holds them: the way to a KMS
    /// or a safe of your own. It is run once at the start, and by commands that find no server; without a shell,
    /// and for 30 seconds at most. What it prints is never logged. It is given alone, without the other two.
    #[schemars(extend("x-expects" = "a list of a program and its arguments, such as [\"/etc/bedside/unseal\"]"))]
    pub master_key_command: Vec<String>,
    /// Whether a new master key may be made in the folder of `store.data`, beside what it opens. Whoever gets hold of
    /// that folder or a copy of it can then read everything. `bedside demo` does so without asking.
    #[schemars(extend("x-expects" = "true or false"))]
    pub allow_beside_data: bool,
}

/// What becomes of the files that people send.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// Where the daemon of ClamAV listens, which then looks at every file before anybody gets it: `unix:` and the path
    /// of its socket, or `tcp:`, a host and a port. While it does not answer, files wait; they are neither lost nor
    /// given out. When it is not given, files are not looked at by a virus scanner.
    #[schemars(extend("x-expects" = "an address such as unix:/run/clamav/clamd.ctl or tcp:localhost:3310"))]
    #[schemars(extend("x-example" = "unix:/run/clamav/clamd.ctl"))]
    pub clamd: Option<String>,
    /// Whether files may go there in plain text, as the daemon takes them, when its address is a name or a public one.
    /// To this machine and to an address of a network that is not public they may without asking.
    #[schemars(extend("x-expects" = "true or false"))]
    pub clamd_allow_plain: bool,
}

/// Under which paths the interfaces are served.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wires {
    /// The base paths of the KPN Healthcare Messenger REST API: the same routes stand under each. The clients of the
    /// vendor know the ones that are the default; an empty list leaves the interface out.
    #[schemars(extend("x-expects" = "a list of paths, such as [\"/v1\"]"))]
    pub kpn_paths: Vec<String>,
    /// The base paths of the patient portal's API: the same routes stand under each. An empty list leaves the interface
    /// out.
    #[schemars(extend("x-expects" = "a list of paths, such as [\"/api/v1\"]"))]
    pub portal_paths: Vec<String>,
    /// How the ids of availabilities look there: `plain`, which is safe wherever it stands, or `vendor`, in three pieces
    /// with dashes between, for clients that look at them. Both are taken in any case.
    #[schemars(extend("x-expects" = "plain or vendor"))]
    pub portal_availability_ids: AvailabilityIds,
}

/// How the ids of availabilities look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AvailabilityIds {
    /// Safe wherever it stands.
    #[default]
    Plain,
    /// As the vendor's own.
    Vendor,
}

/// How mail leaves the house: notices of unread messages, invitations. What sandbox organisations write is never sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The mail server that takes what is sent: `smtps://` for TLS from the first byte (port 465), `smtp://` for
    /// STARTTLS (port 587), without which nothing is said to another machine. User and password stand before the host,
    /// percent-encoded. As long as none is given, letters wait: for three days, and after that they are given up.
    #[schemars(with = "Option<String>", extend("writeOnly" = true, "x-expects" = "an smtp:// or smtps:// URL"))]
    #[schemars(extend("x-example" = "smtps://bedside:password@mail.example.nl"))]
    pub smtp_url: Option<Secret>,
    /// Who writes: an address of a domain that names the mail server in its SPF record and whose mail it signs (DKIM).
    /// It is given together with `smtp_url`.
    #[schemars(extend("x-expects" = "an e-mail address, with or without a name"))]
    #[schemars(extend("x-example" = "Praktijk De Linde <geen-antwoord@zorg.example.nl>"))]
    pub from: Option<String>,
    /// Where letters come back to that cannot be delivered; at most 23 bytes before its `@`. Each is sent with an address
    /// of its own, such as `bounce+0192…@zorg.example.nl`; have your mail server pipe what comes there into
    /// `bedside mail bounce`. When it is not given, they come back to `from`, and nobody learns that an address is no
    /// more.
    #[schemars(extend("x-expects" = "an e-mail address", "x-example" = "bounce@zorg.example.nl"))]
    pub bounce_address: Option<String>,
    /// Who vouches for the certificate of the mail server, in PEM. When it is not given, whom the system trusts.
    #[schemars(extend("x-expects" = "a path", "x-example" = "/etc/bedside/mail-ca.pem"))]
    pub ca_file: Option<PathBuf>,
    /// Whether a mail server on another machine that offers no TLS may be spoken to all the same, in plain text; a
    /// password is not said to it.
    #[schemars(extend("x-expects" = "true or false"))]
    pub allow_plain: bool,
}

/// How much one client, address or account may ask for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls a second that one token may make on the messenger's REST API, a third of them uploads; 0 for any
    /// number.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub messenger_calls_per_second: u32,
    /// Calls a second that one token may make on the patient portal's API; 0 for any number.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub portal_calls_per_second: u32,
    /// Requests a second that one address may make of the pages and the OAuth endpoints, on the average of ten
    /// seconds; 0 for any number. A whole hospital may stand behind one address: who has signed in there counts
    /// alone, and may make a tenth as many. In that time an address may also send a fifth as many messages and as
    /// many token requests that prove nothing, and a twentieth as many messages with files and as many passwords that
    /// are being checked or led nowhere, which do not hold up whoever was there before. An account may do a tenth of
    /// each: a code for an application is its token request, and of its sign-ins those count that succeeded. An
    /// application may have as many tokens as ten addresses. People behind one address who have not signed in share
    /// its requests, so that one of them who uses them up keeps the others from the sign-in page for ten seconds.
    /// Style sheets, scripts and health checks do not count, nor does the messenger's REST API.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub address_requests_per_second: u32,
    /// Connections that one address may have open at once; 0 for any number. More are closed at once. Each page of
    /// a conversation that is open in a browser holds one, so raise it for a large hospital behind one address. The
    /// proxies in `server.trusted_proxies` may have as many as there are.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub connections_per_address_max: u32,
    /// Sessions of the messenger's gateway that are open at once; 0 for any number. Each holds a connection, so that
    /// `server.connections_max` bounds them too.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub gateway_sessions_max: u32,
    /// Sessions of the messenger's gateway that one person may have open at once in one organisation; 0 for any
    /// number.
    #[schemars(extend("x-expects" = "a whole number"))]
    pub gateway_sessions_per_person_max: u32,
}

/// What the server says about itself on standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for programs.
    #[schemars(extend("x-expects" = "text or json"))]
    pub format: LogFormat,
    /// What is told, from `error` to `trace`; for one crate alone as in `info,bedside_store=debug`.
    #[schemars(extend("x-expects" = "a filter such as info"))]
    pub filter: String,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum LogFormat {
    /// One readable line an event.
    #[default]
    Text,
    /// One JSON object an event.
    Json,
}

/// An address of version 4 is itself in either form, so that a proxy is known by both.
fn canonical<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpAddr>, D::Error> {
    let written = Vec::<IpAddr>::deserialize(from)?;
    Ok(written.iter().map(IpAddr::to_canonical).collect())
}

impl Default for Server {
    fn default() -> Self {
        let on_loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            listen: on_loopback(8080),
            public_url: None,
            metrics_listen: on_loopback(9464),
            trusted_proxies: Vec::new(),
            tls_certificate_file: None,
            tls_key_file: None,
            connections_max: 20_000,
            shutdown_seconds: 10,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            data: PathBuf::from("bedside-data"),
            database_url: None,
            database_ca_file: None,
            free_megabytes_min: 200,
        }
    }
}

impl Default for Wires {
    fn default() -> Self {
        Self {
            kpn_paths: kpn::BASE_PATHS.map(str::to_owned).to_vec(),
            portal_paths: portal::BASE_PATHS.map(str::to_owned).to_vec(),
            portal_availability_ids: AvailabilityIds::Plain,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messenger_calls_per_second: 30,
            portal_calls_per_second: 30,
            address_requests_per_second: 200,
            connections_per_address_max: 2_000,
            gateway_sessions_max: 20_000,
            gateway_sessions_per_person_max: 100,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}
