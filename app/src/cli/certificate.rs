//! A self-signed certificate for a demo that phones on the same network may visit.

use std::fs;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::{Context as _, Result};

use crate::config::Config;

/// An address that nobody has (RFC 5737): asking for the way there sends nothing.
const SOMEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// Makes a certificate for the address that is listened on, unless it is there, and has the server use it.
pub fn sign(config: &mut Config) -> Result<()> {
    let host = host(config.server.listen);
    let folder = config.store.data.join("tls");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file_name = host.replace(':', "_");
    let (chain, key) = (folder.join(format!("{file_name}.pem")), folder.join(format!("{file_name}.key")));
    if !chain.exists() || !key.exists() {
        let names = ["localhost", "127.0.0.1", "::1"].into_iter().filter(|name| *name != host);
        let names: Vec<_> = names.map(ToOwned::to_owned).chain([host.clone()]).collect();
        let made = rcgen::generate_simple_self_signed(names)?;
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&key)?;
        file.write_all(made.signing_key.serialize_pem().as_bytes())?;
        fs::write(&chain, made.cert.pem())?;
    }
    config.server.tls_certificate_file = Some(chain);
    config.server.tls_key_file = Some(key);
    if host != "localhost" && config.server.public_url.is_none() {
        config.server.listen = with_port(config.server.listen)?;
        config.server.public_url = Some(public_url(&host, config.server.listen.port()));
    }
    Ok(())
}

/// The address with a port that is free now; others must be told it before it is listened on.
fn with_port(listen: SocketAddr) -> Result<SocketAddr> {
    let free = TcpListener::bind(listen).with_context(|| format!("{listen} cannot be listened on"))?;
    Ok(SocketAddr::new(listen.ip(), free.local_addr()?.port()))
}

fn public_url(host: &str, port: u16) -> String {
    if host.contains(':') { format!("https://[{host}]:{port}") } else { format!("https://{host}:{port}") }
}

/// The name by which others reach what listens there.
fn host(listen: SocketAddr) -> String {
    match listen.ip() {
        address if address.is_loopback() => "localhost".to_owned(),
        address if address.is_unspecified() => own_address().unwrap_or(address).to_string(),
        address => address.to_string(),
    }
}

/// The address that this machine uses towards others.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
