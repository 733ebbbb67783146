//! What the vendor's own clients send, to the byte where it matters, and what they check of the answers.
//!
//! The Node SDK sends `Content-Type` and `Content-Length: 0` on GET. The Messenger client of the questionnaire
//! framework sends the absolute URL as request target, `Host` without its port, JSON bodies on DELETE, and doubles
//! the slash before the path of an upload. Both write files with the form-data package.

mod asking;
mod aux_ids;
mod chats;
mod company;
mod files;
mod headers;
mod vendor;

pub use files::PIXEL;
pub use vendor::{Kind, Vendor};
