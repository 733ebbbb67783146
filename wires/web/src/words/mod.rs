//! The words of the pages, in each language. A language that lacks one does not compile.
//!
//! `{}` in a sentence stands for what [`fill`] puts there, in order.

mod about;
mod asking;
mod chats;
mod docs;
mod done;
mod earlier;
mod front;
mod group;
mod guests;
mod inviting;
mod keeping;
mod letters;
mod list;
mod managing;
mod questions;
mod saving;
mod search;
mod trouble;
mod video;

pub use about::{About, about};
pub use asking::{Asking, asking};
pub use chats::{Chats, chats};
pub use docs::{Docs, docs};
pub use done::{Done, done};
pub use earlier::{Earlier, earlier};
pub use front::{Front, front};
pub use group::{Group, group};
pub use guests::{Guests, guests};
pub use inviting::{Inviting, inviting};
pub use keeping::{Keeping, keeping};
pub use letters::{Letters, letters};
pub use list::{List, list};
pub use managing::{Managing, managing};
pub use questions::{Questions, questions};
pub use saving::{Saving, saving};
pub use search::{Search, search};
pub use trouble::{GUEST_AWAY, GUEST_ENDED, Trouble, is_of_guest, trouble};
pub use video::{Video, video};

/// The sentence with each `{}` replaced by the next of the values.
#[must_use]
pub fn fill(sentence: &str, values: &[&str]) -> String {
    let mut parts = sentence.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut values = values.iter();
    for part in parts {
        filled.push_str(values.next().copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(super::fill("{} of {}", &["{}", "2"]), "{} of 2");
    }
}
