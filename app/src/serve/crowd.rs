//! How many connections each address has open, so that one cannot take all the places.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use door::network;
use parking_lot::Mutex;

/// Who is here.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// Connections of one address; 0 for any number.
    most: u32,
    /// Those for whom others come: their number tells nothing.
    proxies: Arc<[IpAddr]>,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// One connection of an address, counted while it is held.
#[derive(Debug)]
pub struct Seat {
    network: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

impl Crowd {
    /// Nobody is here yet.
    pub fn new(most: u32, proxies: &[IpAddr]) -> Self {
        Self { most, proxies: proxies.into(), open: Arc::default() }
    }

    /// Counts one more; `None` when the address has too many.
    pub fn admit(&self, address: IpAddr) -> Option<Seat> {
        let network = network(address);
        let mut open = self.open.lock();
        let here = open.entry(network).or_default();
        if self.most > 0 && *here >= self.most && !self.proxies.contains(&address.to_canonical()) {
            return None;
        }
        *here += 1;
        Some(Seat { network, open: self.open.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        if let Some(here) = open.get_mut(&self.network) {
            *here -= 1;
            if *here == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_places_and_gives_them_back_and_a_proxy_has_as_many_as_there_are() {
        let [one, other, proxy] =
            ["192.0.2.1", "192.0.2.2", "10.0.0.2"].map(|address| address.parse().unwrap());
        let crowd = Crowd::new(2, &[proxy]);
        let (first, second) = (crowd.admit(one), crowd.admit(one));
        assert!(first.is_some() && second.is_some());
        assert!(crowd.admit(one).is_none());
        assert!(crowd.admit("::ffff:192.0.2.1".parse().unwrap()).is_none(), "the same in its other form");
        assert!(crowd.admit(other).is_some());
        drop(first);
        let again = crowd.admit(one);
        assert!(again.is_some());
        let many: Vec<_> = (0..10).map(|_| crowd.admit(proxy)).collect();
        assert!(many.iter().all(Option::is_some));
        drop((second, again, many));
        assert!(crowd.open.lock().is_empty(), "who is gone is forgotten");
    }
}
