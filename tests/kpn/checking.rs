//! Files that a virus scanner looks at before anybody gets them: over a real clamd with signatures of the test's own,
//! and over one in this process that misbehaves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use jiff::SignedDuration;
use outbound::clamd::{Clamd, Patience, Verdict};
use serde_json::{Value, json};
use testkit::{bedside_test, not_run};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::cast::papers::{data_of, files_of, picture, words_of};
use crate::cast::{Kpn, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in};
use crate::secrecy::access_log::lines;

/// What the daemon of the tests takes for harm, besides the test string that every scanner knows.
const UNSAFE: &str = "a virus that only these tests know";
const SOCKET_PATIENCE: Duration = Duration::from_secs(60);

/// The EICAR test string, put together here so that this file does not hold it whole.
fn eicar() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD", "-ANTIVIRUS-TEST", "-FILE!$H+H*"].concat()
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("clamd")).find(|program| program.is_file())
}

/// A real daemon with a socket, a configuration and signatures of its own.
async fn start(program: &Path, folder: &Path) -> Child {
    let database = folder.join("signatures");
    std::fs::create_dir_all(&database).unwrap();
    let signature = |name: &str, text: &str| format!("{name}:0:*:{}\n", kernel::id::hex(text.as_bytes()));
    let signatures = signature("Test.Eicar", &eicar()) + &signature("Test.Unsafe", UNSAFE);
    std::fs::write(database.join("test.ndb"), signatures).unwrap();
    let config = format!(
        "LocalSocket {socket}\nDatabaseDirectory {database}\nTemporaryDirectory {folder}\nForeground yes\n\
         StreamMaxLength 1M\n",
        socket = socket(folder).display(),
        database = database.display(),
        folder = folder.display(),
    );
    std::fs::write(folder.join("clamd.conf"), config).unwrap();
    let mut command = Command::new(program);
    command.arg("--config-file").arg(folder.join("clamd.conf")).kill_on_drop(true);
    let log = std::fs::File::create(folder.join("clamd.log")).unwrap();
    let daemon = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let listening = timeout(SOCKET_PATIENCE, async {
        while UnixStream::connect(socket(folder)).await.is_err() {
            drop(timeout(Duration::from_millis(50), std::future::pending::<()>()).await);
        }
    });
    let said = || std::fs::read_to_string(folder.join("clamd.log")).unwrap_or_default();
    assert!(listening.await.is_ok(), "clamd does not listen: {}", said());
    daemon
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("clamd.ctl")
}

fn at(address: &str, patience: Patience) -> Clamd {
    Clamd::at(address.parse().unwrap(), patience)
}

async fn upload(client: &Kpn, chat: &str, name: &str, bytes: &[u8]) -> (String, String) {
    let files = [(name, "text/plain", bytes)];
    let id = client.upload(&format!("{chat}/attachments"), Some("Zie bijlage"), &files).await.created();
    let file = attachment(client, chat, &id).await["id"].as_str().unwrap().to_owned();
    (id, file)
}

async fn attachment(client: &Kpn, chat: &str, message: &str) -> Value {
    client.get(&format!("{chat}/messages/{message}")).await.ok()["attachments"][0].clone()
}

async fn status(client: &Kpn, chat: &str, message: &str) -> String {
    attachment(client, chat, message).await["status"].as_str().unwrap().to_owned()
}

async fn objects(ward: &Ward) -> usize {
    let mut count = 0;
    for shelf in ward.house.blobs.shelves().await.unwrap() {
        count += ward.house.blobs.older_than(&shelf, i64::MAX / 2).await.unwrap().len();
    }
    count
}

#[bedside_test]
async fn a_file_waits_for_the_scanner_and_is_then_given_out_or_gone(ward: Ward) {
    let Some(program) = program() else { return not_run("clamd is not installed") };
    let folder = tempfile::tempdir().unwrap();
    let clamd = at(&format!("unix:{}", socket(folder.path()).display()), Patience::default());
    let ward = ward.with_scanner(clamd);
    let linde = ward.organisation("linde").await;
    let (anna, bram) =
        (linde.doctor("Anna").await.with_password(PASSWORD).await, linde.patient("Bram").await);
    let (doctor, patient) = (anna.kpn().await, bram.kpn().await);
    let (to_bram, to_anna) =
        (format!("conversations/{}", bram.uuid()), format!("conversations/{}", anna.uuid()));

    let (letter, letter_file) = upload(&patient, &to_anna, "brief.txt", b"niets bijzonders").await;
    let fetch = async |client: &Kpn, chat: &str, file: &str| {
        ward.pass_a_second();
        let link = client.get(&format!("{chat}/attachments/{file}?headers=false")).await;
        let content = client.get(&format!("{chat}/attachments/{file}/content")).await;
        (link, content)
    };
    let refused = async |client: &Kpn, chat: &str, file: &str, why: &str| {
        let (link, content) = fetch(client, chat, file).await;
        assert_eq!((link.refused(), content.refused()), ((412, why), (412, why)));
    };
    ward.settle().await;
    assert_eq!(
        status(&doctor, &to_bram, &letter).await,
        "waiting",
        "the scanner is away, and the file is not lost"
    );
    refused(&doctor, &to_bram, &letter_file, "file_is_being_checked").await;
    refused(&patient, &to_anna, &letter_file, "file_is_being_checked").await;

    let _daemon = start(&program, folder.path()).await;
    ward.clock.pass(SignedDuration::from_mins(2));
    ward.settle().await;
    assert_eq!(status(&doctor, &to_bram, &letter).await, "clean");
    let (link, content) = fetch(&doctor, &to_bram, &letter_file).await;
    assert_eq!((link.status, content.status, content.text.as_str()), (302, 200, "niets bijzonders"));

    let before = objects(&ward).await;
    let (harm, harm_file) = upload(&patient, &to_anna, "factuur.txt", UNSAFE.as_bytes()).await;
    ward.settle().await;
    assert_eq!(status(&doctor, &to_bram, &harm).await, "infected");
    refused(&doctor, &to_bram, &harm_file, "file_was_unsafe").await;
    assert_eq!(objects(&ward).await, before, "its bytes are gone");
    let message = doctor.get(&format!("{to_bram}/messages/{harm}")).await.ok();
    assert_eq!(message["body"], "Zie bijlage", "what was written with it stays");
    let told: Vec<_> = lines(&ward).await.into_iter().filter(|line| line.kind == "file_infected").collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].patient, told[0].person), (Some(bram.id), None));
    let id = kernel::FileId::from_uuid(&harm_file).unwrap();
    assert_eq!(told[0].object.as_deref(), Some(id.as_bytes().as_slice()));

    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, &anna).await;
    let page = visit.open(&format!("/chats/with/{}", bram.uuid())).await;
    assert!(page.text.contains("removed: unsafe") && page.text.contains(&letter_file), "{}", page.text);
    assert!(!page.text.contains(&harm_file), "there is nothing to fetch");
    let file = visit.open(&format!("/chats/with/{}/files/{harm_file}", bram.uuid())).await;
    assert!(file.status == 409 && file.text.contains("was unsafe"), "{}", file.text);
    doctor.delete(&format!("{to_bram}/messages/{letter}"), json!({})).await.refused();
    patient.delete(&format!("{to_anna}/messages/{harm}"), json!({})).await.ok();
    ward.settle().await;
}

#[tokio::test]
async fn a_real_daemon_knows_the_test_string_and_says_when_a_file_is_too_long_for_it() {
    let Some(program) = program() else { return not_run("clamd is not installed") };
    let folder = tempfile::tempdir().unwrap();
    let _daemon = start(&program, folder.path()).await;
    let clamd = at(&format!("unix:{}", socket(folder.path()).display()), Patience::default());
    let scan = async |bytes: Vec<u8>| {
        let chunks: Vec<_> = bytes.chunks(40).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        clamd.scan(stream::iter(chunks)).await
    };
    assert_eq!(
        scan(eicar().into_bytes()).await.unwrap(),
        Verdict::Infected("Test.Eicar.UNOFFICIAL".to_owned())
    );
    assert_eq!(scan(b"nothing".to_vec()).await.unwrap(), Verdict::Clean);
    assert_eq!(scan(vec![b'x'; 900 << 10]).await.unwrap(), Verdict::Clean);
    let too_long = scan(vec![b'x'; 3 << 20]).await;
    assert!(matches!(too_long, Err(kernel::Error::TooLarge { .. })), "{too_long:?}");
    let many = futures_util::future::join_all((0..20).map(|_| scan(UNSAFE.as_bytes().to_vec()))).await;
    assert!(many.into_iter().all(|one| matches!(one, Ok(Verdict::Infected(_)))));
}

/// Reads a file as the daemon does.
async fn asked(line: &mut TcpStream) -> Vec<u8> {
    let (mut command, mut file) = ([0; 10], Vec::new());
    line.read_exact(&mut command).await.unwrap();
    loop {
        let length = line.read_u32().await.unwrap();
        if length == 0 {
            return file;
        }
        let mut some = vec![0; length as usize];
        line.read_exact(&mut some).await.unwrap();
        file.extend(some);
    }
}

/// Reads a file as the daemon does, and says this.
async fn answer(mut line: TcpStream, said: &[u8]) {
    asked(&mut line).await;
    line.write_all(said).await.unwrap();
}

/// The ward settles while somebody answers it.
fn settling(ward: &Ward) -> JoinHandle<()> {
    let ward = ward.clone();
    tokio::spawn(async move { ward.settle().await })
}

#[bedside_test]
async fn nothing_but_a_verdict_releases_a_file_and_tries_come_seldomer(ward: Ward) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let patience = Duration::from_secs(5);
    let ward = ward.with_scanner(at(&address, Patience { step: patience, answer: patience }));
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    let (message, _) = upload(&doctor, &chat, "brief.txt", b"niets").await;
    // Each is asked after a pause of twice the one before.
    for (said, pause_s) in [(b"".as_slice(), 0), (b"stream: OK", 1), (b"OK\0", 2), (b"stream: ERROR\0", 4)] {
        ward.clock.pass(SignedDuration::from_secs(pause_s));
        let settled = settling(&ward);
        answer(listener.accept().await.unwrap().0, said).await;
        settled.await.unwrap();
        assert_eq!(status(&doctor, &chat, &message).await, "waiting", "{}", String::from_utf8_lossy(said));
    }
    ward.clock.pass(SignedDuration::from_secs(7));
    ward.settle().await;
    let is_asked = timeout(Duration::from_millis(200), listener.accept()).await.is_ok();
    assert!(!is_asked, "it is left alone for eight seconds");
    ward.clock.pass(SignedDuration::from_secs(2));
    let settled = settling(&ward);
    answer(listener.accept().await.unwrap().0, b"stream: OK\0").await;
    settled.await.unwrap();
    assert_eq!(status(&doctor, &chat, &message).await, "clean");
}

/// A daemon that goes down at a file with these words, and is there again at once.
async fn fall_over(listener: TcpListener, words: &'static [u8]) {
    while let Ok((mut line, _)) = listener.accept().await {
        let mut command = [0; 6];
        line.read_exact(&mut command).await.unwrap();
        if &command == b"zPING\0" {
            line.write_all(b"PONG\0").await.unwrap();
            continue;
        }
        line.read_exact(&mut [0; 4]).await.unwrap();
        let mut whole = Vec::new();
        loop {
            let length = line.read_u32().await.unwrap();
            if length == 0 {
                break;
            }
            let mut chunk = vec![0; length as usize];
            line.read_exact(&mut chunk).await.unwrap();
            whole.extend(chunk);
        }
        if !whole.starts_with(words) {
            line.write_all(b"stream: OK\0").await.unwrap();
        }
    }
}

#[bedside_test]
async fn a_file_that_brings_the_scanner_down_is_left_alone_so_that_others_go_on(ward: Ward) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let ward = ward.with_scanner(at(&address, Patience::default()));
    let daemon = tokio::spawn(fall_over(listener, b"heavy"));
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    let (heavy, _) = upload(&doctor, &chat, "zwaar.txt", b"heavy").await;
    for pause_s in [0, 1, 2, 4, 8, 16] {
        ward.clock.pass(SignedDuration::from_secs(pause_s));
        ward.settle().await;
    }
    let (light, _) = upload(&doctor, &chat, "licht.txt", b"light").await;
    ward.settle().await;
    assert_eq!(status(&doctor, &chat, &light).await, "clean", "nobody waits for the other any more");
    for _ in 0..3 {
        ward.clock.pass(SignedDuration::from_mins(10));
        let (next, _) = upload(&doctor, &chat, "licht.txt", b"light, too").await;
        ward.settle().await;
        assert_eq!(status(&doctor, &chat, &next).await, "clean");
    }
    assert_eq!(status(&doctor, &chat, &heavy).await, "waiting", "and nobody gets it");
    daemon.abort();
}

/// The files of the last message in an archive of the chat, and what the archive holds besides its data.
async fn archived(client: &Kpn, chat: &str) -> (Value, Vec<(String, Vec<u8>)>) {
    let (status, _, bytes) = client.fetch(&format!("{chat}/export/content")).await;
    assert_eq!(status, 200);
    let messages = data_of(&bytes)["messages"].clone();
    let files = messages.as_array().and_then(|all| all.last()).map(|last| last["files"].clone());
    (files.expect("a message"), files_of(&bytes).split_off(1))
}

async fn printed(client: &Kpn, chat: &str) -> Vec<u8> {
    let (status, _, bytes) = client.fetch(&format!("{chat}/pdf/content")).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    bytes
}

fn is_shown(pdf: &[u8]) -> bool {
    pdf.windows(9).any(|part| part == b"DCTDecode")
}

#[bedside_test]
async fn a_chat_can_be_saved_with_a_file_that_waits_and_with_one_that_was_unsafe(ward: Ward) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let ward = ward.with_scanner(at(&address, Patience::default()));
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    let photo = picture(300);
    let files: [(&str, &str, &[u8]); 2] =
        [("wond.jpg", "image/jpeg", &photo), ("brief.txt", "text/plain", b"Beste Bram")];
    doctor.upload(&format!("{chat}/attachments"), Some("Zie bijlagen"), &files).await.created();

    let states = |files: &Value| {
        let files = files.as_array().expect("files").iter();
        files.map(|file| (file["state"].clone(), file["path"].is_string())).collect::<Vec<_>>()
    };
    let (told, held) = archived(&doctor, &chat).await;
    assert_eq!(states(&told), [(json!("waiting"), false), (json!("waiting"), false)]);
    assert!(held.is_empty(), "nobody gets what was not looked at");
    let pdf = printed(&doctor, &chat).await;
    assert!(!is_shown(&pdf));
    if let Some(words) = words_of(&pdf) {
        let waiting = words.matches("is being checked for viruses").count();
        assert!(waiting == 2 && words.contains("wond.jpg") && words.contains("Zie bijlagen"), "{words}");
    }

    let settled = settling(&ward);
    for _ in 0..2 {
        let mut line = listener.accept().await.unwrap().0;
        let bytes = asked(&mut line).await;
        let verdict: &[u8] = if bytes == photo { b"stream: X FOUND\0" } else { b"stream: OK\0" };
        line.write_all(verdict).await.unwrap();
    }
    settled.await.unwrap();
    ward.settle().await;
    let (told, held) = archived(&doctor, &chat).await;
    assert_eq!(states(&told), [(json!("infected"), false), (json!("clean"), true)]);
    assert_eq!(held, [(told[1]["path"].as_str().unwrap().to_owned(), b"Beste Bram".to_vec())]);
    let pdf = printed(&doctor, &chat).await;
    assert!(!is_shown(&pdf), "what was unsafe is in no document");
    if let Some(words) = words_of(&pdf) {
        assert!(words.contains("wond.jpg") && words.contains("removed: unsafe"), "{words}");
        assert!(words.contains("brief.txt") && !words.contains("is being checked"), "{words}");
    }
}

#[bedside_test]
async fn without_a_scanner_files_are_given_out_unscanned(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (doctor, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    let (message, file) = upload(&doctor, &chat, "brief.txt", b"niets").await;
    assert_eq!(status(&doctor, &chat, &message).await, "unscanned");
    assert_eq!(doctor.get(&format!("{chat}/attachments/{file}/content")).await.text, "niets");
}
