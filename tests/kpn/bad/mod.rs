//! Bad input gets the wire's own 4xx with a reason, and changes nothing.

mod bodies;
mod files;
mod ids;
mod spans;
mod sweep;
mod tokens;
mod uploads;

use crate::cast::{Kpn, Organisation, Somebody, Ward};

/// Anna, a doctor, writes to Bram, a patient, and they have a group; Eva is of another organisation.
struct Scene {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    eva: Somebody,
    client: Kpn,
    chat: String,
    group: String,
    message: String,
}

impl Scene {
    async fn of(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
        let eva = ward.organisation("eik").await.doctor("Eva").await;
        let client = anna.kpn().await;
        let chat = format!("conversations/{}", bram.uuid());
        let message = client.say(&chat, "Goedemorgen").await;
        let new = serde_json::json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
        let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
        ward.pass_a_second();
        Self { linde, anna, bram, eva, client, chat, group, message }
    }
}
