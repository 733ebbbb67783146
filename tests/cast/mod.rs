//! Who plays in the tests: a ward with its server, its people, and the clients that they use.

mod browser;
mod client;
mod node;
mod page;
pub mod papers;
mod people;
mod program;
mod reception;
mod rooms;
mod ward;
mod wire;

pub use browser::Browser;
pub use client::{Answer, Kpn};
pub use node::Node;
pub use page::Page;
pub use people::{Organisation, Somebody};
pub use program::{Installation, Server};
pub use ward::{Restarted, Ward};
pub use wire::{Reply, Wire};
