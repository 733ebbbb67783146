//! The websocket gateway: what the vendor's adapter sends, what it reads of the frames, and who hears what.

mod bad;
mod catching_up;
mod endings;
mod events;
mod handshake;
mod limits;
mod presence;
mod replies;
mod standing;
mod talk;

use serde_json::{Value, json};

use crate::cast::{Adapter, Kpn, Organisation, Somebody, Ward};

/// A doctor, two patients, and a group of the three that nobody has written in.
pub struct Scene {
    pub linde: Organisation,
    pub anna: Somebody,
    pub bram: Somebody,
    pub chris: Somebody,
    /// The doctor's client of the REST API.
    pub rest: Kpn,
    /// The id of the group.
    pub group: String,
}

impl Scene {
    pub async fn of(ward: &Ward) -> Self {
        Self::at(ward, "linde").await
    }

    /// The same in a practice of another name.
    pub async fn at(ward: &Ward, slug: &str) -> Self {
        let linde = ward.organisation(slug).await;
        let (anna, bram, chris) =
            (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
        let rest = anna.kpn().await;
        let new = json!({ "subject": "Wondzorg", "members": [bram.uuid(), chris.uuid()] });
        let group = rest.post("groupchats", new).await.created();
        Self { linde, anna, bram, chris, rest, group }
    }

    /// The path of the group.
    pub fn group_path(&self) -> String {
        format!("groupchats/{}", self.group)
    }

    /// The data that names the group.
    pub fn group_data(&self) -> Value {
        json!({ "groupchat_id": self.group })
    }

    /// A frame as text, with names for the ids.
    pub fn shown(&self, frame: &Value, others: &[(&str, &str)]) -> String {
        let (anna, bram, chris) = (self.anna.uuid(), self.bram.uuid(), self.chris.uuid());
        let (company, group) = (self.linde.id.uuid(), self.group.clone());
        let ours =
            [("anna", &anna), ("bram", &bram), ("chris", &chris), ("linde", &company), ("group", &group)];
        let ours = ours.iter().map(|(name, id)| (*name, id.as_str()));
        let text = frame.to_string();
        ours.chain(others.iter().copied())
            .fold(text, |text, (name, id)| text.replace(id, &format!("<{name}>")))
    }
}

/// Has a session get the messages of a group whole.
pub async fn subscribe(adapter: &mut Adapter, group: &str) {
    adapter.say("groupchat_subscribe", json!({ "groupchat_id": group })).await;
    assert_eq!(adapter.next_is("groupchat_subscribed").await, json!({ "groupchat_id": group }));
}
