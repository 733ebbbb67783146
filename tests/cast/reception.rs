//! Where the servers of the tests listen.

use std::net::SocketAddr;
use std::time::Duration;

use bedside::serve::{Reception, Tuning};

/// A free port of this machine, and its URL.
pub async fn reception() -> (Reception, String) {
    let tuning = Tuning {
        connections_max: 1_000,
        connections_per_address_max: 0,
        trusted_proxies: Vec::new(),
        drain_within: Duration::from_secs(5),
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let reception = Reception::bind(address, tuning).await.expect("a port");
    let url = format!("http://localhost:{}", reception.address().expect("an address").port());
    (reception, url)
}
