//! A practice in an installation of its own, set up by the program's own commands.

use crate::cast::Installation;

/// A doctor and her patients, each with a token.
pub struct Practice {
    /// The doctor.
    pub doctor: Person,
    /// Her patients; each writes in the conversation with her.
    pub patients: Vec<Person>,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Person {
    /// Their id as the wires write it.
    pub id: String,
    /// What their client acts with.
    pub token: String,
}

impl Practice {
    /// Opens one with so many patients.
    pub async fn open(installation: &Installation, patients: usize) -> Self {
        let own = ["--name", "Praktijk De Linde", "--sandbox"];
        installation.command(&[&["organisation", "add", "linde"], &own[..]].concat()).await;
        let (name, address) =
            (["client", "add", "Messenger"], ["--redirect-uri", "http://127.0.0.1:9/callback"]);
        let words = [&name[..], &["--organisation", "linde"], &address].concat();
        let client = installation.command(&words).await["client_id"].as_str().expect("an id").to_owned();
        let doctor = person(installation, &client, "doctor", "Eva").await;
        let mut all = Vec::new();
        for number in 0..patients {
            all.push(person(installation, &client, "patient", &format!("Anna{number}")).await);
        }
        Self { doctor, patients: all }
    }
}

async fn person(installation: &Installation, client: &str, role: &str, name: &str) -> Person {
    let email = format!("{}@linde.test", name.to_lowercase());
    let who = ["--role", role, "--first-name", name, "--last-name", "de Boer", "--email", &email];
    let added =
        installation.command(&[&["person", "add", "--organisation", "linde"], &who[..]].concat()).await;
    let token = installation.command(&["token", "--person", &email, "--client", client]).await;
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    Person { id: text(&added["id"]), token: text(&token["access_token"]) }
}
