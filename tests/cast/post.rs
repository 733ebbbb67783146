//! What the house wrote to people, as it lies in the database.

use kernel::LetterId;
use serde_json::Value;
use vault::Place;

use super::Ward;

/// A letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The address, bare.
    pub to: String,
    /// Whether it goes by mail; else by SMS.
    pub is_mail: bool,
    /// What stands above it.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl Letter {
    /// The path of the link in it.
    pub fn link(&self, ward: &Ward) -> String {
        let words = self.text.split_whitespace();
        let link = words.filter(|word| word.starts_with(&ward.url)).collect::<Vec<_>>();
        assert_eq!(link.len(), 1, "one link in {self:?}");
        link[0].strip_prefix(&ward.url).expect("a link to this server").to_owned()
    }
}

impl Ward {
    /// Every letter, the oldest first.
    pub async fn letters(&self) -> Vec<Letter> {
        const LETTERS: &str = "SELECT id, content FROM letters ORDER BY made_ms, id";
        let read = self.house.db.read((), |tx, ()| {
            Box::pin(tx.all(LETTERS, &[], |row| Ok((row.get::<LetterId>(0)?, row.get::<Vec<u8>>(1)?))))
        });
        let ring = self.house.vault.house();
        let open = |(id, sealed): (LetterId, Vec<u8>)| {
            let place = Place { table: "letters", column: "content", row: id.as_bytes() };
            let content: Value =
                serde_json::from_str(&ring.open_text(place, &sealed).expect("it opens")).expect("JSON");
            let (way, to) = content["to"].as_object().expect("an address").iter().next().expect("a way");
            let text = |name: &str| content[name].as_str().expect("a text").to_owned();
            Letter {
                to: to.as_str().expect("an address").to_owned(),
                is_mail: way == "mail",
                subject: text("subject"),
                text: text("text"),
            }
        };
        read.await.expect("letters").into_iter().map(open).collect()
    }
}
