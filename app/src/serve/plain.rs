//! Whom plain HTTP is answered: this machine itself, and the proxies that do TLS in front of it.

use std::net::IpAddr;
use std::sync::Arc;

/// Those between whom and this server nobody else listens in, or the operator answers for it.
#[derive(Clone, Debug)]
pub struct Plain(Arc<[IpAddr]>);

impl Plain {
    /// This machine, and these proxies.
    pub fn new(proxies: &[IpAddr]) -> Self {
        Self(proxies.iter().map(IpAddr::to_canonical).collect())
    }

    /// Whether plain HTTP is answered there; an address of version 4 is itself in either form.
    pub fn is_for(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.0.contains(&peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_and_for_the_proxies_that_are_named() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let plain = Plain::new(&["10.0.0.2", "::ffff:10.0.0.3", "2001:db8::1"].map(address));
        for good in [
            "127.0.0.1",
            "127.8.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "10.0.0.2",
            "::ffff:10.0.0.2",
            "10.0.0.3",
            "2001:db8::1",
        ] {
            assert!(plain.is_for(address(good)), "{good}");
        }
        for bad in ["10.0.0.4", "::ffff:10.0.0.4", "192.0.2.1", "2001:db8::2", "0.0.0.0", "::", "::127.0.0.1"]
        {
            assert!(!plain.is_for(address(bad)), "{bad}");
        }
        assert!(!Plain::new(&[]).is_for(address("10.0.0.2")));
    }
}
