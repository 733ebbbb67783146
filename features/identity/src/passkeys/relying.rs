//! The relying party of passkeys (Web Authentication Level 3): what a browser is asked, and whether its answer holds.
//! It knows neither rows nor requests.

use kernel::id::hex;
use kernel::{Error, PersonId, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// This server, as passkeys know it: by the host of its address.
#[derive(Debug)]
pub struct Relying(Webauthn);

/// A question to a browser.
#[derive(Clone, Debug)]
pub struct Question {
    /// What `navigator.credentials` is given, as JSON.
    pub options: String,
    /// What is kept to check the answer by.
    pub state: String,
}

/// A passkey as its device made it.
#[derive(Clone, Debug)]
pub struct MadePasskey {
    pub(crate) credential: String,
    pub(crate) hash: [u8; 32],
}

/// The answer of a passkey, not yet believed.
#[derive(Debug)]
pub struct Shown {
    answer: PublicKeyCredential,
    /// SHA-256 of the id that it has with its device.
    pub hash: [u8; 32],
    /// Whose it says that it is.
    pub person: PersonId,
}

/// Whether an answer holds.
#[derive(Clone, Debug)]
pub enum Checked {
    /// It does; this is to be kept of the passkey from now on.
    Right {
        /// Its public key and the like.
        credential: String,
        /// How often it answered.
        counter: i64,
    },
    /// It would, but the device has answered as often before: there are two of it.
    Copied,
    /// It does not.
    Wrong,
}

impl Relying {
    /// The relying party at this public address; `None` where a browser has no passkeys: at a bare IP address other
    /// than this very machine's, which is `localhost` to them.
    #[must_use]
    pub fn at(public_url: &str) -> Option<Self> {
        let mut origin = Url::parse(public_url).ok()?;
        if matches!(origin.host_str(), Some("127.0.0.1" | "[::1]")) {
            origin.set_host(Some("localhost")).ok()?;
        }
        let host = origin.domain()?.to_owned();
        WebauthnBuilder::new(&host, &origin)
            .and_then(|builder| builder.rp_name("Bedside").build())
            .ok()
            .map(Self)
    }

    /// Asks a browser to make a passkey that its device finds by itself, for somebody of this name who has these.
    ///
    /// # Errors
    /// A defect of ours.
    pub fn ask_to_make(&self, person: PersonId, name: &str, had: &[String]) -> Result<Question> {
        let had: Vec<CredentialID> = had
            .iter()
            .map(|one| read::<Passkey>(one).map(|one| one.cred_id().clone()))
            .collect::<Result<_>>()?;
        let (options, state) =
            self.0.start_passkey_registration(handle(person)?, name, name, Some(had)).map_err(bug)?;
        let mut options = serde_json::to_value(options).map_err(Error::bug)?;
        let wish = &mut options["publicKey"]["authenticatorSelection"];
        wish["residentKey"] = Value::from("required");
        wish["requireResidentKey"] = Value::from(true);
        Ok(Question { options: options.to_string(), state: write(&state)? })
    }

    /// The passkey that a browser made.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an answer that does not fit the question.
    pub fn made(&self, state: &str, answer: &str) -> Result<MadePasskey> {
        let state = read::<PasskeyRegistration>(state)?;
        let answer = serde_json::from_str::<RegisterPublicKeyCredential>(answer).map_err(|_| unfit())?;
        let passkey = self.0.finish_passkey_registration(&answer, &state).map_err(|_| unfit())?;
        let hash = hash_of(passkey.cred_id().as_ref());
        Ok(MadePasskey { credential: write(&passkey)?, hash })
    }

    /// Asks a browser for any passkey that it has of ours.
    ///
    /// # Errors
    /// A defect of ours.
    pub fn ask_for_any(&self) -> Result<Question> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(bug)?;
        let mut options = serde_json::to_value(options).map_err(Error::bug)?;
        // The button was pressed: the browser asks at once, and not among what it fills in.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        Ok(Question { options: options.to_string(), state: write(&state)? })
    }

    /// Whether an answer holds that a kept passkey gave to a question. Its owner was asked by the device.
    ///
    /// # Errors
    /// A defect of ours.
    pub fn check(&self, state: &str, shown: &Shown, credential: &str) -> Result<Checked> {
        let state = read::<DiscoverableAuthentication>(state)?;
        let mut passkey = read::<Passkey>(credential)?;
        match self.0.finish_discoverable_authentication_v2(&shown.answer, state, &passkey) {
            Ok(result) => {
                passkey.update_credential(&result);
                Ok(Checked::Right { credential: write(&passkey)?, counter: i64::from(result.counter()) })
            }
            Err(WebauthnError::CredentialPossibleCompromise) => Ok(Checked::Copied),
            Err(_) => Ok(Checked::Wrong),
        }
    }
}

impl Shown {
    /// Reads what a browser answered; `None` for what is no answer of a passkey of ours.
    #[must_use]
    pub fn read(answer: &str) -> Option<Self> {
        let answer = serde_json::from_str::<PublicKeyCredential>(answer).ok()?;
        let handle = Uuid::from_slice(answer.get_user_unique_id()?).ok()?;
        let person = PersonId::from_uuid(&handle.to_string())?;
        let hash = hash_of(answer.get_credential_id());
        Some(Self { answer, hash, person })
    }
}

fn hash_of(id: &[u8]) -> [u8; 32] {
    vault::token_hash(&hex(id))
}

fn handle(person: PersonId) -> Result<Uuid> {
    Uuid::parse_str(&person.uuid()).map_err(|_| Error::bug("a person's UUID"))
}

fn unfit() -> Error {
    Error::invalid("passkey", "passkey_unfit", "The passkey does not answer what was asked.")
}

fn bug(error: WebauthnError) -> Error {
    Error::bug(error.to_string())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::bug)
}

fn write(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::bug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_host_that_has_a_name() {
        let host = |url| {
            let relying = Relying::at(url)?;
            let asked: Value =
                serde_json::from_str(&relying.ask_for_any().expect("a question").options).expect("JSON");
            asked["publicKey"]["rpId"].as_str().map(str::to_owned)
        };
        assert_eq!(host("https://berichten.zorg.example").as_deref(), Some("berichten.zorg.example"));
        assert_eq!(host("http://localhost:8080").as_deref(), Some("localhost"));
        assert_eq!(host("http://127.0.0.1:8080").as_deref(), Some("localhost"));
        assert_eq!(host("https://10.0.0.5"), None);
        assert_eq!(host("no address"), None);
    }

    #[test]
    fn a_device_is_asked_to_know_its_owner_and_to_find_the_passkey_by_itself() {
        let relying = Relying::at("https://zorg.example").expect("a host");
        let person = PersonId::from_bytes([3; 12]);
        let asked = relying.ask_to_make(person, "anna@zorg.example", &[]).expect("a question");
        let options: Value = serde_json::from_str(&asked.options).expect("JSON");
        let wish = &options["publicKey"]["authenticatorSelection"];
        assert_eq!(
            (&wish["residentKey"], &wish["userVerification"]),
            (&"required".into(), &"required".into())
        );
        let other = relying.ask_to_make(person, "anna@zorg.example", &[]).expect("another");
        let challenge = |text: &str| {
            let value: Value = serde_json::from_str(text).expect("JSON");
            value["publicKey"]["challenge"].as_str().map(str::to_owned).expect("a challenge")
        };
        assert_ne!(challenge(&asked.options), challenge(&other.options));
    }

    #[test]
    fn what_is_no_answer_is_refused_and_nothing_worse() {
        let relying = Relying::at("https://zorg.example").expect("a host");
        let asked = relying.ask_to_make(PersonId::from_bytes([3; 12]), "a", &[]).expect("a question");
        for text in ["", "{}", "[]", "null", "\"x\"", r#"{"id":"","rawId":"","type":"public-key"}"#] {
            assert!(matches!(relying.made(&asked.state, text), Err(Error::Invalid { .. })), "{text}");
            assert!(Shown::read(text).is_none(), "{text}");
        }
    }
}
