//! What leaves the house: notices, letters to members, and what comes back.

mod bounces;
mod delivery;
mod inbox;
mod notices;
mod told;

use identity::notices::{Quiet, Settings};
use identity::{By, Language};
use jiff::SignedDuration;
use kernel::Role;
use store::args;

use crate::cast::{Kpn, Mail, MailServer, Organisation, Somebody, Ward};
use crate::oauth::app::PASSWORD;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A practice that is no sandbox, with a mail server.
struct Practice {
    /// With the mail server.
    ward: Ward,
    server: MailServer,
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    /// What the doctor writes with.
    doctor: Kpn,
    /// What the patient reads with.
    patient: Kpn,
}

impl Practice {
    /// Doctor Annemiekelien and patient Bramwell, whose names stand in no mail.
    async fn open(ward: &Ward) -> Self {
        let server = MailServer::open().await;
        let linde = ward.organisation("linde").await;
        let anna = linde.doctor("Annemiekelien").await;
        let bram = linde.somebody("Bramwell", "Zwartebroekx", Role::Patient).await;
        // Before the token: a new password ends what acts for somebody.
        let bram = bram.with_password(PASSWORD).await;
        let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
        goes_live(ward, &linde).await;
        let ward = ward.with_mailer(server.mailer());
        Self { ward, server, linde, anna, bram, doctor, patient }
    }

    fn to_patient(&self) -> String {
        format!("conversations/{}", self.bram.uuid())
    }

    fn to_doctor(&self) -> String {
        format!("conversations/{}", self.anna.uuid())
    }

    /// Lets time pass, and what is due then be done; what was sent.
    async fn pass(&self, minutes: i32) -> Vec<Mail> {
        self.ward.clock.pass(MINUTE * minutes);
        flows::mail::notices::sweep(&self.ward.house).await.expect("a sweep");
        self.ward.settle().await;
        self.server.take()
    }

    /// The patient reads all that there is.
    async fn reads(&self) {
        self.patient.put(&format!("{}/read", self.to_doctor()), serde_json::json!({})).await.ok();
    }

    async fn chooses(&self, settings: Settings) {
        let set = self.ward.house.db.write((self.linde.id, settings), |tx, (id, settings)| {
            Box::pin(identity::notices::set_settings(tx, By::Operator, *id, *settings))
        });
        set.await.expect("chosen");
    }

    /// Damages the address of somebody, or repairs it with what this gave.
    async fn replaces_address(&self, person: &Somebody, with: &[u8]) -> Vec<u8> {
        const FIND: &str = "SELECT value FROM person_identifiers WHERE person = $1 AND system = 'email'";
        const SET: &str = "UPDATE person_identifiers SET value = $2 WHERE person = $1 AND system = 'email'";
        let replaced = self.ward.house.db.write((person.id, with.to_vec()), |tx, (id, with)| {
            Box::pin(async move {
                let old = tx.one(FIND, &args![id], |row| row.get::<Vec<u8>>(0)).await?;
                tx.run(SET, &args![id, with]).await?;
                Ok(old)
            })
        });
        replaced.await.expect("replaced").expect("an address")
    }

    async fn speaks(&self, person: &Somebody, language: Language) {
        const SPEAK: &str = "UPDATE persons SET language = $2 WHERE id = $1";
        let spoken = self.ward.house.db.write((person.id, language), |tx, (id, language)| {
            Box::pin(async move { tx.run(SPEAK, &args![id, language.code()]).await })
        });
        spoken.await.expect("a language");
    }
}

/// Until here tokens could be had without a browser.
async fn goes_live(ward: &Ward, organisation: &Organisation) {
    const LIVE: &str = "UPDATE organisations SET sandbox = FALSE WHERE id = $1";
    let live = ward
        .house
        .db
        .write(organisation.id, |tx, id| Box::pin(async move { tx.run(LIVE, &args![id]).await }));
    live.await.expect("live");
}

fn hours(from: &str, until: &str) -> Quiet {
    Quiet::between(from, until).expect("hours")
}
