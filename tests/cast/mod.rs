//! Who plays in the tests: a ward with its server, its people, and the clients that they use.

mod adapter;
mod authenticator;
mod browser;
mod client;
mod documented;
mod mail_server;
mod node;
mod page;
pub mod papers;
mod people;
mod post;
mod program;
mod reception;
mod rooms;
mod ward;
mod wire;

pub use adapter::{Adapter, Come};
pub use authenticator::Authenticator;
pub use browser::Browser;
pub use client::{Answer, Kpn, encoded};
pub use mail_server::{Mail, MailServer};
pub use node::Node;
pub use page::{Form, Page};
pub use people::{Organisation, Somebody};
pub use program::{Installation, Server};
pub use ward::{Restarted, Ward};
pub use wire::{Reply, Wire};
