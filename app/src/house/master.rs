//! Where the master key comes from: the configuration itself, a command, or a file.

use std::path::{Path, PathBuf, absolute};
use std::process::Stdio;
use std::time::Duration;

use kernel::{Error, Result, Rng};
use secrecy::SecretString;
use store::Db;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::timeout;
use vault::MasterKeys;

use super::database_file;
use crate::config::Config;

/// How long the command may take; a KMS on the other side of a network may need a few tries.
const COMMAND_WITHIN: Duration = Duration::from_secs(30);
/// A key is 44 characters; there is room for many.
const COMMAND_BYTES_MAX: u64 = 16 << 10;

/// What the configuration leads to.
pub(super) enum Found {
    /// The master keys.
    Keys(MasterKeys),
    /// Where they are to be, and are not; and whether a new one may be made there.
    Missing { file: PathBuf, may_be_made: bool },
}

/// Looks for the master keys where the configuration says, and changes nothing.
///
/// # Errors
/// [`Error::Precondition`] with what the operator should do, also when a file of them is missing that would have to be
/// made beside the data.
pub(super) async fn find(config: &Config, is_demo: bool) -> Result<Found> {
    if let Some(key) = &config.keys.master_key {
        return MasterKeys::from_text(key.wrapped()).map(Found::Keys);
    }
    if let [program, arguments @ ..] = config.keys.master_key_command.as_slice() {
        let told = told_by(program, arguments, COMMAND_WITHIN).await?;
        return MasterKeys::from_text(&told).map(Found::Keys);
    }
    let file = config.keys.master_key_file.clone().unwrap_or_else(|| config.store.data.join("master.key"));
    let may_be_made = is_demo || config.keys.allow_beside_data || !lies_within(&file, &config.store.data);
    match MasterKeys::from_file(&file)? {
        Some(keys) => {
            if !may_be_made {
                tracing::warn!(
                    "the master key lies beside the data it opens: move it elsewhere (keys.master_key_file)"
                );
            }
            Ok(Found::Keys(keys))
        }
        None if may_be_made || has_begun(config) => Ok(Found::Missing { file, may_be_made }),
        None => Err(is_not_made_beside(&file)),
    }
}

/// Whether there may be data keys already.
fn has_begun(config: &Config) -> bool {
    let store = &config.store;
    if store.database_url.is_some() { store.data.exists() } else { database_file(&store.data).exists() }
}

impl Found {
    /// The master keys, made where they are missing. But they are made only for an installation that has no data keys
    /// yet: those that are there were wrapped by a master key that is somewhere else, and no other opens them.
    ///
    /// # Errors
    /// [`Error::Precondition`] with what the operator should do; the store's.
    pub(super) async fn keys(self, db: &Db, rng: &Rng) -> Result<MasterKeys> {
        let (file, may_be_made) = match self {
            Self::Keys(keys) => return Ok(keys),
            Self::Missing { file, may_be_made } => (file, may_be_made),
        };
        match db.read_long((), |tx, ()| Box::pin(vault::master_key_of(tx))).await? {
            None if may_be_made => MasterKeys::from_file_or_new(&file, rng),
            None => Err(is_not_made_beside(&file)),
            Some(id) => Err(is_missing(&id, &file)),
        }
    }
}

fn is_missing(id: &str, file: &Path) -> Error {
    let sentence = format!(
        "What is stored was sealed under master key {id}, which was looked for in {} and is not there. Put that key \
         back, or say where it is with keys.master_key_file; no other is made, since none would open anything.",
        file.display()
    );
    Error::precondition("master_key_missing", sentence)
}

/// A key that is there already is taken, for the data would be lost without it; a new one is not made there.
fn is_not_made_beside(file: &Path) -> Error {
    let sentence = format!(
        "There is no master key in {}, and none is made there, beside the data that it opens: one stolen disk or \
         backup would give away both. If there was one, put it back. Otherwise name a place elsewhere with \
         keys.master_key_file, or a program that tells it with keys.master_key_command; or set \
         keys.allow_beside_data = true.",
        file.display()
    );
    Error::precondition("master_key_beside_data", sentence)
}

fn lies_within(file: &Path, data: &Path) -> bool {
    whole(file).starts_with(whole(data))
}

/// The path without links and detours, as far as it exists.
fn whole(path: &Path) -> PathBuf {
    let path = absolute(path).unwrap_or_else(|_| path.to_owned());
    path.canonicalize().unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => whole(folder).join(name),
        _ => path,
    })
}

/// What a program prints. Neither that nor what it complains of is repeated anywhere: either may hold the key.
async fn told_by(program: &str, arguments: &[String], within: Duration) -> Result<SecretString> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| failed(&format!("cannot be started: {error}")))?;
    let told = timeout(within, async {
        let mut text = String::with_capacity(COMMAND_BYTES_MAX as usize);
        if let Some(output) = child.stdout.take() {
            output.take(COMMAND_BYTES_MAX).read_to_string(&mut text).await?;
        }
        Ok::<_, std::io::Error>((SecretString::from(text), child.wait().await?))
    });
    let told =
        told.await.map_err(|_| failed(&format!("has not ended after {} seconds", within.as_secs())))?;
    match told {
        Ok((text, status)) if status.success() => Ok(text),
        Ok((_, status)) => Err(failed(&format!("ended with {status}"))),
        Err(_) => Err(failed("did not print a text")),
    }
}

fn failed(how: &str) -> Error {
    let sentence = format!(
        "The program of keys.master_key_command {how}. Run it by hand to see why: what it prints is not logged."
    );
    Error::precondition("master_key_command", sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    /// What must not come back from a program that fails.
    const OUTPUT: &str = "c2VjcmV0";

    fn words(command: &[&str]) -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).collect()
    }

    async fn keys_of(config: &Config) -> Result<MasterKeys> {
        made_of(config, false).await
    }

    /// The keys of an installation that begins now.
    async fn made_of(config: &Config, is_demo: bool) -> Result<MasterKeys> {
        match find(config, is_demo).await? {
            Found::Keys(keys) => Ok(keys),
            Found::Missing { file, .. } => MasterKeys::from_file_or_new(&file, &Rng::system()),
        }
    }

    async fn refusal(config: &Config) -> (&'static str, String) {
        match keys_of(config).await {
            Err(Error::Precondition { why } | Error::Invalid { why, .. }) => {
                (why.code, why.sentence.to_string())
            }
            other => panic!("{other:?}"),
        }
    }

    fn in_folder(folder: &Path) -> Config {
        let mut config = Config::default();
        config.store.data = folder.join("data");
        std::fs::create_dir(&config.store.data).unwrap();
        config
    }

    #[tokio::test]
    async fn a_program_tells_the_key_without_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = in_folder(folder.path());
        config.keys.master_key_command = words(&["printf", "%s\n# $HOME; not a shell\n", KEY]);
        let told = keys_of(&config).await.unwrap();
        let known = MasterKeys::from_text(&SecretString::from(KEY)).unwrap();
        assert_eq!(told.current_id(), known.current_id());
        assert!(!config.store.data.join("master.key").exists(), "no other is made");
    }

    #[tokio::test]
    async fn a_program_that_fails_is_refused_without_its_output() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = in_folder(folder.path());
        for (command, expected) in [
            (words(&["sh", "-c", &format!("echo {OUTPUT}; echo {OUTPUT} >&2; exit 3")]), "exit status: 3"),
            (words(&["/nowhere/to/be/found"]), "cannot be started"),
            (words(&["printf", "\\377"]), "did not print a text"),
            (words(&["yes", OUTPUT]), "ended with"),
        ] {
            config.keys.master_key_command = command;
            let (code, sentence) = refusal(&config).await;
            assert_eq!(code, "master_key_command");
            assert!(sentence.contains(expected) && !sentence.contains(OUTPUT), "{sentence}");
        }
        for command in [words(&["echo", OUTPUT]), words(&["true"])] {
            config.keys.master_key_command = command;
            let (_, sentence) = refusal(&config).await;
            assert!(!sentence.contains(OUTPUT), "{sentence}");
        }
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        let endless = told_by("sleep", &words(&["86400"]), Duration::from_millis(20)).await;
        assert!(
            matches!(endless, Err(Error::Precondition { why }) if why.sentence.contains("has not ended"))
        );
    }

    #[tokio::test]
    async fn no_key_is_made_beside_the_data_unless_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = in_folder(folder.path());
        std::os::unix::fs::symlink(&config.store.data, folder.path().join("link")).unwrap();
        let within = [None, Some("data/more.key"), Some("link/master.key"), Some("data/../data/other.key")];
        for file in within {
            config.keys.master_key_file = file.map(|file| folder.path().join(file));
            assert_eq!(refusal(&config).await.0, "master_key_beside_data", "{file:?}");
        }
        assert_eq!(std::fs::read_dir(&config.store.data).unwrap().count(), 0, "nothing was made");

        config.keys.master_key_file = Some(folder.path().join("elsewhere.key"));
        keys_of(&config).await.expect("made elsewhere");
        config.keys.master_key_file = None;
        made_of(&config, true).await.expect("a demo has nothing to hide");
        let there = keys_of(&config).await.expect("what is there is taken");
        std::fs::remove_file(config.store.data.join("master.key")).unwrap();
        config.keys.allow_beside_data = true;
        let made = keys_of(&config).await.expect("made where it was accepted");
        assert_ne!(made.current_id(), there.current_id());
    }
}
